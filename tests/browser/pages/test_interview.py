"""An interview in its own file: held by keyboard at a desk and by touch on a phone, left to right and right to left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.load import LoadedModule, load_module
from himaya.course.course import load_course
from himaya.publish.assignment import compile_module
from himaya.publish.edition import Edition
from himaya.publish.page import scenario_page
from himaya_widgets.player import page_code
from tests.browser.conftest import ROOT
from tests.browser.offline_pages import view
from tests.browser.user_actions import activity, focused, press, touch, until
from tests.build.arabic import in_arabic_letters
from tests.content.interviews import NAME, module_with_interview
from tests.waiting import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def interviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one interview's file in English and in the right-to-left language of the tests."""
    folder = tmp_path_factory.mktemp("interview")
    loaded: LoadedModule = load_module(module_with_interview(folder / "modules" / "sound-module"))
    course = load_course(ROOT / "courses" / "core-protection")
    for language, shown in (("en", loaded), ("ar", in_arabic_letters(loaded))):
        edition = Edition(course, page_code(), language, languages=("en", "ar"))
        one: Any = shown.activities[NAME]
        (folder / f"{language}.html").write_text(scenario_page(edition, shown, one), encoding="utf-8")
    return folder


def _example(folder: Path) -> list[str]:
    found: list[str] = compile_module(load_module(folder / "modules" / "sound-module"))[NAME]["example"]
    return found


def _open_group(page: Page, move: str) -> None:
    """Open the group of moves in which one stands, if it is folded."""
    button = activity(page, NAME).locator(f'[data-key="say-{move}"]')
    if not button.is_visible():
        button.locator("xpath=ancestor::details/summary").press("Enter")
    wait_for(button, state="visible")


def _no_wider_than_the_screen(page: Page) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return wide


def test_interview_is_held_by_keyboard(interviews: Path, context: BrowserContext) -> None:
    page = context.new_page()
    address = f"file://{interviews}/en.html"
    page.goto(address)
    press(page, NAME, "start")
    for number, move in enumerate(_example(interviews)):
        _open_group(page, move)
        press(page, NAME, f"say-{move}")
        assert focused(page)[1] in ("heard", "heading")
        if number == 2:
            before = view(activity(page, NAME))
            page.goto(address)
            until(lambda before=before: view(activity(page, NAME)) == before, "it goes on where it was")
    shown = view(activity(page, NAME))
    assert (shown["phase"], shown["ending"]["id"]) == ("ended", "door")
    text = activity(page, NAME).inner_text()
    for words in (
        "As Layla would tell a friend",
        "What you agreed",
        "Names the limits before the story",
        "Where: Say: ",
    ):
        assert words in text
    press(page, NAME, "again-3")
    assert len(view(activity(page, NAME))["lines"]) == 3
    assert _no_wider_than_the_screen(page)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_interview_is_held_by_touch_on_a_phone(interviews: Path, phone: BrowserContext, language: str) -> None:
    page = phone.new_page()
    page.goto(f"file://{interviews}/{language}.html")
    here = activity(page, NAME)
    touch(here.locator('[data-key="start"]'))
    for move in _example(interviews):
        button = here.locator(f'[data-key="say-{move}"]')
        if not button.is_visible():
            touch(button.locator("xpath=ancestor::details/summary"))
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert _no_wider_than_the_screen(page)
        touch(button)
    assert view(here)["ending"]["id"] == "door"
    assert _no_wider_than_the_screen(page)


def test_interview_can_be_paused_and_skipped(interviews: Path, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"file://{interviews}/en.html")
    press(page, NAME, "start")
    press(page, NAME, "pause")
    assert "If this touches your own life" in activity(page, NAME).inner_text()
    press(page, NAME, "skip")
    assert view(activity(page, NAME))["phase"] == "skipped"
    press(page, NAME, "unskip")
    assert view(activity(page, NAME))["phase"] == "talk"
