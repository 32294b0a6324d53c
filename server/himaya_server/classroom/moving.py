"""All rows of a PostgreSQL in an SQLite file, and back: a backup is the same file wherever a class is kept.

Going out it knows tables by their names alone, so that it also copies those of an older version.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, column, func, insert, select, table

from himaya.errors import ClassError
from himaya_server.classroom.store import at_once, bring_to, database_errors, engine_of, revision_in
from himaya_server.classroom.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL, Connection, TableClause

_AT_ONCE = 1_000  # rows in memory; an event has at most 100,000 letters, and mostly some 200


def copy_out(source: URL, target: Path) -> None:
    """Write all rows of a PostgreSQL, as they are at one moment, into a new SQLite file with tables of its version.

    Raises:
        ClassError: If it cannot be reached, a newer version wrote it, or it is being moved on.
    """
    with _one_state(source) as asked:
        revision = revision_in(asked)
        asked.rollback()
        if revision is None:
            message = "the database of this class is empty."
            raise ClassError(message)
        made = engine_of(target)
        try:
            with made.connect() as file:
                bring_to(file, revision)
                tables = _tables(file)
                file.rollback()
                # Before anything is read: whoever empties tables for good waits until this state is no more needed.
                asked.exec_driver_sql(f"LOCK TABLE {', '.join(each.name for each in tables)} IN ACCESS SHARE MODE")
                if revision_in(asked) != revision:
                    message = "the tables are being moved on. Make the backup once more."
                    raise ClassError(message)
                for each in tables:
                    _copy(asked, file, each)
                file.commit()
        finally:
            made.dispose()


@contextmanager
def copied_in(source: Path, target: URL) -> Iterator[None]:
    """Let the rows of an SQLite file take the place of all rows of a PostgreSQL, once what is done meanwhile is done.

    Args:
        source: With tables of this version.
        target: With the same.
    """
    made = engine_of(source)
    try:
        with made.execution_options(writes=False).connect() as file, at_once(target) as connection:
            # By our own names: a backup says none. Files are emptied, too, so nothing of whom the copy has forgotten is
            # left in them.
            connection.exec_driver_sql(f"TRUNCATE {', '.join(Table.metadata.tables)} RESTART IDENTITY")
            for each in Table.metadata.sorted_tables:
                _copy(file, connection, each)
                if (counted := each.autoincrement_column) is not None:
                    sequence = func.pg_get_serial_sequence(each.name, counted.name)
                    connection.execute(select(func.setval(sequence, func.max(counted))))
            yield
    finally:
        made.dispose()


@contextmanager
def _one_state(source: URL) -> Iterator[Connection]:
    """Yield a connection that reads one state of a PostgreSQL in each transaction, and holds up nobody who writes."""
    with database_errors():
        engine = engine_of(source)
        try:
            with engine.execution_options(writes=False, isolation_level="REPEATABLE READ").connect() as connection:
                yield connection
        finally:
            engine.dispose()


def _tables(file: Connection) -> list[TableClause]:
    """Return the tables of a file of ours, each behind those that it refers to; how they are numbered is no row."""
    found = MetaData()
    found.reflect(file)
    return [
        table(each.name, *(column(known.name) for known in each.columns))
        for each in found.sorted_tables
        if each.name != "alembic_version"
    ]


def _copy(source: Connection, target: Connection, rows: TableClause) -> None:
    names = rows.columns.keys()
    chosen = source.execute(select(rows), execution_options={"yield_per": _AT_ONCE})
    for some in chosen.partitions():
        target.execute(insert(rows), [dict(zip(names, map(_kept, row), strict=True)) for row in some])


def _kept(value: Any) -> Any:
    """Return a value as every database keeps it: SQLite knows text with NUL in it, PostgreSQL does not."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value
