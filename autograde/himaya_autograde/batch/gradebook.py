"""Open nbgrader's gradebook for one module and read it. Whatever is wrong with it becomes a sentence."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory
from nbformat import from_dict
from nbgrader.api import Assignment, BaseCell, Grade, Notebook, SourceCell, SubmittedAssignment, SubmittedNotebook
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.utils import compute_checksum
from sqlalchemy import create_engine, inspect, make_url, select, text
from sqlalchemy.exc import DBAPIError

from himaya.errors import CourseError
from himaya_autograde.batch.trouble import of_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from himaya_autograde.source import Source

PATIENCE = 20  # seconds that we wait for another program to let go of the gradebook


@dataclass(frozen=True)
class Waiting:
    """A cell that a person has to mark or to look at; `task` where it is a reflection."""

    trainee: str
    cell: str
    task: bool


class Gradebook:
    """One released module in the gradebook."""

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
            wanted = select(Assignment.id, Assignment.duedate).where(Assignment.name == module)
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
            raise of_database(error, self._place) from error

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
        wanted = select(Notebook.id, Notebook.name).where(Notebook.assignment_id == self.assignment)
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
        wanted = select(BaseCell.name, BaseCell.id).where(BaseCell.notebook_id == self.notebook, BaseCell.type == kind)
        return {row.name: row.id for row in connection.execute(wanted)}

    def trust(self, source: Source) -> None:
        """Write the checksums that nbgrader keeps into the cells of `source`.

        Raises:
            CourseError: If the module was built anew since it was released: its keys may not fit what trainees saw.
        """
        with self.transaction() as connection:
            wanted = select(SourceCell.name, SourceCell.checksum).where(SourceCell.notebook_id == self.notebook)
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

    def known(self) -> set[str]:
        """Return the trainees that have a submission in the gradebook."""
        with self.transaction() as connection:
            wanted = select(SubmittedAssignment.student_id).where(SubmittedAssignment.assignment_id == self.assignment)
            return set(connection.execute(wanted).scalars())

    def waiting(self) -> list[Waiting]:
        """Return every cell that a person has to mark or to look at, by trainee."""
        wanted = (
            select(SubmittedAssignment.student_id, BaseCell.name, BaseCell.type)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(BaseCell, BaseCell.id == Grade.cell_id)
            .where(SubmittedAssignment.assignment_id == self.assignment, Grade.needs_manual_grade)
            .order_by(SubmittedAssignment.student_id, BaseCell.name)
        )
        with self.transaction() as connection:
            rows = connection.execute(wanted).all()
        return [Waiting(row.student_id, row.name, row.type == "TaskCell") for row in rows]


@cache
def _newest_version() -> str | None:
    """Return the version of a gradebook that this nbgrader makes, without starting `alembic` as nbgrader does."""
    return ScriptDirectory(ALEMBIC_DIR).get_current_head()
