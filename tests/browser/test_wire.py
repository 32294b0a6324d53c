"""What opening a module costs a weak link: bytes over the socket, and the player's code once."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import nbformat
import pytest

from tests.browser.conftest import MODULE, Server
from tests.browser.user_actions import wait_drawn
from tests.browser.websocket_frames import Frames
from tests.lanes import sampled
from tests.waiting import wait_for_load

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext

    from tests.browser.link import Link

_EACH = 5_200  # bytes received over the socket for each activity while a module opens in Voilà: 104 kB for twenty
_LAB = 45_000  # more for each lab until somebody starts it: stock ipywidgets send every model of their tree
_CODE = b"querySelector"  # stands in the player's code and in nothing else that is sent


def twenty_activities(folder: Path) -> None:
    """Cut a trainee's copy of the shipped module down to exactly twenty activities."""
    path = folder / "activities.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    kept = list(content["activities"])[:20]
    content["activities"] = {name: content["activities"][name] for name in kept}
    path.write_text(json.dumps(content), encoding="utf-8")
    notebook = nbformat.read(folder / f"{MODULE}.ipynb", as_version=4)
    shows = {f'show("{name}")' for name in kept}
    notebook.cells = [
        cell for cell in notebook.cells if not cell.source.startswith('show("') or cell.source.strip() in shows
    ]
    nbformat.write(notebook, folder / f"{MODULE}.ipynb")


@pytest.mark.proof
@pytest.mark.parametrize("cut", [False, True], ids=["the whole module", "twenty activities"])
def test_app_ships_its_player_once_within_its_size(
    server: Server, context: BrowserContext, link: Link, *, cut: bool
) -> None:
    trainee = f"wire-{cut}".lower()
    folder = server.new_trainee(trainee)
    if cut:
        twenty_activities(folder)
        server.allow(folder)
    activities = len(json.loads((folder / "activities.json").read_text(encoding="utf-8"))["activities"])
    assert activities == 20 if cut else activities > 20
    frames = Frames()
    frames.watch(context)
    page = context.new_page()
    page.goto(server.address("himaya", link.port))
    before = link.received
    page.goto(server.door("app", trainee, link.port))
    wait_drawn(page)
    wait_for_load(page, "networkidle")
    assert page.locator("section.himaya[data-activity]").count() == activities
    tcp = link.received - before
    print(f"{activities} activities: {frames.weight} bytes of frames, {tcp} bytes over TCP with the whole page")
    bundles = frames.bundles()
    assert len(bundles) == 1, "the bundle is sent once"
    assert _CODE.decode() in bundles[0]["code"]
    assert len(bundles[0]["activities"]) == activities
    assert not [frame for frame in frames.received if _CODE in frame], "no widget brings the code again"
    assert frames.received
    labs = sum(each["kind"] == "lab" for each in bundles[0]["activities"].values())
    assert frames.weight <= _EACH * activities + _LAB * labs


@pytest.mark.parametrize(("door", "times"), sampled([], [("app", 2), ("notebook", 1)]))
def test_player_is_sent_once_per_opening(server: Server, context: BrowserContext, door: str, times: int) -> None:
    trainee = f"wire-{door}"
    folder = server.new_trainee(trainee)
    frames = Frames()
    frames.watch(context)
    page = context.new_page()
    page.goto(server.address("himaya"))
    page.goto(server.door(door, trainee))
    wait_drawn(page)
    for opened in range(1, times + 1):
        if opened > 1:
            page.reload()
            wait_drawn(page)
        print(f"{door}: {frames.weight} bytes of frames")
        assert len(frames.bundles()) == opened
    shutil.rmtree(folder.parent)
