"""Writes a person's mark and comment into nbgrader's gradebook, and never over a newer one without a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbgrader import api
from sqlalchemy import NullPool, StaticPool, create_engine, func, make_url, select, update
from sqlalchemy.exc import DBAPIError

from himaya.errors import HimayaError, MarksError
from himaya_autograde.gradebook import PATIENCE, database_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import URL, Connection, Engine

LONGEST_COMMENT = 5_000  # characters
_CELL, _GRADE, _COMMENT = api.BaseCell.__table__, api.Grade.__table__, api.Comment.__table__
_GRADE_CELL, _TASK_CELL = api.GradeCell.__table__, api.TaskCell.__table__


@dataclass(frozen=True)
class Given:
    """What a person gave an answer: points, or None for none yet, and the comment, or nothing."""

    score: float | None
    comment: str = ""


class ChangedError(HimayaError):
    """Somebody changed the mark after the page was drawn; nothing was written.

    Attributes:
        now: What the gradebook holds.
    """

    def __init__(self, now: Given) -> None:
        """Keep what the gradebook holds."""
        super().__init__("The mark was changed meanwhile.")
        self.now = now


def given(url: str, submission: str, activity: str) -> Given:
    """Return what a person gave an answer so far.

    Args:
        url: As nbgrader's `CourseDirectory.db_url`.
        submission: nbgrader's id of a submitted notebook.
        activity: The name of the cell.

    Raises:
        MarksError: If there is no such answer.
    """
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return _now(_row(connection, submission, activity))


def writing(url: URL | str, patience: float = PATIENCE) -> Engine:
    """Return a gradebook to write marks into.

    A file is held open by one connection, which one thread at a time may use; of a server each mark asks for its own.

    Args:
        url: As nbgrader's `CourseDirectory.db_url`.
        patience: Seconds that a file is waited for which others use.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, poolclass=NullPool)
    options = {"timeout": patience, "check_same_thread": False}
    return create_engine(url, poolclass=StaticPool, connect_args=options)


def give(gradebook: Engine, submission: str, activity: str, wanted: Given, seen: Sequence[Given]) -> None:
    """Write a mark and a comment as formgrader does.

    Args:
        gradebook: As `writing` returns it.
        submission: nbgrader's id of a submitted notebook.
        activity: The name of the cell.
        wanted: What is given.
        seen: What the marker saw, and what they sent since; where the gradebook holds neither any of these nor
            `wanted`, nothing is written.

    Raises:
        MarksError: If there is no such answer, or the points are not from 0 to what it is worth.
        ChangedError: If somebody changed the mark meanwhile.
        CourseError: If the gradebook cannot be written.
    """
    try:
        with gradebook.begin() as connection:
            if gradebook.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # between looking and writing, nobody else writes
            row = _row(connection, submission, activity)
            if wanted.score is not None and not 0 <= wanted.score <= row.most:
                message = f"points of this answer go from 0 to {row.most:g}."
                raise MarksError(message)
            if _now(row) not in (*seen, wanted):
                raise ChangedError(_now(row))
            waits = wanted.score is None and row.auto_score is None
            values = {"manual_score": wanted.score, "needs_manual_grade": waits}
            connection.execute(update(_GRADE).where(_GRADE.c.id == row.grade).values(values))
            if row.comment is not None:
                written = update(_COMMENT).where(_COMMENT.c.id == row.comment)
                connection.execute(written.values(manual_comment=wanted.comment or None))
    except DBAPIError as error:
        raise database_error(error, str(gradebook.url.database)) from error


def _row(connection: Connection, submission: str, activity: str) -> _Row:
    wanted = (
        select(
            _GRADE.c.id.label("grade"),
            _GRADE.c.manual_score,
            _GRADE.c.auto_score,
            _COMMENT.c.id.label("comment"),
            _COMMENT.c.manual_comment,
            func.coalesce(_GRADE_CELL.c.max_score, _TASK_CELL.c.max_score, 0.0).label("most"),
        )
        .select_from(_GRADE)
        .join(_CELL, _CELL.c.id == _GRADE.c.cell_id)
        .outerjoin(_GRADE_CELL, _GRADE_CELL.c.id == _CELL.c.id)
        .outerjoin(_TASK_CELL, _TASK_CELL.c.id == _CELL.c.id)
        .outerjoin(_COMMENT, (_COMMENT.c.cell_id == _CELL.c.id) & (_COMMENT.c.notebook_id == submission))
        .where(_GRADE.c.notebook_id == submission, _CELL.c.name == activity)
    )
    found = connection.execute(wanted).first()
    if found is None:
        message = "There is no such answer. It may have been graded anew; go back to the list."
        raise MarksError(message)
    return _Row(*found)


@dataclass(frozen=True)
class _Row:
    grade: str
    manual_score: float | None
    auto_score: float | None
    comment: str | None
    manual_comment: str | None
    most: float


def _now(row: _Row) -> Given:
    return Given(row.manual_score, (row.manual_comment or "").strip())
