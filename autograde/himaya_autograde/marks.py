"""What nbgrader's gradebook holds of one submission, read as plain rows: for feedback and for marking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbgrader import api
from sqlalchemy import NullPool, create_engine, func, select

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Select


class MarksError(Exception):
    """The gradebook does not know a submission; the message says what to do."""


def points(number: float, places: int = 4) -> str:
    """Return points as people write them, with at most so many places; scoring rounds them to four."""
    return f"{number:.{places}f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Mark:
    """What one activity earned.

    Attributes:
        score: Points, extra credit included.
        most: Points it is worth.
        waits: A person has yet to mark it.
        by_hand: A person set the points.
        comment: The marker's, or None.
        grade_id: The row of the points in the gradebook.
        comment_id: The row of the comment, or None where this cell takes none.
        extra: Extra credit, or None.
    """

    score: float
    most: float
    waits: bool = False
    by_hand: bool = False
    comment: str | None = None
    grade_id: str = ""
    comment_id: str | None = None
    extra: float | None = None


@dataclass(frozen=True)
class Work:
    """Whose submission of which module it is; `name` may be empty."""

    module: str
    notebook: str
    trainee: str
    name: str


@dataclass(frozen=True)
class Marks:
    """What one submission earned, by activity; `late_penalty` in points, 0 or more."""

    of: Mapping[str, Mark]
    late_penalty: float = 0.0

    @property
    def score(self) -> float:
        """Points of the whole module as nbgrader counts them, 0 or more."""
        return max(0.0, sum(mark.score for mark in self.of.values()) - self.late_penalty)

    @property
    def most(self) -> float:
        """Points the module is worth."""
        return sum(mark.most for mark in self.of.values())

    @property
    def waits(self) -> bool:
        """Whether a person has yet to mark something."""
        return any(mark.waits for mark in self.of.values())


_CELL, _GRADE, _COMMENT = api.BaseCell.__table__, api.Grade.__table__, api.Comment.__table__
_GRADE_CELL, _TASK_CELL = api.GradeCell.__table__, api.TaskCell.__table__
_ASSIGNMENT, _NOTEBOOK, _STUDENT = api.Assignment.__table__, api.Notebook.__table__, api.Student.__table__
_HANDED_IN, _WORK = api.SubmittedAssignment.__table__, api.SubmittedNotebook.__table__
_WORKS = (
    _WORK.join(_NOTEBOOK, _NOTEBOOK.c.id == _WORK.c.notebook_id)
    .join(_HANDED_IN, _HANDED_IN.c.id == _WORK.c.assignment_id)
    .join(_ASSIGNMENT, _ASSIGNMENT.c.id == _HANDED_IN.c.assignment_id)
    .join(_STUDENT, _STUDENT.c.id == _HANDED_IN.c.student_id)
)


class Gradebook:
    """Read-only questions to a gradebook: plain rows, no objects, no connection kept open."""

    def __init__(self, url: str) -> None:
        """Remember where the gradebook is.

        Args:
            url: As nbgrader's `CourseDirectory.db_url`.
        """
        self._engine = create_engine(url, poolclass=NullPool)

    def marks(self, module: str, trainee: str) -> Marks:
        """Return what a trainee's submission of a module earned.

        Raises:
            MarksError: If it was never graded.
        """
        wanted = (
            select(_WORK.c.id, _WORK.c.notebook_id, _WORK.c.late_submission_penalty)
            .select_from(_WORKS)
            .where(_ASSIGNMENT.c.name == module, _NOTEBOOK.c.name == module, _STUDENT.c.id == trainee)
        )
        with self._engine.connect() as connection:
            found = connection.execute(wanted).first()
            if found is None:
                message = f"the gradebook holds no marks of '{trainee}' for '{module}'. Grade this submission first."
                raise MarksError(message)
            comments = {row.name: row for row in connection.execute(_comments(found.id, found.notebook_id))}
            rows = connection.execute(_grades(found.id, found.notebook_id)).all()
        of = {row.name: _mark(row, comments.get(row.name)) for row in rows}
        return Marks(of, float(found.late_submission_penalty or 0.0))

    def work(self, submission: str) -> Work:
        """Return whose work a submission is.

        Args:
            submission: nbgrader's id of a submitted notebook.

        Raises:
            MarksError: If there is no such submission.
        """
        names = (_STUDENT.c.first_name, _STUDENT.c.last_name)
        wanted = (
            select(_ASSIGNMENT.c.name.label("module"), _NOTEBOOK.c.name, _STUDENT.c.id, *names)
            .select_from(_WORKS)
            .where(_WORK.c.id == submission)
        )
        with self._engine.connect() as connection:
            found = connection.execute(wanted).first()
        if found is None:
            message = "There is no such submission. It may have been graded anew; go back to the list."
            raise MarksError(message)
        name = " ".join(filter(None, (found.first_name, found.last_name)))
        return Work(found.module, found.name, found.id, name)

    def in_order(self, module: str) -> dict[str, bool]:
        """Return every submission of a module, and whether it waits for a person, as formgrader numbers them."""
        waiting = select(_GRADE.c.notebook_id).where(_GRADE.c.needs_manual_grade).distinct()
        of_module = select(_WORK.c.id).select_from(_WORKS).where(_ASSIGNMENT.c.name == module).order_by(_WORK.c.id)
        with self._engine.connect() as connection:
            waits = set(connection.scalars(waiting))
            return {submission: submission in waits for submission in connection.scalars(of_module)}


# Both go from the cells of the notebook outwards, because the gradebook has an index for this way only.
def _grades(submission: str, notebook: str) -> Select[Any]:
    return (
        select(
            _CELL.c.name,
            func.coalesce(_GRADE_CELL.c.max_score, _TASK_CELL.c.max_score, 0.0).label("most"),
            _GRADE.c.id,
            *(_GRADE.c.auto_score, _GRADE.c.manual_score, _GRADE.c.extra_credit, _GRADE.c.needs_manual_grade),
        )
        .join(_GRADE, (_GRADE.c.cell_id == _CELL.c.id) & (_GRADE.c.notebook_id == submission))
        .outerjoin(_GRADE_CELL, _GRADE_CELL.c.id == _CELL.c.id)
        .outerjoin(_TASK_CELL, _TASK_CELL.c.id == _CELL.c.id)
        .where(_CELL.c.notebook_id == notebook)
    )


def _comments(submission: str, notebook: str) -> Select[Any]:
    text = func.coalesce(_COMMENT.c.manual_comment, _COMMENT.c.auto_comment)
    return (
        select(_CELL.c.name, _COMMENT.c.id, text.label("text"))
        .join(_COMMENT, (_COMMENT.c.cell_id == _CELL.c.id) & (_COMMENT.c.notebook_id == submission))
        .where(_CELL.c.notebook_id == notebook)
    )


def _mark(row: Any, comment: Any) -> Mark:  # noqa: ANN401 - rows of `_grades` and `_comments`
    by_hand = row.manual_score is not None
    points = row.manual_score if by_hand else row.auto_score
    # As nbgrader: extra credit counts only where there is a score.
    score = 0.0 if points is None else float(points) + float(row.extra_credit or 0.0)
    known = {"grade_id": row.id, "extra": row.extra_credit}
    if comment is not None:
        known |= {"comment_id": comment.id, "comment": (comment.text or "").strip() or None}
    return Mark(score, float(row.most), bool(row.needs_manual_grade), by_hand, **known)
