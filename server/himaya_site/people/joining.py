"""Joining a class by the code on its wall: a new person under a pseudonym, with a card and a device of their own.

A phone sends a random key of its own with the code. The card is made of it, so whoever asks again, because the answer
was lost, is the same person with the same card. It knows no HTTP.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from himaya_server.classroom.records import digest
from himaya_site import clock
from himaya_site.classes.classes import ended
from himaya_site.classes.models import Class
from himaya_site.people.devices import sign_in
from himaya_site.people.enrolled import enrol, person
from himaya_site.people.models import Card, Note
from himaya_site.writing import writing

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from himaya_server.classroom.codes import Codes

DIGITS = 8
LONGEST = 8 * 60
"""Minutes for which a code may be open: a day of training."""
MOST = 500
"""People who may join by one code."""
AGAIN = 3600
"""Seconds for which a phone that lost the answer is told once more who it is."""
_ON_A_WALL = "123456789"  # the Arabic-Indic zero, a dot, is read as a full stop


@dataclass(frozen=True)
class Joined:
    """Who joined: the secret of the device's session, and what stands on the card."""

    secret: str
    number: int
    code: str


def start_joining(class_id: str, minutes: int, most: int) -> bool:
    """Let people join a class by a new code, which ends one of before; return whether it may be joined.

    Args:
        class_id: Which class; one that has ended is joined by nobody.
        minutes: For how long.
        most: How many people.
    """
    if not 1 <= minutes <= LONGEST or not 1 <= most <= MOST:
        return False
    now = clock.now()
    with writing():
        if ended(class_id):
            return False
        while True:
            code = "".join(secrets.choice(_ON_A_WALL) for _ in range(DIGITS))
            if not Class.objects.filter(join_code=code).exists():
                break
        lasting = Class.objects.filter(id=class_id, ends__gt=now)
        return bool(lasting.update(join_code=code, join_until=now + 60 * minutes, join_most=most))


def stop_joining(class_id: str) -> None:
    """Let nobody join any more."""
    Class.objects.filter(id=class_id).update(join_code=None, join_until=None, join_most=None)


def joinable(class_id: str) -> Class | None:
    """Return a class if its code may be used now."""
    return _open().filter(id=class_id).first()


def class_to_join(code: str) -> Class | None:
    """Return the class that has a code now. Strangers ask this, and hold up nobody who writes."""
    return _open().filter(join_code=code).first()


def joined_before(key: str) -> bool:
    """Return whether somebody joined with this key a short while ago."""
    return _made_of(key).exists()


def join(code: str, key: str, language: str, codes: Codes, replaced: str = "") -> Joined | None:
    """Make a person of the class that has this code, and sign the device in; None where no class has it now.

    Args:
        code: Of the wall; whoever joined with the key before needs none.
        key: What the phone sends, and sends again where the answer was lost.
        language: Of the person.
        codes: Makes the code on the card.
        replaced: The secret of the session that this device had; it ends.
    """
    token = _token(key)
    with writing():
        row = _open().select_for_update().filter(join_code=code).first()
        card = _made_of(key).first()  # after the class is held: the same phone may ask twice at once
        if card is None:
            if row is None or ended(row.id) or Card.objects.filter(digest=digest(token)).exists():
                return None
            Class.objects.filter(id=row.id).update(join_most=(row.join_most or 0) - 1)
            added = person(enrol(row.id, language))
            if added is None:
                return None
            kept, now = codes.kept(added.id, codes.derived(key)), clock.now()
            card = Card.objects.create(person=added, digest=digest(token), made=now, code=kept)
            Note.objects.create(person=added, what="joined", who="", time=now)
        secret = sign_in(token, replaced)
    return None if secret is None else Joined(secret, card.person_id, codes.derived(key))


def _open() -> QuerySet[Class]:
    now = clock.now()
    return Class.objects.filter(join_code__isnull=False, join_until__gt=now, join_most__gt=0, ends__gt=now)


def _made_of(key: str) -> QuerySet[Card]:
    return Card.objects.filter(digest=digest(_token(key)), revoked=None, made__gt=clock.now() - AGAIN)


def _token(key: str) -> str:
    """Return the secret of the card that a phone's key makes: no link on a card reads so."""
    return f"joined {key}"
