"""Making and finding classes, and the life of the database itself."""

from __future__ import annotations

import re
import secrets

from himaya.errors import ClassError
from himaya_server.classroom.records import RETENTION, end_of
from himaya_site import clock
from himaya_site.classes.models import About, Class, Tombstone
from himaya_site.writing import writing

_CLASS = re.compile(r"[a-z][a-z0-9-]{1,39}")
_TITLE, _COURSE = 200, 1000


def make_class(class_id: str, title: str, course: str, ends: int | None = None) -> None:
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
    now = clock.now()
    with writing():
        if Class.objects.filter(id=class_id).exists():
            message = f"there is a class '{class_id}' already."
            raise ClassError(message)
        if ended(class_id):
            message = f"there was a class '{class_id}', and it has ended. Give another id."
            raise ClassError(message)
        Class.objects.create(id=class_id, title=title, course=course, made=now, ends=ends or now + RETENTION)


def classes() -> list[Class]:
    """Return all classes."""
    return list(Class.objects.order_by("id"))


def class_of(class_id: str) -> Class:
    """Return one class.

    Raises:
        ClassError: If there is none.
    """
    known = {each.id: each for each in classes()}
    if class_id not in known:
        message = f"there is no class '{class_id}' here. There are: {', '.join(known) or 'none'}."
        raise ClassError(message)
    return known[class_id]


def ended(class_id: str) -> bool:
    """Return whether a class has ended, so that nothing but numbers is left of it."""
    return Tombstone.objects.filter(digest=end_of(class_id)).exists()


def tombstones() -> dict[bytes, int]:
    """Return who was forgotten, as hashes, and when."""
    return {bytes(each): when for each, when in Tombstone.objects.values_list("digest", "time")}


def epoch() -> str:
    """Return the name of the database's life: a restored backup begins another, and pages send what it lacks."""
    found = About.objects.filter(name="epoch").values_list("value", flat=True).first()
    return new_epoch() if found is None else found


def new_epoch() -> str:
    """Begin another life of the database, and return its name."""
    named = secrets.token_hex(8)
    About.objects.update_or_create(name="epoch", defaults={"value": named})
    return named
