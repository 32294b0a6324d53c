"""`markbook.db` beside the gradebook: what nbgrader has no place for, and never a mark that counts.

Four tables hold it. `changes` is only ever added to: who marked what and when, each later change, second marks, which
answers were set aside, what was typed in from paper, who is on which path of a module. `people` and `phrases` are what
a trainer keeps: the group of a trainee, and comments to use again. `issued` says who got which certificate, so that one
can be revoked.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, get_args

from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    NullPool,
    Table,
    Text,
    create_engine,
    delete,
    inspect,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from himaya_autograde.gradebook import PATIENCE, database_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Connection

FILE = "markbook.db"
Kind = Literal["mark", "second", "aside", "back", "paper", "path"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Answer = tuple[str, str, str]
"""Trainee, module and activity."""

_META = MetaData()
_CHANGES = Table(
    "changes",
    _META,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    *(Column(name, Text, nullable=False) for name in ("at", "marker", "kind", "trainee", "module", "activity")),
    Column("score", Float),
    Column("comment", Text),
)
_PEOPLE = Table("people", _META, Column("trainee", Text, primary_key=True), Column("group", Text, nullable=False))
_ISSUED = Table(
    "issued",
    _META,
    Column("id", Text, primary_key=True),
    Column("trainee", Text, nullable=False),
    Column("day", Text, nullable=False),
)
_PHRASES = Table(
    "phrases",
    _META,
    Column("number", Integer, primary_key=True),
    Column("language", Text, nullable=False),
    Column("text", Text, nullable=False, unique=True),
)


@dataclass(frozen=True)
class Change:
    """One line of the record.

    Attributes:
        id: Made by who writes it, so that what is sent twice is written once.
        at: When, in UTC, as ISO 8601 to the second.
        marker: Who, as they call themselves.
        kind: A mark that counts, a second marker's, set aside, put back, typed in from paper, or a path that was
            chosen, which stands in the place of the activity.
        score: Points, where it is a mark; None where it was taken back.
        comment: What the trainee is told, where it is a mark.
    """

    id: str
    at: str
    marker: str
    kind: str
    trainee: str
    module: str
    activity: str
    score: float | None = None
    comment: str | None = None

    @property
    def answer(self) -> Answer:
        """Which answer it is about."""
        return self.trainee, self.module, self.activity


@dataclass(frozen=True)
class Phrase:
    """A comment to use again, in one language."""

    number: int
    language: str
    text: str


class Markbook:
    """The record of one course. The file is made with the first line; reading makes none."""

    def __init__(self, course: Path) -> None:
        """Remember where the course directory is."""
        self._path = course / FILE
        self._engine = create_engine(f"sqlite:///{self._path}", poolclass=NullPool, connect_args={"timeout": PATIENCE})

    # --- reading ------------------------------------------------------------------------------------------------

    def changes(self, answer: Answer | None = None) -> list[Change]:
        """Return all changes, or those of one answer, the first first."""
        wanted = select(_CHANGES).order_by(_CHANGES.c.number)
        if answer is not None:
            trainee, module, activity = answer
            wanted = wanted.where(
                _CHANGES.c.trainee == trainee, _CHANGES.c.module == module, _CHANGES.c.activity == activity
            )
        with self._read() as connection:
            rows = connection.execute(wanted).all() if connection else []
        return [Change(*row[1:]) for row in rows]

    def aside(self) -> set[Answer]:
        """Return the answers that are set aside: no table, export or second marking may show them."""
        found: dict[Answer, bool] = {}
        wanted = (
            select(_CHANGES.c.trainee, _CHANGES.c.module, _CHANGES.c.activity, _CHANGES.c.kind)
            .where(_CHANGES.c.kind.in_(("aside", "back")))
            .order_by(_CHANGES.c.number)
        )
        with self._read() as connection:
            for trainee, module, activity, kind in connection.execute(wanted) if connection else ():
                found[trainee, module, activity] = kind == "aside"
        return {answer for answer, is_aside in found.items() if is_aside}

    def paths(self) -> dict[tuple[str, str], str]:
        """Return the path that was chosen last, by trainee and module."""
        wanted = select(_CHANGES.c.trainee, _CHANGES.c.module, _CHANGES.c.activity)
        wanted = wanted.where(_CHANGES.c.kind == "path").order_by(_CHANGES.c.number)
        with self._read() as connection:
            rows = connection.execute(wanted).all() if connection else []
        return {(trainee, module): path for trainee, module, path in rows}

    def groups(self) -> dict[str, str]:
        """Return the group of each trainee who has one."""
        with self._read() as connection:
            return dict(map(tuple, connection.execute(select(_PEOPLE)).all())) if connection else {}

    def phrases(self) -> list[Phrase]:
        """Return the comments to use again, the oldest first."""
        with self._read() as connection:
            rows = connection.execute(select(_PHRASES).order_by(_PHRASES.c.number)).all() if connection else []
        return [Phrase(*row) for row in rows]

    def issued(self) -> list[tuple[str, str, str]]:
        """Return id, trainee and day of each certificate that was issued here, the newest first."""
        wanted = select(_ISSUED).order_by(_ISSUED.c.day.desc(), _ISSUED.c.trainee, _ISSUED.c.id)
        with self._read() as connection:
            if connection is None or not inspect(connection).has_table(_ISSUED.name):  # of an earlier version
                return []
            return [(row.id, row.trainee, row.day) for row in connection.execute(wanted)]

    # --- writing ------------------------------------------------------------------------------------------------

    def write(self, change: Change) -> None:
        """Add a line; one with the same id is written once.

        Raises:
            CourseError: If the file cannot be written.
        """
        values = {column.name: getattr(change, column.name) for column in _CHANGES.columns if column.name != "number"}
        with self._write() as connection:
            connection.execute(insert(_CHANGES).values(values).on_conflict_do_nothing(index_elements=["id"]))

    def set_groups(self, trainees: Sequence[str], group: str) -> None:
        """Put trainees into a group; an empty one takes them out of any."""
        with self._write() as connection:
            connection.execute(delete(_PEOPLE).where(_PEOPLE.c.trainee.in_(trainees)))
            if group and trainees:
                connection.execute(insert(_PEOPLE), [{"trainee": each, "group": group} for each in trainees])

    def add_issued(self, certificates: Mapping[str, str], day: str) -> None:
        """Write down who got a certificate: trainees by its id, and the day as YYYY-MM-DD."""
        rows = [{"id": each, "trainee": trainee, "day": day} for each, trainee in certificates.items()]
        with self._write() as connection:
            if rows:
                connection.execute(insert(_ISSUED), rows)

    def add_phrase(self, language: str, text: str) -> None:
        """Keep a comment to use again."""
        with self._write() as connection:
            connection.execute(insert(_PHRASES).values(language=language, text=text).on_conflict_do_nothing())

    def remove_phrase(self, number: int) -> None:
        """Keep it no more."""
        with self._write() as connection:
            connection.execute(delete(_PHRASES).where(_PHRASES.c.number == number))

    def forget(self, trainee: str) -> None:
        """Remove every line about a trainee, and what the file keeps of it."""
        if not self._path.is_file():
            return
        with self._write() as connection:
            for table in (_CHANGES, _PEOPLE, _ISSUED):
                connection.execute(delete(table).where(table.c.trainee == trainee))
        self._compact()

    def erase(self, answer: Answer) -> None:
        """Remove what was said about one answer; that and when something was done stays."""
        if not self._path.is_file():
            return
        trainee, module, activity = answer
        with self._write() as connection:
            about = update(_CHANGES).where(_CHANGES.c.trainee == trainee, _CHANGES.c.module == module)
            connection.execute(about.where(_CHANGES.c.activity == activity).values(comment=None))
        self._compact()

    def _compact(self) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")

    def _read(self) -> AbstractContextManager[Connection | None]:
        return self._engine.connect() if self._path.is_file() else nullcontext()

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        try:
            if not self._path.exists():
                os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600))
            with self._engine.begin() as connection:
                _META.create_all(connection)
                yield connection
        except DBAPIError as error:
            raise database_error(error, str(self._path)) from error


def now() -> str:
    """Return this moment as the record writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
