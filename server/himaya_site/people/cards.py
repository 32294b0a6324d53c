"""Cards, and what was answered with a new one that its owner has not confirmed."""

from __future__ import annotations

import secrets
from typing import Any

from django.db.models import Count, Max, Min, Q

from himaya_server.classroom.records import TERMINAL, Reissued, Signed, digest
from himaya_site import clock
from himaya_site.people.models import Card, Device, Note, Person
from himaya_site.writing import writing

FEEDBACK = "feedback"  # the first on a module; its id stands in the place of who did it
_CONFIRMED, _CONFIRMED_BY, _CLAIMED = "card-confirmed", "card-confirmed-by", "card-claimed"


def new_card(person_id: int, who: str, code: bytes | None = None) -> str:
    """Return the token of a new card. Earlier cards end, and with them every device that came with one.

    Args:
        person_id: Whose card it is.
        who: Who made it, as the person will read it.
        code: What is kept of the code on it (`Codes.kept`), where it has one.
    """
    token = secrets.token_urlsafe(16)
    now = clock.now()
    with writing():
        earlier = Card.objects.filter(person=person_id).exists()  # also one that ended
        Card.objects.filter(person=person_id, revoked=None).update(revoked=now)
        Device.objects.filter(person=person_id, ended=None).update(ended=now)
        Card.objects.create(person_id=person_id, digest=digest(token), made=now, code=code)
        what = "new-card" if earlier else "first-card"
        Note.objects.create(person_id=person_id, what=what, who=who, time=now)
    return token


def with_card(class_id: str) -> set[int]:
    """Return who of a class has a card."""
    chosen = Card.objects.filter(person__group=class_id, revoked=None)
    return set(chosen.values_list("person_id", flat=True))


def revoked_cards() -> dict[bytes, int]:
    """Return which cards ended, as hashes, and when."""
    ended = Card.objects.filter(revoked__isnull=False).values_list("digest", "revoked")
    return {bytes(token): when for token, when in ended if when is not None}


def notes(person_id: int, most: int = 100) -> list[Note]:
    """Return what was done with a person's account, the newest first."""
    return list(Note.objects.filter(person=person_id).exclude(what=FEEDBACK).order_by("-id")[:most])


def reissued(class_id: str) -> dict[int, Reissued]:
    """Return by person the new card that was not confirmed and was answered with; the earliest of several.

    A card that was made anew before its owner ever signed in takes nobody's place.
    """
    return _reissued(person__group=class_id)


def reissued_of(person_id: int | None) -> Reissued | None:
    """Return the same of one person; None where there is no such card."""
    return _reissued(person=person_id).get(person_id or 0)


def _reissued(**whose: Any) -> dict[int, Reissued]:
    noted = Note.objects.filter(**whose)
    confirmed = dict(
        noted.filter(what__in=(_CONFIRMED, _CONFIRMED_BY)).values_list("person_id").annotate(last=Max("id"))
    )
    begun = dict(noted.filter(what="signed-in").values_list("person_id").annotate(first=Min("id")))
    first: dict[int, Note] = {}
    for note in noted.filter(what="new-card").order_by("id"):
        person = note.person_id
        if person in begun and note.id > max(begun[person], confirmed.get(person, 0)):
            first.setdefault(person, note)
    found: dict[int, Reissued] = {}
    for person, note in first.items():
        since = Q(journal__event__received__gte=note.time)
        steps = Person.objects.filter(since, id=person).aggregate(steps=Count("journal__event"))["steps"]
        if not steps:
            continue
        theirs = Note.objects.filter(person=person)
        cards = list(theirs.filter(id__gte=note.id, what="new-card").values_list("id", "who"))
        makers = frozenset(maker for _, maker in cards)
        printed = Q(what="first-card", who=TERMINAL)  # on the sheet for the whole class
        acted = theirs.filter(who__in=makers).exclude(printed).aggregate(first=Min("time"))["first"] or 0
        claims = theirs.filter(id__gte=note.id, what=_CLAIMED)
        claimed = claims.aggregate(last=Max("time"))["last"]
        seen = f"{max(number for number, _ in cards)}-{steps}"
        found[person] = Reissued(note.who, note.time, steps, makers, acted, claimed, seen)
    return found


def claim_card(signed: Signed, seen: str) -> None:
    """Note that a person says: what was answered with the new card is theirs.

    It is confirmed where this device was theirs before whoever made the card did anything with their account:
    makers have cards, let devices in and end sessions, and could say so in their place on any later device.
    Nothing is noted where more came since: they were not asked about that.

    Args:
        signed: Whose device says so.
        seen: `Reissued.seen` of what they were asked about.
    """
    with writing():
        card = reissued_of(signed.person)
        if signed.person is None or card is None or card.seen != seen:
            return
        earlier = signed.since < card.acted
        if earlier or card.claimed is None:  # once, so that it pushes nothing out of the list
            what = _CONFIRMED if earlier else _CLAIMED
            Note.objects.create(person_id=signed.person, what=what, who="", time=clock.now())


def confirm_card(person_id: int, who: str, seen: str) -> bool:
    """Note that a staff member asked the person, and the answers are theirs; return whether they may say so.

    Nothing is noted where more came since they looked.

    Args:
        person_id: Whose card it was.
        who: Which staff member says so.
        seen: `Reissued.seen` of what they asked about.
    """
    with writing():
        card = reissued_of(person_id)
        if card is None or who in card.makers:
            return False
        if card.seen == seen:
            Note.objects.create(person_id=person_id, what=_CONFIRMED_BY, who=who, time=clock.now())
    return True
