"""Remove for ever: a person, one answer, a whole class; and what a restored backup must not bring back."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import Error, OperationalError, connection, transaction

from himaya.answers.erasing import erased, holds_answer
from himaya.errors import ClassError
from himaya_server.classroom.records import answer_of, digest, end_of
from himaya_site import clock
from himaya_site.answers.handins import forget_uncounted
from himaya_site.answers.models import Event, Journal
from himaya_site.classes.classes import new_epoch, tombstones
from himaya_site.classes.models import Class, Job, Tombstone
from himaya_site.grades.feedback import remove_feedback
from himaya_site.people.models import Card, Device, Person, Staff, StaffClass
from himaya_site.writing import writing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TRACES = (
    "it is deleted, and its traces are still in the database's files, since something else uses it, such as a dump. "
    "End that, and give this command once more."
)
_TABLES = (
    "about", "classes", "people", "names", "cards", "staff", "staff_classes", "sessions", "journals", "events",
    "handins", "feedback", "notes", "tombstones", "jobs",
)  # fmt: skip
_TRIES = 120


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn what a database says into a sentence; it never says a password, or what somebody wrote.

    Raises:
        ClassError: Instead of an error of the database.
    """
    try:
        yield
    except Error as error:
        cause = error.__cause__
        state = str(getattr(cause, "sqlstate", None) or "")
        said = getattr(getattr(cause, "diag", None), "message_primary", None) or str(error)
        if state.startswith("22"):  # whose sentence may name what somebody wrote
            said = f"it cannot keep a value ({state})"
        message = f"the database of this class: {' '.join(said.split())}."
        if _in_use(error):
            message += " Something else uses it. End that, and give this command once more."
        raise ClassError(message) from error


def _in_use(error: Exception) -> bool:
    """Return whether somebody else's lock was waited for in vain."""
    cause = error.__cause__ or error
    busy = getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return bool(busy) or getattr(cause, "sqlstate", None) == "55P03"


def forget(pseudonym: str) -> bool:
    """Remove all that is kept of a person for ever, and return whether there was anybody."""
    with writing():
        _bury(digest(pseudonym), clock.now())
        removed, _ = Person.objects.filter(pseudonym=pseudonym).delete()
        Job.objects.filter(said__contains=pseudonym).update(said="")
    compact()
    return bool(removed)


def erase(pseudonym: str, module: str, activity: str) -> int:
    """Remove one answer of a person for ever, with the feedback on its module; return how many events held it.

    Its place in the journal stays, so that no phone sends it again; a new answer is taken in.
    """
    now = clock.now()
    with writing():
        _bury(answer_of(pseudonym, module, activity), now)
        person = Person.objects.get(pseudonym=pseudonym)
        journal = Journal.objects.filter(person=person, module=module).first()
        number = 0 if journal is None else _blank(journal.id, {activity: now})
        remove_feedback(person.id, module)
    compact()
    return number


def end_class(class_id: str) -> None:
    """Remove everybody of a class for ever, also staff who see no other one; its id, title and dates stay."""
    now = clock.now()
    with writing():
        _bury(end_of(class_id), now)
        for pseudonym in Person.objects.filter(group=class_id).values_list("pseudonym", flat=True):
            _bury(digest(pseudonym), now)
        _empty(class_id)
    compact()


def restored(forgotten: Mapping[bytes, int], revoked: Mapping[bytes, int]) -> int:
    """Begin a new life after a backup was put in place, in which nobody is signed in yet.

    Args:
        forgotten: Whom the database forgot that was here before.
        revoked: Which cards had ended there.

    Returns:
        How many people were forgotten once more.
    """
    with writing():
        for each, when in forgotten.items():
            _bury(each, when)
        buried = tombstones()
        gone = {each.id for each in Person.objects.all() if digest(each.pseudonym) in buried}
        Person.objects.filter(id__in=gone).delete()
        for class_id in Class.objects.values_list("id", flat=True):
            if end_of(class_id) in buried:  # also whom the database here never knew
                gone |= set(Person.objects.filter(group=class_id).values_list("id", flat=True))
                _empty(class_id)
        _blank_all(buried)
        for card, when in revoked.items():
            Card.objects.filter(digest=card, revoked=None).update(revoked=when)
        Device.objects.filter(ended=None).update(ended=clock.now())
        Job.objects.update(said="")  # it may name whoever is gone
        Job.objects.filter(state__in=("waiting", "running")).update(state="stopped")
        Class.objects.update(join_code=None, join_until=None, join_most=None)
        new_epoch()
    compact()
    return len(gone)


def compact() -> None:
    """Leave nothing of what was deleted in free pages or in the log of writes.

    Raises:
        ClassError: If something else uses the database.
    """
    with database_errors():
        if connection.vendor == "sqlite":
            _compact_file()
            return
        # Rows that somebody may still see are kept: wait for all who began to read before something was deleted.
        for table in _TABLES:
            _wait_for_readers(table)
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM (FULL) {', '.join(_TABLES)}")


def _compact_file() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = cursor.fetchone()[0]  # somebody still reads what was
    except OperationalError as error:
        if not _in_use(error):
            raise
        busy = True
    if busy:
        raise ClassError(_TRACES)


def _wait_for_readers(table: str) -> None:
    """Wait for all who use a table of a PostgreSQL; for moments, since whoever comes meanwhile waits, too."""
    for _ in range(_TRIES):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
                cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
                return
        except OperationalError as error:
            if not _in_use(error):
                raise
        time.sleep(1)
    raise ClassError(_TRACES)


def _bury(stone: bytes, when: int) -> None:
    Tombstone.objects.update_or_create(digest=stone, defaults={"time": when})


def _empty(class_id: str) -> None:
    """Remove the people of a class, and staff who see no other one."""
    forget_uncounted(class_id)
    Person.objects.filter(group=class_id).delete()
    theirs = list(StaffClass.objects.filter(group=class_id).values_list("staff_id", flat=True))
    StaffClass.objects.filter(group=class_id).delete()
    still = set(StaffClass.objects.values_list("staff_id", flat=True))
    Staff.objects.filter(id__in=set(theirs) - still, coordinator=0).delete()
    Job.objects.filter(group=class_id).delete()
    Class.objects.filter(id=class_id).update(join_code=None, join_until=None, join_most=None)


def _blank(journal_id: int, activities: Mapping[str, int]) -> int:
    """Empty what was answered to activities, each until a time; return how many events there were."""
    number = 0
    for event in Event.objects.filter(journal=journal_id):
        body = json.loads(event.body)
        until = activities.get(body["activity"])
        if until is not None and event.received <= until and holds_answer(body, body["activity"]):
            text = json.dumps(erased(body), ensure_ascii=False, separators=(",", ":"))
            Event.objects.filter(journal=journal_id, position=event.position).update(body=text)
            number += 1
    return number


def _blank_all(stones: Mapping[bytes, int]) -> None:
    """Empty every answer that has a tombstone, as where a backup holds what was erased after it was made."""
    for journal in Journal.objects.select_related("person"):
        bodies = Event.objects.filter(journal=journal).values_list("body", flat=True)
        names = {json.loads(body)["activity"] for body in bodies}
        who, module = journal.person.pseudonym, journal.module
        found = {name: stones[key] for name in names if (key := answer_of(who, module, name)) in stones}
        if found and _blank(journal.id, found):
            remove_feedback(journal.person_id, module)
