"""The rows of nbgrader's gradebook that one page of feedback tells."""

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


@dataclass(frozen=True)
class Mark:
    """What one activity earned.

    Attributes:
        score: Points, extra credit included.
        most: Points it is worth.
        waits: A person has yet to mark it.
        by_hand: A person set the points.
        comment: The marker's, or None.
    """

    score: float
    most: float
    waits: bool = False
    by_hand: bool = False
    comment: str | None = None


@dataclass(frozen=True)
class Marks:
    """What one submission earned, by activity; `late_penalty` in points, 0 or more."""

    of: Mapping[str, Mark]
    late_penalty: float = 0.0

    @property
    def score(self) -> float:
        """Points of the whole module, as nbgrader counts them."""
        return sum(mark.score for mark in self.of.values()) - self.late_penalty

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
        work, notebook = api.SubmittedNotebook.__table__, api.Notebook.__table__
        handed_in, assignment = api.SubmittedAssignment.__table__, api.Assignment.__table__
        submission = (
            select(work.c.id, work.c.notebook_id, work.c.late_submission_penalty)
            .join(notebook, notebook.c.id == work.c.notebook_id)
            .join(handed_in, handed_in.c.id == work.c.assignment_id)
            .join(assignment, assignment.c.id == handed_in.c.assignment_id)
            .where(assignment.c.name == module, notebook.c.name == module, handed_in.c.student_id == trainee)
        )
        with self._engine.connect() as connection:
            found = connection.execute(submission).first()
            if found is None:
                message = f"the gradebook holds no marks of '{trainee}' for '{module}'. Grade this submission first."
                raise MarksError(message)
            comments = {row.name: row.text for row in connection.execute(_comments(found.id, found.notebook_id))}
            rows = connection.execute(_grades(found.id, found.notebook_id)).all()
        of = {row.name: _mark(row, comments.get(row.name)) for row in rows}
        return Marks(of, float(found.late_submission_penalty or 0.0))


# Both go from the cells of the notebook outwards, because the gradebook has an index for this way only.
def _grades(submission: str, notebook: str) -> Select[Any]:
    return (
        select(
            _CELL.c.name,
            func.coalesce(_GRADE_CELL.c.max_score, _TASK_CELL.c.max_score, 0.0).label("most"),
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
        select(_CELL.c.name, text.label("text"))
        .join(_COMMENT, (_COMMENT.c.cell_id == _CELL.c.id) & (_COMMENT.c.notebook_id == submission))
        .where(_CELL.c.notebook_id == notebook, text.is_not(None))
    )


def _mark(row: Any, comment: str | None) -> Mark:  # noqa: ANN401 - a row of `_grades`
    by_hand = row.manual_score is not None
    points = row.manual_score if by_hand else row.auto_score
    # As nbgrader: extra credit counts only where there is a score.
    score = 0.0 if points is None else float(points) + float(row.extra_credit or 0.0)
    return Mark(score, float(row.most), bool(row.needs_manual_grade), by_hand, (comment or "").strip() or None)
