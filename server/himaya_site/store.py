"""The site's code with the methods of `himaya_server.classroom.store.Store`, for the commands that know both."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.db import connections

from himaya.errors import JournalError
from himaya_server.classroom.records import Put, Rows, Use
from himaya_site import clock
from himaya_site.answers import handins
from himaya_site.answers import put as journals
from himaya_site.answers.models import Event, HandIn
from himaya_site.classes import classes as groups
from himaya_site.classes.models import Class, Tombstone
from himaya_site.grades import feedback as given
from himaya_site.grades.models import Feedback
from himaya_site.operate import removing
from himaya_site.people import cards, enrolled
from himaya_site.people import devices as signing
from himaya_site.people import staff as trainers
from himaya_site.people.models import Note, Person
from himaya_site.project.start import start

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


class Store:
    """All classes of one database. One is open in a process."""

    def __init__(self, place: Path | str, source: Callable[[], float] = time.time) -> None:
        """Use a database whose tables are up to date.

        Raises:
            ClassError: If it cannot be used.
        """
        start(place, source)
        groups.epoch()  # made where it is missing

    @property
    def epoch(self) -> str:
        """The name of this database's life."""
        return groups.epoch()

    def close(self) -> None:
        """Close this thread's connection."""
        connections.close_all()

    def counted(self) -> dict[str, int]:
        """Return how much it holds of what may not be lost."""
        tables = (Class, Person, Event, HandIn, Feedback, Note, Tombstone)
        return {each._meta.db_table: each.objects.count() for each in tables}  # noqa: SLF001 - Django's own name

    def put(self, person_id: int, module: str, events: Sequence[dict[str, Any]], start: int = 0) -> Rows:
        """Append the events that the person's journal does not hold yet, and return its rows from `start` on.

        Raises:
            JournalError: If the journal would become larger than a journal may be. Then nothing was written.
        """
        if not events:
            return journals.rows(person_id, module, start)
        (done,) = journals.write_all([Put(person_id, module, events, start)])
        if isinstance(done, Exception):
            raise done
        if done is None:
            raise JournalError("nobody")
        return done

    def use(self, session_id: int) -> None:
        """Note that something came from a device, so that it counts as one."""
        journals.write_all([Use(session_id)])

    now = staticmethod(clock.now)
    clock_behind = staticmethod(clock.behind)
    write_all = staticmethod(journals.write_all)
    rows = staticmethod(journals.rows)
    make_class = staticmethod(groups.make_class)
    classes = staticmethod(groups.classes)
    class_of = staticmethod(groups.class_of)
    ended = staticmethod(groups.ended)
    tombstones = staticmethod(groups.tombstones)
    enrol = staticmethod(enrolled.enrol)
    change = staticmethod(enrolled.change)
    people = staticmethod(enrolled.people)
    person = staticmethod(enrolled.person)
    sealed_names = staticmethod(enrolled.sealed_names)
    forgotten = staticmethod(enrolled.forgotten)
    new_card = staticmethod(cards.new_card)
    with_card = staticmethod(cards.with_card)
    revoked_cards = staticmethod(cards.revoked_cards)
    notes = staticmethod(cards.notes)
    reissued = staticmethod(cards.reissued)
    reissued_of = staticmethod(cards.reissued_of)
    claim_card = staticmethod(cards.claim_card)
    confirm_card = staticmethod(cards.confirm_card)
    sign_in = staticmethod(signing.sign_in)
    sign_in_with_code = staticmethod(signing.sign_in_with_code)
    class_of_number = staticmethod(signing.class_of_number)
    sign_in_staff = staticmethod(signing.sign_in_staff)
    session = staticmethod(signing.session)
    devices = staticmethod(signing.devices)
    devices_in = staticmethod(signing.devices_in)
    answer_device = staticmethod(signing.answer_device)
    sign_out = staticmethod(signing.sign_out)
    hand_on = staticmethod(signing.hand_on)
    end_sessions = staticmethod(signing.end_sessions)
    set_staff = staticmethod(trainers.set_staff)
    coordinators = staticmethod(trainers.coordinators)
    remove_staff = staticmethod(trainers.remove_staff)
    staff_password = staticmethod(trainers.staff_password)
    classes_of = staticmethod(trainers.classes_of)
    staff = staticmethod(trainers.staff)
    hand_in = staticmethod(handins.hand_in)
    receipts = staticmethod(handins.receipts)
    progress = staticmethod(handins.progress)
    handed_in = staticmethod(handins.handed_in)
    all_collected = staticmethod(handins.all_collected)
    collected = staticmethod(handins.collected)
    uncounted = staticmethod(handins.uncounted)
    counted_in = staticmethod(handins.counted_in)
    give_feedback = staticmethod(given.give_feedback)
    feedback_page = staticmethod(given.feedback_page)
    feedback = staticmethod(given.feedback)
    forget = staticmethod(removing.forget)
    erase = staticmethod(removing.erase)
    end_class = staticmethod(removing.end_class)
    restored = staticmethod(removing.restored)
    compact = staticmethod(removing.compact)
