"""The store of classes: everything in one database, and nothing is acknowledged before it is on the disk.

It knows no HTTP and no activities. Order is the order of receipt; a phone's clock decides nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import and_, bindparam, create_engine, delete, event, func, insert, not_, or_, select, update
from sqlalchemy.exc import DBAPIError, NoResultFound, OperationalError
from sqlalchemy.orm import Session

from himaya.answers.erasing import erased, holds_answer
from himaya.answers.journal import MAX_LINES
from himaya.answers.limits import MAX_BYTES
from himaya.answers.private import private_folder
from himaya.errors import ClassError, JournalError
from himaya_server.classroom.records import (
    RETENTION,
    SESSION,
    TERMINAL,
    Handed,
    Put,
    Receipt,
    Reissued,
    Rows,
    Signed,
    Use,
    answer_of,
    digest,
    end_of,
)
from himaya_server.classroom.tables import (
    About,
    Card,
    ClassRow,
    EventRow,
    Feedback,
    HandIn,
    Job,
    JournalRow,
    Name,
    Note,
    Person,
    SessionRow,
    Staff,
    StaffClass,
    Table,
    Tombstone,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping, Sequence

    from sqlalchemy import (
        URL,
        ColumnElement,
        Connection,
        CursorResult,
        Delete,
        Engine,
        Function,
        Select,
        Subquery,
        Update,
    )

_MOST_HAND_INS = 5  # of one person and module whose practice is counted
_UNCOUNTED = "uncounted"  # what `About` says of practice, as pairs of class and module
_CONFIRMED, _CONFIRMED_BY = "card-confirmed", "card-confirmed-by"
_CLAIMED = "card-claimed"
_FEEDBACK = "feedback"  # the first on a module; its id stands in the place of who did it
LONGEST = 1_000_000  # letters of rows in one answer; a page asks for the rest
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # of pseudonyms; none that is read as another
_TITLE, _COURSE = 200, 1000
_WHO = 60  # letters of who did something, in a note
_CLASS = re.compile(r"[a-z][a-z0-9-]{1,39}")
_MIGRATIONS = Path(__file__).parent / "migrations"
_NEWER = "this class was written by a newer Himaya. Start that version, or restore a backup."
_ONE_WRITER = "SELECT pg_advisory_xact_lock(71179)"
_NOT_SAMPLED = (
    ("events", "event_id"), ("events", "body"), ("feedback", "page"), ("people", "pseudonym"), ("names", "sealed"),
    ("staff", "login"), ("notes", "who"),
)  # fmt: skip
_TRIES = 120
_LOCK_NOT_AVAILABLE = "55P03"
_WRONG_VALUE = "22"
"""How the codes of errors begin whose sentence may name what somebody wrote."""
_TRACES = (
    "it is deleted, and its traces are still in the database's files, since something else uses it, such as a dump. "
    "End that, and give this command once more."
)
_LOST = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
"""Seconds after which each side notices that the other is gone; the last one milliseconds, with something under way."""
_CONNECTING = {"connect_timeout": 10, **_LOST}
_PATIENCE = (
    *(f"SET tcp_{name.removeprefix('tcp_')} = {value}" for name, value in _LOST.items()),
    "SET idle_in_transaction_session_timeout = '5min'", "SET lock_timeout = '30s'",
)  # fmt: skip
"""Without these PostgreSQL keeps a lock of a machine that is gone, and whoever waits for that lock waits for ever."""

# What every answer of a class asks. Made once, and of tables, not of classes: a mapped object costs more than its row.
_SESSIONS, _PEOPLE, _STAFF, _JOURNALS, _EVENTS = (
    Table.metadata.tables[name] for name in ("sessions", "people", "staff", "journals", "events")
)
_SIGNED = (
    select(
        *(_SESSIONS.c[name] for name in ("id", "person_id", "staff_id", "made", "allowed", "used", "since")),
        *(_PEOPLE.c[name] for name in ("pseudonym", "class_id")),
        _STAFF.c.login,
    )
    .outerjoin_from(_SESSIONS, _PEOPLE, _PEOPLE.c.id == _SESSIONS.c.person_id)
    .outerjoin(_STAFF, _STAFF.c.id == _SESSIONS.c.staff_id)
    .where(
        _SESSIONS.c.digest == bindparam("secret"), _SESSIONS.c.ended.is_(None), _SESSIONS.c.until > bindparam("moment")
    )
)
_JOURNAL = (
    select(_JOURNALS.c.id, _JOURNALS.c.rows, _JOURNALS.c.size, _EVENTS.c.event_id)
    .outerjoin_from(
        _JOURNALS,
        _EVENTS,
        and_(_EVENTS.c.journal_id == _JOURNALS.c.id, _EVENTS.c.event_id.in_(bindparam("names", expanding=True))),
    )
    .where(_JOURNALS.c.person_id == bindparam("person"), _JOURNALS.c.module == bindparam("of_module"))
)
"""A journal, and which of some events it holds: a row for each, or one without an event."""
_APPEND = insert(_EVENTS)
_GROW = (
    update(_JOURNALS)
    .where(_JOURNALS.c.id == bindparam("journal"))
    .values(rows=bindparam("new_rows"), size=bindparam("new_size"))
)


def open_store(place: str | Path | URL, clock: Callable[[], float] = time.time, *, move_on: bool = False) -> Store:
    """Open a store, made where there is none.

    Args:
        place: Path of an SQLite file, or an address such as `postgresql+psycopg://...`.
        clock: What time it is, in seconds.
        move_on: Bring the tables of an older version up to date.

    Raises:
        ClassError: If it was written by a newer version, or by an older one and may not be moved on; or if the database
            cannot be reached, or would not keep what it acknowledges.
    """
    with database_errors(), ExitStack() as undone:
        engine = engine_of(place)
        undone.callback(engine.dispose)
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                _refuse_careless(connection)
            found = revision_in(connection)
            connection.rollback()
            scripts = ScriptDirectory.from_config(_migrations(connection))
            if found not in (None, scripts.get_current_head()) and not move_on:
                message = "this class was written by another version of Himaya. Move it on with: himaya class upgrade"
                if found not in {each.revision for each in scripts.walk_revisions()}:
                    message = _NEWER
                raise ClassError(message)
            bring_to(connection, "head")
            if engine.dialect.name == "postgresql" and found is None:
                _leave_out_of_statistics(connection)
            connection.commit()
        store = Store(engine, clock)
        undone.pop_all()
        return store


def revision_of(place: str | Path | URL) -> str:
    """Return which version of the tables a store has; empty where it has none.

    Raises:
        ClassError: If the database cannot be reached.
    """
    with database_errors():
        engine = engine_of(place)
        try:
            with engine.connect() as connection:
                return revision_in(connection) or ""
        finally:
            engine.dispose()


def take_back(place: str | Path | URL, revision: str) -> None:
    """Turn a store's tables into those of an earlier version; what only later ones know is lost."""
    with database_errors():
        engine = engine_of(place)
        try:
            with engine.connect() as connection:
                command.downgrade(_migrations(connection), revision)
                connection.commit()
        finally:
            engine.dispose()


