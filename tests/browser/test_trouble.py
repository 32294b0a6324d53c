"""Cut links, stalled links, dead kernels, reloads, two tabs: every answer reaches the file once, every word is true."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from browser.hands import activity, status, until, wait_drawn
from browser.kernels import keep_busy, kernels, kill_kernel, restart_kernel
from browser.witness import Disk, Screen, assert_nothing_lost, assert_words_were_true, unsaved_for
from himaya.folder import open_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

    from browser.conftest import Server
    from browser.link import Link

_ITEMS = ("first-consent", "after-no")
_PICK_ANOTHER = "list => list.find(radio => !radio.checked).click()"


@dataclass
class Desk:
    """One trainee at one door, with everything that is watched.

    Attributes:
        door: `lab` or `app`.
        address: Of the module, through the link.
    """

    door: str
    folder: Path
    address: str
    context: BrowserContext
    disk: Disk
    screens: list[Screen]

    def open(self) -> Page:
        """Open the module in a new, watched tab."""
        page = self.context.new_page()
        screen = Screen(page)
        screen.watch()
        self.screens.append(screen)
        page.goto(self.address)
        wait_drawn(page)
        return page

    def reload(self, page: Page) -> None:
        """Load a page anew and wait for its activities."""
        self.screen(page).flush()
        page.reload()
        wait_drawn(page)

    def screen(self, page: Page) -> Screen:
        """Return what is watched of a page."""
        return next(screen for screen in self.screens if screen.page is page)

    def assert_all_is_well(self, at_least: int) -> None:
        """Assert that everything said Saved in the end, that it was, and that no word was untrue before."""
        for screen in self.screens:
            for name in {name for name, _event in screen.kept}:
                assert status(screen.page, name) == "Saved"
            assert_words_were_true(screen, self.disk)
        number = assert_nothing_lost(self.screens, self.disk)
        assert number >= at_least
        unsaved = max(unsaved_for(screen, name) for screen in self.screens for name in _ITEMS)
        print(f"{self.door}: {number} events, none lost, none twice; longest 'Not saved yet' {unsaved:.1f} s")


def answer(page: Page, name: str, times: int = 1) -> None:
    """Choose another option, also under a dialog that JupyterLab puts over the page."""
    for _ in range(times):
        activity(page, name).locator("input[type=radio]").evaluate_all(_PICK_ANOTHER)


def wait_until_saved(page: Page, seconds: float) -> None:
    """Wait until no activity of the page waits for its answers to be written."""
    page.wait_for_function(
        "() => document.querySelector('.himaya-status[data-status=\"saved\"]') !== null"
        " && document.querySelector('.himaya-status[data-status=\"not-saved\"]') === null",
        timeout=seconds * 1000,
    )


def opened_desk(server: Server, context: BrowserContext, link: Link, door: str, name: str) -> Desk:
    """Return a new trainee's desk; use it inside `with desk.disk`."""
    folder = server.new_trainee(name)
    return Desk(door, folder, server.door(door, name, link.port), context, Disk(folder), [])


@pytest.fixture(params=["lab", "app"])
def desk(request: pytest.FixtureRequest, server: Server, context: BrowserContext, link: Link) -> Iterator[Desk]:
    """A new trainee with the module open nowhere yet."""
    case = request.node.name.split("[")[0].removeprefix("test_")[:40]
    made = opened_desk(server, context, link, request.param, f"{case}-{request.param}")
    with made.disk:
        yield made


def _assert_says_not_saved(page: Page) -> None:
    for name in _ITEMS:
        assert status(page, name).startswith("Not saved yet")


def test_a_link_cut_for_six_seconds_loses_nothing(desk: Desk, link: Link) -> None:
    page = desk.open()
    answer(page, _ITEMS[0])
    wait_until_saved(page, 10)
    link.cut()
    answer(page, _ITEMS[0], 2)
    page.wait_for_timeout(3000)  # the length of the cut is what is tested
    answer(page, _ITEMS[1], 2)
    page.wait_for_timeout(3000)
    _assert_says_not_saved(page)
    link.restore()
    wait_until_saved(page, 60)
    desk.assert_all_is_well(at_least=7)


def test_a_link_stalled_for_six_seconds_loses_nothing(desk: Desk, link: Link) -> None:
    page = desk.open()
    answer(page, _ITEMS[0])
    wait_until_saved(page, 10)
    link.stall()
    answer(page, _ITEMS[0], 2)
    answer(page, _ITEMS[1], 2)
    page.wait_for_timeout(6000)
    _assert_says_not_saved(page)
    link.restore()
    wait_until_saved(page, 30)
    desk.assert_all_is_well(at_least=7)


def _end_kernel_while_answering(desk: Desk, end: Callable[[], object]) -> None:
    """Answer, end the kernel, answer on; in the app a reload brings the new kernel."""
    page = desk.open()
    answer(page, _ITEMS[0])
    wait_until_saved(page, 10)
    before = set(kernels(desk.folder))
    answer(page, _ITEMS[0])
    end()
    answer(page, _ITEMS[0])
    answer(page, _ITEMS[1], 2)
    until(lambda: kernels(desk.folder) and not before & set(kernels(desk.folder)), 30, "a new kernel")
    if desk.door == "app":
        page.wait_for_timeout(5000)  # longer than the page waits for an answer before it sends again
        assert status(page, _ITEMS[1]).startswith("Not saved yet. Your answer is kept in this browser")
        desk.reload(page)
    wait_until_saved(page, 60)
    desk.assert_all_is_well(at_least=5)


