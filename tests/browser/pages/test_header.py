"""The one header of pages, and leaving by Escape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import MODULE
from tests.browser.offline_pages import SCENARIO, Site, page_of, ready
from tests.waiting import wait_for, wait_for_address

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

_ADDRESSES = (f"{MODULE}.html", "index.html", f"scenarios/{SCENARIO}.html")
_LETTERS = "ئابپتجچحخدرڕزژسشعغفڤقکگلڵمنوۆهەیێ"


def _escape(page: Page, times: int) -> None:
    for _ in range(times):
        page.keyboard.press("Escape")


@pytest.mark.parametrize("address", _ADDRESSES)
def test_three_escapes_leave_a_page(site: Site, context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{site.address}en/{address}")
    wait_for(page.locator("html[data-ready], body.index").first)
    _escape(page, 2)
    page.keyboard.press("Tab")
    _escape(page, 2)
    assert page.url.startswith(site.address), "another key begins the count anew"
    _escape(page, 1)
    wait_for_address(page, "about:blank")


def test_escape_that_closes_the_drawer_does_not_count(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), page_of(site))
    page.locator("[data-key=look-up]").click()
    _escape(page, 3)
    assert page.url.startswith(site.address)
    assert page.locator("dialog[open]").count() == 0
    _escape(page, 1)
    wait_for_address(page, "about:blank")


@pytest.mark.parametrize("address", _ADDRESSES)
def test_header_is_one_line_above_the_text(site: Site, phone: BrowserContext, address: str) -> None:
    page = phone.new_page()
    page.goto(f"{site.address}ar/{address}")
    wait_for(page.locator("html[data-ready], body.index").first)
    top = page.locator(".himaya-top").bounding_box()
    assert top is not None
    assert top["y"] == 0
    assert top["height"] <= (80 if address.startswith(MODULE) else 52)
    assert page.locator(".himaya-exit a").bounding_box()["x"] < 180, "at the end of a line from right to left"  # type: ignore[index]
    page.mouse.wheel(0, 2000)
    again = page.locator(".himaya-top").bounding_box()
    assert again is not None
    assert again["y"] == 0, "it stays while the text scrolls"


def test_one_font_draws_every_sorani_letter(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{site.address}ar/index.html")
    page.evaluate("text => document.querySelector('h1').replaceChildren(text)", _LETTERS)
    # No font draws a text that is not laid out yet, and a page that draws nothing just now does not lay itself out.
    assert page.evaluate("() => document.body.offsetHeight") > 0
    session = context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        session.send(f"{domain}.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    heading = session.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": heading})["fonts"]
    assert len(fonts) == 1, fonts
    assert fonts[0]["glyphCount"] >= len(_LETTERS) - 2  # a ligature may join two


def test_isolated_number_keeps_its_space(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{site.address}ar/index.html")
    title = page.locator(".card h2").first
    title.evaluate("it => { it.innerHTML = 'سلامة <bdi>١</bdi>'; }")
    assert title.inner_text() == "سلامة ١"
