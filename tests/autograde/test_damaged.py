"""Whatever state a submission comes back in, it is graded from its journal or reported, and stops no other."""

from __future__ import annotations

import os
import random
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbgrader.apps import AutogradeApp

from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from himaya_autograde.synthetic import synthetic_journal
from tests.autograde.conftest import MODULE, ROOT, copy_of
from tests.autograde.damaged.notebooks import SAME, TOLD
from tests.lanes import sampled

if TYPE_CHECKING:
    from himaya_autograde.course import CourseDirectory

_NEXT = "Creating/updating student"  # nbgrader's line before each submission
STAMP = "2026-01-11 08:00:00.000000 UTC"
Rows = dict[str, dict[str, tuple[float | None, bool]]]


def _hand_in(course: CourseDirectory, trainee: str, journal: str) -> Path:
    folder = course.path / "submitted" / trainee / MODULE
    shutil.copytree(course.path / "release" / MODULE, folder)
    (folder / "responses.jsonl").write_text(journal, encoding="utf-8")
    (folder / "timestamp.txt").write_text(STAMP, encoding="utf-8")
    (folder / "submission_secret.txt").write_text(secrets.token_hex(64), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def submissions(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which everybody gave the same answers, each in a folder damaged in another way."""
    home = tmp_path_factory.mktemp("damaged")
    course = copy_of(released, home)
    activities = compile_module(without_forms(load_module(ROOT / "modules" / MODULE)))
    journal = synthetic_journal(activities, random.Random("damaged"), skill=0.7, share=1)
    _hand_in(course, "honest", journal)
    for damage in [*SAME, *TOLD]:
        damage(_hand_in(course, _trainee(damage), journal))
    return home


def _rows(course: CourseDirectory) -> Rows:
    """Return points and whether a person is waited for, by trainee and cell."""
    with course.api.gradebook as gradebook:
        return {
            submission.student.id: {
                grade.name: (grade.auto_score, grade.needs_manual_grade)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in gradebook.assignment_submissions(MODULE)
        }


@dataclass
class Graded:
    """A course after one way of grading.

    Attributes:
        rows: Points and whether a person is waited for, by trainee and cell.
        told: What was said of each trainee.
    """

    course: CourseDirectory
    rows: Rows
    told: dict[str, str]


def _batch(submissions: Path) -> Graded:
    course = copy_of(submissions, submissions.with_name(f"{submissions.name}-batch"))
    done = course.grade(MODULE)
    told = {name: done.problems.get(name, "") + done.people.get(name, "") for name in {*done.problems, *done.people}}
    assert {f"{MODULE}/{_trainee(damage)}" for damage in SAME} <= set(done.good)
    return Graded(course, _rows(course), {name.partition("/")[2]: text for name, text in told.items()})


def _nbgrader(submissions: Path) -> Graded:
    course = copy_of(submissions, submissions.with_name(f"{submissions.name}-nbgrader"))
    log = course.path / "nbgrader.log"
    before = Path.cwd()
    os.chdir(course.path)
    try:
        app = AutogradeApp()
        app.initialize([MODULE, f"--NbGrader.logfile={log}"])
        with pytest.raises(SystemExit):  # it names, at its end, those that could not be graded
            app.start()
    finally:
        os.chdir(before)
    told = {}
    for trainee in map(_trainee, TOLD):
        about = log.read_text(encoding="utf-8").partition(f"{trainee}/{MODULE}/")[2]
        told[trainee] = about.partition(_NEXT)[2].partition(_NEXT)[0]
    return Graded(course, _rows(course), told)


@pytest.fixture(scope="module", params=sampled([_batch], [_nbgrader]), ids=["batch", "nbgrader"])
def graded(request: pytest.FixtureRequest, submissions: Path) -> Graded:
    """Those submissions, graded by us or by nbgrader's own command."""
    made: Graded = request.param(submissions)
    return made


def _trainee(damage: Any) -> str:
    return str(damage.__name__).replace("_", "-")


def _id(damage: Any) -> str:
    return str(damage.__name__)


def test_an_undamaged_submission_earns_points(graded: Graded) -> None:
    earned = [points for points, _ in graded.rows["honest"].values() if points]
    assert len(earned) > 10


@pytest.mark.parametrize("damage", SAME, ids=_id)
def test_a_damaged_submission_earns_what_its_journal_earns(graded: Graded, damage: Any) -> None:
    trainee = _trainee(damage)
    assert graded.rows[trainee] == graded.rows["honest"]
    assert (graded.course.path / "autograded" / trainee / MODULE / f"{MODULE}.ipynb").stat().st_size > 1000


@pytest.mark.parametrize("damage", TOLD, ids=_id)
def test_unreadable_journal_is_reported_with_trainee(graded: Graded, damage: Any) -> None:
    trainee = _trainee(damage)
    assert re.search(TOLD[damage], graded.told.get(trainee, ""))
    assert not any(points for points, _ in graded.rows.get(trainee, {}).values())


def test_graded_submissions_open_for_marking(graded: Graded) -> None:
    opened = graded.course.api.get_notebook_submissions(MODULE, MODULE)
    assert {"honest", *map(_trainee, SAME)} <= {submission["student"] for submission in opened}
