"""The language nobody speaks through pages, practice apps and a lab: whole, translated, right to left.

The platform's own screens are in `test_languages.py`. One process writes the pages, one server shows the apps.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import clipped
from tests.browser.apps import AppsServer, drawn
from tests.browser.conftest import MODULE, _watched
from tests.browser.offline_pages import show_all
from tests.browser.test_apps_access import _worst_run
from tests.browser.test_languages import _look
from tests.waiting import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.proof

SCENARIO = "quiet-visitor"
LAB = "one-month"
SIZES = {"1280": {"width": 1280, "height": 900}, "360": {"width": 360, "height": 740}}


def _problems(page: Page, name: str, shown: str) -> list[str]:
    """Return what is wrong on a screen at both widths: not translated, from left to right, cut off."""
    found = []
    for width in SIZES:
        found += [f"{name} {one}" for one in _look(page, name, int(width))]
        # A list shows a long option whole when it is opened; what was picked stands whole when it is closed, too.
        found += [f"{name} {width}: {one}" for one in clipped(page, shown, in_lists=False)]
    assert page.evaluate("document.documentElement.dir") == "rtl", name
    return found


def test_pages_hold_no_other_language(pseudo_pages: Path, chromium: Browser) -> None:
    problems = []
    with _watched(chromium) as context:
        page = context.new_page()
        for name in (f"{MODULE}.html", "index.html", f"scenarios/{SCENARIO}.html"):
            page.goto(f"file://{pseudo_pages}/ar/{name}")
            wait_for(page.locator("html[data-ready], body.index").first)
            problems += _problems(page, name.replace("/", "-"), "#start, .bar, .himaya-exit")
            show_all(page)
            page.evaluate("for (const it of document.querySelectorAll('details')) it.open = true")
            for at, closed in enumerate(page.locator("select").all()):
                closed.select_option(index=1 + at % 2)
            problems += _problems(page, name.replace("/", "-"), "main, nav, .languages, .himaya-exit")
            if name.startswith("scenarios"):
                page.locator('[data-key="start"]').click()
                page.locator(f'section.himaya[data-activity="{SCENARIO}"] input').first.check()
                page.locator('[data-key="choose"]').click()
                problems += _problems(page, "scenario-played", "main")
    assert problems == []


def test_apps_hold_no_other_language(pseudo_gallery: AppsServer, chromium: Browser) -> None:
    problems = []
    with _watched(chromium) as context:
        page = pseudo_gallery.enter(context)
        problems += _problems(page, "gallery", "main")
        page.goto(pseudo_gallery.address(f"app/ar/{MODULE}"))
        drawn(page)
        problems += _problems(page, "module-app", "section.himaya, .himaya-exit")
        for path in (f"app/ar/{MODULE}/{SCENARIO}", f"group/ar/{MODULE}/{SCENARIO}"):
            page.goto(pseudo_gallery.address(path))
            drawn(page)
            problems += _problems(page, path.replace("/", "-"), "section.himaya, .himaya-exit")
            assert not re.search("[0-9]", page.inner_text("section.himaya")), "digits of one kind on a screen"
            if path.startswith("group"):
                page.locator('[data-key="start"]').click()
                problems += _problems(page, "group-played", "section.himaya")
                assert not re.search("[0-9]", page.inner_text("section.himaya"))
                _worst_run(page)
                assert not re.search("[0-9]", page.inner_text("section.himaya")), "nor in the debrief"
    assert problems == []


def test_labs_hold_no_other_language(pseudo_gallery: AppsServer, chromium: Browser) -> None:
    with _watched(chromium) as context:
        page = pseudo_gallery.enter(context, f"app/ar/{MODULE}/{LAB}")
        page.locator(".himaya-lab .himaya-key-start").click()
        wait_for(page.locator(".himaya-lab .himaya-key-now"))
        assert _problems(page, "lab", ".himaya-lab, .himaya-exit") == []
        shown = page.inner_text(".himaya-lab").replace("07 12 34", "")  # a telephone number stays as it is
        assert not re.search("[0-9]", shown), "digits of one kind on a screen"
