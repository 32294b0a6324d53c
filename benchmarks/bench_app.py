"""How soon a module's practice app is usable on a slow phone and a weak link, and what it weighs, beside default Voilà.

400 ms and 400 kbit/s, sockets included, and a processor slowed six times; the same notebook, kernel and browser in the
same run. Then the same app and a scenario's with nothing slowed. Each of ours is opened by its first visitor, for whom
it is rendered. Default Voilà is its `lab` template, started as `voila NOTEBOOK`. The last line is `ratio: default Voilà
/ himaya apps`, in seconds. Ends with an error where ours weighs too much or ships its player twice. The short form
takes a fast link and slows no processor.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from peer import plain_voila
from short import SHORT
from weak_link import WeakLink

from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.publish.assignment import write_practice_app
from himaya_widgets.player import built
from tests.browser.apps import ROOT, TOKEN, serving
from tests.chromium import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MODULE, SCENARIO = "case-management", "quiet-visitor"
LATENCY, RATE, SLOWER = (0.02, 5_000_000, 1) if SHORT else (0.4, 50_000, 6)  # seconds, bytes a second, times
LARGEST = 3e5  # bytes
PATIENCE = 600_000  # milliseconds
GZIP = b"\x1f\x8b\x08"


@dataclass
class Opened:
    """One opening.

    Attributes:
        text: Seconds until the first words stood on the screen.
        usable: Seconds until something of the first activity that is shown could be pressed.
        whole: Seconds until every activity was drawn.
        weight: Bytes that came over the link.
        players: How often the player's code came.
    """

    text: float
    usable: float
    whole: float
    weight: int
    players: int


def open_on(browser: Browser, address: str, path: str, activities: int, *, slowed: bool = True) -> Opened:
    """Open a page and wait until every activity is drawn.

    Args:
        browser: Where it is opened, with nothing kept.
        address: Of the server.
        path: Below the address; a server of ours is entered with its link before.
        activities: How many there are.
        slowed: Open it over a weak link, with a slow processor.
    """
    link = WeakLink(urlsplit(address).port or 0, *((LATENCY, RATE) if slowed else (0.0, 1e9)))
    context = browser.new_context()
    page = context.new_page()
    bundles: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: _note(bundles, frame)))
    over = address.replace(f":{urlsplit(address).port}", f":{link.port}")
    # Chromium slows the process that it has now, and keeps it for the next page of the same server.
    page.goto(f"{over}?token={TOKEN}" if path else f"{over}nowhere")
    if slowed:
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    before, began = link.received, time.monotonic()
    document = page.goto(f"{over}{path}", wait_until="commit", timeout=PATIENCE)
    page.get_by_role("heading").first.wait_for(timeout=PATIENCE)
    text = time.monotonic() - began
    shown = page.locator("section[data-activity]").locator("button, input, select, textarea").locator("visible=true")
    shown.first.click(trial=True, timeout=PATIENCE)
    usable = time.monotonic() - began
    page.locator("section[data-activity]").nth(activities - 1).wait_for(state="attached", timeout=PATIENCE)
    whole = time.monotonic() - began
    weight = link.received - before
    # An app's page holds the player in its text; in default Voilà the kernel sends it, compressed.
    players = len(bundles) + (document.text().count(built("app.js")) if document else 0)
    context.close()
    link.stop()
    return Opened(text, usable, whole, weight, players)


def _note(bundles: list[int], frame: str | bytes) -> None:
    """Count the messages that hold something compressed: the player, and nothing else."""
    if isinstance(frame, bytes) and GZIP in frame:
        bundles.append(len(frame))


def main() -> None:
    """Open each and print the figures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        module = without_forms(load_module(ROOT / "modules" / MODULE))  # as the app shows it
        practice = write_practice_app(module, Path(folder) / "plain")
        names = list(json.loads((practice / "activities.json").read_text(encoding="utf-8"))["activities"])
        app = f"app/en/{MODULE}#{names[0]}"  # the step of its first activity
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = {}
        with serving(_folder(folder, "slowed"), "--language", "en") as server:
            opened["himaya apps"] = ours = open_on(browser, server.address(), app, len(names))
        with plain_voila(practice / f"{MODULE}.ipynb", "lab") as address:
            opened["default Voila"] = default = open_on(browser, address, "", len(names))
        with serving(_folder(folder, "unslowed"), "--language", "en") as server:
            here, scenario = server.address(), f"app/en/{MODULE}/{SCENARIO}"
            opened["himaya apps, unslowed"] = open_on(browser, here, app, len(names), slowed=False)
            opened["scenario, unslowed"] = open_on(browser, here, scenario, 1, slowed=False)
        browser.close()
    link = f"{LATENCY * 1000:.0f} ms and {RATE / 125:.0f} kbit/s, sockets included, processor slowed {SLOWER} times"
    print(f"the module {MODULE} with {len(names)} activities, {link}:")
    print("                          first text     usable  all drawn        bytes   player shipped")
    for name, one in opened.items():
        times = f"{one.text:9.1f} s {one.usable:8.1f} s {one.whole:8.1f} s"
        print(f"  {name:<22} {times} {one.weight / 1000:9.0f} kB {one.players:8d} x")
    ratio = default.usable / ours.usable
    print(f"ratio: {ratio:.2f}")
    assert ours.weight <= LARGEST, "heavier than 0.3 MB"
    assert ours.players == 1, f"the player was shipped {ours.players} times, not once"


def _folder(parent: str, name: str) -> Path:
    made = Path(parent) / name
    made.mkdir()
    return made


if __name__ == "__main__":
    main()
