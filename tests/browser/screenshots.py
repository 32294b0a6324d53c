"""Take a picture of every screen in one or more languages, for a person to look at. No test.

Usage: python -m tests.browser.screenshots ar ckb
The pictures go into `_build/look/<language>/<screen>-<width>.png`, which git ignores; a tall screen has several.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.utils import notebook_hash
from playwright.sync_api import sync_playwright

from himaya.content.load import load_module
from himaya.translation.translated import translated
from tests.browser.answered_modules import answers, give
from tests.browser.apps import AppsServer, drawn, serving
from tests.browser.conftest import MODULE, ROOT, Server
from tests.browser.kernels import kill_kernel
from tests.browser.link import free_port
from tests.browser.test_apps_access import _worst_run
from tests.browser.user_actions import activity, wait_drawn, wait_true
from tests.browser.watched_session import answer
from tests.chromium import CHROMIUM, FLAGS
from tests.courses import one_module_course

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    Take = Callable[[Page, str], None]

WIDTHS = (1280, 360)
SCENARIO = "quiet-visitor"
LABS = {
    "case-management": "one-month",
    "data-protection": "find-me",
    "gbv-guiding-principles": "a-way-to-help",
    "pseah": "first-day",
}
_TALLEST = 3000  # CSS px of one picture
_MOST = 4  # pictures of one screen at one width


def main(*languages: str) -> None:
    """Look at every screen in each of `languages`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for language in languages or ("ar", "ckb"):
            target = ROOT / "_build" / "look" / language
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
            take = partial(_take, target)
            with tempfile.TemporaryDirectory() as folder:
                _pages(browser, Path(folder), language, take)
                _apps(browser, Path(folder), language, take)
                _platform(browser, Path(folder), language, take)
            sys.stdout.write(f"{target}: {len(list(target.iterdir()))} pictures\n")
        browser.close()


