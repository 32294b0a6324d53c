"""How far everybody of a class is: what trainers see of people's work, without an answer."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Max

from himaya.answers.erasing import holds_answer
from himaya_site.answers.handins import progress
from himaya_site.answers.models import Event, Journal
from himaya_site.classes.classes import epoch
from himaya_site.people.models import Device

if TYPE_CHECKING:
    from collections.abc import Iterable

_AT_ONCE = 500  # journals in one question to the database


@dataclass(frozen=True)
class Work:
    """How far one person is.

    Attributes:
        received: How many events came.
        answered: How many activities they answered.
        handed: How many modules they handed in.
        waiting: How many of these hold a hand-in that was not collected yet.
        seen: When something of theirs was heard last, in seconds; None where nothing was.
    """

    received: int = 0
    answered: int = 0
    handed: int = 0
    waiting: int = 0
    seen: int | None = None


_lock = threading.Lock()
_known: dict[int, tuple[int, set[str]]] = {}
"""Of each journal, how many rows were read, and the activities in them; an answer that is erased still counts."""
_life = ""  # of the database in which they were read


def work_of(class_id: str) -> dict[int, Work]:
    """Return by person how far they are; who is not in it was never here."""
    answered, seen = _answered(class_id), _seen(class_id)
    handed = progress(class_id)
    found = {}
    for person in {*seen, *handed}:
        modules = handed.get(person, {}).values()
        found[person] = Work(
            sum(rows for rows, _, _ in modules),
            answered.get(person, 0),
            sum(times > 0 for _, times, _ in modules),
            sum(rest > 0 for _, _, rest in modules),
            seen.get(person),
        )
    return found


def _seen(class_id: str) -> dict[int, int]:
    """Return when somebody signed in or sent something last; the last event of a journal came last."""
    last = Event.objects.filter(journal__person__group=class_id, position=F("journal__rows") - 1)
    signed = Device.objects.filter(person__group=class_id).values_list("person_id").annotate(last=Max("made"))
    found: dict[int, int] = {}
    for person, when in (*signed, *last.values_list("journal__person_id", "received")):
        found[person] = max(when, found.get(person, 0))
    return found


def _answered(class_id: str) -> dict[int, int]:
    """Return how many activities each person answered. Only what came since the last time is read."""
    journals = {
        number: (person, rows)
        for number, person, rows in Journal.objects.filter(person__group=class_id).values_list(
            "id", "person_id", "rows"
        )
    }
    global _life  # noqa: PLW0603 - a process serves one database
    with _lock:
        if _life != (life := epoch()):
            _known.clear()
            _life = life
        behind = [each for each, (_, rows) in journals.items() if _known.get(each, (0, set()))[0] != rows]
        for start in range(0, len(behind), _AT_ONCE):
            _read(behind[start : start + _AT_ONCE])
        found: dict[int, int] = {}
        for number, (person, _) in journals.items():
            found[person] = found.get(person, 0) + len(_known[number][1])
    return found


def _read(journals: Iterable[int]) -> None:
    chosen = list(journals)
    read = {each: _known.get(each, (0, set[str]())) for each in chosen}
    counts = {each: rows for each, (rows, _) in read.items()}
    least = min(counts.values())
    events = Event.objects.filter(journal__in=chosen, position__gte=least)
    for number, position, body in events.values_list("journal_id", "position", "body").iterator():
        if position < read[number][0]:
            continue
        event = json.loads(body)
        if holds_answer(event, event["activity"]):
            read[number][1].add(sys.intern(event["activity"]))
        counts[number] = max(counts[number], position + 1)
    _known.update({each: (counts[each], names) for each, (_, names) in read.items()})
