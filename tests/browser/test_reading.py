"""A reader's file from opening to signature: on a phone, offline, in English and in Arabic."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from himaya.content.load import load_module
from himaya.publish.dossier import write_page
from himaya.publish.drafts import drafts_of
from himaya.signoff.findings import read_findings
from himaya.signoff.reading import parts_to_read
from himaya.signoff.seal import key_of, new_issue, secret_of
from himaya.signoff.standing import standing_of
from himaya.signoff.taking import take
from himaya.translation.translated import load_in
from himaya_widgets.player import reading_code
from tests.browser.conftest import ROOT
from tests.browser.user_actions import wait_true
from tests.content.interviews import module_with_interview
from tests.courses import one_module_repository
from tests.lanes import sampled
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.proof

MODULE = "data-protection-code"
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Return a repository with one small module."""
    one_module_repository(tmp_path, ROOT / "modules" / MODULE)
    return tmp_path


def written(base: Path, language: str) -> Path:
    """Write the page of a reader and return it."""
    issue = new_issue()
    key = key_of(secret_of(base, make=True) or b"", issue)
    made = write_page(load_module(base / "modules" / MODULE), language, reading_code(), issue=issue, key=key)
    path = base / f"reading-{language}.html"
    path.write_text(made.html, encoding="utf-8")
    return path


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """Return a page on a phone without a network that fails on any error."""
    context = chromium.new_context(viewport=PHONE, offline=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []
    context.close()


def opened(page: Page, path: Path) -> None:
    """Open a reader's file as a phone does."""
    page.goto(path.as_uri())
    wait_for(page.locator("html[data-ready]").first)


def judge_all(page: Page, base: Path, language: str) -> None:
    """Accept every entry that is not judged yet, part by part, as a reader does."""
    for part in parts_to_read(load_module(base / "modules" / MODULE), language):
        page.locator(f'[data-key="go-{part.id}"]').click()
        for entry in part.entries:
            article = page.locator(f'article[data-entry="{entry.id}"]')
            if not article.get_attribute("data-state"):
                article.locator('[data-key="accept"]').click()
        page.locator('[data-key="contents"]').click()


def correct(page: Page, part: str, old: str, new: str, *, everywhere: bool) -> None:
    """Correct the first text in a part that is `old`."""
    page.locator(f'[data-key="go-{part}"]').click()
    number = page.evaluate(
        "old => JSON.parse(document.getElementById('himaya-data').textContent).units"
        ".findIndex(([, english, ours]) => (ours ?? english) === old)",
        old,
    )
    entry = page.evaluate(
        "([part, number]) => JSON.parse(document.getElementById('himaya-data').textContent).entries"
        ".find((entry) => entry.part === part && entry.units.includes(number)).id",
        [part, number],
    )
    article = page.locator(f'article[data-entry="{entry}"]')
    article.locator('[data-key="correct"]').click()
    article.locator("select").select_option(str(number))
    article.locator("textarea").fill(new)
    if everywhere:
        article.locator('input[value="everywhere"]').check()
    article.locator('[data-key="keep-correction"]').click()
    assert article.get_attribute("data-state") == "correct"
    page.locator('[data-key="contents"]').click()


def saved(page: Page, role: str) -> bytes:
    """Sign and save, and return the file."""
    page.locator('[data-key="go-finish"]').click()
    page.locator("#reader-name").fill("Huda <b>Karim</b>")
    page.locator("#reader-role").fill(role)
    page.locator('[data-key="save"]').click()
    assert page.locator("#himaya-finish .problem").inner_text() != ""  # nothing is signed by a press alone
    page.locator("#reader-agree").check()
    with page.expect_download() as download:
        page.locator('[data-key="save"]').click()
    return Path(download.value.path()).read_bytes()


def taken(base: Path, raw: bytes) -> tuple[str, ...]:
    """Take findings in and return the parts that are signed."""
    read = read_findings(raw, secret_of(base), today=datetime.now(UTC).date())
    return take(read, base, by="Sara").signed


def test_module_is_signed_in_english_and_arabic(base: Path, phone: Page) -> None:
    folder = base / "modules" / MODULE
    opened(phone, written(base, "en"))
    correct(phone, "hide", "Summary", "In short", everywhere=False)
    title = load_module(folder).module.title
    correct(phone, "cover", title, title.replace("Data", "Records"), everywhere=True)
    judge_all(phone, base, "en")
    phone.reload()  # a phone throws a tab away
    wait_for(phone.locator("html[data-ready]").first)
    signed = taken(base, saved(phone, "data protection lead"))
    assert "cover" in signed
    english = load_module(folder)
    assert english.module.title.startswith("Records")
    prose = (folder / "module.md").read_text(encoding="utf-8")
    assert "## In short" in prose
    assert standing_of(english).content == frozenset()
    assert not drafts_of(english)
    (folder / "module.md").write_text(prose.replace("## In short", "## In a few words"), encoding="utf-8")
    assert standing_of(load_module(folder)).content == {"hide"}
    assert drafts_of(load_module(folder)).lessons == ("hide",)


def test_one_arabic_string_voids_one_lesson(base: Path, phone: Page) -> None:
    folder = base / "modules" / MODULE
    opened(phone, written(base, "ar"))
    assert phone.evaluate("document.dir") == "rtl"
    before = load_in(folder, "ar", "western").module.title
    correct(phone, "cover", before, f"{before} للتدريب", everywhere=False)
    judge_all(phone, base, "ar")
    signed = taken(base, saved(phone, "قارئة لغتها الأم العربية"))
    assert signed
    arabic = load_in(folder, "ar", "western")
    assert arabic.module.title == f"{before} للتدريب"
    assert standing_of(arabic).words == frozenset()
    po = folder / "locale" / "ar.po"
    summary = next(m for m in po.read_text(encoding="utf-8").split("\n\n") if 'msgctxt "text.summary"' in m)
    po.write_text(
        po.read_text(encoding="utf-8").replace(summary, summary.replace('msgstr "', 'msgstr "الآن ', 1)),
        encoding="utf-8",
    )
    changed = load_in(folder, "ar", "western")
    assert standing_of(changed).words == {"hide"}
    assert drafts_of(changed).lessons == tuple(lesson.id for lesson in changed.module.lessons)  # no English is signed


@pytest.mark.parametrize(("width", "language"), sampled([(360, "ar"), (1280, "en")], [(360, "en"), (1280, "ar")]))
def test_page_is_accessible_and_fits(base: Path, phone: Page, language: str, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 740})
    opened(phone, written(base, language))
    for key in ("", "go-count", "go-finish"):
        if key:
            phone.locator(f'[data-key="{key}"]').click()
            for article in phone.locator("article:visible").all()[:1]:
                article.locator('[data-key="correct"]').click()
        assert phone.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(phone, options={"resultTypes": ["violations"]})
        assert found.response["violations"] == [], found.generate_report()
        if key:
            phone.locator('[data-key="contents"]').click()