@contextmanager
def at_once(place: Path | URL) -> Iterator[Connection]:
    """Yield a connection with which all that is done is done at the end, tables included, or nothing is."""
    with database_errors():
        engine = engine_of(place)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()


def revision_in(connection: Connection) -> str | None:
    """Return which version of the tables a database has; None where it has none."""
    found: str | None = MigrationContext.configure(connection).get_current_revision()
    return found


def bring_to(connection: Connection, revision: str) -> None:
    """Bring tables up to a version; inside the connection's transaction, where it has begun one.

    Raises:
        ClassError: If a newer version wrote them.
    """
    try:
        command.upgrade(_migrations(connection), revision)
    except CommandError as error:
        raise ClassError(_NEWER) from error


def engine_of(place: str | Path | URL) -> Engine:
    """Return a way to a database. What is written is never in its errors, which a log may keep.

    Raises:
        ClassError: If this Python cannot speak to it.
    """
    if isinstance(place, Path):
        return _sqlite(place)
    try:
        engine = create_engine(
            place, connect_args=_CONNECTING, hide_parameters=True, isolation_level="READ COMMITTED", pool_pre_ping=True
        )
    except ImportError as error:
        message = (
            "this Python has no psycopg, which PostgreSQL needs. "
            f"Run: {sys.executable} -m pip install 'himaya[platform,class,postgres]'"
        )
        raise ClassError(message) from error

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            for each in _PATIENCE:
                cursor.execute(each)
        connection.commit()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes", True):
            connection.exec_driver_sql(_ONE_WRITER)  # as with SQLite: each write sees all that came before it

    return engine


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn what a database says into a sentence; it never says a password, or what somebody wrote.

    Raises:
        ClassError: Instead of an error of the database.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        message = f"the database of this class: {_said(error)}."
        if _in_use(error):
            message += " Something else uses it. End that, and give this command once more."
        raise ClassError(message) from error


def _said(error: DBAPIError | sqlite3.Error) -> str:
    """Return what a database says, without the values that PostgreSQL names."""
    told = getattr(error, "orig", error)
    state = str(getattr(told, "sqlstate", None) or "")
    if state.startswith(_WRONG_VALUE):
        return f"it cannot keep a value ({state})"
    return " ".join((getattr(getattr(told, "diag", None), "message_primary", None) or str(told)).split())


