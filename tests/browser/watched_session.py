"""One trainee at one door with everything watched: what the page keeps and says, and what the file holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.browser.save_monitor import Disk, Screen, assert_nothing_lost, assert_words_were_true, unsaved_for
from tests.browser.user_actions import activity, status, wait_drawn, wait_true

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Server
    from tests.browser.link import Link

ITEMS = ("one-promise", "after-no")
_ALL_SAVED = """() => document.querySelector('.himaya-status[data-status="saved"]') !== null
  && document.querySelector('.himaya-status[data-status="not-saved"]') === null"""
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

    def open_and_answer(self) -> Page:
        """Open the module in a watched tab and see a first answer saved."""
        page = self.open()
        answer(page, ITEMS[0])
        wait_until_saved(page)
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
        unsaved = max(unsaved_for(screen, name) for screen in self.screens for name in ITEMS)
        print(f"{self.door}: {number} events, none lost, none twice; longest 'Not saved yet' {unsaved:.1f} s")


def answer(page: Page, name: str, times: int = 1) -> None:
    """Choose another option, also under a dialog that JupyterLab puts over the page."""
    for _ in range(times):
        activity(page, name).locator("input[type=radio]").evaluate_all(_PICK_ANOTHER)


def wait_until_saved(page: Page) -> None:
    """Wait until no activity of the page waits for its answers to be written."""
    wait_true(page, _ALL_SAVED)


def opened_desk(server: Server, context: BrowserContext, link: Link, door: str, name: str) -> Desk:
    """Return a new trainee's desk; use it inside `with desk.disk`."""
    folder = server.new_trainee(name)
    return Desk(door, folder, server.door(door, name, link.port), context, Disk(folder), [])


def assert_says_not_saved(page: Page) -> None:
    for name in ITEMS:
        assert status(page, name).startswith("Not saved yet")
