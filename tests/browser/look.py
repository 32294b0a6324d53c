"""Take a picture of every screen in one or more languages, for a person to look at. No test.

Usage: PYTHONPATH=tests python -m browser.look ar ckb
The pictures go into `_build/look/<language>/<screen>-<width>.png`, which git ignores.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from browser.apps import AppsServer, drawn, serving
from browser.conftest import _CHROMIUM, _FLAGS, MODULE, ROOT, Server
from browser.hands import wait_drawn
from browser.link import free_port
from courses import one_module_course

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTHS = (1280, 360)
SCENARIO = "quiet-visitor"
_TALLEST = 4000  # CSS px of one picture


def main(*languages: str) -> None:
    """Look at every screen in each of `languages`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        for language in languages or ("ar", "ckb"):
            target = ROOT / "_build" / "look" / language
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
            with tempfile.TemporaryDirectory() as folder:
                _pages(browser, Path(folder), language, target)
                _apps(browser, Path(folder), language, target)
                _platform(browser, Path(folder), language, target)
            sys.stdout.write(f"{target}: {len(list(target.iterdir()))} pictures\n")
        browser.close()


def _take(page: Page, target: Path, name: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)  # JupyterLab lays out a moment later
        tall = min(int(page.evaluate("document.documentElement.scrollHeight")), _TALLEST)
        clip = {"x": 0, "y": 0, "width": width, "height": max(tall, 900)}
        page.screenshot(path=target / f"{name}-{width}.png", full_page=True, clip=clip)  # type: ignore[arg-type]


def _pages(browser: Browser, folder: Path, language: str, target: Path) -> None:
    """Files that need no server."""
    command = [sys.executable, "-m", "himaya", "pages", "--language", language, "--out", str(folder / "pages")]
    subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    page = browser.new_page()
    for file, name in ((f"{MODULE}.html", "page"), ("index.html", "index"), (f"scenarios/{SCENARIO}.html", "single")):
        page.goto(f"file://{folder}/pages/{language}/{file}")
        page.wait_for_selector("html[data-ready], body:not(.module)")
        _take(page, target, name)
    page.close()


def _apps(browser: Browser, folder: Path, language: str, target: Path) -> None:
    """The gallery, an app, a group."""
    written = folder / "apps"
    written.mkdir()
    with serving(written, "--language", language) as running:
        context = browser.new_context()
        page = running.enter(context)
        _take(page, target, "gallery")
        for door in ("app", "group"):
            page.goto(AppsServer.address(running, f"{door}/{language}/{MODULE}/{SCENARIO}"))
            drawn(page)
            begin = page.locator('[data-key="start"]')
            if begin.count():
                begin.click()
            _take(page, target, door)
        context.close()


def _platform(browser: Browser, folder: Path, language: str, target: Path) -> None:
    """The home page, the three doors of a module, feedback."""
    server = Server(folder / "platform" / "home", free_port())
    course = one_module_course(folder / "platform" / "courses" / "core-protection") / "course.yaml"
    text = re.sub(r"^languages: .*$", f"languages: [{language}, en]", course.read_text("utf-8"), flags=re.MULTILINE)
    course.write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "src" / "himaya" / "i18n" / "locale", folder / "platform" / "locale")
    server.start()
    try:
        context = browser.new_context()
        page = context.new_page()
        for name in ("himaya", "himaya/trainee", "himaya/mentor"):
            page.goto(server.address(name))
            _take(page, target, name.rpartition("/")[2].replace("himaya", "welcome"))
        server.new_trainee("looker")
        for door in ("app", "notebook", "lab"):
            page.goto(server.door(door, "looker"))
            wait_drawn(page, 120)
            _take(page, target, f"module-{door}")
        server.nbgrader("generate_feedback", MODULE, "--student", "trainee-02")
        page.goto(f"file://{server.course}/feedback/trainee-02/{MODULE}/{MODULE}.html")
        _take(page, target, "feedback")
        context.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