def _take(target: Path, page: Page, name: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)  # JupyterLab lays out a moment later
        tall = max(int(page.evaluate("document.documentElement.scrollHeight")), 900)
        for at in range(min(_MOST, -(-tall // _TALLEST))):
            part = {"x": 0, "y": at * _TALLEST, "width": width, "height": min(_TALLEST, tall - at * _TALLEST)}
            path = target / f"{name}-{width}{f'-{at + 1}' if at else ''}.png"
            page.screenshot(path=path, full_page=True, clip=part)  # type: ignore[arg-type]


def _pages(browser: Browser, folder: Path, language: str, take: Take) -> None:
    """Files that need no server."""
    command = [sys.executable, "-m", "himaya", "pages", "--language", language, "--out", str(folder / "pages")]
    subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    page = browser.new_page()
    for file, name in ((f"{MODULE}.html", "page"), ("index.html", "index"), (f"scenarios/{SCENARIO}.html", "single")):
        page.goto(f"file://{folder}/pages/{language}/{file}")
        page.wait_for_selector("html[data-ready], body:not(.module)")
        take(page, name)
    page.goto(f"file://{folder}/pages/{language}/{MODULE}.html")
    page.wait_for_selector("html[data-ready]")
    (folder / "nothing.jsonl").write_text("no answers", encoding="utf-8")
    (folder / "responses.jsonl").write_text(answers(load_module(ROOT / "modules" / MODULE), part=1), encoding="utf-8")
    for file, name in (("nothing.jsonl", "page-refuses"), ("responses.jsonl", "page-answered")):
        page.locator(".himaya-told").evaluate("it => { it.textContent = ''; }")
        page.locator("#himaya-restore").set_input_files(folder / file)
        wait_true(page, "() => document.querySelector('.himaya-told').textContent !== ''")
        if name == "page-refuses":
            page.locator(".himaya-told").evaluate("it => document.body.replaceChildren(it.closest('section, div'))")
        take(page, name)
        page.reload()
        page.wait_for_selector("html[data-ready]")
    page.close()


def _apps(browser: Browser, folder: Path, language: str, take: Take) -> None:
    """The gallery, an app, a group, and what goes wrong there."""
    written = folder / "apps"
    written.mkdir()
    with serving(written, "--language", language) as running:
        context = browser.new_context()
        page = running.enter(context)
        take(page, "gallery")
        page.locator("#search").fill(translated(load_module(ROOT / "modules" / MODULE), language).module.title)
        take(page, "gallery-search")
        for door in ("app", "group"):
            page.goto(AppsServer.address(running, f"{door}/{language}/{MODULE}/{SCENARIO}"))
            drawn(page)
            begin = page.locator('[data-key="start"]')
            if begin.count():
                begin.click()
            take(page, door)
        _worst_run(page)
        take(page, "group-debrief")
        page.emulate_media(media="print")
        take(page, "group-print")
        page.emulate_media(media="screen")
        page.goto(AppsServer.address(running, f"app/{language}/unknown"))
        take(page, "no-such-app")
        context.close()


def _platform(browser: Browser, folder: Path, language: str, take: Take) -> None:
    """The home page, the three doors of a module (Lab with its language pack, if any), labs, trouble, feedback."""
    server = Server(folder / "platform" / "home", free_port())
    course = one_module_course(folder / "platform" / "courses" / "core-protection") / "course.yaml"
    text = re.sub(r"^languages: .*$", f"languages: [{language}, en]", course.read_text("utf-8"), flags=re.MULTILINE)
    course.write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "src" / "himaya" / "languages" / "locale", folder / "platform" / "locale")
    server.start()
    try:
        page = browser.new_context().new_page()
        for name in ("himaya", "himaya/trainee", "himaya/mentor"):
            page.goto(server.address(name))
            take(page, name.rpartition("/")[2].replace("himaya", "welcome"))
        server.new_trainee("looker")
        for door in ("app", "notebook", "lab"):
            page.goto(server.door(door, "looker"))
            wait_drawn(page)
            take(page, f"module-{door}")
        _answered(server, page, language, take)
        _trouble(server, page, take)
        _feedback(server, page, language, take)
    finally:
        server.stop()


def _answered(server: Server, page: Page, language: str, take: Take) -> None:
    """Each lab at work and at its end, a module with everything answered, and its receipt."""
    for module, lab in LABS.items():
        english = load_module(ROOT / "modules" / module)
        for part, stage in ((0.5, "work"), (1.0, "end")):
            give(server, f"half-{part:g}", translated(english, language), english, part=part)
            page.goto(server.address(f"voila/render/trainee/half-{part:g}/{module}/{module}.ipynb"))
            page.locator(f".himaya-lab section[data-activity='{lab}']").wait_for(timeout=120_000, state="attached")
            wait_drawn(page)
            if module == MODULE:
                take(page, f"module-{stage}")
            page.locator(".himaya-lab").evaluate("it => document.body.replaceChildren(it)")
            take(page, f"lab-{lab}-{stage}")
    folder = server.new_trainee("trainee")
    (folder / "responses.jsonl").write_text(answers(load_module(ROOT / "modules" / MODULE), part=1), encoding="utf-8")
    page.goto(server.door("app", "trainee"))
    wait_drawn(page)
    page.locator(".himaya-handin .himaya-main").click()
    page.locator(".himaya-receipt h4").wait_for()
    page.locator(".himaya-handin").evaluate("it => document.body.replaceChildren(it)")
    take(page, "receipt")
    page.goto(server.address("himaya/trainee"))
    take(page, "trainee-handed-in")


def _trouble(server: Server, page: Page, take: Take) -> None:
    """A folder that cannot be written, a kernel that died."""
    for name in ("no-writing", "no-kernel"):
        folder = server.new_trainee(name)
        if name == "no-writing":
            (folder / "responses.jsonl").mkdir()
        page.goto(server.door("app", name))
        wait_drawn(page)
        if name == "no-kernel":
            kill_kernel(folder)
        answer(page, "one-promise", 2)
        activity(page, "one-promise").locator('.himaya-status[data-status="not-saved"]').wait_for()
        page.wait_for_timeout(4000)  # the reason follows when sending was tried
        here = activity(page, "one-promise")
        here.evaluate("it => document.body.replaceChildren(...document.querySelectorAll('.himaya-message'), it)")
        take(page, name)


def _feedback(server: Server, page: Page, language: str, take: Take) -> None:
    """Feedback as a file and on the home page, with its switch."""
    server.nbgrader("generate_feedback", MODULE, "--student", "trainee-02")
    written = server.course / "feedback" / "trainee-02" / MODULE
    page.goto(f"file://{written}/{MODULE}.html")
    take(page, "feedback")
    cache = server.home / "data" / "nbgrader_cache" / "core-protection"
    kept = next(cache.glob(f"trainee+{MODULE}+*"))
    secret = next(kept.glob("*secret.txt")).read_text()
    released = server.home / "exchange" / "core-protection" / "feedback"
    released.mkdir(exist_ok=True)
    for file in written.glob("*.html"):
        shutil.copy(file, released / f"{notebook_hash(secret=secret, notebook_id=file.stem)}.html")
    for spoken in (language, "en"):
        page.goto(server.address(f"himaya/feedback/{MODULE}") + f"&language={spoken}")
        page.evaluate("document.querySelector('main nav a:last-child').focus()")
        take(page, f"feedback-switch-{spoken}")


if __name__ == "__main__":
    main(*sys.argv[1:])
