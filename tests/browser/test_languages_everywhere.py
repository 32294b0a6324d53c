"""The language nobody speaks through pages, practice apps and a lab: whole, translated, right to left.

The platform's own screens are in `test_languages.py`. One process writes the pages, one server shows the apps.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from browser.apps import AppsServer, drawn, serving
from browser.conftest import MODULE, _watched
from browser.measure import clipped
from browser.test_languages import _look
from i18n.pseudo import pseudo_repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

SCENARIO = "quiet-visitor"
LAB = "one-month"
SIZES = {"1280": {"width": 1280, "height": 900}, "360": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One course with one module in Arabic letters that say nothing."""
    folder = pseudo_repository(tmp_path_factory.mktemp("nobody"), MODULE)
    course = folder / "courses" / "core-protection" / "course.yaml"
    lines = course.read_text(encoding="utf-8").splitlines()
    kept = {"modules:": f"modules: [{MODULE}]", "languages:": "languages: [ar, en]"}
    cut = [next((new for old, new in kept.items() if line.startswith(old)), line) for line in lines]
    course.write_text("\n".join(cut) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def pages(repository: Path) -> Path:
    """Its pages for phones and sticks."""
    environment = {**os.environ, "HIMAYA_LOCALE": str(repository / "locale")}
    command = [sys.executable, "-m", "himaya", "pages", "courses/core-protection", "--out", "pages"]
    subprocess.run(command, cwd=repository, env=environment, check=True, capture_output=True)
    return repository / "pages"


@pytest.fixture(scope="module")
def gallery(repository: Path) -> Iterator[AppsServer]:
    """Its practice apps."""
    folder = repository / "written"
    folder.mkdir()
    environment = {"HIMAYA_LOCALE": str(repository / "locale")}
    where = (str(repository / "courses" / "core-protection"), "--modules", str(repository / "modules"))
    with serving(folder, *where, "--language", "ar", environment=environment) as running:
        yield running


def _problems(page: Page, name: str, shown: str) -> list[str]:
    """Return what is wrong on a screen at both widths: not translated, from left to right, cut off."""
    found = []
    for width in SIZES:
        found += [f"{name} {one}" for one in _look(page, name, int(width))]
        # A list shows a long option whole when it is opened; what was picked stands whole when it is closed, too.
        found += [f"{name} {width}: {one}" for one in clipped(page, shown) if "in a list" not in one]
    assert page.evaluate("document.documentElement.dir") == "rtl", name
    return found


def test_pages_have_no_word_and_no_line_of_another_language(pages: Path, chromium: Browser) -> None:
    problems = []
    with _watched(chromium) as context:
        page = context.new_page()
        for name in (f"{MODULE}.html", "index.html", f"scenarios/{SCENARIO}.html"):
            page.goto(f"file://{pages}/ar/{name}")
            page.wait_for_selector("html[data-ready], body:not(.module)")
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


def test_gallery_apps_and_group_mode_have_no_word_and_no_line_of_another_language(
    gallery: AppsServer, chromium: Browser
) -> None:
    problems = []
    with _watched(chromium) as context:
        page = gallery.enter(context)
        problems += _problems(page, "gallery", "main")
        page.goto(gallery.address(f"app/ar/{MODULE}"))
        drawn(page)
        problems += _problems(page, "module-app", "section.himaya, .himaya-exit")
        for path in (f"app/ar/{MODULE}/{SCENARIO}", f"group/ar/{MODULE}/{SCENARIO}"):
            page.goto(gallery.address(path))
            drawn(page)
            problems += _problems(page, path.replace("/", "-"), "section.himaya, .himaya-exit")
            assert not re.search("[0-9]", page.inner_text("section.himaya")), "digits of one kind on a screen"
            if path.startswith("group"):
                page.locator('[data-key="start"]').click()
                problems += _problems(page, "group-played", "section.himaya")
                assert not re.search("[0-9]", page.inner_text("section.himaya"))
    assert problems == []


def test_a_lab_has_no_word_and_no_line_of_another_language(gallery: AppsServer, chromium: Browser) -> None:
    with _watched(chromium) as context:
        page = gallery.enter(context, f"app/ar/{MODULE}/{LAB}")
        page.locator(".himaya-lab .himaya-key-start").click()
        page.locator(".himaya-lab .himaya-key-now").wait_for()
        assert _problems(page, "lab", ".himaya-lab, .himaya-exit") == []
        assert not re.search("[0-9]", page.inner_text(".himaya-lab")), "digits of one kind on a screen"
