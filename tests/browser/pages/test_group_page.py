"""A scenario's file on one phone for a few people: turned sideways, with hands counted, and a run of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from himaya.activities.scenario.format import Scenario
from himaya.course.course import load_course
from himaya.languages.interface import sentence
from himaya.publish.edition import Edition
from himaya.publish.page import scenario_page
from himaya_widgets.player import page_code
from tests.browser.accessibility import clipped, small_targets, violations
from tests.browser.conftest import ROOT, _watched
from tests.browser.offline_pages import SCENARIO, Site, ready, view
from tests.browser.user_actions import activity, touch
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from himaya.content.load import LoadedModule

_HANDS = (1, 5, 2)


@pytest.fixture
def sideways(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone turned sideways."""
    with _watched(chromium, viewport={"width": 740, "height": 360}, has_touch=True) as context:
        yield context


def _turn_to(page: Page, key: str) -> None:
    """Press the button that leads to the group or back, and wait until the page is drawn anew."""
    page.evaluate("document.documentElement.dataset.old = ''")
    page.locator(f'[data-key="{key}"]').tap()
    wait_for(page.locator("html[data-ready]:not([data-old])").first)


def _assert_all_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") == 740
    assert violations(page, "html") == []
    assert small_targets(page, "html") == []
    assert clipped(page, "main") == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_group_plays_on_a_phone_turned_sideways(site: Site, sideways: BrowserContext, language: str) -> None:
    page = ready(sideways.new_page(), f"{site.address}{language}/scenarios/{SCENARIO}.html")
    _turn_to(page, "group")
    here = activity(page, SCENARIO)
    touch(here.locator('[data-key="start"]'))
    told, asked = (here.locator(".himaya-sides > div").nth(number).bounding_box() for number in (0, 1))
    assert told is not None
    assert asked is not None
    left, right = (told, asked) if language == "en" else (asked, told)
    assert left["x"] + left["width"] < right["x"], "what is asked stands beside what is told"
    _assert_all_fits(page)
    for field, hands in zip(here.locator('[data-key^="hands-"]').all(), _HANDS, strict=True):
        field.fill(str(hands))
    touch(here.locator('[data-key="choose"]'))
    assert tuple(map(int, here.locator(".himaya-room b").all_inner_texts())) == _HANDS
    _assert_all_fits(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_arabic_type_of_a_group_is_as_large(site: Site, sideways: BrowserContext, width: int) -> None:
    sizes = {}
    for language in ("en", "ar"):
        page = ready(sideways.new_page(), f"{site.address}{language}/scenarios/{SCENARIO}.html")
        page.set_viewport_size({"width": width, "height": 800})
        _turn_to(page, "group")
        sizes[language] = [
            float(page.locator(f".group section{each}").evaluate("it => parseFloat(getComputedStyle(it).fontSize)"))
            for each in (".himaya", ".himaya > header")
        ]
    for english, arabic in zip(sizes["en"], sizes["ar"], strict=True):
        assert arabic >= english
    for text, header in sizes.values():
        assert header >= 0.75 * text, "the line with the minutes is read from the last row, too"


def test_group_has_a_run_of_its_own(site: Site, sideways: BrowserContext) -> None:
    page = ready(sideways.new_page(), f"{site.address}en/scenarios/{SCENARIO}.html")
    entries = page.evaluate("history.length")
    here = activity(page, SCENARIO)
    _turn_to(page, "group")
    touch(here.locator('[data-key="start"]'))
    _turn_to(page, "alone")
    assert not view(here)["begun"]
    _turn_to(page, "group")
    assert view(here)["begun"]
    assert page.evaluate("history.length") == entries, "nothing to come back to after leaving quickly"


def test_graded_scenario_is_for_nobody_else(loaded: LoadedModule, context: BrowserContext, tmp_path: Path) -> None:
    edition = Edition(load_course(ROOT / "courses" / "core-protection"), page_code(), "en")
    graded = next(each for each in loaded.activities.values() if isinstance(each, Scenario) and each.mode == "graded")
    file = tmp_path / "graded.html"
    file.write_text(scenario_page(edition, loaded, graded), encoding="utf-8")
    page = ready(context.new_page(), f"{file.as_uri()}#group")
    assert page.get_by_role("button", name=sentence("app-open-group")).count() == 0
    assert page.locator("body.group").count() == 0
