"""Every question to nbgrader's gradebook, and what its errors mean to a trainer. Only `batch.ledger` writes grades.

`Gradebook` reads: one submission for feedback and marking, everybody for tables and for the trainer's page.
`ReleasedModule` is one module open for grading.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from math import fsum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.script import ScriptDirectory
from nbformat import from_dict
from nbgrader import api
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.utils import compute_checksum
from sqlalchemy import NullPool, case, create_engine, func, inspect, make_url, or_, select, text
from sqlalchemy.exc import DBAPIError

from himaya.errors import CourseError, MarksError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import URL, Connection, Select

    from himaya_autograde.source import Source


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


@dataclass(frozen=True)
class Judged:
    """An answer that a person reads and marks.

    Attributes:
        submission: nbgrader's id of the submitted notebook, which names nobody.
        waits: Whether it has no mark yet, or has to be looked at again.
        score: The person's points, or None before there are any.
        most: Points it is worth.
    """

    submission: str
    module: str
    trainee: str
    activity: str
    waits: bool
    score: float | None
    most: float

    @property
    def answer(self) -> tuple[str, str, str]:
        """Trainee, module and activity."""
        return self.trainee, self.module, self.activity


_CELL, _GRADE, _COMMENT = api.BaseCell.__table__, api.Grade.__table__, api.Comment.__table__
_GRADE_CELL, _TASK_CELL = api.GradeCell.__table__, api.TaskCell.__table__
_ASSIGNMENT, _NOTEBOOK, _STUDENT = api.Assignment.__table__, api.Notebook.__table__, api.Student.__table__
_HANDED_IN, _WORK = api.SubmittedAssignment.__table__, api.SubmittedNotebook.__table__
_SCORE = api.Grade.score.label("score")  # nbgrader's sum of what was given, with extra credit
_PART = case((_CELL.c.type == "TaskCell", "task"), (_GRADE_CELL.c.cell_type == "code", "code"), else_="written").label(
    "part"
)
_UNMARKED = (_GRADE.c.needs_manual_grade & _GRADE.c.manual_score.is_(None)).label("unmarked")
# A cell with neither points nor a mark to wait for: the hand-in's edition of the module does not have it.
_OF_EDITION = or_(_GRADE.c.needs_manual_grade, _GRADE.c.auto_score.is_not(None), _GRADE.c.manual_score.is_not(None))
_WORKS = (
    _WORK.join(_NOTEBOOK, _NOTEBOOK.c.id == _WORK.c.notebook_id)
    .join(_HANDED_IN, _HANDED_IN.c.id == _WORK.c.assignment_id)
    .join(_ASSIGNMENT, _ASSIGNMENT.c.id == _HANDED_IN.c.assignment_id)
    .join(_STUDENT, _STUDENT.c.id == _HANDED_IN.c.student_id)
)


@dataclass(frozen=True)
class Trainee:
    """A row of the class list; names and address may be None."""

    id: str
    last_name: str | None
    first_name: str | None
    email: str | None

    @property
    def name(self) -> str:
        """First and last name as far as they are known, or else the id."""
        return " ".join(filter(None, (self.first_name, self.last_name))) or self.id


@dataclass(frozen=True)
class Module:
    """A released module.

    Attributes:
        cells: What each scored cell is worth, by its name; those of earlier editions included.
        parts: In which of nbgrader's three sums a cell is, by its name: code, written or task.
    """

    name: str
    due: datetime | None
    most: float
    cells: dict[str, float]
    parts: dict[str, str]


@dataclass(frozen=True)
class HandedIn:
    """One graded submission in tables.

    Attributes:
        time: When it was handed in.
        score: Points of all cells, before the penalty.
        late_penalty: Points that are taken off for being late.
        waits: Whether a person has to mark something, or to look at it again.
        cells: What each cell of the hand-in's edition earned, by its name; None where it waits for its first mark.
    """

    time: datetime | None
    score: float
    late_penalty: float
    waits: bool
    cells: dict[str, float | None]


class Gradebook:
    """Read-only questions to a gradebook: plain rows, no objects, no connection kept open."""

    def __init__(self, url: str) -> None:
        """Remember where the gradebook is.

        Args:
            url: As nbgrader's `CourseDirectory.db_url`.
        """
        self._engine = create_engine(url, poolclass=NullPool)

    @property
    def url(self) -> URL:
        """Where it is."""
        return self._engine.url

    @property
    def file(self) -> Path | None:
        """Where it lies; None where it is no file."""
        place = self._engine.url
        return Path(place.database) if place.drivername.startswith("sqlite") and place.database else None

    @contextlib.contextmanager
    def _moment(self) -> Iterator[Connection]:
        """Yield a connection whose questions are all answered as of one moment, while grading goes on."""
        with self._engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")  # Python's driver begins only where something is written
            yield connection

    def trainees(self) -> list[Trainee]:
        """Return the class list in nbgrader's order."""
        kind = api.Student
        wanted = select(kind.id, kind.last_name, kind.first_name, kind.email).order_by(kind.last_name, kind.first_name)
        with self._engine.connect() as connection:
            return [Trainee(*row) for row in connection.execute(wanted)]

    def modules(self) -> list[Module]:
        """Return every released module in nbgrader's order, each with its scored cells in no order."""
        kind = api.Assignment
        wanted = select(kind.name, kind.duedate, kind.max_score).order_by(kind.duedate, kind.name)
        most = func.coalesce(_GRADE_CELL.c.max_score, _TASK_CELL.c.max_score)
        scored = (
            select(_ASSIGNMENT.c.name.label("module"), _CELL.c.name, most.label("most"), _PART)
            .join(_NOTEBOOK, _NOTEBOOK.c.assignment_id == _ASSIGNMENT.c.id)
            .join(_CELL, _CELL.c.notebook_id == _NOTEBOOK.c.id)
            .outerjoin(_GRADE_CELL, _GRADE_CELL.c.id == _CELL.c.id)
            .outerjoin(_TASK_CELL, _TASK_CELL.c.id == _CELL.c.id)
            .where(_CELL.c.type.in_(("GradeCell", "TaskCell")))
        )
        with self._engine.connect() as connection:
            found = {name: Module(name, due, worth, {}, {}) for name, due, worth in connection.execute(wanted)}
            for row in connection.execute(scored):
                found[row.module].cells[row.name] = float(row.most or 0.0)
                found[row.module].parts[row.name] = row.part
        return list(found.values())

    def handed_in(self, submissions: Collection[str] | None = None) -> dict[tuple[str, str], HandedIn]:
        """Return submissions, by trainee and module.

        Args:
            submissions: nbgrader's ids of submitted notebooks; all if not given.
        """
        # nbgrader's own sums look at every grade once for each submission; here each table is read once.
        kind = api.SubmittedAssignment
        wanted = select(kind.id, kind.student_id, _ASSIGNMENT.c.name, kind.timestamp).join(
            _ASSIGNMENT, _ASSIGNMENT.c.id == kind.assignment_id
        )
        works = select(_WORK.c.id, _WORK.c.assignment_id, _WORK.c.late_submission_penalty)
        graded = select(
            _GRADE.c.notebook_id, _GRADE.c.cell_id, _SCORE, _UNMARKED, _GRADE.c.needs_manual_grade, _OF_EDITION
        )
        if submissions is not None:
            wanted = wanted.where(kind.id.in_(select(_WORK.c.assignment_id).where(_WORK.c.id.in_(submissions))))
            works, graded = works.where(_WORK.c.id.in_(submissions)), _only(graded, submissions)
        with self._moment() as connection:
            names = dict(map(tuple, connection.execute(select(_CELL.c.id, _CELL.c.name)).all()))
            whose: dict[str, str] = {}
            penalties: dict[str, float] = defaultdict(float)
            for work, submission, penalty in connection.execute(works):
                whose[work] = submission
                penalties[submission] += penalty or 0.0
            scores: dict[str, list[float]] = defaultdict(list)
            cells: dict[str, dict[str, float | None]] = defaultdict(dict)
            waiting = set()
            for work, cell, score, unmarked, waits, of_edition in connection.execute(graded):
                submission = whose[work]
                scores[submission].append(score)
                if waits:
                    waiting.add(submission)
                if of_edition:
                    cells[submission][names[cell]] = None if unmarked else score
            return {
                (trainee, module): HandedIn(time, fsum(scores[one]), penalties[one], one in waiting, cells[one])
                for one, trainee, module, time in connection.execute(wanted)
            }

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

    def judged(self, submissions: Collection[str] | None = None) -> list[Judged]:
        """Return every answer that a person marks: written ones, and what grading left to a person.

        They are `in_order`.

        Args:
            submissions: nbgrader's ids of submitted notebooks; all if not given.
        """
        most = func.coalesce(_GRADE_CELL.c.max_score, _TASK_CELL.c.max_score, 0.0)
        cells = (
            select(_CELL.c.id, _CELL.c.name, most)
            .outerjoin(_GRADE_CELL, _GRADE_CELL.c.id == _CELL.c.id)
            .outerjoin(_TASK_CELL, _TASK_CELL.c.id == _CELL.c.id)
        )
        whose = select(_WORK.c.id, _ASSIGNMENT.c.name, _STUDENT.c.id.label("trainee")).select_from(_WORKS)
        written = select(_CELL.c.id).where(_CELL.c.type == "TaskCell")
        wanted = select(
            _GRADE.c.notebook_id, _GRADE.c.cell_id, _GRADE.c.needs_manual_grade, _GRADE.c.manual_score
        ).where(
            _OF_EDITION,
            or_(_GRADE.c.cell_id.in_(written), _GRADE.c.needs_manual_grade, _GRADE.c.manual_score.is_not(None)),
        )
        if submissions is not None:
            whose, wanted = whose.where(_WORK.c.id.in_(submissions)), _only(wanted, submissions)
        with self._moment() as connection:
            about = {cell: (name, float(worth)) for cell, name, worth in connection.execute(cells)}
            works = {work: (module, trainee) for work, module, trainee in connection.execute(whose)}
            rows = connection.execute(wanted).all()
        found = []
        for work, cell, waits, score in rows:
            (module, trainee), (activity, worth) = works[work], about[cell]
            found.append(Judged(work, module, trainee, activity, bool(waits), score, worth))
        return in_order(found)

    def submissions_in_order(self, module: str) -> dict[str, bool]:
        """Return every submission of a module, and whether it waits for a person, as formgrader numbers them."""
        waiting = select(_GRADE.c.notebook_id).where(_GRADE.c.needs_manual_grade).distinct()
        of_module = select(_WORK.c.id).select_from(_WORKS).where(_ASSIGNMENT.c.name == module).order_by(_WORK.c.id)
        with self._engine.connect() as connection:
            waits = set(connection.scalars(waiting))
            return {submission: submission in waits for submission in connection.scalars(of_module)}


