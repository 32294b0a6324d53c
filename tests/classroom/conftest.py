"""A store with one class and two people in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from himaya_server.classroom.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = 1_800_000_000


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        """Begin at noon."""
        self.time = float(NOON)

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.time


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """Return a store with the class `north` and two people in it."""
    opened = open_store(tmp_path / "class" / "class.db", clock)
    opened.make_class("north", "North", "core-protection")
    for language in ("en", "ar"):
        opened.enrol("north", language)
    yield opened
    opened.close()


@pytest.fixture
def people(store: Store) -> list[int]:
    """Return the numbers of the two people."""
    return [person.id for person in store.people("north")]
