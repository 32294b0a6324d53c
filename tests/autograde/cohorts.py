"""Cohorts of synthetic trainees in every state a journal comes back in, and what a gradebook says of them."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.assignments import form_names, is_second_form
from himaya.content.forms import parts_to_build
from himaya.content.load import load_module
from himaya.course.course import load_course
from himaya.publish.assignment import compile_module
from himaya_autograde.course import CourseDirectory
from himaya_autograde.synthetic import synthetic_journal
from tests.autograde.extremes import journal_of
from tests.engine.walks import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
COURSE = "every-module"
MODULES = [
    name
    for path in sorted(ROOT.glob("courses/*/course.yaml"))
    for name in load_course(path.parent).modules
    if (ROOT / "modules" / name / "items.yaml").exists()  # tasks in code alone: see test_code_course
]
_WITH_FORMS = [name for name in MODULES if b"\nsafety:" in (ROOT / "modules" / name / "module.yaml").read_bytes()]
ASSIGNMENTS = [name for module in MODULES for name in (module, *form_names(module)[: module in _WITH_FORMS])]
"""What is open to a cohort: each module, and the first form of its safety set where it has one."""
STAMP = "2026-01-11 08:00:00.000000 UTC"
_OURS = """
from himaya_autograde.configuration import configure

c = get_config()
configure(c, "every-module")
"""
# Stock nbgrader gives a cell 30 s and 0 points after them: on a busy machine that would compare patience, not points.
_STOCK = """
c = get_config()
c.CourseDirectory.course_id = "every-module"
c.OverwriteCells.add_missing_cells = True
c.Execute.timeout = 600
"""
_BOTH = """
c.LateSubmissionPlugin.penalty_method = "zero"
"""


@contextmanager
def course_in(home: Path, name: str = "core-protection") -> Iterator[Path]:
    """Copy a shipped course to `home`, beside an exchange; inside, nbgrader finds no settings but those of `home`."""
    (home / "exchange").mkdir(mode=0o777)
    with own_settings(home):
        yield Path(shutil.copytree(ROOT / "courses" / name, home / name))


@contextmanager
def own_settings(home: Path) -> Iterator[None]:
    """Let Jupyter and nbgrader find no settings and no earlier work but those of `home`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_CONFIG_DIR", str(home / "config"))
        patch.setenv("JUPYTER_DATA_DIR", str(home / "data"))
        yield


def released_course(home: Path) -> CourseDirectory:
    """Return a course of every shipped module, built and released."""
    folder = home / COURSE
    folder.mkdir(parents=True)
    (home / "exchange").mkdir()
    about = {"id": COURSE, "title": "Every module", "summary": "All.", "modules": MODULES, "pass_mark": 80}
    (folder / "course.yaml").write_text(json.dumps({**about, "languages": ["en"]}), encoding="utf-8")
    (folder / "overview.md").write_text("# Every module\n", encoding="utf-8")
    configure(folder, stock=False)
    return built_and_released(folder, ROOT / "modules")


def built_and_released(folder: Path, modules: Path, only: str | None = None) -> CourseDirectory:
    """Build and release the course in `folder`, all of it or one module; its exchange lies beside it."""
    course = CourseDirectory(folder, folder.parent / "exchange")
    course.build(modules, only)
    done = course.release(only)
    opened = [name for name in course.assignments if not is_second_form(name)]
    assert done.good == ([only] if only else opened), done.problems
    return course


def configure(folder: Path, *, stock: bool) -> None:
    """Write the course's configuration: ours, or nbgrader's own converters and preprocessors."""
    (folder / "nbgrader_config.py").write_text((_STOCK if stock else _OURS) + _BOTH, encoding="utf-8")


def copy_of(course: CourseDirectory, home: Path, *, stock: bool = False, trainees: set[str] | None = None) -> Path:
    """Return a copy of a course with some of its submissions, or all."""
    folder = home / COURSE

    def others(place: str, names: list[str]) -> list[str]:
        return [
            name for name in names if trainees is not None and Path(place).name == "submitted" and name not in trainees
        ]

    shutil.copytree(course.path, folder, ignore=others, copy_function=os.link)
    for written in ("gradebook.db", "nbgrader_config.py"):
        (folder / written).unlink()
    shutil.copy(course.path / "gradebook.db", folder)
    configure(folder, stock=stock)
    return folder


def hand_in(course: Path, module: str, trainee: str, journal: bytes | None, stamp: str | None = STAMP) -> Path:
    """Put one submission into `submitted/`, as collect does."""
    folder = course / "submitted" / trainee / module
    shutil.copytree(course / "release" / module, folder, copy_function=os.link)
    if journal is not None:
        (folder / "responses.jsonl").write_bytes(journal)
    if stamp is not None:
        (folder / "timestamp.txt").write_text(stamp, encoding="utf-8")
    (folder / "submission_secret.txt").write_text("0" * 128, encoding="utf-8")
    return folder


EXTREMES = ("best", "harmful")
STATES = (
    *("good", "careless", "partly", "walked", "skipped", "torn", "shuffled", "empty", "missing", "foreign"),
    *EXTREMES,
)


