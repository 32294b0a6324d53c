"""Take the pictures of the documentation from a platform that runs.

Usage: python docs/pictures/make.py http://127.0.0.1:8888 TOKEN
The address and the token are what `himaya start` prints. The trainee's module must not have been begun.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
MOST = 150_000  # bytes of one picture
DESK = {"width": 1000, "height": 700}
PHONE = {"width": 360, "height": 740}
SCENARIO = 'section.himaya[data-activity="quiet-visitor"]'


def main(address: str, token: str) -> None:
    """Take every picture anew."""
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program)
        page = _window(browser, address, token, DESK)
        _home(page, address, "trainee", "trainee-home")
        _home(page, address, "trainer", "trainer")
        page.goto(f"{address}/himaya/open/case-management/app")
        _play(page)
        _take(page, "app")
        page.goto(f"{address}/himaya/open/case-management/notebook")
        page.locator(SCENARIO).wait_for(timeout=60_000)
        page.locator(SCENARIO).scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        _take(page, "notebook")
        page.goto(f"{address}/formgrader/gradebook/case-management/case-management")
        page.get_by_text("Submission #1").first.click()
        page.locator("[data-score]").first.wait_for()
        page.locator("section.card").first.evaluate("it => it.scrollIntoView({ block: 'start' })")
        _take(page, "formgrader")
        page.goto(f"{address}/formgrader/manage_submissions/case-management")
        page.locator("tr", has_text="trainee-02").locator(".generate-feedback a").click()
        page.locator("#success-modal").wait_for()
        page = _window(browser, address, token, PHONE)
        made = "core-protection/feedback/trainee-02/case-management/case-management.html"
        page.goto(f"{address}/files/trainer/{made}?token={token}")
        page.locator('[data-activity="first-consent"]').evaluate("it => it.scrollIntoView({ block: 'start' })")
        _take(page, "feedback-phone")
        page.goto(f"{address}/himaya/open/case-management/app")
        page.locator(SCENARIO).locator("h4").wait_for(timeout=60_000)
        _to_top(page)
        _take(page, "scenario-phone")
        browser.close()


def _window(browser: Browser, address: str, token: str, size: dict[str, int]) -> Page:
    page = browser.new_page(viewport=size, reduced_motion="reduce")
    page.goto(f"{address}/himaya?token={token}")
    return page


def _home(page: Page, address: str, role: str, name: str) -> None:
    page.goto(f"{address}/himaya/{role}")
    page.locator("h1").wait_for()
    _take(page, name)


def _play(page: Page) -> None:
    scenario = page.locator(SCENARIO)
    scenario.wait_for(timeout=60_000)
    if scenario.locator('[data-key="start"]').count():
        scenario.locator('[data-key="start"]').click()
    scenario.locator("input").first.check()
    _to_top(page)


def _to_top(page: Page) -> None:
    page.locator(SCENARIO).evaluate("it => { it.scrollIntoView({ block: 'start' }); document.activeElement.blur(); }")


def _take(page: Page, name: str) -> None:
    path = HERE / f"{name}.png"
    page.screenshot(path=path)
    if path.stat().st_size > MOST:
        message = f"{path} has {path.stat().st_size} bytes, more than {MOST}"
        raise ValueError(message)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), sys.argv[2])
