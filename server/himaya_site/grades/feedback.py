"""Pages of feedback: each person reads their own."""

from __future__ import annotations

from django.db import models
from django.db.models import Min, Q

from himaya_site import clock
from himaya_site.grades.models import Feedback
from himaya_site.people.cards import FEEDBACK
from himaya_site.people.models import Note, Person
from himaya_site.writing import writing

_WHO = 60  # letters of who did something, in a note


def give_feedback(pseudonym: str, module: str, page: str) -> bool:
    """Keep the page of feedback on one module; return whether it is new."""
    page = page.replace("\0", "\ufffd")  # as a browser would; PostgreSQL keeps no such text
    now = clock.now()
    with writing():
        person = Person.objects.filter(pseudonym=pseudonym).first()
        if person is None:
            return False
        before = Feedback.objects.filter(person=person, module=module).first()
        if before is not None and before.page == page:
            return False
        if not _noted(person.id, module).exists():
            first = now if before is None else before.released
            Note.objects.create(person=person, what=FEEDBACK, who=module[:_WHO], time=first)
        if before is None:
            Feedback.objects.create(person=person, module=module, page=page, released=now)
        else:
            Feedback.objects.filter(person=person, module=module).update(page=page, released=now)
    return True


def feedback(person_id: int | None) -> dict[str, int]:
    """Return the modules on which a person has feedback, and when it was released."""
    return dict(Feedback.objects.filter(person=person_id).values_list("module", "released"))


def feedback_page(person_id: int | None, module: str) -> str | None:
    """Return a page of feedback."""
    return Feedback.objects.filter(person=person_id, module=module).values_list("page", flat=True).first()


def first_feedback(person_id: int, module: str) -> int | None:
    """Return when a person was first given feedback on a module."""
    found: int | None = _noted(person_id, module).aggregate(first=Min("time"))["first"]
    if found is None:  # by an earlier version, which noted nothing
        found = Feedback.objects.filter(person=person_id, module=module).values_list("released", flat=True).first()
    return found


def remove_feedback(person_id: int, module: str) -> None:
    """Remove a person's feedback on a module and its forms, whose names begin as the module's does."""
    Feedback.objects.filter(Q(module=module) | Q(module__startswith=f"{module}-"), person=person_id).delete()


def _noted(person_id: int, module: str) -> models.QuerySet[Note]:
    return Note.objects.filter(person=person_id, what=FEEDBACK, who=module[:_WHO])
