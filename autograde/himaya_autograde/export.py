"""Grades as tables: nbgrader's own, one column for each item, one row for each response."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.api import Assignment, BaseCell, Grade, SubmittedAssignment, SubmittedNotebook
from nbgrader.plugins import ExportPlugin
from sqlalchemy import or_

from himaya.answers.journal import FILE_NAME, Journal, JournalError
from himaya.course.pass_rule import Result, counts, passed
from himaya.private import private_folder
from himaya_autograde.keys import read_keys
from himaya_autograde.responses import COLUMNS, response_rows
from himaya_autograde.table import write_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from nbgrader.api import Gradebook, Student

    from himaya.activities.format import Course

GRADES = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


class CarefulCsv(ExportPlugin):
    """nbgrader's table with a name that holds a comma or a formula kept in its one cell; else the same bytes."""

    def export(self, gradebook: Gradebook) -> None:
        """Write every student of every assignment, or those asked for, to `to`."""
        rows = grade_rows(gradebook, {str(a) for a in self.assignment}, {str(s) for s in self.student})
        write_table(Path(self.to or "grades.csv"), GRADES, rows, encoding="utf-8")


def grade_rows(
    gradebook: Gradebook, assignments: Collection[str] = (), students: Collection[str] = ()
) -> Iterator[tuple[object, ...]]:
    """Yield nbgrader's rows: each student in each assignment, 0 where nothing was handed in.

    Args:
        gradebook: An open gradebook.
        assignments: Only these, or all.
        students: Only these, or all.
    """
    everybody = [student for student in gradebook.students if not students or student.id in students]
    for assignment in gradebook.assignments:
        if assignments and assignment.name not in assignments:
            continue
        handed_in = _handed_in(gradebook, assignment)
        for student in everybody:
            time, raw, penalty = handed_in.get(student.id, (None, 0.0, 0.0))
            who = (student.id, student.last_name, student.first_name, student.email)
            score = max(0.0, raw - penalty)
            yield (assignment.name, assignment.duedate, time, *who, raw, penalty, score, assignment.max_score)


def _handed_in(gradebook: Gradebook, assignment: Assignment) -> dict[str, tuple[datetime | None, float, float]]:
    """Return time, points and what is taken off for being late, by student."""
    wanted = (SubmittedAssignment.timestamp, SubmittedAssignment.score, SubmittedAssignment.late_submission_penalty)
    query = gradebook.db.query(SubmittedAssignment.student_id, *wanted).filter_by(assignment_id=assignment.id)
    return {student: (time, raw, penalty) for student, time, raw, penalty in query}


def item_table(
    gradebook: Gradebook, course: Course, keys: Mapping[str, Mapping[str, Any]]
) -> tuple[list[str], Iterator[list[object]]]:
    """Return a header and one row for each student: points, one column for each item, each module's total, the pass.

    A cell is empty where nothing was handed in, and where an answer still waits for a person's mark. The total is
    nbgrader's: what waits counts as 0, and what is taken off for being late is off. `not_yet` says why a course is not
    passed yet.

    Args:
        gradebook: An open gradebook.
        course: Its modules and pass mark.
        keys: The activities of each module, whole, by module, in the order of the prose.
    """
    points = _points(gradebook)
    totals = {}
    items: dict[str, dict[str, float]] = {}
    for assignment in gradebook.assignments:
        worth = _scored_cells(assignment)
        order = sorted(worth, key=_place(keys.get(assignment.name, ())))
        items[assignment.name] = {cell: worth[cell] for cell in order}
        for student, (_, raw, penalty) in _handed_in(gradebook, assignment).items():
            totals[student, assignment.name] = max(0.0, raw - penalty)
    header = ["student_id", "last_name", "first_name"]
    for module, cells in items.items():
        header += [*(f"{module}/{cell}" for cell in cells), f"{module}/total"]

    def row(student: Student) -> list[object]:
        told: list[object] = [student.id, student.last_name, student.first_name]
        for module, cells in items.items():
            told += [points.get((student.id, module, cell)) for cell in cells]
            told.append(totals.get((student.id, module)))
        verdict = passed(course, _results(course, student.id, items, keys, points, totals))
        return [*told, round(verdict.percent, 1), "yes" if verdict.passed else "no", " ".join(verdict.reasons)]

    return [*header, "percent", "passed", "not_yet"], (row(student) for student in gradebook.students)


def _results(  # noqa: PLR0913, PLR0917 - all that a gradebook says of one student
    course: Course,
    student: str,
    items: Mapping[str, Mapping[str, float]],
    keys: Mapping[str, Mapping[str, Any]],
    points: Mapping[tuple[str, str, str], float],
    handed_in: Collection[tuple[str, str]],
) -> Iterator[Result]:
    """Yield what one student has in each scored activity: 0 where nothing was handed in, None where a mark waits."""
    code = {"kind": "code", "mode": "graded"}  # a cell that is no activity
    for module, activities in keys.items():
        for name, worth in items[module].items():
            activity = activities.get(name, code)
            earned = points.get((student, module, name)) if (student, module) in handed_in else 0.0
            counted = counts(course, activity["kind"], activity["mode"])
            yield Result(module, name, worth, earned, bool(activity.get("safety_critical")), counted)


def _place(order: Iterable[str]) -> Callable[[str], tuple[int, str]]:
    places = {name: place for place, name in enumerate(order)}
    return lambda cell: (places.get(cell, len(places)), cell)


def _scored_cells(assignment: Assignment) -> dict[str, float]:
    """Return the points that each cell is worth."""
    return {
        cell.name: float(cell.max_score)
        for notebook in assignment.notebooks
        for cell in (*notebook.grade_cells, *notebook.task_cells)
    }


def _points(gradebook: Gradebook) -> dict[tuple[str, str, str], float]:
    """Return the points of each marked cell by student, assignment and cell, in one question to the database."""
    query = (
        gradebook.db.query(SubmittedAssignment.student_id, Assignment.name, BaseCell.name, Grade.score)
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(or_(Grade.auto_score.is_not(None), Grade.manual_score.is_not(None)))
    )
    return {(student, assignment, cell): score for student, assignment, cell, score in query}


def course_responses(course: Path, keys: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[object, ...]]:
    """Yield the responses of everybody whose work was graded, from the journals in `autograded/`.

    Args:
        course: The course directory.
        keys: The activities of each module, whole, by module.
    """
    for module, activities in keys.items():
        for folder in sorted(course.glob(f"autograded/*/{module}")):
            try:
                events = Journal(folder / FILE_NAME).rows()
            except JournalError:  # grading has named it
                continue
            yield from response_rows(folder.parent.name, module, activities, events)


def write_all(gradebook: Gradebook, course: Course, folder: Path, target: Path) -> list[Path]:
    """Write grades.csv, items.csv and responses.csv into the folder `target` and return their paths.

    Args:
        gradebook: An open gradebook.
        course: Its modules and pass mark.
        folder: The course directory.
        target: Made if need be.

    Raises:
        KeysError: If something of a module was graded, but what was built of it is gone.
    """
    graded = [module for module in course.modules if any(folder.glob(f"autograded/*/{module}"))]
    keys = {module: read_keys(folder, module)["activities"] for module in graded}
    if not target.exists():  # one that is there may be meant for several people
        private_folder(target)
    return [
        write_table(target / "grades.csv", GRADES, grade_rows(gradebook)),
        write_table(target / "items.csv", *item_table(gradebook, course, keys)),
        write_table(target / "responses.csv", COLUMNS, course_responses(folder, keys)),
    ]
