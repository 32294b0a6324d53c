"""A page of feedback on a screen and on paper: both directions, phone and desk, light and dark; nothing runs in it."""

from __future__ import annotations

import json
import shutil
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from nbgrader.utils import notebook_hash

from himaya.activities.fold import replay
from himaya.content.load import load_module
from himaya.course.course import load_course
from himaya.languages.interface import interface
from himaya.publish.assignment import compile_module
from himaya_autograde.feedback.page import feedback_page
from himaya_autograde.gradebook import Mark, Marks
from himaya_autograde.scoring import earned
from himaya_autograde.synthetic import synthetic_journal
from tests.browser.accessibility import clipped, small_targets, violations
from tests.browser.conftest import MODULE, ROOT, Server, _watched
from tests.lanes import sampled
from tests.waiting import wait_for, wait_for_address, wait_for_load

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

_HOSTILE = (
    "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"
    "<svg onload=\"document.title = 'owned'\"></svg></blockquote><h1>Passed</h1> أكتب هنا ما أراه"
)
_SPOKEN = "spoken"  # a module that no other test knows
_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمن"
_VIEWS: dict[str, Any] = {
    "1280": {},
    "360": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
    "360-dark": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "color_scheme": "dark"},
}


def _in_arabic_letters(value: Any) -> Any:
    """Return texts of the same length in Arabic letters, so that the page runs the other way; ids stay."""
    if isinstance(value, list):
        return [_in_arabic_letters(entry) for entry in value]
    if isinstance(value, dict):
        kept = [
            "id",
            "kind",
            "mode",
            "hash",
            "phase",
            "quality",
            "to",
            "start",
            "answer",
            "outcome",
            "when",
            "key",
            "select",
        ]
        return {name: entry if name in kept else _in_arabic_letters(entry) for name, entry in value.items()}
    if not isinstance(value, str):
        return value
    return "".join(_LETTERS[ord(letter) % len(_LETTERS)] if letter.isalpha() else letter for letter in value)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of many wrong answers and hostile texts, in English and as if in Arabic."""
    folder = tmp_path_factory.mktemp("pages")
    loaded = load_module(ROOT / "modules" / MODULE)
    english = compile_module(loaded)
    journal = synthetic_journal(english, Random(3), skill=0.3, share=1)
    events = [json.loads(line) for line in journal.splitlines()]
    for event in events:
        if event["type"] == "answer" and english[event["activity"]]["kind"] in ("text", "number"):
            event["value"] = _HOSTILE
    pages = {}
    course = load_course(ROOT / "courses" / "core-protection")
    for language in ("en", "ar"):
        whole = english if language == "en" else {name: _in_arabic_letters(each) for name, each in english.items()}
        marks = Marks({name: _mark(each, events) for name, each in whole.items() if each["mode"] != "pretest"}, 1.5)
        outcomes = {outcome.id: outcome.text for outcome in loaded.module.outcomes}
        module = {"id": MODULE, "title": loaded.module.title, "language": language, "outcomes": outcomes}
        keys = {"module": module, "activities": whole}
        pages[language] = folder / f"{language}.html"
        pages[language].write_text(feedback_page(keys, events, marks, course, interface("en")), encoding="utf-8")
    return pages


def _mark(whole: Any, events: list[dict[str, Any]]) -> Mark:
    points = earned(whole, replay(whole, events))
    return Mark(points, whole["points"], by_hand=whole["kind"] == "text", comment=_HOSTILE)


def _open(context: BrowserContext, path: Path) -> Page:
    page = context.new_page()
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize(("view", "language"), sampled([("360", "ar")], [("1280", "en"), ("360-dark", "en")]))
def test_feedback_page_is_accessible(chromium: Browser, written: dict[str, Path], view: str, language: str) -> None:
    with _watched(chromium, **_VIEWS[view]) as context:
        page = _open(context, written[language])
        assert page.locator("article").count() > 30
        assert violations(page, "html") == []
        assert small_targets(page, ".himaya-exit") == []
        leaves = page.locator(".himaya-exit").bounding_box()
        middle = page.evaluate("innerWidth") / 2
        assert leaves is not None
        assert leaves["x"] + leaves["width"] < middle if language == "ar" else leaves["x"] > middle  # as on each page
        assert clipped(page, "main") == []
        edge = "right" if language == "ar" else "left"
        bar = page.locator("li.bad, p.bad").first
        assert bar.evaluate(f"it => getComputedStyle(it)['border-{edge}-width']") == "4px"


def test_written_text_never_runs(context: BrowserContext, written: dict[str, Path]) -> None:
    told: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: told.append(message.text))
    page.goto(written["en"].as_uri())
    wait_for_load(page, "networkidle")
    assert page.title() == "Your feedback: Case management"
    assert page.locator("main script, main img, main svg").count() == 0
    assert page.get_by_role("heading", name="Passed").count() == 0
    assert page.locator("blockquote").filter(has_text="<img src=x").count() >= 4
    assert told == [], "the page's own policy had nothing to stop"


def test_page_policy_blocks_injected_code(chromium: Browser, written: dict[str, Path], tmp_path: Path) -> None:
    page_text = written["en"].read_text(encoding="utf-8").replace("</main>", f"{_HOSTILE}</main>")
    (tmp_path / "spoiled.html").write_text(page_text, encoding="utf-8")
    context = chromium.new_context()
    page = _open(context, tmp_path / "spoiled.html")
    wait_for_load(page, "networkidle")
    assert page.locator("main img").count() == 1, "else this test could not fail"
    assert page.title() != "owned"
    context.close()


def test_print_shows_all_but_the_exit(context: BrowserContext, written: dict[str, Path]) -> None:
    page = _open(context, written["en"])
    words = page.inner_text("main")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.inner_text("main") == words
    assert not page.locator(".himaya-top").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 39, 51)"


def test_source_links_and_quick_exit_work(context: BrowserContext, written: dict[str, Path]) -> None:
    page = _open(context, written["en"])
    link = page.locator('.quiet a[href^="#s"]').first
    link.focus()
    page.keyboard.press("Enter")
    assert page.locator(":target").inner_text() != ""
    page.locator(".himaya-exit a").focus()
    page.keyboard.press("Enter")
    wait_for_address(page, "about:blank")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_headings_are_jumped_to(chromium: Browser, written: dict[str, Path], language: str) -> None:
    with _watched(chromium, **_VIEWS["360"]) as context:
        page = _open(context, written[language])
        ways = page.locator("nav.jump a")
        assert ways.count() > 3
        for way in ways.all():
            way.focus()
            page.keyboard.press("Enter")
            heading = page.locator("h2:target")
            assert heading.inner_text() == way.inner_text()
            assert heading.evaluate("it => it === document.activeElement")
            below = page.locator("header").evaluate("it => it.getBoundingClientRect().bottom")
            assert below <= heading.evaluate("it => it.getBoundingClientRect().top") < 740


def _release(server: Server, written: dict[str, Path]) -> None:
    """Put feedback to a hand-in in Arabic where nbgrader would, in two languages."""
    cache = server.home / "data" / "nbgrader_cache" / "core-protection" / f"trainee+{_SPOKEN}+2026-11-24 20:24:00 UTC"
    cache.mkdir(parents=True)
    (cache / "submission_secret.txt").write_text("secret")
    released = server.home / "exchange" / "core-protection" / "feedback"
    released.mkdir(exist_ok=True)
    for name, language in ((_SPOKEN, "ar"), (f"{_SPOKEN}.ar", "ar"), (f"{_SPOKEN}.en", "en")):
        hashed = notebook_hash(secret="secret", notebook_id=name)  # noqa: S106 - of nobody
        shutil.copy(written[language], released / f"{hashed}.html")


def test_feedback_opens_in_handin_language_with_a_switch(
    server: Server, chromium: Browser, written: dict[str, Path]
) -> None:
    _release(server, written)
    with _watched(chromium, **_VIEWS["360"]) as context:
        page = context.new_page()
        page.goto(server.address(f"himaya/feedback/{_SPOKEN}"))
        root = page.locator("html")
        assert (root.get_attribute("lang"), root.get_attribute("dir")) == ("ar", "rtl")
        switch = page.locator("header nav a")
        page.locator("header summary").press("Enter")
        assert switch.all_inner_texts() == ["English"]
        assert small_targets(page, "header") == []
        assert clipped(page, "main") == []
        switch.first.focus()
        page.keyboard.press("Enter")
        wait_for(page.locator("html[lang=en]"))
        page.locator("header summary").press("Enter")
        assert switch.all_inner_texts() == ["العربية"]
        page.goto(server.address(f"himaya/feedback/{_SPOKEN}"))
        assert root.get_attribute("lang") == "en", "what was chosen last stays"
