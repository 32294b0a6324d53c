"""How large pages are is reported, not limited; that somebody on a weak link can use them soon is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from himaya.course.course import load_course
from himaya.publish.pages import write_pages
from himaya.publish.sections import prose_parser
from himaya_widgets.player import page_code
from tests.engine.shipped import MODULES
from tests.lanes import sampled

if TYPE_CHECKING:
    from pathlib import Path

COURSES = sorted(path.parent for path in (MODULES.parent / "courses").glob("*/course.yaml"))
_LANGUAGES = ("en", "ar", "ckb")
_LATENCY = 0.4  # seconds
_SPEED = 50_000  # bytes a second: 400 kbit/s
_ARRIVES = {"scenario": 1.5, "module": 4.0, "index": 1.2}  # seconds until all of a page is there; its text comes first


@pytest.mark.proof
@pytest.mark.parametrize("practice", sampled([False], [True]), ids=["course", "practice"])
@pytest.mark.parametrize("course", COURSES, ids=[course.name for course in COURSES])
def test_pages_arrive_in_time_on_a_weak_link(course: Path, tmp_path: Path, *, practice: bool) -> None:
    loaded = load_course(course)
    written = list(write_pages(loaded, course, MODULES, tmp_path, page_code(), languages=_LANGUAGES, practice=practice))
    assert {page.path.relative_to(tmp_path).parts[0] for page in written} == set(_LANGUAGES)
    for page in written:
        print(f"{page.path.relative_to(tmp_path)}: {page.raw:,} bytes, {page.gzipped:,} compressed")
    late = [page.path.name for page in written if _LATENCY + page.gzipped / _SPEED > _ARRIVES[page.kind]]
    assert late == []


def test_citation_link_is_not_percent_encoded() -> None:
    assert prose_parser().render("[7](#سەرچاوەکان)") == '<p><a href="#سەرچاوەکان">7</a></p>\n'
    assert prose_parser().render('[7](#"&lt;b)') == '<p><a href="#&quot;&lt;b">7</a></p>\n'