def in_order(judged: Iterable[Judged]) -> list[Judged]:
    """Return answers in the order of modules, activities and submissions, none of which tells a name."""
    return sorted(judged, key=lambda each: (each.module, each.activity, each.submission))


# All three go from cells outwards, because the gradebook has an index for this way only.
def _only(grades: Select[Any], submissions: Collection[str]) -> Select[Any]:
    return grades.where(_GRADE.c.cell_id.in_(select(_CELL.c.id)), _GRADE.c.notebook_id.in_(submissions))


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
        .where(_CELL.c.notebook_id == notebook, _OF_EDITION)
    )


def _comments(submission: str, notebook: str) -> Select[Any]:
    text = func.coalesce(_COMMENT.c.manual_comment, _COMMENT.c.auto_comment)
    return (
        select(_CELL.c.name, _COMMENT.c.id, text.label("text"))
        .join(_COMMENT, (_COMMENT.c.cell_id == _CELL.c.id) & (_COMMENT.c.notebook_id == submission))
        .where(_CELL.c.notebook_id == notebook)
    )


def _mark(row: Any, comment: Any) -> Mark:
    by_hand = row.manual_score is not None
    points = row.manual_score if by_hand else row.auto_score
    # As nbgrader: extra credit counts only where there is a score.
    score = 0.0 if points is None else float(points) + float(row.extra_credit or 0.0)
    known = {"grade_id": row.id, "extra": row.extra_credit}
    if comment is not None:
        known |= {"comment_id": comment.id, "comment": (comment.text or "").strip() or None}
    return Mark(score, float(row.most), bool(row.needs_manual_grade), by_hand, **known)