def compiled_assignments() -> dict[str, Any]:
    """Return the activities of each of `ASSIGNMENTS` with their keys."""
    parts = [part for module in MODULES for part in parts_to_build(load_module(ROOT / "modules" / module))]
    return {part.module.id: compile_module(part) for part in parts if part.module.id in ASSIGNMENTS}


def cohort(course: Path, size: int) -> dict[str, str]:
    """Hand in `size` submissions, one a trainee, over all assignments and states; return each trainee's module."""
    compiled = compiled_assignments()
    whose = {}
    kinds = itertools.cycle(itertools.product(STATES, ASSIGNMENTS))
    for number, (state, module) in zip(range(size), kinds, strict=False):
        trainee = f"{state}-{number:04d}"
        dice = Random(f"{module}/{number}")
        stamp = STAMP.replace("08:", f"{number % 24:02d}:")
        extreme = journal_of(compiled[module], state) if state in EXTREMES else None
        hand_in(course, module, trainee, extreme or journal(compiled, module, state, dice), stamp)
        whose[trainee] = module
    return whose


def journal(compiled: Any, module: str, state: str, dice: Random) -> bytes | None:
    """Return the journal of one trainee in one of `STATES`."""
    activities = compiled[module]
    if state in ("missing", "empty"):
        return None if state == "missing" else b""
    if state == "foreign":
        other = next((name for name in compiled if not name.startswith(module) and not module.startswith(name)), module)
        return synthetic_journal(compiled[other], dice, 0.9, 0.3).encode()
    if state in ("walked", "skipped"):
        events = [event for activity in activities.values() for event in _moves(activity, state, dice)]
        return b"".join(_line(event, number) for number, event in enumerate(events))
    share = 0.4 if state == "partly" else 1.0
    text = synthetic_journal(activities, dice, 0.3 if state == "careless" else 0.9, share).encode()
    if state == "torn":
        return text[:-40] + b"\n{broken\n" + text[-300:-10]
    if state == "shuffled":
        lines = text.splitlines(keepends=True)
        return b"".join([*dice.sample(lines, len(lines)), *lines[:50]])
    return text


def _moves(activity: Any, state: str, dice: Random) -> list[Any]:
    if state == "skipped" and activity["kind"] == "scenario":
        return [
            {"activity": activity["id"], "type": "skip", "turn": 0},
            {"activity": activity["id"], "type": "answer", "turn": 1, "value": "Instead, I would ask first."},
        ]
    return walk(activity, dice, 12, fitting=85)


def _line(event: Any, number: int) -> bytes:
    if isinstance(event, dict):
        event = {**event, "id": f"event-{number:06d}"}
    return json.dumps(event).encode() + b"\n"


_GRADES = """
SELECT a.name AS module, s.student_id AS trainee, b.name AS cell, b.type AS kind, s.timestamp, s.extension,
  n.flagged, n.late_submission_penalty, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade,
  gc.max_score AS max_score, tc.max_score AS max_task_score
FROM grade g JOIN base_cell b ON b.id = g.cell_id JOIN submitted_notebook n ON n.id = g.notebook_id
JOIN submitted_assignment s ON s.id = n.assignment_id JOIN assignment a ON a.id = s.assignment_id
LEFT JOIN grade_cells gc ON gc.id = b.id LEFT JOIN task_cells tc ON tc.id = b.id
"""
_COMMENTS = """
SELECT a.name AS module, s.student_id AS trainee, b.name AS cell, b.type AS kind, c.auto_comment, c.manual_comment
FROM comment c JOIN base_cell b ON b.id = c.cell_id JOIN submitted_notebook n ON n.id = c.notebook_id
JOIN submitted_assignment s ON s.id = n.assignment_id JOIN assignment a ON a.id = s.assignment_id
"""
_STUDENTS = "SELECT id AS trainee, '' AS module, '' AS cell, 'student' AS kind, * FROM student"
Rows = dict[tuple[str, str, str, str, str], dict[str, Any]]


_OURSELVES = ("id", "trainee")  # random, and part of the key


def rows(course: Path) -> Rows:
    """Return every row that grading writes, by table, trainee, module, cell and kind; without random ids."""
    found: Rows = {}
    with closing(sqlite3.connect(course / "gradebook.db")) as gradebook:
        gradebook.row_factory = sqlite3.Row
        assert gradebook.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        for table, query in (("grade", _GRADES), ("comment", _COMMENTS), ("student", _STUDENTS)):
            for row in gradebook.execute(query):
                key = (table, row["trainee"], row["module"], row["cell"], row["kind"])
                assert key not in found
                found[key] = {name: row[name] for name in row.keys() if name not in _OURSELVES}  # noqa: SIM118 - a Row gives values
    return found


def change(course: Path, sql: str, *values: object) -> int:
    """Change a gradebook behind nbgrader's back, as a person in formgrader would, and return how many rows changed."""
    with closing(sqlite3.connect(course / "gradebook.db")) as gradebook, gradebook:
        return gradebook.execute(sql, values).rowcount