def _in_use(error: DBAPIError | sqlite3.Error) -> bool:
    """Return whether somebody else's lock was waited for in vain."""
    told = getattr(error, "orig", error)
    busy = bool(getattr(told, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY)
    return busy or getattr(told, "sqlstate", None) == _LOCK_NOT_AVAILABLE


def _refuse_careless(connection: Connection) -> None:
    """Refuse a PostgreSQL that acknowledges what is not on its disk, or cannot keep every script."""
    for name, needed in (("fsync", "on"), ("full_page_writes", "on"), ("server_encoding", "UTF8")):
        found = connection.exec_driver_sql(f"SHOW {name}").scalar()
        if found != needed:
            message = f"this PostgreSQL has {name} = {found}; a class needs {needed}."
            raise ClassError(message)
    if connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "off":
        message = "this PostgreSQL has synchronous_commit = off, and would lose answers that it acknowledged."
        raise ClassError(message)


def _leave_out_of_statistics(connection: Connection) -> None:
    """Let PostgreSQL keep no samples of what people wrote: they would outlive whoever is forgotten."""
    for table, column in _NOT_SAMPLED:
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


def _migrations(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _sqlite(path: Path) -> Engine:
    private_folder(path.parent)
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy says when a transaction begins
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA secure_delete=ON")  # what is forgotten is overwritten

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


class Store:
    """All classes of one machine. Each method is one transaction; what returned is on the disk.

    Attributes:
        epoch: Names this store's life: a restored backup begins another, and pages send what it lacks.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float]) -> None:
        """Take over an engine whose tables are up to date."""
        self.engine = engine
        reads: dict[str, Any] = {"writes": False}
        if engine.dialect.name == "postgresql":  # SQLite reads one state of the whole database by itself
            reads["isolation_level"] = "REPEATABLE READ"
        self._reads = engine.execution_options(**reads)
        self._clock = clock
        self._latest = 0
        self._lock = threading.Lock()
        with self._writing() as session:
            for column in (EventRow.received, HandIn.received, SessionRow.made, Note.time):
                self._latest = max(self._latest, session.scalar(select(func.max(column))) or 0)
            known = session.get(About, "epoch")
            self.epoch = known.value if known is not None else self._new_epoch(session)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with Session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with Session(self._reads) as session:
            yield session

    def now(self) -> int:
        """Return the time in seconds, never earlier than what was written before, whatever the machine's clock says."""
        with self._lock:
            self._latest = max(self._latest, int(self._clock()))
            return self._latest

    def clock_behind(self) -> int:
        """Return by how many seconds the machine's clock is behind what was written last; 0 where all is well."""
        return max(0, self._latest - int(self._clock()))

    def _new_epoch(self, session: Session) -> str:
        named = secrets.token_hex(8)
        session.merge(About(name="epoch", value=named))
        return named

    def counted(self) -> dict[str, int]:
        """Return how much it holds of what may not be lost."""
        tables = (ClassRow, Person, EventRow, HandIn, Feedback, Note, Tombstone)
        with self._reading() as session:
            chosen = {each.__tablename__: select(func.count()).select_from(each) for each in tables}
            return {name: session.scalar(each) or 0 for name, each in chosen.items()}

    # Classes and people

    def make_class(self, class_id: str, title: str, course: str, ends: int | None = None) -> None:
        """Make a class.

        Raises:
            ClassError: If the id is none, or taken.
        """
        if not _CLASS.fullmatch(class_id):
            message = f"'{class_id}' is no id of a class: 2 to 40 small letters, digits and -, a letter first."
            raise ClassError(message)
        if len(title) > _TITLE or len(course) > _COURSE:
            message = f"the title may have {_TITLE} letters, and the course's folder {_COURSE}."
            raise ClassError(message)
        now = self.now()
        with self._writing() as session:
            if session.get(ClassRow, class_id) is not None:
                message = f"there is a class '{class_id}' already."
                raise ClassError(message)
            if session.get(Tombstone, end_of(class_id)) is not None:
                message = f"there was a class '{class_id}', and it has ended. Give another id."
                raise ClassError(message)
            session.add(ClassRow(id=class_id, title=title, course=course, made=now, ends=ends or now + RETENTION))

    def classes(self) -> list[ClassRow]:
        """Return all classes."""
        with self._reading() as session:
            return list(session.scalars(select(ClassRow).order_by(ClassRow.id)))

    def class_of(self, class_id: str) -> ClassRow:
        """Return one class.

        Raises:
            ClassError: If there is none.
        """
        known = {each.id: each for each in self.classes()}
        if class_id not in known:
            message = f"there is no class '{class_id}' here. There are: {', '.join(known) or 'none'}."
            raise ClassError(message)
        return known[class_id]

    def enrol(self, class_id: str, language: str, sealed: bytes | None = None) -> str:
        """Add a person under a new pseudonym, and return it.

        Raises:
            ClassError: If the class has ended.
        """
        now = self.now()
        with self._writing() as session:
            if session.get(Tombstone, end_of(class_id)) is not None:
                message = f"the class '{class_id}' has ended. Make another one with: himaya class create"
                raise ClassError(message)
            while True:
                pseudonym = "t-" + "".join(secrets.choice(_LETTERS) for _ in range(7))
                taken = session.scalar(select(Person.id).where(Person.pseudonym == pseudonym))
                if taken is None and session.get(Tombstone, digest(pseudonym)) is None:
                    break
            person = Person(class_id=class_id, pseudonym=pseudonym, language=language, made=now)
            session.add(person)
            session.flush()
            if sealed is not None:
                session.add(Name(person_id=person.id, sealed=sealed))
        return pseudonym

    def change(self, person_id: int, language: str, sealed: bytes | None) -> None:
        """Set a person's language, and the name, where one is given."""
        with self._writing() as session:
            session.execute(update(Person).where(Person.id == person_id).values(language=language))
            if sealed is not None:
                session.merge(Name(person_id=person_id, sealed=sealed))

    def people(self, class_id: str) -> list[Person]:
        """Return the people of a class, in the order in which they were enrolled."""
        with self._reading() as session:
            return list(session.scalars(select(Person).where(Person.class_id == class_id).order_by(Person.id)))

    def person(self, pseudonym: str) -> Person | None:
        """Return who has a pseudonym."""
        with self._reading() as session:
            return session.scalar(select(Person).where(Person.pseudonym == pseudonym))

    def sealed_names(self, class_id: str) -> dict[int, bytes]:
        """Return the encrypted names of a class, by person."""
        chosen = select(Name).join(Person, Person.id == Name.person_id).where(Person.class_id == class_id)
        with self._reading() as session:
            return {name.person_id: name.sealed for name in session.scalars(chosen)}

    def forgotten(self, pseudonym: str) -> bool:
        """Return whether somebody of this pseudonym was forgotten."""
        with self._reading() as session:
            return session.get(Tombstone, digest(pseudonym)) is not None

    def forget(self, pseudonym: str) -> bool:
        """Remove all that is kept of a person for ever, and return whether there was anybody."""
        now = self.now()
        with self._writing() as session:
            session.merge(Tombstone(digest=digest(pseudonym), time=now))
            removed = _changed(session, delete(Person).where(Person.pseudonym == pseudonym))
            session.execute(update(Job).where(Job.said.contains(pseudonym, autoescape=True)).values(said=""))
        self.compact()
        return bool(removed)

    def erase(self, pseudonym: str, module: str, activity: str) -> int:
        """Remove one answer of a person for ever, with the feedback on its module; return how many events held it.

        Its place in the journal stays, so that no phone sends it again; a new answer is taken in.
        """
        now = self.now()
        with self._writing() as session:
            session.merge(Tombstone(digest=answer_of(pseudonym, module, activity), time=now))
            person_id = session.scalars(select(Person.id).where(Person.pseudonym == pseudonym)).one()
            journal = session.scalar(_journal_of(person_id, module))
            number = 0 if journal is None else _blank(session, journal.id, {activity: now})
            session.execute(delete(Feedback).where(*_feedback_of(person_id, module)))
        self.compact()
        return number

    def end_class(self, class_id: str) -> None:
        """Remove everybody of a class for ever, also staff who see no other one; its id, title and dates stay."""
        now = self.now()
        with self._writing() as session:
            session.merge(Tombstone(digest=end_of(class_id), time=now))
            for pseudonym in session.scalars(select(Person.pseudonym).where(Person.class_id == class_id)):
                session.merge(Tombstone(digest=digest(pseudonym), time=now))
            _empty(session, class_id)
        self.compact()

    def ended(self, class_id: str) -> bool:
        """Return whether a class has ended, so that nothing but numbers is left of it."""
        with self._reading() as session:
            return session.get(Tombstone, end_of(class_id)) is not None

    def compact(self) -> None:
        """Leave nothing of what was deleted in free pages or in the log of writes.

        Raises:
            ClassError: If something else uses the database.
        """
        with database_errors():
            if self.engine.dialect.name == "sqlite":
                self._compact_file()
                return
            # Rows that somebody may still see are kept: wait for all who began to read before something was deleted.
            for table in Table.metadata.tables:
                self._wait_for_readers(table)
            outside = self.engine.execution_options(writes=False, isolation_level="AUTOCOMMIT")
            with outside.connect() as opened:
                opened.exec_driver_sql(f"VACUUM (FULL) {', '.join(Table.metadata.tables)}")

    def _compact_file(self) -> None:
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]  # somebody still reads what was
        except sqlite3.Error as error:
            if not _in_use(error):
                raise
            busy = True
        finally:
            connection.close()
        if busy:
            raise ClassError(_TRACES)

    def _wait_for_readers(self, table: str) -> None:
        """Wait for all who use a table of a PostgreSQL; for moments, since whoever comes meanwhile waits, too."""
        for _ in range(_TRIES):
            try:
                with self._reads.begin() as opened:
                    opened.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
                    opened.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
                    return
            except OperationalError as error:
                if not _in_use(error):
                    raise
            time.sleep(1)
        raise ClassError(_TRACES)

    def tombstones(self) -> dict[bytes, int]:
        """Return who was forgotten, as hashes, and when."""
        with self._reading() as session:
            return {stone.digest: stone.time for stone in session.scalars(select(Tombstone))}

    def revoked_cards(self) -> dict[bytes, int]:
        """Return which cards ended, as hashes, and when."""
        with self._reading() as session:
            ended = session.scalars(select(Card).where(Card.revoked.is_not(None)))
            return {card.digest: card.revoked for card in ended if card.revoked is not None}

    def restored(self, tombstones: dict[bytes, int], revoked: dict[bytes, int]) -> int:
        """Begin a new life after a backup was put in place, in which nobody is signed in yet.

        Args:
            tombstones: Whom the store forgot that was here before.
            revoked: Which cards had ended there.

        Returns:
            How many people were forgotten once more.
        """
        now = self.now()
        with self._writing() as session:
            for each, when in tombstones.items():
                session.merge(Tombstone(digest=each, time=when))
            buried = {stone.digest for stone in session.scalars(select(Tombstone))}
            gone = [person for person in session.scalars(select(Person)) if digest(person.pseudonym) in buried]
            session.execute(delete(Person).where(Person.id.in_([person.id for person in gone])))
            for class_id in session.scalars(select(ClassRow.id)):
                if end_of(class_id) in buried:  # also whom the store here never knew
                    gone += session.scalars(select(Person).where(Person.class_id == class_id))
                    _empty(session, class_id)
            _blank_all(session)
            for card, when in revoked.items():
                session.execute(update(Card).where(Card.digest == card, Card.revoked.is_(None)).values(revoked=when))
            session.execute(update(SessionRow).where(SessionRow.ended.is_(None)).values(ended=now))
            session.execute(update(Job).values(said=""))  # it may name whoever is gone
            session.execute(update(Job).where(Job.state.in_(("waiting", "running"))).values(state="stopped"))
            session.execute(update(ClassRow).values(join_code=None, join_until=None, join_most=None))
            self.epoch = self._new_epoch(session)
        self.compact()
        return len(gone)

    # Signing in

    def new_card(self, person_id: int, who: str, code: bytes | None = None) -> str:
        """Return the token of a new card. Earlier cards end, and with them every device that came with one.

        Args:
            person_id: Whose card it is.
            who: Who made it, as the person will read it.
            code: What is kept of the code on it (`Codes.kept`), where it has one.
        """
        token = secrets.token_urlsafe(16)
        now = self.now()
        with self._writing() as session:
            earlier = session.scalar(select(Card.id).where(Card.person_id == person_id).limit(1))  # also one that ended
            session.execute(update(Card).where(Card.person_id == person_id, Card.revoked.is_(None)).values(revoked=now))
            session.execute(
                update(SessionRow)
                .where(SessionRow.person_id == person_id, SessionRow.ended.is_(None))
                .values(ended=now)
            )
            session.add(Card(person_id=person_id, digest=digest(token), made=now, code=code))
            what = "new-card" if earlier is not None else "first-card"
            session.add(Note(person_id=person_id, what=what, who=who, time=now))
        return token

    def with_card(self, class_id: str) -> set[int]:
        """Return who of a class has a card."""
        chosen = select(Card.person_id).join(Person, Person.id == Card.person_id)
        with self._reading() as session:
            return set(session.scalars(chosen.where(Person.class_id == class_id, Card.revoked.is_(None))))

    def sign_in(self, token: str, replaced: str = "") -> str | None:
        """Return the secret of a new session for whoever holds a card, or None where no card has this token.

        While another device of the person is signed in, the new one waits for a yes there (`answer_device`).

        Args:
            token: What stands on the card.
            replaced: The secret of the session that this device had; it ends, whosever it was.
        """
        return self._begin(replaced, Card.digest == digest(token))

    def sign_in_with_code(self, number: int, code: bytes, replaced: str = "") -> str | None:
        """Do the same for whoever types a number and a code, given as it is kept."""
        return self._begin(replaced, Card.person_id == number, Card.code == code)

    def class_of_number(self, number: int) -> str | None:
        """Return the class of the person with a number."""
        with self._reading() as session:
            return session.scalar(select(Person.class_id).where(Person.id == number))

    def _begin(self, replaced: str, *card: ColumnElement[bool]) -> str | None:
        now = self.now()
        secret = secrets.token_urlsafe(32)
        with self._writing() as session:
            person_id = session.scalar(select(Card.person_id).where(*card, Card.revoked.is_(None)))
            if person_id is None:
                return None
            same = (SessionRow.digest == digest(replaced), SessionRow.ended.is_(None))
            session.execute(update(SessionRow).where(*same).values(ended=now))
            devices = (*_active(person_id, now), SessionRow.allowed.is_not(None), SessionRow.used.is_not(None))
            others = session.scalar(select(func.count()).select_from(SessionRow).where(*devices))
            before = session.scalar(select(SessionRow).where(SessionRow.digest == digest(replaced)))
            # Whoever asks again is one device that asks, not two.
            waiting = (*_active(person_id, now), or_(SessionRow.allowed.is_(None), SessionRow.used.is_(None)))
            session.execute(update(SessionRow).where(*waiting).values(ended=now))
            row = SessionRow(digest=digest(secret), person_id=person_id, made=now, until=now + SESSION)
            row.allowed = None if others else now
            if before is not None and before.person_id == person_id:
                row.since = before.since or (before.allowed if before.used else None)
            session.add(row)
            session.add(Note(person_id=person_id, what="device-asks" if others else "signed-in", who="", time=now))
        return secret

    def sign_in_staff(self, login: str) -> str:
        """Return the secret of a new session for staff whose password was right."""
        now = self.now()
        secret = secrets.token_urlsafe(32)
        with self._writing() as session:
            staff_id = session.scalars(select(Staff.id).where(Staff.login == login)).one()
            row = SessionRow(digest=digest(secret), staff_id=staff_id, made=now, until=now + SESSION, allowed=now)
            session.add(row)
        return secret

    def session(self, secret: str) -> Signed | None:
        """Return who a session belongs to, or None where it has ended or never was."""
        with self._reads.connect() as connection:
            row = connection.execute(_SIGNED, {"secret": digest(secret), "moment": self.now()}).one_or_none()
        if row is None:
            return None
        allowed, used = row.allowed is not None, row.used is not None
        if row.staff_id is not None:
            return Signed(row.id, None, row.staff_id, row.login, "", allowed, used, row.made)
        since = row.since or row.allowed or row.made
        return Signed(row.id, row.person_id, None, row.pseudonym, row.class_id, allowed, used, since)

    def use(self, session_id: int) -> None:
        """Note that something came from a device, so that it counts as one."""
        self.write_all([Use(session_id)])

    def devices(self, person_id: int) -> list[SessionRow]:
        """Return the devices on which a person is signed in, or waits to be."""
        with self._reading() as session:
            chosen = select(SessionRow).where(*_active(person_id, self.now()))
            return list(session.scalars(chosen.order_by(SessionRow.id)))

    def devices_in(self, class_id: str) -> list[SessionRow]:
        """Return the devices on which people of a class are signed in, or wait to be."""
        with self._reading() as session:
            chosen = select(SessionRow).join(Person, Person.id == SessionRow.person_id)
            active = (Person.class_id == class_id, SessionRow.ended.is_(None), SessionRow.until > self.now())
            return list(session.scalars(chosen.where(*active).order_by(SessionRow.id)))

    def answer_device(self, person_id: int, session_id: int, *, yes: bool, who: str = "") -> bool:
        """Let a waiting device of the person in, or turn it away; return whether one waited.

        Args:
            person_id: Whose device.
            session_id: Which one.
            yes: Whether it is let in.
            who: Which staff member did it; empty for the person.
        """
        now = self.now()
        with self._writing() as session:
            waiting = (SessionRow.id == session_id, *_active(person_id, now), SessionRow.allowed.is_(None))
            values = {"allowed": now} if yes else {"ended": now}
            found = _changed(session, update(SessionRow).where(*waiting).values(values))
            if found:
                what = "device-allowed" if yes else "device-refused"
                what += "-by" if who else ""
                session.add(Note(person_id=person_id, what=what, who=who, time=now))
        return bool(found)

    def sign_out(self, session_id: int) -> None:
        """End one session."""
        with self._writing() as session:
            session.execute(update(SessionRow).where(SessionRow.id == session_id).values(ended=self.now()))

    def hand_on(self, secret: str) -> None:
        """End the session that a device has or had, and let the device be nobody's that was here before."""
        known = or_(SessionRow.ended.is_(None), SessionRow.used.is_not(None), SessionRow.since.is_not(None))
        chosen = select(SessionRow.id).where(SessionRow.digest == digest(secret), SessionRow.person_id.is_not(None))
        with self._reading() as session:  # strangers may ask this, and hold up nobody who writes
            number = session.scalar(chosen.where(known))
        if number is not None:
            with self._writing() as session:
                gone = update(SessionRow).where(SessionRow.id == number)
                session.execute(gone.values(ended=self.now(), used=None, since=None))

    def end_sessions(self, person_id: int, who: str) -> None:
        """End every session of a person; the person reads who did it."""
        now = self.now()
        with self._writing() as session:
            session.execute(update(SessionRow).where(*_active(person_id, now)).values(ended=now))
            session.add(Note(person_id=person_id, what="sessions-ended", who=who, time=now))

    def notes(self, person_id: int, most: int = 100) -> list[Note]:
        """Return what was done with a person's account, the newest first."""
        with self._reading() as session:
            chosen = select(Note).where(Note.person_id == person_id, Note.what != _FEEDBACK)
            return list(session.scalars(chosen.order_by(Note.id.desc()).limit(most)))

    def reissued(self, class_id: str) -> dict[int, Reissued]:
        """Return by person the new card that was not confirmed and was answered with; the earliest of several.

        A card that was made anew before its owner ever signed in takes nobody's place.
        """
        with self._reading() as session:
            return self._reissued(session, Note.person_id.in_(select(Person.id).where(Person.class_id == class_id)))

    def reissued_of(self, person_id: int) -> Reissued | None:
        """Return the same of one person; None where there is no such card."""
        with self._reading() as session:
            return self._reissued(session, Note.person_id == person_id).get(person_id)

    def _reissued(self, session: Session, whose: ColumnElement[bool]) -> dict[int, Reissued]:
        def noted(which: Function[int], *what: str) -> Subquery:
            chosen = select(Note.person_id, which.label("id")).where(whose, Note.what.in_(what))
            return chosen.group_by(Note.person_id).subquery()

        confirmed = noted(func.max(Note.id), _CONFIRMED, _CONFIRMED_BY)
        begun = noted(func.min(Note.id), "signed-in")
        chosen = (
            select(func.min(Note.id))
            .join(begun, begun.c.person_id == Note.person_id)
            .outerjoin(confirmed, confirmed.c.person_id == Note.person_id)
            .where(whose, Note.what == "new-card")
            .where(Note.id > begun.c.id, Note.id > func.coalesce(confirmed.c.id, 0))
            .group_by(Note.person_id)
        )
        answered = (
            select(Note.person_id, Note.id, Note.who, Note.time, func.count())
            .join(JournalRow, JournalRow.person_id == Note.person_id)
            .join(EventRow, EventRow.journal_id == JournalRow.id)
            .where(Note.id.in_(chosen), EventRow.received >= Note.time)
            .group_by(Note.id)
        )
        found: dict[int, Reissued] = {}
        for person_id, note_id, who, at, steps in session.execute(answered).all():
            since = (Note.person_id == person_id, Note.id >= note_id)
            cards = session.execute(select(Note.id, Note.who).where(*since, Note.what == "new-card")).all()
            makers = frozenset(maker for _, maker in cards)
            theirs = (Note.person_id == person_id, Note.who.in_(makers))
            printed = and_(Note.what == "first-card", Note.who == TERMINAL)  # on the sheet for the whole class
            acted = session.scalar(select(func.min(Note.time)).where(*theirs, not_(printed))) or 0
            claimed = session.scalar(select(func.max(Note.time)).where(*since, Note.what == _CLAIMED))
            seen = f"{max(number for number, _ in cards)}-{steps}"
            found[person_id] = Reissued(who, at, steps, makers, acted, claimed, seen)
        return found

    def claim_card(self, signed: Signed, seen: str) -> None:
        """Note that a person says: what was answered with the new card is theirs.

        It is confirmed where this device was theirs before whoever made the card did anything with their account:
        makers have cards, let devices in and end sessions, and could say so in their place on any later device.
        Nothing is noted where more came since: they were not asked about that.

        Args:
            signed: Whose device says so.
            seen: `Reissued.seen` of what they were asked about.
        """
        now = self.now()
        with self._writing() as session:
            card = self._reissued(session, Note.person_id == signed.person).get(signed.person or 0)
            if card is None or card.seen != seen:
                return
            earlier = signed.since < card.acted
            if earlier or card.claimed is None:  # once, so that it pushes nothing out of the list
                what = _CONFIRMED if earlier else _CLAIMED
                session.add(Note(person_id=signed.person, what=what, who="", time=now))

    def confirm_card(self, person_id: int, who: str, seen: str) -> bool:
        """Note that a staff member asked the person, and the answers are theirs; return whether they may say so.

        Nothing is noted where more came since they looked.

        Args:
            person_id: Whose card it was.
            who: Which staff member says so.
            seen: `Reissued.seen` of what they asked about.
        """
        now = self.now()
        with self._writing() as session:
            card = self._reissued(session, Note.person_id == person_id).get(person_id)
            if card is None or who in card.makers:
                return False
            if card.seen == seen:
                session.add(Note(person_id=person_id, what=_CONFIRMED_BY, who=who, time=now))
        return True

    # Staff

    def set_staff(
        self,
        login: str,
        password: str,
        class_id: str | None = None,
        *,
        role: str = "trainer",
        coordinator: bool = False,
    ) -> None:
        """Give a staff member a (hashed) password, and a class more or what coordinators may do; sign them out."""
        with self._writing() as session:
            staff = session.scalar(select(Staff).where(Staff.login == login))
            if staff is None:
                staff = Staff(login=login, password=password)
                session.add(staff)
            staff.password = password
            if coordinator:
                staff.coordinator = 1
            session.flush()
            if class_id is not None:
                session.merge(StaffClass(staff_id=staff.id, class_id=class_id, role=role))
            session.execute(update(SessionRow).where(SessionRow.staff_id == staff.id).values(ended=self.now()))

    def staff(self) -> dict[str, list[str]]:
        """Return who signs in with a password, and which classes each sees."""
        with self._reading() as session:
            found: dict[str, list[str]] = {login: [] for login in session.scalars(select(Staff.login))}
            seen = select(Staff.login, StaffClass.class_id).join(StaffClass, StaffClass.staff_id == Staff.id)
            for login, class_id in session.execute(seen.order_by(StaffClass.class_id)):
                found[login].append(class_id)
        return dict(sorted(found.items()))

    def coordinators(self) -> list[str]:
        """Return who makes classes, sees all of them and adds staff."""
        with self._reading() as session:
            return list(session.scalars(select(Staff.login).where(Staff.coordinator == 1).order_by(Staff.login)))

    def remove_staff(self, login: str) -> bool:
        """Remove a staff member and their sessions; return whether there was one."""
        with self._writing() as session:
            return bool(_changed(session, delete(Staff).where(Staff.login == login)))

    def staff_password(self, login: str) -> str | None:
        """Return the hash of a staff member's password."""
        with self._reading() as session:
            return session.scalar(select(Staff.password).where(Staff.login == login))

    def classes_of(self, staff_id: int) -> list[ClassRow]:
        """Return the classes that a staff member sees as a trainer."""
        chosen = select(ClassRow).join(StaffClass, StaffClass.class_id == ClassRow.id)
        chosen = chosen.where(StaffClass.role == "trainer")  # this service has no page for mentors
        with self._reading() as session:
            return list(session.scalars(chosen.where(StaffClass.staff_id == staff_id).order_by(ClassRow.id)))

    # Journals

    def put(self, person_id: int, module: str, events: Sequence[dict[str, Any]], start: int = 0) -> Rows:
        """Append the events that the person's journal does not hold yet, and return its rows from `start` on.

        Args:
            person_id: Whose journal; nobody else's ids matter.
            module: Which of the person's journals.
            events: As `himaya.answers.journal.checked` returns them. Those seen before, by id, are passed over.
            start: How many rows whoever asks knows already; from 0 where there are not so many.

        Raises:
            JournalError: If the journal would become larger than a journal may be. Then nothing was written.
        """
        if not events:
            return self.rows(person_id, module, start)
        (done,) = self.write_all([Put(person_id, module, events, start)])
        if isinstance(done, JournalError):
            raise done
        return cast("Rows", done)

    def write_all(self, steps: Sequence[Put | Use]) -> list[Rows | JournalError | None]:
        """Do what `put` and `use` do for several people: one sync of the disk for all of them.

        Returns:
            For each put its rows; or why nothing of it was written, whatever became of the others.
        """
        done: list[Rows | JournalError | None] = []
        with self._writing() as session:
            for each in steps:
                try:
                    match each:
                        case Put():
                            done.append(self._append(session, each))
                        case Use():
                            self._use(session, each)
                            done.append(None)
                except JournalError as error:
                    done.append(error)
                except NoResultFound:  # forgotten meanwhile
                    done.append(JournalError("nobody"))
        return done

    def _use(self, session: Session, use: Use) -> None:
        chosen = update(SessionRow).where(SessionRow.id == use.session_id, SessionRow.used.is_(None))
        session.execute(chosen.values(used=self.now()))

    def _append(self, session: Session, put: Put) -> Rows:
        """Append events; what is refused is refused before anything is written."""
        fresh: dict[str, dict[str, Any]] = {}
        for each in put.events:
            fresh.setdefault(each["id"], each)
        if any("\0" in name for name in fresh):  # PostgreSQL keeps no such text
            raise JournalError("event-malformed")
        connection = session.connection()
        asked = {"person": put.person_id, "of_module": put.module, "names": [*fresh]}
        found = connection.execute(_JOURNAL, asked).all()
        number, before, held, _ = found[0] if found else (None, 0, 0, None)
        for *_, name in found:
            fresh.pop(name, None)
        bodies = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in fresh.values()]
        total, size = before + len(bodies), held + sum(len(body.encode()) + 1 for body in bodies)
        if total > MAX_LINES or size > MAX_BYTES:
            raise JournalError("journal-too-large")
        if number is None:
            number = self._journal(session, put.person_id, put.module).id
        if bodies:
            about = {"journal_id": number, "received": self.now()}
            named = enumerate(zip(fresh, bodies, strict=True), before)
            new = [{"position": at, "event_id": name, "body": body, **about} for at, (name, body) in named]
            connection.execute(_APPEND, new)
            connection.execute(_GROW, {"journal": number, "new_rows": total, "new_size": size})
        if put.start == before and sum(map(len, bodies)) <= LONGEST:
            return Rows(before, total, [*fresh.values()])  # nothing that whoever asks has not just sent
        return _rows(session, number, total, put.start)

    def rows(self, person_id: int, module: str, start: int = 0) -> Rows:
        """Return the rows of a person's journal from `start` on, at most some 1,000,000 letters."""
        with self._reading() as session:
            journal = session.scalar(_journal_of(person_id, module))
            return Rows(0, 0, []) if journal is None else _rows(session, journal.id, journal.rows, start)

    def _journal(self, session: Session, person_id: int, module: str) -> JournalRow:
        """Return a journal, made where it is missing; there is one writer at a time.

        Raises:
            NoResultFound: If the person was forgotten.
        """
        journal = session.scalar(_journal_of(person_id, module))
        if journal is None:
            session.scalars(select(Person.id).where(Person.id == person_id)).one()
            journal = JournalRow(person_id=person_id, module=module, rows=0, size=0)
            session.add(journal)
            session.flush()
        return journal

    # Handing in

    def hand_in(
        self, person_id: int, module: str, request: str, answered: Callable[[list[dict[str, Any]]], int]
    ) -> Receipt | None:
        """Hand in a journal as it is now, and return the receipt; None where there is nothing to hand in.

        Args:
            person_id: Whose journal.
            module: Which one.
            request: A random id: asking again with the same one gives the same receipt.
            answered: Counts the answers in rows.
        """
        with self._reading() as session:
            journal = session.scalar(_journal_of(person_id, module))
            bodies = [] if journal is None else _bodies(session, journal.id, journal.rows)
        if not bodies:
            return None
        # Counted before anything is locked: what is handed in are these rows, whatever comes meanwhile.
        count = answered([json.loads(body) for body in bodies])
        code = hashlib.sha256(_lines(bodies).encode()).hexdigest()[:8]
        with self._writing() as session:
            journal = self._journal(session, person_id, module)
            earlier = select(HandIn).where(HandIn.journal_id == journal.id, HandIn.request == request)
            handed = session.scalar(earlier)
            if handed is None:
                handed = HandIn(journal_id=journal.id, request=request, rows=len(bodies), answers=count, code=code)
                handed.received = self.now()
                session.add(handed)
                session.flush()
            return Receipt(module, handed.received, handed.answers, handed.code)

    def receipts(self, person_id: int) -> list[Receipt]:
        """Return a person's receipts, the newest first."""
        chosen = select(HandIn, JournalRow.module).join(JournalRow, JournalRow.id == HandIn.journal_id)
        with self._reading() as session:
            found = session.execute(chosen.where(JournalRow.person_id == person_id).order_by(HandIn.id.desc())).all()
            return [Receipt(module, each.received, each.answers, each.code) for each, module in found]

    def progress(self, class_id: str) -> dict[int, dict[str, tuple[int, int, int]]]:
        """Return by person and module: events received, hand-ins, and how many of these were not collected yet."""
        chosen = (
            select(
                JournalRow.person_id,
                JournalRow.module,
                JournalRow.rows,
                func.count(HandIn.id),
                func.count(HandIn.collected),
            )
            .join(Person, Person.id == JournalRow.person_id)
            .outerjoin(HandIn, HandIn.journal_id == JournalRow.id)
            .where(Person.class_id == class_id)
            .group_by(JournalRow.id)
        )
        found: dict[int, dict[str, tuple[int, int, int]]] = {}
        with self._reading() as session:
            for person_id, module, rows, handed, collected in session.execute(chosen):
                found.setdefault(person_id, {})[module] = (rows, handed, handed - collected)
        return found

    def handed_in(self, class_id: str, again: Container[str] = ()) -> Iterator[Handed]:
        """Yield the newest hand-in of each person and module that was not collected yet.

        Args:
            class_id: Of which class.
            again: Whose newest hand-ins to yield also where they were collected.
        """
        newest = (
            select(func.max(HandIn.id))
            .join(JournalRow, JournalRow.id == HandIn.journal_id)
            .join(Person, Person.id == JournalRow.person_id)
            .where(Person.class_id == class_id)
            .group_by(HandIn.journal_id)
            .order_by(func.min(HandIn.id))  # of two paths, the one that was handed in first is taken in first
        )
        with self._reading() as session:
            for number in list(session.scalars(newest)):
                handed = session.get_one(HandIn, number)
                if handed.collected is None or self._whose(session, handed).pseudonym in again:
                    yield self._handed(session, handed)

    def all_collected(self, class_id: str, module: str) -> Iterator[Handed]:
        """Yield the hand-ins of a module that lie in the course, as they were collected; the first of each person."""
        chosen = (
            select(HandIn.id)
            .join(JournalRow, JournalRow.id == HandIn.journal_id)
            .join(Person, Person.id == JournalRow.person_id)
            .where(Person.class_id == class_id, JournalRow.module == module, HandIn.collected.is_not(None))
            .order_by(HandIn.collected, HandIn.id)  # whoever is taken in later changes no five that stands
        )
        times: Counter[int] = Counter()
        with self._reading() as session:
            for number in list(session.scalars(chosen)):
                handed = session.get_one(HandIn, number)
                times[handed.journal_id] += 1
                if times[handed.journal_id] <= _MOST_HAND_INS:
                    yield self._handed(session, handed)

    def _whose(self, session: Session, handed: HandIn) -> Person:
        return session.get_one(Person, session.get_one(JournalRow, handed.journal_id).person_id)

    def _handed(self, session: Session, handed: HandIn) -> Handed:
        journal, person = session.get_one(JournalRow, handed.journal_id), self._whose(session, handed)
        lines = _lines(_bodies(session, journal.id, handed.rows))
        given = _first_feedback(session, person.id, journal.module)
        before = handed.rows
        if given is not None:
            came = select(func.count()).where(EventRow.journal_id == journal.id, EventRow.position < handed.rows)
            before = session.scalar(came.where(EventRow.received <= given)) or 0
        return Handed(handed.id, person.pseudonym, journal.module, handed.received, lines, before)

    def collected(self, hand_in_id: int) -> None:
        """Note that a hand-in, and every earlier one of its journal, lies in the course now, with practice to count."""
        with self._writing() as session:
            journal = session.get_one(JournalRow, session.get_one(HandIn, hand_in_id).journal_id)
            chosen = update(HandIn).where(HandIn.journal_id == journal.id, HandIn.id <= hand_in_id)
            session.execute(chosen.where(HandIn.collected.is_(None)).values(collected=self.now()))
            class_id = session.get_one(Person, journal.person_id).class_id
            _set_uncounted(session, {*_uncounted(session), (class_id, journal.module)})

    def uncounted(self, class_id: str) -> list[str]:
        """Return of which modules something was collected since their practice was counted last."""
        with self._reading() as session:
            return sorted(module for each, module in _uncounted(session) if each == class_id)

    def counted_in(self, class_id: str, module: str) -> None:
        """Note that what a class chose in the practice of a module is counted, as far as it was collected."""
        with self._writing() as session:
            _set_uncounted(session, _uncounted(session) - {(class_id, module)})

    # Feedback

    def give_feedback(self, pseudonym: str, module: str, page: str) -> bool:
        """Keep the page of feedback on one module; return whether it is new."""
        page = page.replace("\0", "\ufffd")  # as a browser would; PostgreSQL keeps no such text
        with self._writing() as session:
            person_id = session.scalar(select(Person.id).where(Person.pseudonym == pseudonym))
            if person_id is None:
                return False
            before = session.get(Feedback, (person_id, module))
            if before is not None and before.page == page:
                return False
            now = self.now()
            first = now if before is None else before.released
            noted = (Note.person_id == person_id, Note.what == _FEEDBACK, Note.who == module[:_WHO])
            if session.scalar(select(Note.id).where(*noted)) is None:
                session.add(Note(person_id=person_id, what=_FEEDBACK, who=module[:_WHO], time=first))
            session.merge(Feedback(person_id=person_id, module=module, page=page, released=now))
        return True

    def feedback(self, person_id: int) -> dict[str, int]:
        """Return the modules on which a person has feedback, and when it was released."""
        with self._reading() as session:
            found = session.execute(select(Feedback.module, Feedback.released).where(Feedback.person_id == person_id))
            return {module: released for module, released in found}  # noqa: C416 - rows are typed so

    def feedback_page(self, person_id: int, module: str) -> str | None:
        """Return a page of feedback."""
        with self._reading() as session:
            found = session.get(Feedback, (person_id, module))
            return None if found is None else found.page


