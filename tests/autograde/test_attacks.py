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
from typing import TYPE_CHECKING

import pytest
from nbgrader.apps import AutogradeApp

from himaya.content.load import load_module
from himaya.publish.assignment import activities_file, compile_module
from himaya_autograde.step import press
from himaya_autograde.synthetic import synthetic_journal
from tests.autograde.attacks.planted import ATTACKS, Aim
from tests.autograde.conftest import MODULE, ROOT, copy_of
from tests.autograde.unprivileged import give, only_root, run_as_nobody
from tests.lanes import sampled

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
        answer = press("autograde", str(field.course.path), MODULE, trainee)
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


_PAGES = 4  # of feedback for each hand-in: the one that is read first, and one in each of the course's languages
WAYS = sampled([_by_himaya], [_by_formgraders_button, _by_nbgrader])


def _achieved(field: Field) -> list[str]:
    """Return what any attack achieved, in words."""
    achieved = [f"code ran: {path.name}" for path in sorted(field.marks.iterdir())]
    achieved += [f"changed: {path}" for path in {*field.seen().items()} ^ {*field.untouched.items()}]
    points = field.points()
    for name in NAMES:
        achieved += [f"{name} earned {earned} in {cell}" for cell, earned in points[name].items() if earned]
        achieved += [f"{name} was not graded"] if len(points[name]) != len(points[HONEST]) else []
    pages = [*field.course.path.glob("feedback/*/*/*.html"), *field.home.glob("exchange/*/feedback/*.html")]
    achieved += [] if len(pages) == 2 * (1 + len(NAMES)) * _PAGES else [f"{len(pages)} pages of feedback"]
    achieved += [f"key in {page}" for page in pages if "BEGIN HIDDEN TESTS" in page.read_text(encoding="utf-8")]
    honest = sum(filter(None, points[HONEST].values()))
    return achieved if honest > 10 else [*achieved, f"the honest one has {honest}"]


@pytest.fixture
def field(released: Path) -> Iterator[Field]:
    """A field of its own for each way; not under pytest's folder, which an ordinary user may not enter."""
    with tempfile.TemporaryDirectory(prefix="himaya-attacks-") as name:
        yield Field(released, Path(name).resolve())


@pytest.mark.proof
@pytest.mark.parametrize("grade", WAYS)
def test_no_attack_succeeds(field: Field, grade: Callable[[Field], None]) -> None:
    assert field.course.collect(MODULE).problems == {}
    grade(field)
    assert field.course.feedback(MODULE).problems == {}
    assert _achieved(field) == []
    tables = field.course.export(field.home / "exports")
    assert all(len(table.read_text(encoding="utf-8-sig").splitlines()) > len(NAMES) for table in tables)


@pytest.mark.parametrize("trainee", ["record-that-says-it-was-graded", "record-that-breaks-its-reader"])
def test_forged_grading_record_is_ignored(field: Field, trainee: str) -> None:
    field.course.collect(MODULE)
    _by_nbgrader(field, "--student", trainee)
    assert not (field.course.path / "autograded" / trainee / MODULE / "graded.json").exists()
    shutil.copy(
        field.course.path / "submitted" / trainee / MODULE / "graded.json",
        field.course.path / "autograded" / trainee / MODULE,
    )
    assert f"{MODULE}/{trainee}" in field.course.grade(MODULE).good


def test_device_or_symlink_folder_is_not_copied(field: Field) -> None:
    field.course.collect(MODULE)
    submitted = field.course.path / "submitted"
    (submitted / NAMES[0] / MODULE / "zeros").symlink_to("/dev/null")  # of /dev/zero nbgrader would copy without end
    shutil.rmtree(submitted / NAMES[1] / MODULE)
    (submitted / NAMES[1] / MODULE).symlink_to(submitted / HONEST / MODULE)
    for name in NAMES[:2]:
        _by_nbgrader(field, "--student", name)
        assert not (field.course.path / "autograded" / name).exists()
    told = (field.course.path / "nbgrader.log").read_text(encoding="utf-8")
    assert "zeros is a device, or a link to one" in told
    assert "the folder is a link" in told
    done = field.course.grade(MODULE)
    assert done.problems == {f"{MODULE}/{NAMES[1]}": "the folder is a link"}
    assert "zeros" in done.people[f"{MODULE}/{NAMES[0]}"]
    assert not (field.course.path / "autograded" / NAMES[0] / MODULE / "zeros").exists()


@pytest.mark.proof
@only_root
def test_attacks_fail_for_unprivileged_trainer(field: Field) -> None:
    give(field.home)
    code = """
import os, sys
from himaya_autograde.course import CourseDirectory
from pathlib import Path
assert os.geteuid() != 0
course = CourseDirectory(Path(sys.argv[1]))
for step in (course.collect, course.grade, course.feedback):
    assert not step(sys.argv[2]).problems
"""
    run_as_nobody(code, str(field.course.path), MODULE)
    assert _achieved(field) == []
