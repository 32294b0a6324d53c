"""No hostile submission runs, reads, changes or earns anything, whichever way it is graded."""

from __future__ import annotations

import hashlib
import os
import random
import secrets
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbgrader.apps import AutogradeApp

from autograde.attacks.planted import ATTACKS, Aim
from autograde.conftest import MODULE, ROOT, copy_of
from autograde.ordinary import NOBODY, as_user
from himaya.build.assignment import activities_file, compile_module
from himaya.content.load import load_module
from himaya_autograde.home.formgrader import grade_one
from himaya_autograde.synthetic import synthetic_journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from himaya_autograde.course import CourseDirectory

STAMP = "2026-01-11 08:00:00.000000 UTC"
HONEST = "honest"
NAMES = [attack.__name__.replace("_", "-") for attack in ATTACKS]
Points = dict[str, dict[str, float | None]]


def _hand_in(course: CourseDirectory, trainee: str, journal: str) -> Path:
    folder = course.exchange / course.course.id / "inbound" / f"{trainee}+{MODULE}+{STAMP}+{secrets.token_urlsafe(9)}"
    shutil.copytree(course.path / "release" / MODULE, folder)
    (folder / "responses.jsonl").write_text(journal, encoding="utf-8")
    (folder / "timestamp.txt").write_text(STAMP, encoding="utf-8")
    (folder / "submission_secret.txt").write_text(secrets.token_hex(64), encoding="utf-8")
    return folder


class Field:
    """A released course, one honest hand-in and every hostile one, all in the exchange."""

    def __init__(self, released: Path, home: Path) -> None:
        self.home = home
        self.course = copy_of(released, home)
        self.marks = home / "marks"
        self.marks.mkdir()
        loaded = load_module(ROOT / "modules" / MODULE)
        activities = activities_file(loaded)["activities"]
        answers = synthetic_journal(compile_module(loaded), random.Random("attacks"), skill=0.8, share=1)
        _hand_in(self.course, HONEST, answers)
        for attack, name in zip(ATTACKS, NAMES, strict=True):
            attack(_hand_in(self.course, name, ""), Aim(self.course.path, self.marks, activities))
        self.untouched = self.seen()

    def seen(self) -> dict[str, str]:
        """Return a hash of everything that no grading may change."""
        folders = [self.course.path / name for name in ("source", "release", "keys")]
        files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
        files += [path for path in self.course.path.iterdir() if path.suffix in (".py", ".yaml", ".txt")]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    def points(self) -> Points:
        found: Points = {}
        with closing(sqlite3.connect(self.course.path / "gradebook.db")) as gradebook:
            for trainee, cell, earned in gradebook.execute(
                "select submitted_assignment.student_id, base_cell.name, grade.auto_score from grade"
                " join base_cell on base_cell.id = grade.cell_id"
                " join submitted_notebook on submitted_notebook.id = grade.notebook_id"
                " join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"
            ):
                found.setdefault(trainee, {})[cell] = earned
        return found


def _by_himaya(field: Field) -> None:
    done = field.course.grade(MODULE)
    assert done.problems == {}


def _by_formgraders_button(field: Field) -> None:
    for trainee in (HONEST, *NAMES):
        answer = grade_one(str(field.course.path), MODULE, trainee)
        assert answer["success"], answer


def _by_nbgrader(field: Field, *asked: str) -> None:
    before = Path.cwd()
    os.chdir(field.course.path)
    try:
        app = AutogradeApp()
        app.initialize([MODULE, "--NbGrader.logfile=nbgrader.log", *asked])
        app.start()
    finally:
        os.chdir(before)


WAYS = [_by_himaya, _by_formgraders_button, _by_nbgrader]


def _take_every_step(field: Field, grade: Callable[[Field], None]) -> list[str]:
    """Collect, grade, write and release feedback, and export; return what any attack achieved, in words."""
    collected = field.course.collect(MODULE)
    assert collected.problems == {}
    grade(field)
    feedback = field.course.feedback(MODULE)
    field.course.export(field.home / "exports")
    achieved = [f"code ran: {path.name}" for path in sorted(field.marks.iterdir())]
    achieved += [f"changed: {path}" for path in {*field.seen().items()} ^ {*field.untouched.items()}]
    points = field.points()
    achieved += [
        f"{name} earned {sum(filter(None, points[name].values()))}" for name in NAMES if any(points[name].values())
    ]
    achieved += [f"{name} was not graded" for name in NAMES if len(points[name]) != len(points[HONEST])]
    achieved += [f"feedback: {name}: {why}" for name, why in feedback.problems.items()]
    key = "BEGIN HIDDEN TESTS"
    pages = [*field.course.path.glob("feedback/*/*/*.html"), *field.home.glob("exchange/*/feedback/*.html")]
    assert len(pages) == 2 * (1 + len(NAMES))
    achieved += [f"key in {page}" for page in pages if key in page.read_text(encoding="utf-8")]
    return achieved


@pytest.fixture
def field(released: Path) -> Iterator[Field]:
    """A field of its own for each way; not under pytest's folder, which an ordinary user may not enter."""
    with tempfile.TemporaryDirectory(prefix="himaya-attacks-") as name:
        yield Field(released, Path(name).resolve())


@pytest.mark.parametrize("grade", WAYS)
def test_no_attack_succeeds(field: Field, grade: Callable[[Field], None]) -> None:
    assert _take_every_step(field, grade) == []
    assert sum(filter(None, field.points()[HONEST].values())) > 10, "and the honest one has the points that were earned"


@pytest.mark.parametrize("trainee", ["record-that-says-it-was-graded", "record-that-breaks-its-reader"])
def test_a_record_of_grading_that_a_trainee_forged_is_not_believed(field: Field, trainee: str) -> None:
    field.course.collect(MODULE)
    _by_nbgrader(field, "--student", trainee)
    assert not (field.course.path / "autograded" / trainee / MODULE / "graded.json").exists()
    shutil.copy(
        field.course.path / "submitted" / trainee / MODULE / "graded.json",
        field.course.path / "autograded" / trainee / MODULE,
    )
    assert f"{MODULE}/{trainee}" in field.course.grade(MODULE).good


@pytest.mark.skipif(os.geteuid() != 0, reason="this is an ordinary user already")
def test_no_attack_succeeds_where_the_trainer_is_an_ordinary_user(field: Field) -> None:
    for path in (field.home, *field.home.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    achieved: Any = as_user(NOBODY, lambda: _take_every_step(field, _by_himaya))
    assert achieved == []
