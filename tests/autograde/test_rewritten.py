"""A reflection that was written anew after its mark: the mark stays until a person has looked again."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from himaya_autograde.course import CourseDirectory
from tests.autograde.cohorts import hand_in
from tests.autograde.conftest import MODULE, copy_of
from tests.autograde.test_grading import ACTIVITIES

if TYPE_CHECKING:
    from pathlib import Path

    from nbgrader.api import Grade

TEXT = next(name for name, each in ACTIVITIES.items() if each["kind"] == "text" and each["mode"] == "graded")


@pytest.fixture
def course(released: Path, tmp_path: Path) -> CourseDirectory:
    """A released course with nobody's work."""
    return copy_of(released, tmp_path)


def _says(course: CourseDirectory, text: str, *more: str) -> None:
    """Hand in, as `noor`, a reflection that says this in the end, and have it graded."""
    begin = {"id": "begin-0001", "activity": TEXT, "type": "begin", "seed": 1, "content": ACTIVITIES[TEXT]["hash"]}
    answers = [
        {"id": f"answer-{number:04}", "activity": TEXT, "type": "answer", "value": said}
        for number, said in enumerate([*more, text])
    ]
    shutil.rmtree(course.path / "submitted", ignore_errors=True)
    hand_in(course.path, MODULE, "noor", "\n".join(map(json.dumps, [begin, *answers, ""])).encode())
    assert course.grade().problems == {}


def _grade(course: CourseDirectory, score: float | None = None) -> tuple[float | None, bool]:
    """Return the mark and whether a person has to look; gives this mark before, if there is one."""
    with course.api.gradebook as gradebook:
        (notebook,) = gradebook.find_submission(MODULE, "noor").notebooks
        grade: Grade = next(each for each in notebook.grades if each.name == TEXT)
        if score is not None:
            grade.manual_score, grade.needs_manual_grade = score, False
            gradebook.db.commit()
        return grade.manual_score, bool(grade.needs_manual_grade)


def test_new_text_is_looked_at_again(course: CourseDirectory) -> None:
    _says(course, "I report it today.")
    assert _grade(course) == (None, True)
    _grade(course, 3)
    _says(course, "I doubt her and ask her for proof first.", "I report it today.")
    assert _grade(course) == (3, True), "the mark is kept, and it was for another text"
    _grade(course, 0)
    _says(course, "I doubt her and ask her for proof first.", "I report it today.", "Something in between.")
    assert _grade(course) == (0, False), "it says the same in the end"


def test_unchanged_text_keeps_its_mark(course: CourseDirectory) -> None:
    _says(course, "I report it today.")
    _grade(course, 3)
    assert course.grade(force=True).problems == {}
    assert _grade(course) == (3, False)
