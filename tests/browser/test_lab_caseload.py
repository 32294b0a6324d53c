"""The lab "Caseload for one month" as a trainee meets it: by keyboard alone, after a reload, in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.lab_desk import at, press, settled
from tests.waiting import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.browser.lab_desk import LabDesk

LAB = "one-month"
_NOTHING = {"pause": False, "transfer": False, "staff": False, "protect": False}


def now(page: Page) -> str:
    return " ".join(page.locator(".himaya-key-now, .himaya-key-more").all_text_contents())


def play(page: Page, week: int) -> None:
    press(page, "play")
    wait_for(page.locator(f".himaya-lab svg[aria-label^='After day {week * 5}:']").first)
    at(page, "now")
    settled(page)


@pytest.mark.proof
def test_month_is_planned_by_keyboard_and_resumes(lab_desk: LabDesk, context: BrowserContext) -> None:
    page = lab_desk.open(context, LAB, "month", "notebook")
    press(page, "start")
    at(page, "briefing")
    press(page, "play")
    at(page, "priority")
    told = page.inner_text(".himaya-lab .himaya-error [role='alert']")
    assert told == "Choose whom you contact first. Then play the week."
    page.keyboard.press("Space")
    press(page, "lever-protect", "Space")
    press(page, "lever-staff", "Space")
    play(page, 1)
    assert "Week 1 is over." in now(page)
    changes = page.locator(".himaya-numbers li span:last-child").all_inner_texts()
    assert any(change.startswith(("(+", "(\N{MINUS SIGN}")) for change in changes), "what the week changed"
    form, results = page.locator(".himaya-decide").bounding_box(), page.locator(".himaya-numbers").bounding_box()
    assert form is not None
    assert results is not None
    assert form["x"] + form["width"] <= results["x"], "decisions stand beside their results"
    assert "100 %" in now(page).split("Supervision held")[1][:12]
    wait_for(page.locator(".himaya-lab .himaya-status[data-status='saved']").first)
    page.reload()
    wait_for(page.locator(".himaya-lab svg[aria-label^='After day 5:']").first)
    assert page.is_checked(".himaya-key-lever-protect input")
    assert not page.is_checked(".himaya-key-lever-staff input")
    assert page.is_disabled(".himaya-key-lever-staff input")
    for week in (2, 3, 4):
        play(page, week)
    press(page, "many")
    at(page, "months")
    table = page.inner_text(".himaya-key-months")
    assert "200 months played by each plan, from number 500001 on." in table
    assert "fewer days of waiting too long" in table
    press(page, "finish")
    at(page, "result")
    assert "What did the system make impossible?" in page.inner_text(".himaya-key-result")
    kept = lab_desk.events(LAB, "month")
    first = {"week": 1, "priority": "risk", **_NOTHING, "protect": True}
    assert [event["type"] for event in kept] == ["begin", *["decide"] * 4, "finish"]
    assert [event.get("value") for event in kept[1:5]] == [
        {**first, "staff": True}, *({**first, "week": week} for week in (2, 3, 4)),
    ]  # fmt: skip
    page.close()


@pytest.mark.proof
def test_many_months_can_be_stopped(lab_desk: LabDesk, context: BrowserContext) -> None:
    page = lab_desk.open(context, LAB, "stops", "lab")
    page.locator(".himaya-key-start").click()
    page.locator(".himaya-key-priority input").nth(1).check()
    for week in (1, 2, 3, 4):
        play(page, week)
    page.locator(".himaya-key-many").click()
    at(page, "halt")
    page.keyboard.press("Enter")
    at(page, "months")
    told = page.inner_text(".himaya-key-months h4")
    assert told.startswith("Stopped after ")
    assert 0 <= int(told.split()[2]) < 200
    page.close()


@pytest.mark.proof
def test_a_new_start_brings_the_same_month_again(lab_desk: LabDesk, context: BrowserContext) -> None:
    page = lab_desk.open(context, LAB, "again", "app")
    page.locator(".himaya-key-start").click()
    page.locator(".himaya-key-priority input").first.check()
    play(page, 1)
    first = now(page)
    press(page, "again")
    at(page, "briefing")
    assert page.locator(".himaya-lab svg").count() == 0
    page.locator(".himaya-key-priority input").first.check()
    play(page, 1)
    assert now(page) == first
    page.close()