def test_a_killed_kernel_loses_nothing(desk: Desk) -> None:
    _end_kernel_while_answering(desk, lambda: kill_kernel(desk.folder))


def test_a_restarted_kernel_loses_nothing(desk: Desk, server: Server) -> None:
    _end_kernel_while_answering(desk, lambda: restart_kernel(server, desk.folder))


def test_a_busy_kernel_loses_nothing(desk: Desk, server: Server) -> None:
    page = desk.open()
    keep_busy(server, desk.folder, 4.5)
    answer(page, _ITEMS[0], 2)
    answer(page, _ITEMS[1], 2)
    wait_until_saved(page, 30)
    desk.assert_all_is_well(at_least=6)


def test_a_page_reloaded_with_unsent_answers_loses_nothing(desk: Desk, link: Link) -> None:
    page = desk.open()
    link.cut()
    answer(page, _ITEMS[0], 3)
    answer(page, _ITEMS[1], 2)
    _assert_says_not_saved(page)
    assert desk.disk.ids() == []
    link.restore()
    chosen = activity(page, _ITEMS[0]).locator("input:checked").input_value()
    desk.reload(page)
    assert activity(page, _ITEMS[0]).locator("input:checked").input_value() == chosen
    wait_until_saved(page, 30)
    desk.assert_all_is_well(at_least=7)


_DRAW_AS_READ_BEFORE = """name => {
  const asked = [];
  const state = { activity: name, owner: "OWNER", seed: 1, keeps: true, rows: "[]" };
  const model = { get: key => state[key], set() {}, on() {}, off() {}, send: message => asked.push(message.type) };
  const root = document.body.appendChild(document.createElement("div"));
  Object.values(globalThis.himaya).find(page => page.r !== undefined).r.play(model, root);
  return [root.querySelector("input:checked")?.value ?? null, root.querySelector(".himaya-status").innerText, asked];
}"""


@pytest.mark.parametrize("desk", ["app"], indirect=True)
def test_an_output_read_just_before_the_last_answer_was_written_shows_it_and_asks(desk: Desk) -> None:
    page = desk.open()
    answer(page, _ITEMS[0])
    wait_until_saved(page, 10)
    chosen = activity(page, _ITEMS[0]).locator("input:checked").input_value()
    owner = open_folder(desk.folder).owner
    drawn = page.evaluate(_DRAW_AS_READ_BEFORE.replace("OWNER", owner), _ITEMS[0])
    assert drawn == [chosen, "Saved", ["put"]]


def test_two_tabs_that_both_answer_lose_nothing_and_agree(desk: Desk) -> None:
    one, other = desk.open(), desk.open()
    for _ in range(3):
        answer(one, _ITEMS[0])
        answer(other, _ITEMS[0])
        answer(other, _ITEMS[1])
    for page in (one, other):
        wait_until_saved(page, 20)
    answer(one, _ITEMS[0])  # whoever writes last learns what the other wrote
    wait_until_saved(one, 20)
    desk.reload(other)
    chosen = [activity(page, _ITEMS[0]).locator("input:checked").input_value() for page in (one, other)]
    assert chosen[0] == chosen[1]
    desk.assert_all_is_well(at_least=11)


@pytest.mark.parametrize("desk", ["lab"], indirect=True)
def test_running_a_cell_again_loses_nothing_and_shows_the_same(desk: Desk, link: Link) -> None:
    page = desk.open()
    answer(page, _ITEMS[0], 2)
    wait_until_saved(page, 10)
    link.stall()
    answer(page, _ITEMS[0], 2)
    chosen = activity(page, _ITEMS[0]).locator("input:checked").input_value()
    drawn = page.locator(".jp-Cell", has=activity(page, _ITEMS[0]))
    drawn.locator(".himaya-facts").click()
    old = activity(page, _ITEMS[0]).element_handle()
    page.keyboard.press("Control+Enter")
    link.restore()
    page.wait_for_function("one => !one.isConnected", arg=old, timeout=20_000)
    activity(page, _ITEMS[0]).wait_for()
    assert activity(page, _ITEMS[0]).locator("input:checked").input_value() == chosen
    wait_until_saved(page, 20)
    desk.assert_all_is_well(at_least=5)


def test_a_link_cut_for_150_seconds_loses_nothing_in_lab_and_app(
    server: Server, context: BrowserContext, link: Link
) -> None:
    desks = [opened_desk(server, context, link, door, f"long-cut-{door}") for door in ("lab", "app")]
    with ExitStack() as watching:
        for desk in desks:
            watching.enter_context(desk.disk)
        pages = [desk.open() for desk in desks]
        link.cut()
        for page in pages:
            answer(page, _ITEMS[0], 2)
        pages[0].wait_for_timeout(100_000)
        for page in pages:
            answer(page, _ITEMS[1], 2)
        pages[0].wait_for_timeout(50_000)
        for page in pages:
            _assert_says_not_saved(page)
        link.restore()
        restored = time.monotonic()
        for desk, page in zip(desks, pages, strict=True):
            wait_until_saved(page, 150)
            print(f"{desk.door}: saved {time.monotonic() - restored:.0f} s after the link returned")
            desk.assert_all_is_well(at_least=6)
