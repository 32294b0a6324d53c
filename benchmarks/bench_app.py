"""How soon a module's practice app is usable on a weak link, and what it weighs, beside default Voilà in the same run.

400 ms and 400 kbit/s, sockets included; the same notebook, kernel and browser. Default Voilà is its `lab` template,
started as `voila NOTEBOOK`. The last line is `ratio: default Voilà / himaya apps`, in seconds. Ends with an error where
ours weighs too much or ships its player twice. The short form takes a fast link.
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

MODULE = "case-management"
LATENCY, RATE = (0.02, 5_000_000) if SHORT else (0.4, 50_000)  # seconds, bytes a second
LARGEST = 3e5  # bytes
GZIP = b"\x1f\x8b\x08"


@dataclass
class Opened:
    """One opening.

    Attributes:
        text: Seconds until the module's first words stood on the screen.
        usable: Seconds until every activity was drawn.
        weight: Bytes that came over the link.
        players: How often the player's code came.
    """

    text: float
    usable: float
    weight: int
    players: int


def open_on(browser: Browser, address: str, entry: str, activities: int) -> Opened:
    """Open a page over a weak link and wait until every activity is drawn."""
    link = WeakLink(urlsplit(address).port or 0, LATENCY, RATE)
    context = browser.new_context()
    page = context.new_page()
    bundles: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: _note(bundles, frame)))
    over = address.replace(f":{urlsplit(address).port}", f":{link.port}")
    if entry:
        page.goto(f"{over}{entry}", wait_until="commit")
        page.wait_for_selector("h1", timeout=60_000)
    before, began = link.received, time.monotonic()
    document = page.goto(f"{over}app/en/{MODULE}" if entry else over, wait_until="commit", timeout=300_000)
    page.get_by_role("heading", level=1).first.wait_for(timeout=300_000)
    text = time.monotonic() - began
    page.locator("section[data-activity]").nth(activities - 1).wait_for(state="attached", timeout=300_000)
    usable = time.monotonic() - began
    weight = link.received - before
    # An app's page holds the player in its text; in default Voilà the kernel sends it, compressed.
    players = len(bundles) + (document.text().count(built("app.js")) if document else 0)
    context.close()
    link.stop()
    return Opened(text, usable, weight, players)


def _note(bundles: list[int], frame: str | bytes) -> None:
    """Count the messages that hold something compressed: the player, and nothing else."""
    if isinstance(frame, bytes) and GZIP in frame:
        bundles.append(len(frame))


def main() -> None:
    """Open both and print the figures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        module = without_forms(load_module(ROOT / "modules" / MODULE))  # as the app shows it
        practice = write_practice_app(module, Path(folder) / "plain")
        written = Path(folder) / "written"
        written.mkdir()
        activities = len(json.loads((practice / "activities.json").read_text(encoding="utf-8"))["activities"])
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with serving(written, "--language", "en") as server:
            ours = open_on(browser, server.address(), f"?token={TOKEN}", activities)
        with plain_voila(practice / f"{MODULE}.ipynb", "lab") as address:
            default = open_on(browser, address, "", activities)
        browser.close()
    link = f"{LATENCY * 1000:.0f} ms and {RATE / 125:.0f} kbit/s, sockets included"
    print(f"the module {MODULE} with {activities} activities, {link}:")
    print("                        first text     usable        bytes   player shipped")
    for name, opened in (("himaya apps", ours), ("default Voila", default)):
        figures = f"{opened.text:9.1f} s {opened.usable:8.1f} s {opened.weight / 1000:9.0f} kB {opened.players:8d} x"
        print(f"  {name:<20} {figures}")
    ratio = default.usable / ours.usable
    print(f"ratio: {ratio:.2f}")
    assert ours.weight <= LARGEST, "heavier than 0.3 MB"
    assert ours.players == 1, f"the player was shipped {ours.players} times, not once"


if __name__ == "__main__":
    main()
