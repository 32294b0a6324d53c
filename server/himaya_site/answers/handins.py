"""Hand-ins: the first rows of a journal, with a receipt. Counting answers is a caller's matter."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min

from himaya.errors import JournalError
from himaya_server.classroom.records import Handed, Receipt
from himaya_site import clock
from himaya_site.answers.models import Event, HandIn, Journal
from himaya_site.classes.models import About
from himaya_site.grades.feedback import first_feedback
from himaya_site.people.models import Person
from himaya_site.writing import writing

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

_MOST_HAND_INS = 5  # of one person and module whose practice is counted
_UNCOUNTED = "uncounted"  # what `About` says of practice, as pairs of class and module


def hand_in(
    person_id: int, module: str, request: str, answered: Callable[[list[dict[str, Any]]], int]
) -> Receipt | None:
    """Hand in a journal as it is now, and return the receipt; None where there is nothing to hand in.

    Args:
        person_id: Whose journal.
        module: Which one.
        request: A random id: asking again with the same one gives the same receipt.
        answered: Counts the answers in rows.

    Raises:
        JournalError: If the person was forgotten meanwhile.
    """
    journal = Journal.objects.filter(person=person_id, module=module).first()
    bodies = [] if journal is None else _bodies(journal.id, journal.rows)
    if journal is None or not bodies:
        return None
    # Counted before anything is locked: what is handed in are these rows, whatever comes meanwhile.
    count = answered([json.loads(body) for body in bodies])
    code = hashlib.sha256(_lines(bodies).encode()).hexdigest()[:8]
    with writing():
        if not Journal.objects.select_for_update().filter(id=journal.id).exists():
            raise JournalError("nobody")
        handed, _ = HandIn.objects.get_or_create(
            journal=journal,
            request=request,
            defaults={"rows": len(bodies), "answers": count, "code": code, "received": clock.now()},
        )
    return Receipt(module, handed.received, handed.answers, handed.code)


def receipts(person_id: int) -> list[Receipt]:
    """Return a person's receipts, the newest first."""
    found = HandIn.objects.filter(journal__person=person_id).order_by("-id")
    return [Receipt(*each) for each in found.values_list("journal__module", "received", "answers", "code")]


def progress(class_id: str) -> dict[int, dict[str, tuple[int, int, int]]]:
    """Return by person and module: events received, hand-ins, and how many of these were not collected yet."""
    found: dict[int, dict[str, tuple[int, int, int]]] = {}
    chosen = Journal.objects.filter(person__group=class_id)
    counted = chosen.annotate(handed=Count("handin"), collected=Count("handin__collected"))
    for person_id, module, rows, handed, collected in counted.values_list(
        "person_id", "module", "rows", "handed", "collected"
    ):
        found.setdefault(person_id, {})[module] = (rows, handed, handed - collected)
    return found


def handed_in(class_id: str, again: Container[str] = ()) -> Iterator[Handed]:
    """Yield the newest hand-in of each person and module that was not collected yet.

    Args:
        class_id: Of which class.
        again: Whose newest hand-ins to yield also where they were collected.
    """
    chosen = HandIn.objects.filter(journal__person__group=class_id).values("journal")
    # Of two paths, the one that was handed in first is taken in first.
    newest = chosen.annotate(newest=Max("id"), first=Min("id")).order_by("first")
    for number in list(newest.values_list("newest", flat=True)):
        handed = HandIn.objects.select_related("journal__person").get(id=number)
        if handed.collected is None or handed.journal.person.pseudonym in again:
            yield _handed(handed)


def all_collected(class_id: str, module: str) -> Iterator[Handed]:
    """Yield the hand-ins of a module that lie in the course, as they were collected; the first of each person."""
    chosen = HandIn.objects.filter(journal__person__group=class_id, journal__module=module, collected__isnull=False)
    times: Counter[int] = Counter()
    # Whoever is taken in later changes no five that stands.
    for number in list(chosen.order_by("collected", "id").values_list("id", flat=True)):
        handed = HandIn.objects.select_related("journal__person").get(id=number)
        times[handed.journal_id] += 1
        if times[handed.journal_id] <= _MOST_HAND_INS:
            yield _handed(handed)


def collected(hand_in_id: int) -> None:
    """Note that a hand-in, and every earlier one of its journal, lies in the course now, with practice to count."""
    with writing():
        journal = HandIn.objects.select_related("journal__person").get(id=hand_in_id).journal
        earlier = HandIn.objects.filter(journal=journal, id__lte=hand_in_id, collected=None)
        earlier.update(collected=clock.now())
        _set_uncounted({*_uncounted(), (journal.person.class_id, journal.module)})


def uncounted(class_id: str) -> list[str]:
    """Return of which modules something was collected since their practice was counted last."""
    return sorted(module for each, module in _uncounted() if each == class_id)


def counted_in(class_id: str, module: str) -> None:
    """Note that what a class chose in the practice of a module is counted, as far as it was collected."""
    with writing():
        _set_uncounted(_uncounted() - {(class_id, module)})


def forget_uncounted(class_id: str) -> None:
    """Count no more practice of a class."""
    _set_uncounted({each for each in _uncounted() if each[0] != class_id})


def _uncounted() -> set[tuple[str, str]]:
    """Return the classes and modules whose practice waits to be counted."""
    known = About.objects.filter(name=_UNCOUNTED).first()
    return {(class_id, module) for class_id, module in json.loads(known.value)} if known is not None else set()


def _set_uncounted(waiting: set[tuple[str, str]]) -> None:
    About.objects.update_or_create(name=_UNCOUNTED, defaults={"value": json.dumps(sorted(waiting))})


def _handed(handed: HandIn) -> Handed:
    journal = handed.journal
    given = first_feedback(journal.person_id, journal.module)
    before = handed.rows
    if given is not None:
        came = Event.objects.filter(journal=journal, position__lt=handed.rows, received__lte=given)
        before = came.count()
    lines = _lines(_bodies(journal.id, handed.rows))
    person: Person = journal.person
    return Handed(handed.id, person.pseudonym, journal.module, handed.received, lines, before)


def _bodies(journal_id: int, rows: int) -> list[str]:
    chosen = Event.objects.filter(journal=journal_id, position__lt=rows).order_by("position")
    return list(chosen.values_list("body", flat=True))


def _lines(bodies: list[str]) -> str:
    """Return events as a `responses.jsonl`, byte for byte as a notebook writes it."""
    return "".join(f"{body}\n" for body in bodies)
