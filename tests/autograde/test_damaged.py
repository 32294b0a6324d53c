"""Whatever state a submission comes back in, it is graded from its journal or reported, and stops no other."""

from __future__ import annotations

import os
import random
import re
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbgrader.apps import AutogradeApp

from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from himaya_autograde.synthetic import synthetic_journal
from tests.autograde.conftest import MODULE, ROOT, copy_of
from tests.autograde.damaged.notebooks import SAME, TOLD

if TYPE_CHECKING:
    from himaya_autograde.course import CourseDirectory, Done

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
    activities = compile_module(load_module(ROOT / "modules" / MODULE))
    journal = synthetic_journal(activities, random.Random("damaged"), skill=0.7, share=1)
    _hand_in(course, "honest", journal)
    for damage in [*SAME, *TOLD]:
        damage(_hand_in(course, damage.__name__.replace("_", "-"), journal))
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


@pytest.fixture(scope="module")
def batch(submissions: Path) -> tuple[CourseDirectory, Done, Rows]:
    course = copy_of(submissions, submissions.with_name(f"{submissions.name}-batch"))
    done = course.grade(MODULE)
    return course, done, _rows(course)


@pytest.fixture(scope="module")
def nbgrader(submissions: Path) -> tuple[CourseDirectory, str, Rows]:
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
    return course, log.read_text(encoding="utf-8"), _rows(course)


def _id(damage: Any) -> str:
    return str(damage.__name__)


def test_an_undamaged_submission_earns_points(batch: tuple[CourseDirectory, Done, Rows]) -> None:
    earned = [points for points, _ in batch[2]["honest"].values() if points]
    assert len(earned) > 10


@pytest.mark.parametrize("damage", SAME, ids=_id)
def test_a_damaged_submission_earns_what_its_journal_earns(
    batch: tuple[CourseDirectory, Done, Rows], nbgrader: tuple[CourseDirectory, str, Rows], damage: Any
) -> None:
    trainee = damage.__name__.replace("_", "-")
    _, done, rows = batch
    assert f"{MODULE}/{trainee}" in done.good
    assert rows[trainee] == rows["honest"]
    assert nbgrader[2][trainee] == rows["honest"]
    for course in (batch[0], nbgrader[0]):
        assert (course.path / "autograded" / trainee / MODULE / f"{MODULE}.ipynb").stat().st_size > 1000


@pytest.mark.parametrize("damage", TOLD, ids=_id)
def test_unreadable_journal_is_reported_with_trainee(
    batch: tuple[CourseDirectory, Done, Rows], nbgrader: tuple[CourseDirectory, str, Rows], damage: Any
) -> None:
    trainee = damage.__name__.replace("_", "-")
    _, done, rows = batch
    told = done.problems.get(f"{MODULE}/{trainee}", "") + done.people.get(f"{MODULE}/{trainee}", "")
    assert re.search(TOLD[damage], told)
    about = nbgrader[1].partition(f"{trainee}/{MODULE}/")[2].partition("Creating/updating student")[2]
    assert re.search(TOLD[damage], about.partition("Creating/updating student")[0])
    for graded in (rows, nbgrader[2]):
        assert not any(points for points, _ in graded.get(trainee, {}).values())


def test_graded_submissions_open_for_marking(
    batch: tuple[CourseDirectory, Done, Rows], nbgrader: tuple[CourseDirectory, str, Rows]
) -> None:
    for course in (batch[0], nbgrader[0]):
        opened = course.api.get_notebook_submissions(MODULE, MODULE)
        assert {"honest", *(damage.__name__.replace("_", "-") for damage in SAME)} <= {
            submission["student"] for submission in opened
        }
