"""No page is larger than a weak link, or a chat message, can take: every one, in every language that ships."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from himaya.content.load import load_course
from himaya.publish.page import BUDGETS
from himaya.publish.pages import write_pages
from himaya.publish.sections import markdown
from himaya_widgets.page_code import page_code
from tests.engine.shipped import MODULES

if TYPE_CHECKING:
    from pathlib import Path

COURSES = sorted(path.parent for path in (MODULES.parent / "courses").glob("*/course.yaml"))
_LANGUAGES = ("en", "ar", "ckb")


@pytest.mark.parametrize("practice", [False, True], ids=["course", "practice"])
@pytest.mark.parametrize("course", COURSES, ids=[course.name for course in COURSES])
def test_every_page_in_every_language_keeps_within_its_budget(course: Path, tmp_path: Path, *, practice: bool) -> None:
    loaded = load_course(course)
    written = list(write_pages(loaded, course, MODULES, tmp_path, page_code, languages=_LANGUAGES, practice=practice))
    assert {page.path.relative_to(tmp_path).parts[0] for page in written} == set(_LANGUAGES)
    over = [f"{page.path.relative_to(tmp_path)}: {page.raw:,} / {page.gzipped:,}" for page in written if page.over]
    assert over == []


def test_a_page_over_its_budget_says_so(tmp_path: Path) -> None:
    course = load_course(COURSES[0])
    page = next(iter(write_pages(course, COURSES[0], MODULES, tmp_path, page_code)))
    raw, gzipped = BUDGETS[page.kind]
    assert not page.over
    assert replace(page, gzipped=gzipped + 1).over
    assert replace(page, raw=raw + 1).over


def test_a_citation_names_its_heading_in_letters_and_not_in_percent_signs() -> None:
    assert markdown().render("[7](#سەرچاوەکان)") == '<p><a href="#سەرچاوەکان">7</a></p>\n'
    assert markdown().render('[7](#"&lt;b)') == '<p><a href="#&quot;&lt;b">7</a></p>\n'
