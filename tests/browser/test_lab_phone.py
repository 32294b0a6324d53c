"""Every lab on a phone: nothing wider, nothing too small to touch, what is next stands out, and no request fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import small_targets
from tests.browser.lab_desk import LABS, drawn, failures, part, settled
from tests.lanes import sampled
from tests.waiting import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.browser.apps import AppsServer
    from tests.browser.lab_desk import LabDesk

pytestmark = pytest.mark.proof

_WIDE = """() => [...document.querySelectorAll(".himaya-lab *")].filter(it => !it.closest(".himaya-scroll table"))
  .filter(it => it.getBoundingClientRect().width > innerWidth).map(it => it.className)"""
_BUSY = {"one-month": ".himaya-key-play", "first-day": ".himaya-key-story", "find-me": ".himaya-live",
         "a-way-to-help": ".himaya-key-card"}  # fmt: skip


def fits(page: Page) -> None:
    """Hold that nothing is wider than the phone and nothing is too small for a finger."""
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate(_WIDE) == []
    assert small_targets(page, ".himaya-lab") == []


def main_buttons(page: Page) -> list[str]:
    """Return the buttons that catch the eye."""
    return page.locator(".himaya-lab .himaya-main:visible").all_inner_texts()


@pytest.mark.parametrize("language", sampled(["ar"], ["en"]))
@pytest.mark.parametrize("lab", sampled(["find-me"], sorted(LABS.keys() - {"find-me"})))
def test_lab_and_its_targets_fit_a_phone(lab_desk: LabDesk, phone: BrowserContext, lab: str, language: str) -> None:
    page = lab_desk.open(phone, lab, f"phone-{language}", language=language)
    assert page.locator(".himaya-lab").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    fits(page)
    part(page, "start").tap()
    wait_for(page.locator(_BUSY[lab]))
    for number in range(max(1, part(page, "part").locator("option").count())):
        if number:
            part(page, "part").locator("select").select_option(index=number)
            settled(page)
        fits(page)
        assert part(page, "finish").is_visible()
        assert "himaya-main" not in (part(page, "finish").get_attribute("class") or "")
        assert len(main_buttons(page)) <= 1
    page.close()


@pytest.mark.parametrize("lab", sampled(["one-month"], ["a-way-to-help"]))
def test_lab_app_has_no_failed_request(apps: AppsServer, context: BrowserContext, lab: str) -> None:
    page = apps.enter(context)
    failed = failures(context)
    page.goto(apps.address(f"app/en/{LABS[lab]}/{lab}"))
    drawn(page)
    part(page, "start").click()
    wait_for(page.locator(_BUSY[lab]))
    settled(page)
    assert failed == []
    page.goto(apps.address())  # what a page asks for when it is left is answered, whether or not a browser waits for it
    assert [one for one in failed if not one.startswith("failed")] == []
    page.close()


@pytest.mark.parametrize("door", sampled(["app"], ["lab"]))
def test_trainee_lab_has_no_failed_request(lab_desk: LabDesk, context: BrowserContext, door: str) -> None:
    failed = failures(context)
    page = lab_desk.open(context, "one-month", f"failures-{door}", door)
    part(page, "start").click()
    wait_for(page.locator(_BUSY["one-month"]))
    settled(page)
    assert failed == []
    page.close()