# --- one module, open for grading ---------------------------------------------------------------------------------

PATIENCE = 20  # seconds that we wait for another program to let go of the gradebook


@dataclass(frozen=True)
class Waiting:
    """A cell that a person has to mark or to look at; `task` where it is a reflection."""

    trainee: str
    cell: str
    task: bool


class ReleasedModule:
    """One released module in the gradebook, open for grading."""

    def __init__(self, url: str, module: str) -> None:
        """Open it.

        Raises:
            CourseError: If there is no gradebook, it cannot be written, or the module was not released into it.
        """
        self.module = module
        self._place = str(make_url(url).database or url)
        self._sqlite = url.startswith("sqlite")
        if self._sqlite and not Path(self._place).exists():
            message = f"there is no gradebook {self._place}: nothing was released yet. {self._release}"
            raise CourseError(message)
        if self._sqlite and not all(os.access(path, os.W_OK) for path in (self._place, Path(self._place).parent)):
            # Said before hours of grading: SQLite lets a reader begin, and refuses only the first write.
            message = f"{self._place} cannot be written. Ask whoever set up the course for the right to write it."
            raise CourseError(message)
        self._engine = create_engine(url, connect_args={"timeout": PATIENCE} if self._sqlite else {})
        with self.transaction() as connection:
            self._check_version(connection)
            wanted = select(api.Assignment.id, api.Assignment.duedate).where(api.Assignment.name == module)
            found = connection.execute(wanted).one_or_none()
            if found is None:
                message = f"the module '{module}' was not released. {self._release}"
                raise CourseError(message)
            self.assignment: str = found.id
            self.due: datetime | None = found.duedate
            self.notebook = self._find_notebook(connection)
            self.graded = self._cells(connection, "GradeCell")
            self.tasks = self._cells(connection, "TaskCell")
            self.solutions = self._cells(connection, "SolutionCell")

    @property
    def _release(self) -> str:
        return f"Run: himaya release COURSE {self.module}"

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection; at the end everything is written, or nothing.

        Raises:
            CourseError: If the gradebook is locked, read-only, full, damaged or of another version.
        """
        try:
            with self._engine.begin() as connection:
                if self._sqlite:
                    # The write lock at once: a reader that becomes a writer late may find that it cannot.
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
        except DBAPIError as error:
            raise database_error(error, self._place) from error

    def _check_version(self, connection: Connection) -> None:
        known = "alembic_version" in inspect(connection).get_table_names()
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
        if version != _newest_version():
            message = (
                f"{self._place} was made by another version of nbgrader. Copy it to a safe place, then run in the "
                "course's folder: nbgrader db upgrade"
            )
            raise CourseError(message)

    def _find_notebook(self, connection: Connection) -> str:
        wanted = select(api.Notebook.id, api.Notebook.name).where(api.Notebook.assignment_id == self.assignment)
        notebooks = {row.name: row.id for row in connection.execute(wanted)}
        if list(notebooks) != [self.module]:
            others = ", ".join(notebooks) or "none"
            message = (
                f"the gradebook expects these notebooks in '{self.module}': {others}; himaya build writes one, of the "
                f"module's name. {self._release}"
            )
            raise CourseError(message)
        return str(notebooks[self.module])

    def _cells(self, connection: Connection, kind: str) -> dict[str, str]:
        wanted = select(api.BaseCell.name, api.BaseCell.id).where(
            api.BaseCell.notebook_id == self.notebook, api.BaseCell.type == kind
        )
        return {row.name: row.id for row in connection.execute(wanted)}

    def trust(self, source: Source) -> None:
        """Write the checksums that nbgrader keeps into the cells of `source`.

        Raises:
            CourseError: If the module was built anew since it was released: its keys may not fit what trainees saw.
        """
        with self.transaction() as connection:
            wanted = select(api.SourceCell.name, api.SourceCell.checksum).where(
                api.SourceCell.notebook_id == self.notebook
            )
            kept = {row.name: row.checksum for row in connection.execute(wanted)}
        for cell in source.notebook["cells"]:
            marked = cell["metadata"].get("nbgrader")
            if not marked:
                continue
            # An unlocked cell is kept without its solution, so its checksum says nothing about the source.
            if not marked.get("solution") and compute_checksum(from_dict(cell)) != kept.get(marked["grade_id"]):
                message = (
                    f"the module '{self.module}' was built anew after it was released (see '{marked['grade_id']}'), so "
                    f"its keys may not fit what trainees saw. {self._release}"
                )
                raise CourseError(message)
            marked["checksum"] = kept.get(marked["grade_id"])
        for cell in (cell for each in source.earlier for cell in each.notebook["cells"]):
            if marked := cell["metadata"].get("nbgrader"):
                marked["checksum"] = compute_checksum(from_dict(cell))

    def known(self) -> set[str]:
        """Return the trainees that have a submission in the gradebook."""
        with self.transaction() as connection:
            wanted = select(api.SubmittedAssignment.student_id).where(
                api.SubmittedAssignment.assignment_id == self.assignment
            )
            return set(connection.execute(wanted).scalars())

    def waiting(self) -> list[Waiting]:
        """Return every cell that a person has to mark or to look at, by trainee."""
        wanted = (
            select(api.SubmittedAssignment.student_id, api.BaseCell.name, api.BaseCell.type)
            .join(api.SubmittedNotebook, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
            .join(api.Grade, api.Grade.notebook_id == api.SubmittedNotebook.id)
            .join(api.BaseCell, api.BaseCell.id == api.Grade.cell_id)
            .where(api.SubmittedAssignment.assignment_id == self.assignment, api.Grade.needs_manual_grade)
            .order_by(api.SubmittedAssignment.student_id, api.BaseCell.name)
        )
        with self.transaction() as connection:
            rows = connection.execute(wanted).all()
        return [Waiting(row.student_id, row.name, row.type == "TaskCell") for row in rows]


@cache
def _newest_version() -> str | None:
    """Return the version of a gradebook that this nbgrader makes, without starting `alembic` as nbgrader does."""
    return ScriptDirectory(ALEMBIC_DIR).get_current_head()


# --- errors, as a trainer reads them ------------------------------------------------------------------------------

KEPT = "Nothing is lost: what was graded before is kept, and the next run goes on from there."
_DATABASE = {
    "locked": "{place} is in use by another program, such as formgrader. Close it or wait a moment, then run again.",
    "readonly": "{place} cannot be written. Ask whoever set up the course for the right to write it and its folder.",
    "unable to open": "{place} cannot be opened. Check that its folder exists and that you may write there.",
    "full": "The disk is full. Free some space, then run again.",
    "disk i/o": "The disk is full or damaged. Free some space, then run again.",
    "no such": "{place} was made by another nbgrader. Copy it to a safe place, then run: nbgrader db upgrade",
    "malformed": "{place} is damaged. Put back your last copy of it.",
    "not a database": "{place} is no gradebook. Put back your last copy of it.",
}
_DISK = {
    errno.ENOSPC: "The disk is full. Free some space, then run again.",
    errno.EDQUOT: "Your share of the disk is used up. Free some space, then run again.",
    errno.EFBIG: "The disk takes no larger file. Free some space, then run again.",
    errno.EROFS: "The disk cannot be written.",
    errno.EACCES: "{place} cannot be written. Ask whoever set up the course for the right to.",
}


def in_use(error: BaseException | None) -> bool:
    """Return whether a gradebook's file, or what became of its error, was waited for in vain."""
    if isinstance(error, CourseError):
        error = error.__cause__
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", 0)
    return bool(code & 0xFF == sqlite3.SQLITE_BUSY)


@contextlib.contextmanager
def gradebook_errors(place: Path) -> Iterator[None]:
    """Turn what a gradebook's database says into a sentence.

    Args:
        place: The gradebook.

    Raises:
        CourseError: Instead of an error of the database.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        raise database_error(error, str(place)) from error


def database_error(error: DBAPIError | sqlite3.Error, place: str) -> CourseError:
    """Return the sentence for a database's error; `place` names the gradebook."""
    text = str(getattr(error, "orig", error)).lower()
    known = (sentence for sign, sentence in _DATABASE.items() if sign in text)
    sentence = next(known, "{place} could not be used: " + text)
    return CourseError(f"{sentence.format(place=place)} {KEPT}")


def disk_error(error: OSError, place: Path) -> CourseError:
    """Return the sentence for the disk's error."""
    sentence = _DISK.get(error.errno or 0, f"{error.strerror}: {error.filename}.")
    return CourseError(f"{sentence.format(place=error.filename or place)} {KEPT}")
