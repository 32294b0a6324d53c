"""What a class keeps, as tables. No names outside `names`, no secrets but their hashes; times in seconds since 1970."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_PERSON, _JOURNAL = "people.id", "journals.id"
_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up in INTEGER columns only


class Table(DeclarativeBase):
    """The root of all tables; constraints have names, so that a migration can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class About(Table):
    """One row for each fact about the store itself, such as its `epoch`."""

    __tablename__ = "about"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class ClassRow(Table):
    """People who take one course together; `course` is its folder.

    `language` is that of new people, the course's first where it is empty; `region` is `federal`, `kurdistan` or empty.
    By `join_code` so many as `join_most` people may still join until `join_until`.
    """

    __tablename__ = "classes"
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    course: Mapped[str] = mapped_column(String(1000))
    made: Mapped[int] = mapped_column(BigInteger)
    ends: Mapped[int] = mapped_column(BigInteger)
    language: Mapped[str] = mapped_column(String(10), default="", server_default="")
    begins: Mapped[int | None] = mapped_column(BigInteger)
    region: Mapped[str] = mapped_column(String(20), default="", server_default="")
    join_code: Mapped[str | None] = mapped_column(String(8), unique=True, index=True)
    join_until: Mapped[int | None] = mapped_column(BigInteger)
    join_most: Mapped[int | None] = mapped_column(Integer)


class Person(Table):
    """A trainee under a pseudonym, which is also the id in folders and gradebook."""

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    class_id: Mapped[str] = mapped_column(ForeignKey("classes.id", ondelete="CASCADE"), index=True)
    pseudonym: Mapped[str] = mapped_column(String(40), unique=True)
    language: Mapped[str] = mapped_column(String(10))
    made: Mapped[int] = mapped_column(BigInteger)


class Name(Table):
    """A person's name, encrypted under a key outside the database. A class may keep none."""

    __tablename__ = "names"
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON, ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Card(Table):
    """The hash of a card's token, and of its code; a revoked card stays, so that its use can be told from a guess."""

    __tablename__ = "cards"
    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON, ondelete="CASCADE"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made: Mapped[int] = mapped_column(BigInteger)
    revoked: Mapped[int | None] = mapped_column(BigInteger)
    code: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class Staff(Table):
    """Who signs in with a password; a coordinator (1) makes classes, sees all of them and adds staff."""

    __tablename__ = "staff"
    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    password: Mapped[str] = mapped_column(String(300))
    coordinator: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class StaffClass(Table):
    """Which classes somebody sees, as `trainer` or `mentor`; a mentor sees neither answers nor people's steps."""

    __tablename__ = "staff_classes"
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    class_id: Mapped[str] = mapped_column(ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(10), default="trainer", server_default="trainer")


class SessionRow(Table):
    """One device that is signed in: of a person or of staff.

    `allowed` is empty while it waits for the person's yes, `used` until something came from it: an answer to a sign-in
    that was lost on the way makes no device. `since` is when the person was first let in on this device, where that was
    before this session, and nobody else was in between.
    """

    __tablename__ = "sessions"
    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON, ondelete="CASCADE"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    made: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[int] = mapped_column(BigInteger)
    allowed: Mapped[int | None] = mapped_column(BigInteger)
    used: Mapped[int | None] = mapped_column(BigInteger)
    ended: Mapped[int | None] = mapped_column(BigInteger)
    since: Mapped[int | None] = mapped_column(BigInteger)


class JournalRow(Table):
    """A person's answers to one module: how many events and bytes it holds."""

    __tablename__ = "journals"
    __table_args__ = (UniqueConstraint("person_id", "module"),)
    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON, ondelete="CASCADE"))
    module: Mapped[str] = mapped_column(String(100))
    rows: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(BigInteger)


class EventRow(Table):
    """One event. Its position is its order of receipt; no clock of a phone has a say."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("journal_id", "event_id"),)
    journal_id: Mapped[int] = mapped_column(ForeignKey(_JOURNAL, ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    received: Mapped[int] = mapped_column(BigInteger)


class HandIn(Table):
    """A hand-in and its receipt: the first `rows` events of a journal. `request` makes sending again harmless."""

    __tablename__ = "handins"
    __table_args__ = (UniqueConstraint("journal_id", "request"),)
    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    journal_id: Mapped[int] = mapped_column(ForeignKey(_JOURNAL, ondelete="CASCADE"))
    request: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int] = mapped_column(Integer)
    answers: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(8))
    received: Mapped[int] = mapped_column(BigInteger)
    collected: Mapped[int | None] = mapped_column(BigInteger)


class Feedback(Table):
    """The page of feedback on one module, as it was released last."""

    __tablename__ = "feedback"
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON, ondelete="CASCADE"), primary_key=True)
    module: Mapped[str] = mapped_column(String(100), primary_key=True)
    page: Mapped[str] = mapped_column(Text)
    released: Mapped[int] = mapped_column(BigInteger)


class Note(Table):
    """What was done with a person's account, by whom: the person reads it, and nothing takes from it."""

    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON, ondelete="CASCADE"), index=True)
    what: Mapped[str] = mapped_column(String(40))
    who: Mapped[str] = mapped_column(String(60))
    time: Mapped[int] = mapped_column(BigInteger)


class Tombstone(Table):
    """The hash of a forgotten person's pseudonym: no restored backup and no roster brings them back."""

    __tablename__ = "tombstones"
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    time: Mapped[int] = mapped_column(BigInteger)


class Job(Table):
    """One long step of a class, as a command takes it: `waiting`, `running`, `done`, `failed` or `stopped`.

    `class_id` is empty while its class is not made yet; `said` is what the command said last.
    """

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    class_id: Mapped[str | None] = mapped_column(ForeignKey("classes.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    done: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    total: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    said: Mapped[str] = mapped_column(Text, default="", server_default="")
    begun: Mapped[int | None] = mapped_column(BigInteger)
    ended: Mapped[int | None] = mapped_column(BigInteger)
    who: Mapped[str] = mapped_column(String(60))
