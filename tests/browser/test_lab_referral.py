"""The lab "A way to help" as a trainee meets it: by keyboard alone, after a restart, in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.lab_desk import at, part, press, tab_to
from tests.browser.user_actions import until, wait_true
from tests.waiting import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.browser.lab_desk import LabDesk

pytestmark = pytest.mark.proof

LAB = "a-way-to-help"


def pick(page: Page, key: str, typed: str) -> None:
    """Choose an entry of a list by typing how it begins."""
    tab_to(page, key)
    page.keyboard.type(typed)
    page.keyboard.press("Tab")


def check(page: Page, *labels: str) -> None:
    tab_to(page, "share")
    for _ in range(len(page.query_selector_all(".himaya-key-share input"))):
        label = page.evaluate("() => document.activeElement.closest('label')?.textContent ?? ''")
        if label.strip() in labels:
            page.keyboard.press("Space")
        page.keyboard.press("Tab")


def test_card_works_by_keyboard_and_resumes(lab_desk: LabDesk, context: BrowserContext) -> None:
    page = lab_desk.open(context, LAB, "keys", "notebook")
    press(page, "start")
    at(page, "briefing")
    pick(page, "filter-kind", "Health")
    wait_true(page, "() => document.querySelector('.himaya-key-directory')?.innerText.includes('4 of 20')")
    pick(page, "service", "Health post")
    check(
        page,
        "A first name or a code that the person chose",
        "A safe way and time to reach the person",
        "The kind of help that the person asks for",
    )
    pick(page, "route", "Call from")
    press(page, "send")
    at(page, "follow")
    pick(page, "follow", "Mark the card")
    press(page, "follow-button")
    at(page, "told")
    told = page.inner_text(".himaya-key-told")
    assert "Consent: ✓ Right" in told
    assert "Closed loop: ✗ Not yet" in told
    assert lab_desk.decided(LAB, "keys") == [
        {"card": "noor", "service": "almond", "share": ["called", "contact", "kind"], "route": "together"},
        {"card": "noor", "follow": "mark-sent"},
    ]
    wait_for(page.locator(".himaya-lab .himaya-status[data-status='saved']").first)
    assert part(page, "onward").inner_text() == "Next: Jian, Informal Site Cedar"
    press(page, "onward")
    at(page, "text")
    assert "Jian" in part(page, "text").inner_text()
    page.reload()
    wait_for(page.locator(".himaya-lab .himaya-key-card select").first)
    # The first card that is not done is open: the journal says that Noor's is.
    wait_true(
        page, "() => document.querySelector('.himaya-key-card select').selectedOptions[0].text.startsWith('Jian')"
    )
    page.close()


def test_what_is_missing_is_said_at_the_field(lab_desk: LabDesk, context: BrowserContext) -> None:
    page = lab_desk.open(context, LAB, "missing", "lab")
    press(page, "start")
    at(page, "briefing")
    press(page, "send")
    at(page, "service")
    alert = wait_for(page.locator(".himaya-lab .himaya-error [role='alert']").first)
    assert alert is not None
    assert alert.inner_text() == "Choose a service, or one of the two honest answers."
    control = page.locator(".himaya-key-service select")
    until(lambda: control.get_attribute("aria-invalid") == "true", "the field is marked")
    assert lab_desk.decided(LAB, "missing") == []
    page.close()