def test_reader_judges_by_keyboard_alone(base: Path, phone: Page) -> None:
    opened(phone, written(base, "en"))
    phone.locator('[data-key="next"]').focus()
    phone.keyboard.press("Enter")
    assert phone.evaluate("document.activeElement.tagName") == "H2"
    for _ in range(2):
        for _ in range(400):
            if phone.evaluate("document.activeElement.dataset.key") == "accept":
                break
            phone.keyboard.press("Tab")
        phone.keyboard.press("Enter")
        assert phone.evaluate("document.activeElement.tagName") == "H3"
    assert phone.locator('article[data-state="accept"]').count() == 2
    assert phone.locator("#himaya-announce").inner_text() == "Accepted"


@pytest.mark.parametrize("language", sampled(["ar"], ["en"]))
def test_no_part_is_wider_than_a_phone(tmp_path: Path, phone: Page, language: str) -> None:
    loaded = load_module(ROOT / "modules" / "case-management")
    made = write_page(loaded, language, reading_code(), issue="0" * 16, key=b"1" * 32)
    path = tmp_path / "reading.html"
    path.write_text(made.html, encoding="utf-8")
    opened(phone, path)
    for part in parts_to_read(loaded, language):
        phone.locator(f'[data-key="go-{part.id}"]').click()
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], part.id
        phone.locator('[data-key="contents"]').click()


