"""Quick and impatient hands: what the screen shows at the end is what is written, and one press is one step."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.browser.kernels import only_kernel
from tests.browser.lab_desk import part, settled
from tests.browser.user_actions import until
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.lab_desk import LabDesk

pytestmark = pytest.mark.proof

_TICK_ALL = "all => all.slice(0, 10).forEach(it => it.click())"
_TICKED = "all => all.map(it => it.checked)"


@contextmanager
def busy(folder: Path) -> Iterator[None]:
    """Let the kernel of `folder` answer nobody."""
    kernel = only_kernel(folder)[0]
    os.kill(kernel, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(kernel, signal.SIGCONT)


def started(lab_desk: LabDesk, context: BrowserContext, lab: str, trainee: str) -> Page:
    page = lab_desk.open(context, lab, trainee)
    part(page, "start").click()
    wait_for(part(page, "finish"))
    settled(page)
    return page


def test_ten_quick_ticks_are_shown_as_saved(lab_desk: LabDesk, context: BrowserContext) -> None:
    page = started(lab_desk, context, "find-me", "ticks")
    boxes = part(page, "keys").locator("input")
    for number in range(10):
        boxes.nth(number).click(no_wait_after=True)
    settled(page)
    assert boxes.evaluate_all(_TICKED)[:10] == [True] * 10
    assert len(lab_desk.decided("find-me", "ticks")[-1]["to"]) == 10
    boxes.evaluate_all(_TICK_ALL)  # all at once, as no hand could
    settled(page)
    assert not any(boxes.evaluate_all(_TICKED))
    assert lab_desk.decided("find-me", "ticks")[-1] == {"set": "keys", "to": []}


def test_first_tick_moves_no_box(lab_desk: LabDesk, context: BrowserContext) -> None:
    """A press that begins on one box and ends on another is no click."""
    page = started(lab_desk, context, "find-me", "first")
    boxes = part(page, "keys").locator("input")
    boxes.nth(0).scroll_into_view_if_needed()
    before = [boxes.nth(number).bounding_box() for number in range(10)]
    boxes.nth(0).click()
    settled(page)
    assert [boxes.nth(number).bounding_box() for number in range(10)] == before


def test_latest_choice_wins_over_busy_kernel(lab_desk: LabDesk, context: BrowserContext) -> None:
    """Of two choices made while the kernel was busy."""
    page = started(lab_desk, context, "find-me", "busy")
    boxes = part(page, "keys").locator("input")
    part(page, "part").locator("select").select_option(index=2)
    settled(page)
    field = part(page, "treat-site-code").locator("select")
    blanks = part(page, "suppress").locator("input")
    with busy(lab_desk.folder("find-me", "busy")):
        for entry in (1, 2, 0, 2):  # keep, coarser, drop
            field.select_option(index=entry)
        for number in (1, 2, 1):
            blanks.nth(number).check()
        shown = (field.input_value(), blanks.evaluate_all(_TICKED))
    settled(page)
    assert (field.input_value(), blanks.evaluate_all(_TICKED)) == shown
    written = {row.get("column", row["set"]): row["to"] for row in lab_desk.decided("find-me", "busy")}
    assert written == {"site_code": "drop", "suppress": 3}
    assert not any(boxes.evaluate_all(_TICKED))


def test_repeated_press_plays_one_week(lab_desk: LabDesk, context: BrowserContext) -> None:
    page = started(lab_desk, context, "one-month", "impatient")
    part(page, "priority").locator("input").first.check()
    part(page, "play").dblclick()
    wait_for(page.locator(".himaya-lab svg[aria-label^='After day 5:']").first)
    settled(page)
    with busy(lab_desk.folder("one-month", "impatient")):
        for _ in range(3):
            part(page, "play").focus()
            page.keyboard.press("Enter")
    wait_for(page.locator(".himaya-lab svg[aria-label^='After day 10:']").first)
    settled(page)
    assert [row["week"] for row in lab_desk.decided("one-month", "impatient")] == [1, 2]
    part(page, "play").click()  # and the next press is heard again
    until(lambda: len(lab_desk.decided("one-month", "impatient")) == 3, "the third week is played")
