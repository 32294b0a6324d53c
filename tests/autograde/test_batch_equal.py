"""Three ways to the same gradebook, row by row: stock nbgrader with kernels, nbgrader with our parts, the batch."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbgrader.api import Course
from nbgrader.plugins import CsvExportPlugin

from himaya.activities.fold import replay
from himaya.answers.journal import Journal
from himaya_autograde.course import CourseDirectory
from tests.autograde.cohorts import (
    ASSIGNMENTS,
    MODULES,
    STATES,
    Rows,
    cohort,
    compiled_assignments,
    copy_of,
    hand_in,
    own_settings,
    released_course,
    rows,
)
from tests.autograde.extremes import points_of

if TYPE_CHECKING:
    from collections.abc import Iterable

# nbgrader's `capture_log` takes every exception for a grading error, that of pytest-timeout as well. A limit shorter
# than the work would leave courses half graded.
pytestmark = [pytest.mark.proof, pytest.mark.timeout(1500)]

SIZE = 300
# The batch grades all of them. Stock nbgrader takes two seconds for each, and nbgrader with our parts some 0.1. So
# stock grades every state in every module and in one of the forms (states whose points are known in all of them), and
# once more the first (it came at midnight like the one before it), our parts grade each twice; `make test-stock`
# compares all. The forms of each module and path are graded by stock in tests/release/test_shipped_paths.py, too.
EACH = len(STATES) * len(ASSIGNMENTS)
FORMS = [name for name in ASSIGNMENTS if name not in MODULES]
KNOWN = ("best", "harmful", "empty")
ALL = os.environ.get("HIMAYA_STOCK") == "all"
SIDES = 2
DUE = datetime(2026, 1, 11, 2)  # noqa: DTZ001 - as nbgrader keeps it: UTC without a zone
NO_NOTEBOOK = "no-notebook"
LINK = "linked-journal"


@dataclass
class Ways:
    """The same cohort graded on each way; `stock` in several courses, each with some of the trainees.

    Attributes:
        whose: Each trainee's module; the batch grades all of them.
        with_stock: Whom stock nbgrader grades, too.
        with_parts: Whom nbgrader with our parts grades, too.
    """

    whose: dict[str, str]
    with_stock: list[str]
    with_parts: list[str]
    stock: list[Path]
    inside: Path
    batch: Path

    def stock_rows(self) -> Rows:
        return {key: row for course in self.stock for key, row in rows(course).items()}


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Ways:
    home = tmp_path_factory.mktemp("ways")
    with own_settings(home):
        course = released_course(home / "batch")
        whose = cohort(course.path, SIZE)
        names = list(whose)
        with_stock = names if ALL else _sample(whose)
        with_parts = names if ALL else names[: EACH * 2]
        hand_in(course.path, MODULES[0], NO_NOTEBOOK, b"").joinpath(f"{MODULES[0]}.ipynb").unlink()
        linked = hand_in(course.path, MODULES[0], LINK, None)
        linked.joinpath("responses.jsonl").symlink_to(
            linked.parent.parent / "good-0000" / MODULES[0] / "responses.jsonl"
        )
        inside = copy_of(course, home / "inside", trainees={*with_parts, NO_NOTEBOOK, LINK})
        compared = [*with_stock, NO_NOTEBOOK, LINK]
        stock = [
            copy_of(course, home / f"stock-{side}", stock=True, trainees=set(compared[side::SIDES]))
            for side in range(SIDES)
        ]
        grading = [_grade_with_stock(folder) for folder in stock]
        done = course.grade()
        for module in ASSIGNMENTS:
            _grade_with_parts(inside, module)
        for one in grading:
            assert one.wait() == 0
    assert len(done.good) == len(whose) + 1, done.problems
    return Ways(whose, with_stock, with_parts, stock, inside, course.path)


def _sample(whose: dict[str, str]) -> list[str]:
    """Return whom stock nbgrader grades, of the cohort that `whose` names in the order of states and assignments."""
    chosen = []
    for place, (name, module) in enumerate(list(whose.items())[: EACH + 1]):
        form = FORMS[place // len(ASSIGNMENTS) % len(FORMS)]
        if module in (*MODULES, form) or name.startswith(KNOWN):
            chosen.append(name)
    return chosen


def _grade_with_stock(course: Path) -> subprocess.Popen[bytes]:
    script = str(Path(__file__).with_name("stock_grader.py"))
    return subprocess.Popen([sys.executable, script, str(course)], stderr=subprocess.DEVNULL)


def _grade_with_parts(course: Path, module: str, trainee: str = "*") -> None:
    done = CourseDirectory(course).api.autograde(module, trainee, force=True)
    refused = [line for line in done.get("log", "").splitlines() if line.startswith("[ERROR] There was an error")]
    assert all(LINK in line for line in refused), done["log"]
    assert done["success"] == (not refused), done


def _of(found: Rows, trainees: Iterable[str]) -> Rows:
    wanted = set(trainees)
    return {key: row for key, row in found.items() if key[1] in wanted}


def _differences(found: Rows, expected: Rows) -> list[str]:
    """Say which fields of which rows differ; pytest would cut the rows short."""
    said = []
    for key in sorted(found.keys() | expected.keys()):
        ours, theirs = found.get(key, {}), expected.get(key, {})
        fields = sorted(f for f in ours.keys() | theirs.keys() if ours.get(f) != theirs.get(f))
        said += [f"{key}: {field} is {ours.get(field)!r}, expected {theirs.get(field)!r}" for field in fields]
    return said


def _flagged(ways: Ways, found: Rows) -> Rows:
    """Difference 1: a scenario or lab that was skipped and written about earns 0 until a person marks the text.

    Stock takes the 0 for final and tells nobody (decision note 0005 promises equal credit).
    """
    waits = {("grade", trainee, module, cell, "GradeCell") for trainee, module, cell in _skipped(ways)}
    return {key: {**row, "needs_manual_grade": 1} if key in waits else row for key, row in found.items()}


def _skipped(ways: Ways) -> Iterable[tuple[str, str, str]]:
    compiled = compiled_assignments()
    for trainee, module in ways.whose.items():
        events = Journal(ways.batch / "submitted" / trainee / module / "responses.jsonl").rows()
        for name, activity in compiled[module].items():
            if activity["kind"] in ("scenario", "interview", "lab") and activity["mode"] == "graded":
                state = replay(activity, events)
                if state["phase"] == "skipped" and state["value"]:
                    yield trainee, module, name


def test_batch_rows_equal_stock_nbgrader(ways: Ways) -> None:
    stock = ways.stock_rows()
    compared = {key[1] for key in stock if key[0] == "grade"} - {LINK}
    assert compared == set(ways.with_stock)
    expected = _flagged(ways, _of(stock, compared))
    assert _differences(_of(rows(ways.batch), compared), expected) == []
    assert expected != _of(stock, compared), "nobody skipped a scenario, so difference 1 was not seen"


def test_our_preprocessors_give_batch_rows(ways: Ways) -> None:
    batch = rows(ways.batch)
    assert len({key[1] for key in batch}) == len(ways.whose) + 1
    compared = {*ways.with_parts, NO_NOTEBOOK}
    assert _differences(_of(rows(ways.inside), compared), _of(batch, compared)) == []


@pytest.mark.parametrize("state", KNOWN)
def test_stock_nbgrader_gives_stated_points(ways: Ways, state: str) -> None:
    found: dict[str, dict[str, float]] = {}
    for (table, trainee, module, cell, kind), row in ways.stock_rows().items():
        if table == "grade" and trainee.startswith(f"{state}-") and kind == "GradeCell":
            found.setdefault(module, {})[cell] = row["auto_score"]
    assert sorted(found) == sorted(ASSIGNMENTS)
    compiled = compiled_assignments()
    for module, points in found.items():
        graded = [a for a in compiled[module].values() if a["id"] in points]
        expected = {a["id"]: 0.0 if state == "empty" else points_of(a, state) for a in graded}
        assert points == pytest.approx(expected), module
        assert len(points) > 10 if module in MODULES else len(points) == 4, module


def test_points_range_from_none_to_all(ways: Ways) -> None:
    earned: dict[str, float] = {}
    for key, row in rows(ways.batch).items():
        if key[0] == "grade" and key[2] in MODULES and row["auto_score"] is not None:
            earned[key[1]] = earned.get(key[1], 0.0) + row["auto_score"]
    assert min(earned.values()) == 0.0
    assert len(set(earned.values())) > len(earned) / 3


def test_the_exported_tables_are_the_same(ways: Ways) -> None:
    batch = _export(ways.batch)
    for course in (ways.inside, *ways.stock):
        there = {key: line for key, line in _export(course).items() if key[1] not in (LINK, NO_NOTEBOOK)}
        assert _differences(there, {key: batch[key] for key in there}) == []
        assert len({key[1] for key in there}) >= len(ways.with_stock) // SIDES


def _export(course: Path) -> dict[tuple[str, str], dict[str, str]]:
    """Return what stock `nbgrader export` writes, by module and trainee."""
    plugin = CsvExportPlugin()
    plugin.to = str(course / "grades.csv")
    with CourseDirectory(course).api.gradebook as gradebook:
        plugin.export(gradebook)
    with Path(plugin.to).open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    return {(line["assignment"], line["student_id"]): line for line in lines}


def test_difference_2_missing_notebook_is_graded_from_journal(ways: Ways) -> None:
    assert [key for key in ways.stock_rows() if key[1] == NO_NOTEBOOK] == []
    assert [key for key in rows(ways.batch) if key[1] == NO_NOTEBOOK]
    assert [key for key in rows(ways.inside) if key[1] == NO_NOTEBOOK]


def test_difference_3_symlinked_journal_earns_nothing(ways: Ways) -> None:
    def points(found: Rows, trainee: str) -> float:
        return sum(row["auto_score"] or 0 for key, row in found.items() if key[0] == "grade" and key[1] == trainee)

    stock = ways.stock_rows()
    assert points(stock, LINK) == points(stock, "good-0000") > 0
    assert [key for key in rows(ways.batch) if key[1] == LINK] == []
    assert points(rows(ways.inside), LINK) == 0
    assert not (ways.inside / "autograded" / LINK / MODULES[0]).exists()


def test_difference_4_stock_adds_empty_course(ways: Ways) -> None:
    def courses(course: Path) -> list[str]:
        with CourseDirectory(course).api.gradebook as gradebook:
            return sorted(one.id for one in gradebook.db.query(Course))

    assert "default_course" in courses(ways.stock[0])


def test_autograded_folders_hold_the_same_on_each_way(ways: Ways) -> None:
    trainee = min(path.name for path in (ways.stock[0] / "autograded").iterdir() if path.name != LINK)
    module = ways.whose[trainee]
    stock, inside, batch = (
        course / "autograded" / trainee / module for course in (ways.stock[0], ways.inside, ways.batch)
    )
    files = {path.name: path.stat().st_mode for path in stock.iterdir()}
    assert {path.name: path.stat().st_mode for path in inside.iterdir()} == files
    record = batch / "graded.json"
    assert {path.name: path.stat().st_mode for path in batch.iterdir() if path != record} == files
    for name in set(files) - {f"{module}.ipynb"}:
        assert (stock / name).read_bytes() == (inside / name).read_bytes() == (batch / name).read_bytes()
    assert _cells(stock) == _cells(inside) == _cells(batch)


def _cells(folder: Path) -> list[dict[str, object]]:
    """Return the cells as nbgrader and formgrader see them: without the times at which a kernel ran them."""
    notebook = nbformat.read(folder / f"{folder.name}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    return list(notebook.cells)


def test_regrading_keeps_manual_marks_and_penalty(ways: Ways) -> None:
    """What a person gave stays; the late penalty is taken off."""
    stock = ways.stock[0]
    graded = sorted(path.name for path in (stock / "autograded").iterdir())
    by_state = {state: [name for name in graded if name.startswith(f"{state}-")] for state in STATES}
    late = [by_state[state][0] for state in ("careless", "partly", "skipped")]  # of 4, 8 and 16 o'clock
    chosen = [*late, *by_state["good"][:2]]  # those two came at midnight
    for course in (stock, ways.inside, ways.batch):
        _mark(course, chosen, ways)
    for folder in (stock / "submitted").iterdir():
        if folder.name not in chosen:
            shutil.rmtree(folder)
    grading = _grade_with_stock(stock)
    batch = CourseDirectory(ways.batch)
    for trainee in chosen:
        assert batch.grade(ways.whose[trainee], trainee=trainee, force=True).problems == {}
        _grade_with_parts(ways.inside, ways.whose[trainee], trainee)
    assert grading.wait() == 0
    expected = _flagged(ways, _of(rows(stock), chosen))
    assert _of(rows(ways.batch), chosen) == expected
    assert _of(rows(ways.inside), chosen) == expected
    off = {key[1] for key, row in expected.items() if key[0] == "grade" and row["late_submission_penalty"]}
    assert off == {late[0], late[2]}, "the second of the late has an extension"
    assert any(row.get("manual_score") == 1.5 and row["needs_manual_grade"] for row in expected.values())
    assert _export(ways.batch).items() >= {k: v for k, v in _export(stock).items() if k[1] in chosen}.items()


def _mark(course: Path, trainees: list[str], ways: Ways) -> None:
    """Give marks, comments, extra credit, a flag, a due date and an extension, as a person does in formgrader."""
    with CourseDirectory(course).api.gradebook as gradebook:
        for trainee in trainees:
            gradebook.update_or_create_assignment(ways.whose[trainee], duedate=DUE)
            notebook = gradebook.find_submission(ways.whose[trainee], trainee).notebooks[0]
            notebook.flagged = True
            grades = sorted(notebook.grades, key=lambda grade: grade.name)
            grades[0].manual_score, grades[0].needs_manual_grade = 1.5, False
            grades[1].extra_credit = 0.5
            grades[2].manual_score, grades[2].extra_credit = 0.0, 0.25
            for comment in notebook.comments:
                comment.manual_comment = "Read the section on consent once more."
        gradebook.grant_extension(ways.whose[trainees[1]], trainees[1], days=2)
        gradebook.db.commit()
