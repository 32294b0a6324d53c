"""The search in a module's page finds every word that stands on it and leads there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from himaya.course.course import load_course
from himaya.publish.edition import Edition
from himaya.publish.page import module_page
from himaya.translation.translated import load_in
from himaya_widgets.player import page_code
from tests.browser.conftest import MODULE, ROOT
from tests.browser.offline_pages import look_up, ready

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

_WORDS = """() => {
  const words = new Set();
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const elsewhere = "button, noscript, .himaya-status, .himaya-announce";
  while (walker.nextNode()) {
    if (walker.currentNode.parentElement.closest(elsewhere)) continue;
    for (const word of walker.currentNode.textContent.split(/\\s+/)) if (word.length > 3) words.add(word);
  }
  return [...words];
}"""
_UNFOUND = """words => words.filter(word => {
  const field = document.querySelector("#himaya-search input");
  field.value = word;
  field.dispatchEvent(new Event("input"));
  const shown = document.querySelector(".found span")?.textContent ?? "";
  return !comparable(shown).includes(comparable(word));
})"""
# Enough to compare Arabic that is shown; it shall not be the page's own way.
_COMPARED = """() => {
  globalThis.comparable = text => text.normalize("NFKD").toLowerCase().replace(/[\\p{M}\\u0640]/gu, "")
    .replace(/ى/g, "ي").replace(/ة/g, "ه").replace(/\\s/g, " ");
}"""


def _open(context: BrowserContext, folder: Path, language: str) -> Page:
    course = load_course(ROOT / "courses" / "core-protection")
    loaded = load_in(ROOT / "modules" / MODULE, language, course.digits)
    path = folder / f"{language}.html"
    path.write_text(module_page(Edition(course, page_code(), language), loaded), encoding="utf-8")
    return ready(context.new_page(), f"file://{path}")


@pytest.mark.proof
def test_words_of_a_page_are_found(context: BrowserContext, tmp_path: Path) -> None:
    page = _open(context, tmp_path, "ar")
    page.evaluate(_COMPARED)
    words = page.evaluate(_WORDS)
    assert len(words) > 1000
    assert page.evaluate(_UNFOUND, words[::4]) == []


def test_search_ignores_order_and_unfolds(context: BrowserContext, tmp_path: Path) -> None:
    page = _open(context, tmp_path, "en")
    look_up(page)
    page.locator("#himaya-search input").fill("supervision FIRST risk")
    folded = page.locator("main details:not([open])").count()
    page.locator(".found button").first.click()
    assert page.evaluate("document.activeElement.checkVisibility()")
    assert page.locator("main details:not([open])").count() < folded
