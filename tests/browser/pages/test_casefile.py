"""A case file in its own file: an unsafe line stays out, the file is shown back, and is printed alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.load import load_module
from himaya.course.course import load_course
from himaya.publish.assignment import compile_module
from himaya.publish.edition import Edition
from himaya.publish.page import scenario_page
from himaya_widgets.player import page_code
from tests.browser.conftest import ROOT
from tests.browser.offline_pages import view
from tests.browser.user_actions import activity, focused, touch, until
from tests.shipped import an_activity

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser
MODULE, NAME, _ = an_activity("casefile")


@pytest.fixture(scope="module")
def casefile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The page of the case file, and the case file itself."""
    loaded = load_module(ROOT / "modules" / MODULE)
    edition = Edition(load_course(ROOT / "courses" / "core-protection"), page_code(), "en")
    one: Any = loaded.activities[NAME]
    page = tmp_path_factory.mktemp("casefile") / "en.html"
    page.write_text(scenario_page(edition, loaded, one), encoding="utf-8")
    return page, dict(compile_module(loaded)[NAME])


def _tap(page: Page, key: str) -> None:
    touch(activity(page, NAME).locator(f'[data-key="{key}"]'))


def _fill_in(page: Page, paper: dict[str, Any], quality: str) -> None:
    """Fill in each line of a paper with its option of a quality, and check the paper."""
    for line in paper["rows"]:
        option = next(option["id"] for option in line["options"] if option["quality"] == quality)
        _tap(page, f"pick-{line['id']}.{option}")
    _tap(page, "check")
    until(lambda: view(activity(page, NAME))["phase"] == "checked", "the paper is checked")


def test_unsafe_paper_stays_out(casefile: tuple[Path, dict[str, Any]], phone: BrowserContext) -> None:
    address, whole = casefile
    page = phone.new_page()
    page.goto(f"file://{address}")
    _tap(page, "start")
    _tap(page, "check")
    assert whole["papers"][0]["rows"][0]["label"] in activity(page, NAME).locator(".himaya-warning").inner_text()
    _fill_in(page, whole["papers"][0], "harmful")
    assert focused(page)[1] == "feedback"
    here = activity(page, NAME)
    assert here.locator('[data-key="continue"]').count() == 0
    for line in whole["papers"][0]["rows"]:
        why = next(option["rationale"] for option in line["options"] if option["quality"] == "harmful")
        assert why in here.inner_text()
    _tap(page, "retry")
    _fill_in(page, whole["papers"][0], "acceptable")
    _tap(page, "continue")
    until(lambda: view(here)["kept"] == 1, "the paper is in the file")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_file_is_shown_back_and_printed_alone(casefile: tuple[Path, dict[str, Any]], phone: BrowserContext) -> None:
    address, whole = casefile
    page = phone.new_page()
    page.goto(f"file://{address}")
    page.evaluate("window.print = () => { window.printed = true }")
    _tap(page, "start")
    for paper in whole["papers"]:
        _fill_in(page, paper, "best")
        _tap(page, "continue")
    here = activity(page, NAME)
    until(lambda: view(here)["phase"] == "ended", "the file is complete")
    lines = [
        option["text"]
        for paper in whole["papers"]
        for line in paper["rows"]
        for option in line["options"]
        if option["quality"] == "best"
    ]
    shown = here.locator(".himaya-casefile")
    assert all(line in shown.inner_text() for line in lines)
    widths = shown.locator("ul").evaluate_all("lists => lists.map(({ clientWidth }) => clientWidth)")
    assert len({*widths}) == 1, "papers lie below each other"
    assert widths[0] * 2 > page.evaluate("innerWidth")
    _tap(page, "print")
    until(lambda: page.evaluate("window.printed"), "the browser is asked to print")
    sheet = page.locator("body > .himaya-sheet")
    assert not sheet.is_visible()
    page.emulate_media(media="print")
    assert sheet.is_visible()
    assert not here.is_visible()
    assert all(line in sheet.inner_text() for line in lines)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert sheet.count() == 0
