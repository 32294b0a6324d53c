"""Signing in, and the devices of people: a second one waits for a yes. It knows no HTTP."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from himaya_server.classroom.records import SESSION, Signed, digest
from himaya_site import clock
from himaya_site.people.models import Card, Device, Note, Person, Staff
from himaya_site.writing import writing

_SIGNED = """
SELECT sessions.id, person_id, staff_id, sessions.made, allowed, used, since, pseudonym, class_id, login
FROM sessions LEFT JOIN people ON people.id = person_id LEFT JOIN staff ON staff.id = staff_id
WHERE digest = %s AND ended IS NULL AND until > %s
"""
"""Asked with each answer of a class, so it is not built anew each time."""


def sign_in(token: str, replaced: str = "") -> str | None:
    """Return the secret of a new session for whoever holds a card, or None where no card has this token.

    While another device of the person is signed in, the new one waits for a yes there (`answer_device`).

    Args:
        token: What stands on the card.
        replaced: The secret of the session that this device had; it ends, whosever it was.
    """
    return _begin(replaced, digest=digest(token))


def sign_in_with_code(number: int, code: bytes, replaced: str = "") -> str | None:
    """Do the same for whoever types a number and a code, given as it is kept."""
    return _begin(replaced, person_id=number, code=code)


def class_of_number(number: int) -> str | None:
    """Return the class of the person with a number."""
    return Person.objects.filter(id=number).values_list("group_id", flat=True).first()


def _begin(replaced: str, **card: Any) -> str | None:
    if not Card.objects.filter(revoked=None, **card).exists():  # strangers ask this, and hold up nobody who writes
        return None
    now = clock.now()
    secret = secrets.token_urlsafe(32)
    with writing():
        person_id = Card.objects.filter(revoked=None, **card).values_list("person_id", flat=True).first()
        if person_id is None:
            return None
        # Two devices at once: one of them waits for a yes. No row may come to be used between looking and ending it.
        Person.objects.select_for_update(no_key=True).get(id=person_id)
        Device.objects.filter(digest=digest(replaced), ended=None).update(ended=now)
        counted: list[int] = []
        again: list[int] = []
        for device in _active(person_id).order_by("id").select_for_update():
            (again if device.allowed is None or device.used is None else counted).append(device.id)
        asks = bool(counted)
        # Whoever asks again is one device that asks, not two.
        Device.objects.filter(id__in=again).update(ended=now)
        before = Device.objects.filter(digest=digest(replaced), person_id=person_id).first()
        since = None if before is None else before.since or (before.allowed if before.used else None)
        Device.objects.create(
            digest=digest(secret),
            person_id=person_id,
            made=now,
            until=now + SESSION,
            allowed=None if asks else now,
            since=since,
        )
        Note.objects.create(person_id=person_id, what="device-asks" if asks else "signed-in", who="", time=now)
    return secret


def sign_in_staff(login: str) -> str:
    """Return the secret of a new session for staff whose password was right."""
    now = clock.now()
    secret = secrets.token_urlsafe(32)
    staff = Staff.objects.get(login=login)
    Device.objects.create(digest=digest(secret), staff=staff, made=now, until=now + SESSION, allowed=now)
    return secret


def session(secret: str) -> Signed | None:
    """Return who a session belongs to, or None where it has ended or never was."""
    with connection.cursor() as cursor:
        cursor.execute(_SIGNED, [digest(secret), clock.now()])
        row = cursor.fetchone()
    if row is None:
        return None
    number, person, staff, made, allowed, used, since, pseudonym, class_id, login = row
    if staff is not None:
        return Signed(number, None, staff, login, "", allowed is not None, used is not None, made)
    first = since or allowed or made
    return Signed(number, person, None, pseudonym, class_id, allowed is not None, used is not None, first)


def devices(person_id: int) -> list[Device]:
    """Return the devices on which a person is signed in, or waits to be."""
    return list(_active(person_id).order_by("id"))


def devices_in(class_id: str) -> list[Device]:
    """Return the devices on which people of a class are signed in, or wait to be."""
    chosen = Device.objects.filter(person__group=class_id, ended=None, until__gt=clock.now())
    return list(chosen.order_by("id"))


def answer_device(person_id: int, session_id: int, *, yes: bool, who: str = "") -> bool:
    """Let a waiting device of the person in, or turn it away; return whether one waited.

    Args:
        person_id: Whose device.
        session_id: Which one.
        yes: Whether it is let in.
        who: Which staff member did it; empty for the person.
    """
    now = clock.now()
    with writing():
        waiting = _active(person_id).filter(id=session_id, allowed=None)
        found = waiting.update(allowed=now) if yes else waiting.update(ended=now)
        if found:
            what = ("device-allowed" if yes else "device-refused") + ("-by" if who else "")
            Note.objects.create(person_id=person_id, what=what, who=who, time=now)
    return bool(found)


def sign_out(session_id: int) -> None:
    """End one session."""
    Device.objects.filter(id=session_id).update(ended=clock.now())


def hand_on(secret: str) -> None:
    """End the session that a device has or had, and let the device be nobody's that was here before."""
    known = Q(ended=None) | Q(used__isnull=False) | Q(since__isnull=False)
    found = Device.objects.filter(known, digest=digest(secret), person__isnull=False)
    number = found.values_list("id", flat=True).first()
    if number is not None:  # strangers may ask this, and hold up nobody who writes
        Device.objects.filter(id=number).update(ended=clock.now(), used=None, since=None)


def end_sessions(person_id: int, who: str) -> None:
    """End every session of a person; the person reads who did it."""
    now = clock.now()
    with writing():
        _active(person_id).update(ended=now)
        Note.objects.create(person_id=person_id, what="sessions-ended", who=who, time=now)


def _active(person_id: int) -> QuerySet[Device]:
    return Device.objects.filter(person=person_id, ended=None, until__gt=clock.now())