def _first_feedback(session: Session, person_id: int, module: str) -> int | None:
    """Return when a person was first given feedback on a module."""
    noted = (Note.person_id == person_id, Note.what == _FEEDBACK, Note.who == module[:_WHO])
    given = (Feedback.person_id == person_id, Feedback.module == module)
    return session.scalar(select(func.min(Note.time)).where(*noted)) or session.scalar(
        select(Feedback.released).where(*given)  # by an earlier version, which noted nothing
    )


def _changed(session: Session, statement: Update | Delete) -> int:
    """Return how many rows a statement changed or removed."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def _uncounted(session: Session) -> set[tuple[str, str]]:
    """Return the classes and modules whose practice waits to be counted."""
    known = session.get(About, _UNCOUNTED)
    return {(class_id, module) for class_id, module in json.loads(known.value)} if known is not None else set()


def _set_uncounted(session: Session, waiting: set[tuple[str, str]]) -> None:
    session.merge(About(name=_UNCOUNTED, value=json.dumps(sorted(waiting))))


def _empty(session: Session, class_id: str) -> None:
    """Remove the people of a class, and staff who see no other one."""
    _set_uncounted(session, {each for each in _uncounted(session) if each[0] != class_id})
    session.execute(delete(Person).where(Person.class_id == class_id))
    seeing = select(StaffClass.staff_id)
    theirs = list(session.scalars(seeing.where(StaffClass.class_id == class_id)))
    session.execute(delete(StaffClass).where(StaffClass.class_id == class_id))
    chosen = delete(Staff).where(Staff.id.in_(theirs), Staff.id.not_in(seeing))
    session.execute(chosen.where(Staff.coordinator == 0))
    session.execute(delete(Job).where(Job.class_id == class_id))
    closed = update(ClassRow).where(ClassRow.id == class_id)
    session.execute(closed.values(join_code=None, join_until=None, join_most=None))


def _active(person_id: int, now: int) -> tuple[Any, ...]:
    return (SessionRow.person_id == person_id, SessionRow.ended.is_(None), SessionRow.until > now)


def _journal_of(person_id: int, module: str) -> Select[JournalRow]:
    return select(JournalRow).where(JournalRow.person_id == person_id, JournalRow.module == module)


def _bodies(session: Session, journal_id: int, rows: int) -> list[str]:
    chosen = select(EventRow.body).where(EventRow.journal_id == journal_id, EventRow.position < rows)
    return list(session.scalars(chosen.order_by(EventRow.position)))


def _blank(session: Session, journal_id: int, activities: Mapping[str, int]) -> int:
    """Empty what was answered to activities, each until a time; return how many events there were."""
    number = 0
    for row in session.scalars(select(EventRow).where(EventRow.journal_id == journal_id)):
        body = json.loads(row.body)
        until = activities.get(body["activity"])
        if until is not None and row.received <= until and holds_answer(body, body["activity"]):
            row.body = json.dumps(erased(body), ensure_ascii=False, separators=(",", ":"))
            number += 1
    return number


def _feedback_of(person_id: int, module: str) -> tuple[Any, ...]:
    """Return what chooses a person's feedback on a module and its forms, whose names begin as the module's does."""
    forms = Feedback.module.startswith(f"{module}-", autoescape=True)
    return (Feedback.person_id == person_id, or_(Feedback.module == module, forms))


def _blank_all(session: Session) -> None:
    """Empty every answer that has a tombstone, as where a backup holds what was erased after it was made."""
    stones = {stone.digest: stone.time for stone in session.scalars(select(Tombstone))}
    journals = select(JournalRow.id, JournalRow.module, JournalRow.person_id, Person.pseudonym)
    for journal_id, module, person_id, who in session.execute(journals.join(Person)).all():
        bodies = session.scalars(select(EventRow.body).where(EventRow.journal_id == journal_id))
        names = {json.loads(body)["activity"] for body in bodies}
        found = {name: stones[key] for name in names if (key := answer_of(who, module, name)) in stones}
        if found and _blank(session, journal_id, found):
            session.execute(delete(Feedback).where(*_feedback_of(person_id, module)))


def _lines(bodies: Sequence[str]) -> str:
    """Return events as a `responses.jsonl`, byte for byte as a notebook writes it."""
    return "".join(f"{body}\n" for body in bodies)


def _rows(session: Session, journal_id: int, total: int, start: int) -> Rows:
    begin = start if 0 <= start <= total else 0
    chosen = select(EventRow.body).where(EventRow.journal_id == journal_id, EventRow.position >= begin)
    rows: list[dict[str, Any]] = []
    size = 0
    bodies = session.scalars(chosen.order_by(EventRow.position).execution_options(yield_per=200))
    for body in bodies:
        size += len(body)
        if rows and size > LONGEST:
            break
        rows.append(json.loads(body))
    bodies.close()
    return Rows(begin, total, rows)
