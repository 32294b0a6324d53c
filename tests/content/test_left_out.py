"""Lessons that a course leaves out: what hangs on one goes with it, what stays is the same, faults are named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.forms import parts_to_build, questions
from himaya.content.left_out import left_out_faults, without_lessons
from himaya.content.lessons import outline
from himaya.course.check import check_course, course_hints
from himaya.errors import ContentError
from himaya.publish.assignment import compile_module
from himaya.publish.notebook import build_notebook
from tests.engine import shipped

if TYPE_CHECKING:
    from himaya.content.lessons import Part
    from himaya.content.load import LoadedModule

GBV, DATA, CASES = "gbv-guiding-principles", "data-protection", "case-management"
CODE = "data-protection-code"
TABLES = ["one-person", "own-table", "the-table", "something-new", "check-tables"]
ROOT = Path(__file__).parents[2]


def _shown(part: Part, loaded: LoadedModule) -> list[str]:
    known = loaded.activities.keys() | loaded.code.keys()
    return [block.text or str(block.activity) for block in part.blocks if block.text or block.activity in known]


def _course(tmp_path: Path, **settings: Any) -> Path:
    course = tmp_path / "courses" / "small"
    course.mkdir(parents=True)
    about = {"id": "small", "title": "Small", "summary": "One.", "pass_mark": 80, "languages": ["en"], **settings}
    (course / "course.yaml").write_text(json.dumps(about, indent=1), encoding="utf-8")
    shutil.copy(ROOT / "courses" / "data-in-code" / "overview.md", course)
    return course


@pytest.mark.parametrize("name", shipped.NAMES)
def test_other_lessons_stay_as_they_are(name: str) -> None:
    """Each lesson that can be left out alone is; the others keep their blocks, but for a heading to begin with."""
    whole = shipped.loaded(name)
    before = {part.lesson.id: part for part in outline(whole).lessons if part.lesson}
    tried = 0
    for lesson in whole.module.lessons:
        if [*left_out_faults(whole, [lesson.id])]:
            continue
        tried += 1
        cut = without_lessons(whole, [lesson.id])
        assert outline(cut).faults == ()
        assert not any(each.id == lesson.id for each in cut.module.lessons)
        assert cut.module.minutes <= whole.module.minutes - lesson.minutes
        for part in outline(cut).lessons:
            assert part.lesson is not None
            ours, theirs = _shown(part, cut), _shown(before[part.lesson.id], cut)
            assert theirs in (ours, ours[1:])
        twins = {each.twin for each in cut.activities.values() if getattr(each, "twin", None)}
        assert twins <= cut.activities.keys()
        assert {*questions(cut.module)} <= cut.activities.keys()
    assert tried or len(whole.module.lessons) < 3, "of two lessons, each may be needed"


def test_what_only_it_teaches_goes_along() -> None:
    whole = shipped.loaded(GBV)
    cut = without_lessons(whole, ["health"])
    assert whole.activities.keys() - cut.activities.keys() == {
        *("hours-left", "a-guard-once-said"),  # in the lesson
        *("pep-hours", "contraception-hours", "until-noon", "closed-in-half-an-hour"),
        *("early-hours", "ten-days-she-says"),  # asked before the module, where they mirror those
    }
    prose = "\n".join(cell.source for cell in cut.cells)
    promises = {each.id for each in whole.module.outcomes if each.text not in prose}
    assert promises == {"health-timing"}, "it is practised, and no more promised"
    minutes = {lesson.id: lesson.minutes for lesson in cut.module.lessons}
    assert sum(minutes.values()) - sum(lesson.minutes for lesson in whole.module.lessons) == (
        cut.module.minutes - whole.module.minutes
    )
    assert minutes["check-steps"] < 14
    first, *forms = parts_to_build(cut)
    assert first.whole is forms[0].whole is whole


def test_graded_cells_that_stay_are_equal() -> None:
    def graded(loaded: LoadedModule) -> dict[str, str]:
        part = parts_to_build(loaded)[0]
        cells = build_notebook(part, compile_module(part)).cells
        return {
            f"{cell.metadata.nbgrader.grade_id} {cell.id}": cell.source
            for cell in cells
            if cell.metadata.nbgrader.grade or cell.metadata.nbgrader.task
        }

    whole = graded(shipped.loaded(GBV))
    cut = graded(without_lessons(shipped.loaded(GBV), ["health", "the-brother"]))
    assert cut.items() < whole.items()


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_same_is_left_out_in_every_language(language: str) -> None:
    whole = shipped.in_language(DATA, language)
    english, other = (without_lessons(each, [*TABLES, "the-list"]) for each in (shipped.loaded(DATA), whole))
    assert outline(other).faults == ()
    assert [(cell.kind, cell.activity) for cell in other.cells] == [
        (cell.kind, cell.activity) for cell in english.cells
    ]
    assert {name: each["hash"] for name, each in compile_module(other).items()} == {
        name: each["hash"] for name, each in compile_module(english).items()
    }
    assert [each.id for each in other.module.outcomes] == [each.id for each in english.module.outcomes]
    (promise,) = (each.text for each in shipped.loaded(DATA).module.outcomes if each.id == "re-identification")
    assert "re-identification" not in [each.id for each in other.module.outcomes]
    at = next(at for at, cell in enumerate(shipped.loaded(DATA).cells) if promise in cell.source)
    assert not any(promise in cell.source for cell in english.cells)
    assert len(other.cells[at].source.split("\n")) == len(whole.cells[at].source.split("\n")) - 1


@pytest.mark.parametrize(
    ("module", "lessons", "said"),
    [
        (GBV, ["health", "the-brother"], ""),
        (GBV, ["helth"], "the course leaves out of 'gbv-guiding-principles' the lesson 'helth'"),
        (GBV, ["health", "health"], "left out twice"),
        (GBV, ["check-risks"], "the lesson 'check-risks' holds 'three-before-noon', a question of the safety set"),
        (GBV, ["danger-first"], "teaches what 'three-before-noon' asks about, a question of the safety set"),
        (DATA, ["danger-now"], "teaches what 'voice-in-a-survey' asks about, a question of the safety set"),
        (CASES, ["risk"], "teaches what 'at-the-corner' asks about, a question of the safety set"),
        (CODE, ["mean-risk"], "and code after it may use that; leave out 'recode', too"),
        (CODE, ["count", "mean-risk", "recode", "hide"], "no lesson of 'data-protection-code' stays"),
        ("pseah", ["price"], "the course leaves out lessons of the module 'pseah'"),
    ],
)
def test_unfit_setting_of_a_course_is_named(tmp_path: Path, module: str, lessons: list[str], said: str) -> None:
    course = _course(tmp_path, modules=[GBV, DATA, CASES, CODE], leave_out={module: lessons})
    faults = [each for each in check_course(course, ROOT / "modules") if each.file.endswith("course.yaml")]
    assert bool(faults) == bool(said)
    assert said in "".join(each.text for each in faults)


def test_question_with_less_teaching_is_a_hint(tmp_path: Path) -> None:
    course = _course(tmp_path, modules=["pseah", DATA], leave_out={"pseah": ["the-message"], DATA: ["own-table"]})
    assert [each for each in check_course(course, ROOT / "modules") if each.file.endswith("course.yaml")] == []
    (hint,) = (each for each in course_hints(course, ROOT / "modules") if each.file.endswith("course.yaml"))
    assert "less teaches the outcome 're-identification'" in hint.text
    left = without_lessons(shipped.loaded(DATA), ["own-table"]).activities
    asked = [name for name, each in left.items() if getattr(each, "outcome", "") == "re-identification"]
    assert [name for name in asked if left[name].mode == "graded" and name not in hint.text] == []


def test_path_without_a_lesson_is_named(tmp_path: Path) -> None:
    paths = {DATA: ["everybody", "information-management"]}
    course = _course(tmp_path, modules=[DATA], leave_out={DATA: TABLES}, paths=paths)
    (fault,) = (each for each in check_course(course, ROOT / "modules") if each.file.endswith("course.yaml"))
    assert "on the path 'information-management'" in fault.text


def test_unfit_setting_stops_a_build() -> None:
    with pytest.raises(ContentError, match=r"leave_out.*a question of the safety set"):
        without_lessons(shipped.loaded(GBV), ["danger-first"])