def test_danger_leads_to_its_plan(base: Path, phone: Page) -> None:
    danger = "{id: small, danger: A small group is found., planned: It is hidden., places: [hide-small-cells]}"
    text = f"dangers: [{danger}]\nquestions: [Is five the limit here?]\n"
    (base / "modules" / MODULE / "dossier.yaml").write_text(text, encoding="utf-8")
    opened(phone, written(base, "en"))
    assert "Is five the limit here?" in phone.locator("#start").inner_text()
    phone.locator('[data-key="go-dangers"]').click()
    assert "A small group is found." in phone.locator("article.danger h3").inner_text()
    phone.locator('a[data-to="hide-small-cells"]').click()
    heading = phone.locator('article[data-entry="hide-small-cells"] h3')
    assert heading.is_visible()
    assert heading.evaluate("heading => heading === document.activeElement")


def test_interview_is_read_as_a_conversation(tmp_path: Path, phone: Page) -> None:
    (tmp_path / "courses").mkdir()
    shutil.copy(ROOT / "courses/country.yaml", tmp_path / "courses")
    folder = module_with_interview(tmp_path / "modules" / "sound-module")
    interview = load_module(folder).activities["whole-talk"]
    made = write_page(load_module(folder), "en", reading_code(), issue="0" * 16, key=b"1" * 32)
    path = tmp_path / "reading.html"
    path.write_text(made.html, encoding="utf-8")
    opened(phone, path)
    part = next(p.id for p in parts_to_read(load_module(folder)) if "whole-talk.talk-1" in {e.id for e in p.entries})
    phone.locator(f'[data-key="go-{part}"]').click()
    talk = phone.locator('article[data-entry="whole-talk.talk-1"]')
    moves = {move.id: move.text for move in interview.moves}
    said = [moves[name] for name in interview.examples[0]]
    assert talk.locator("li strong").all_inner_texts() == said
    assert interview.opening in talk.inner_text()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    found = Axe().run(phone, options={"resultTypes": ["violations"]})
    assert found.response["violations"] == [], found.generate_report()


def test_file_that_is_brought_back_goes_on(base: Path, phone: Page, tmp_path: Path) -> None:
    path = written(base, "en")
    opened(phone, path)
    judge_all(phone, base, "en")
    raw = saved(phone, "lawyer")
    data = json.loads(raw)
    data["entries"][1]["hash"] = "0" * 32
    data["entries"][2] |= {"verdict": "reject", "note": "<img src=x onerror=alert(1)>"}
    file = tmp_path / "findings.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    phone.evaluate("localStorage.clear(); sessionStorage.clear()")
    opened(phone, path)
    phone.locator("summary").first.click()
    phone.locator("#himaya-bring").set_input_files(file)
    wait_true(phone, "document.querySelector('#himaya-kept [role=status]')?.textContent !== ''")
    assert phone.locator("article[data-state=accept]").count() == len(data["entries"]) - 2
    article = phone.locator(f'article[data-entry="{data["entries"][2]["id"]}"]')
    assert article.locator("textarea").input_value() == "<img src=x onerror=alert(1)>"
    assert article.locator("img[src=x]").count() == 0


def test_page_asks_nobody_for_anything(base: Path, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, written(base, "en"))
    page.locator('[data-key="next"]').click()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()
