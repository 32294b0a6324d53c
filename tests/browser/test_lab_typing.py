"""Nothing that is typed into a lab is lost, whatever other windows, another kernel or a reload do meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.lab_desk import drawn, part, settled
from tests.browser.user_actions import until, wait_true
from tests.waiting import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.browser.lab_desk import LabDesk

LAB = "first-day"


def code(page: Page) -> Any:
    return part(page, "intake-code").locator("input")


def started(lab_desk: LabDesk, context: BrowserContext, trainee: str, door: str) -> Page:
    page = lab_desk.open(context, LAB, trainee, door)
    part(page, "start").click()
    wait_for(code(page))
    settled(page)
    return page


@pytest.mark.proof
def test_typing_survives_another_window_of_the_kernel(lab_desk: LabDesk, context: BrowserContext) -> None:
    one = started(lab_desk, context, "windows", "notebook")
    two = lab_desk.open(context, LAB, "windows", "notebook")
    one.bring_to_front()
    code(one).press_sequentially("PS-0")
    two.bring_to_front()
    code(two).fill("PS-222")
    part(two, "summary").locator("textarea").click()
    until(lambda: lab_desk.decided(LAB, "windows") != [], "the other window's code is written")
    part(two, "consent").locator("input").first.check()
    wait_true(one, "() => document.querySelector('.himaya-key-consent input').checked")
    assert code(one).input_value() == "PS-0"
    one.bring_to_front()
    code(one).press_sequentially("14")
    one.keyboard.press("Tab")
    until(lambda: lab_desk.decided(LAB, "windows")[-1]["value"] == "PS-014", "what was typed is written")
    wait_true(two, "() => document.querySelector('.himaya-key-intake-code input').value === 'PS-014'")
    code(one).press_sequentially("5")
    two.bring_to_front()
    code(two).fill("PS-333")
    two.keyboard.press("Tab")
    until(lambda: lab_desk.decided(LAB, "windows")[-1]["value"] == "PS-333", "the other window's second code")
    one.bring_to_front()
    one.keyboard.press("Backspace")
    one.keyboard.press("Tab")  # typed and taken back: then what the other window wrote holds
    wait_true(one, "() => document.querySelector('.himaya-key-intake-code input').value === 'PS-333'")


@pytest.mark.proof
def test_text_typed_in_stale_window_is_saved(lab_desk: LabDesk, context: BrowserContext) -> None:
    behind = started(lab_desk, context, "behind", "app")
    ahead = lab_desk.open(context, LAB, "behind", "app")
    code(behind).press_sequentially("PS-014")
    part(ahead, "consent").locator("input").first.check()
    until(lambda: len(lab_desk.decided(LAB, "behind")) == 1, "the other window's choice is written")
    part(behind, "summary").locator("textarea").click()
    until(lambda: lab_desk.decided(LAB, "behind")[-1]["value"] == "PS-014", "what was typed is written")
    settled(behind)
    assert code(behind).input_value() == "PS-014"
    assert part(behind, "consent").locator("input").first.is_checked()


@pytest.mark.proof
def test_typed_text_returns_to_its_concern(lab_desk: LabDesk, context: BrowserContext) -> None:
    page = started(lab_desk, context, "reload", "app")
    code(page).fill("PS-014")
    page.keyboard.press("Tab")
    until(lambda: len(lab_desk.decided(LAB, "reload")) == 1, "the first code is written")
    part(page, "concern").locator("input").nth(1).check()
    settled(page)
    assert code(page).input_value() == ""
    code(page).press_sequentially("PS-0")
    page.reload()
    drawn(page)
    wait_for(code(page))
    assert code(page).input_value() == "PS-014"  # this is the concern that was worked on last
    part(page, "concern").locator("input").nth(1).check()
    wait_true(page, "() => document.querySelector('.himaya-key-intake-code input').value === 'PS-0'")
    concerns = {row["concern"]: row["value"] for row in lab_desk.decided(LAB, "reload")}
    assert next(iter(concerns.values())) == "PS-014"
