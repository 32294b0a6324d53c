"""The people of a class."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from himaya.errors import ClassError
from himaya_server.classroom.records import digest, end_of
from himaya_site import clock
from himaya_site.classes.models import Tombstone
from himaya_site.people.models import Name, Person
from himaya_site.writing import writing

if TYPE_CHECKING:
    from collections.abc import Sequence

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # of pseudonyms; none that is read as another


def enrol(class_id: str, language: str, sealed: bytes | None = None) -> str:
    """Add a person under a new pseudonym, and return it.

    Raises:
        ClassError: If the class has ended.
    """
    with writing():
        _refuse_ended(class_id)
        (pseudonym,) = _fresh(1)
        added = Person.objects.create(group_id=class_id, pseudonym=pseudonym, language=language, made=clock.now())
        if sealed is not None:
            Name.objects.create(person=added, sealed=sealed)
    return pseudonym


def enrol_all(class_id: str, added: Sequence[tuple[str, bytes | None]]) -> None:
    """Add people under new pseudonyms, each with a language and perhaps a sealed name; some thousands at most.

    Raises:
        ClassError: If the class has ended.
    """
    with writing():
        _refuse_ended(class_id)
        now = clock.now()
        made = Person.objects.bulk_create(
            Person(group_id=class_id, pseudonym=pseudonym, language=language, made=now)
            for pseudonym, (language, _) in zip(_fresh(len(added)), added, strict=True)
        )
        named = zip(made, added, strict=True)
        Name.objects.bulk_create(Name(person=one, sealed=sealed) for one, (_, sealed) in named if sealed is not None)


def _refuse_ended(class_id: str) -> None:
    if Tombstone.objects.filter(digest=end_of(class_id)).exists():
        message = f"the class '{class_id}' has ended. Make another one with: himaya class create"
        raise ClassError(message)


def _fresh(number: int) -> list[str]:
    """Return pseudonyms that nobody has or had."""
    found: set[str] = set()
    while len(found) < number:
        tried = {"t-" + "".join(secrets.choice(_LETTERS) for _ in range(7)) for _ in range(number - len(found))}
        known = set(Person.objects.filter(pseudonym__in=tried).values_list("pseudonym", flat=True))
        buried = Tombstone.objects.filter(digest__in=[digest(each) for each in tried]).values_list("digest", flat=True)
        gone = {bytes(each) for each in buried}
        found |= {each for each in tried - known if digest(each) not in gone}
    return list(found)


def change(person_id: int, language: str, sealed: bytes | None) -> None:
    """Set a person's language, and the name, where one is given."""
    with writing():
        Person.objects.filter(id=person_id).update(language=language)
        if sealed is not None:
            Name.objects.update_or_create(person_id=person_id, defaults={"sealed": sealed})


def people(class_id: str) -> list[Person]:
    """Return the people of a class, in the order in which they were enrolled."""
    return list(Person.objects.filter(group=class_id).order_by("id"))


def person(pseudonym: str) -> Person | None:
    """Return who has a pseudonym."""
    return Person.objects.filter(pseudonym=pseudonym).first()


def sealed_names(class_id: str) -> dict[int, bytes]:
    """Return the encrypted names of a class, by person."""
    found = Name.objects.filter(person__group=class_id).values_list("person_id", "sealed")
    return {number: bytes(sealed) for number, sealed in found}


def sealed_name(person_id: int | None) -> bytes | None:
    """Return the encrypted name of one person; None where the class keeps none."""
    found = Name.objects.filter(person=person_id).values_list("sealed", flat=True).first()
    return None if found is None else bytes(found)


def forgotten(pseudonym: str) -> bool:
    """Return whether somebody of this pseudonym was forgotten."""
    return Tombstone.objects.filter(digest=digest(pseudonym)).exists()
