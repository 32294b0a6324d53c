"""The lab "Can you find me?" in a browser: done by keyboard to its end, after a restart, and quick."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.lab_desk import at, part, press, settled
from tests.browser.user_actions import until
from tests.waiting import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.browser.lab_desk import LabDesk

pytestmark = pytest.mark.proof

LAB = "find-me"
KEY = re.compile(r"himaya-key-([a-z0-9-]+)")
_WHERE = """() => {
  const it = document.activeElement, field = it?.closest("[class*=himaya-key-]");
  return [field?.className ?? "", it?.closest("label")?.innerText ?? it?.innerText ?? "", it?.tagName ?? ""];
}"""


def press_to(page: Page, key: str, label: str = "") -> None:
    """Press Tab until a control of the field `key` has the focus; with `label`, the one that says so."""
    for _ in range(150):
        classes, text, _tag = page.evaluate(_WHERE)
        found = KEY.search(classes)
        if found and found[1] == key and label in text:
            return
        page.keyboard.press("Tab")
    message = f"{key} {label!r} was not reached with Tab; focus is at {page.evaluate(_WHERE)}"
    raise AssertionError(message)


def tick(page: Page, desk: LabDesk, key: str, label: str) -> None:
    """Tick a checkbox with Space, and wait until the journal has it and the focus is still there."""
    before = len(desk.decided(LAB, "keyboard"))
    press_to(page, key, label)
    page.keyboard.press("Space")
    until(lambda: len(desk.decided(LAB, "keyboard")) > before, f"{key}: {label}")
    assert label in page.evaluate(_WHERE)[1]


def pick(page: Page, desk: LabDesk, key: str, steps: int) -> None:
    """Choose an entry of a list with the arrow keys."""
    press_to(page, key)
    for _ in range(steps):
        before = len(desk.decided(LAB, "keyboard"))
        page.keyboard.press("ArrowDown")
        until(lambda before=before: len(desk.decided(LAB, "keyboard")) > before, key)
        assert page.evaluate(_WHERE)[2] in {"SELECT", "INPUT"}


def test_find_me_lab_works_by_keyboard_and_resumes(lab_desk: LabDesk, context: BrowserContext) -> None:
    page = lab_desk.open(context, LAB, "keyboard")
    part(page, "start").focus()
    page.keyboard.press("Enter")
    wait_for(part(page, "keys"))
    part(page, "finish").focus()
    page.keyboard.press("Enter")
    wait_for(page.locator(".himaya-error", has_text="Decide who may have the file."))
    wait_for(part(page, "note"), state="attached")
    page.evaluate("document.querySelector('.himaya-lab .himaya-key-keys input').focus()")
    for label in ("Site", "Age of the head", "Mother tongue"):
        tick(page, lab_desk, "keys", label)
    live = page.locator(".himaya-lab .himaya-live")
    settled(page)
    before = live.inner_text()
    onward(page, "search")
    pick(page, lab_desk, "person", 1)
    tick(page, lab_desk, "knows", "Age of the head")
    tick(page, lab_desk, "knows", "Mother tongue")
    wait_for(page.get_by_text("Exactly one record fits"))
    onward(page, "change")
    pick(page, lab_desk, "treat-site-code", 2)  # keep, coarser, drop
    until(lambda: live.inner_text() != before, "the figures follow")
    onward(page, "ending")
    press_to(page, "ending")
    page.keyboard.press("Space")
    until(lambda: any(value["set"] == "ending" for value in lab_desk.decided(LAB, "keyboard")), "an ending")
    page.keyboard.press("ArrowDown")
    until(lambda: lab_desk.decided(LAB, "keyboard")[-1] == {"set": "ending", "to": "restricted"}, "the second ending")
    tick(page, lab_desk, "reasons", "The reader, the purpose")
    onward(page, "table")
    tick(page, lab_desk, "cells", "District Almond, Headed by a widowed person")
    wait_for(page.get_by_text("Small counts that a reader can work out: 1."))
    settled(page)
    shown = live.inner_text()
    assert "himaya-main" in (part(page, "finish").get_attribute("class") or "")  # now it is the next step
    page.close()

    page = lab_desk.open(context, LAB, "keyboard")
    until(lambda: live_text(page) == shown, "the lab stands where it was")
    assert part(page, "keys").locator("input:checked").count() == 3
    press_to_finish(page)
    wait_for(page.get_by_text("How your work stands"))
    wait_for(page.get_by_text("The feedback counts every column that a neighbour may know."))
    page.close()


def onward(page: Page, name: str) -> None:
    """Go on to the next part of the work, which is `name`."""
    press(page, "next")
    at(page, f"part-{name}")
    settled(page)


def live_text(page: Page) -> str:
    """Return the line that stays in sight."""
    return page.locator(".himaya-lab .himaya-live").inner_text()


def press_to_finish(page: Page) -> None:
    """Go to the button at the end and press it."""
    part(page, "finish").focus()
    page.keyboard.press("Enter")


_ABOVE = """it => {
  const held = [];
  for (let one = it.parentElement; one; one = one.parentElement) {
    if (getComputedStyle(one).overflowY !== "visible") held.push(`${one.tagName}.${one.className}`);
  }
  return held;
}"""


def test_figures_stay_in_sight(lab_desk: LabDesk, phone: BrowserContext) -> None:
    """They stick to the top while somebody changes what they count."""
    page = lab_desk.open(phone, LAB, "sticky")
    part(page, "start").tap()
    wait_for(part(page, "keys"))
    onward(page, "search")
    onward(page, "change")
    part(page, "suppress").scroll_into_view_if_needed()
    live = page.locator(".himaya-lab .himaya-live")
    box = live.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 200, live.evaluate(_ABOVE)
