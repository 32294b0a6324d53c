"""The people of a class."""

from __future__ import annotations

import secrets

from himaya.errors import ClassError
from himaya_server.classroom.records import digest, end_of
from himaya_site import clock
from himaya_site.classes.models import Tombstone
from himaya_site.people.models import Name, Person
from himaya_site.writing import writing

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # of pseudonyms; none that is read as another


def enrol(class_id: str, language: str, sealed: bytes | None = None) -> str:
    """Add a person under a new pseudonym, and return it.

    Raises:
        ClassError: If the class has ended.
    """
    with writing():
        if Tombstone.objects.filter(digest=end_of(class_id)).exists():
            message = f"the class '{class_id}' has ended. Make another one with: himaya class create"
            raise ClassError(message)
        while True:
            pseudonym = "t-" + "".join(secrets.choice(_LETTERS) for _ in range(7))
            if person(pseudonym) is None and not forgotten(pseudonym):
                break
        added = Person.objects.create(group_id=class_id, pseudonym=pseudonym, language=language, made=clock.now())
        if sealed is not None:
            Name.objects.create(person=added, sealed=sealed)
    return pseudonym


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
