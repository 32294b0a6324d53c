"""A store with one class and two people in it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from django.db import connection
from sqlalchemy.event import listen

from himaya_server.classroom import store as stores
from himaya_server.classroom.store import Store, open_store
from himaya_site.answers import put
from himaya_site.store import Store as SiteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from sqlalchemy import URL

NOON = 1_800_000_000


of_service = pytest.mark.parametrize("server", ["service"], indirect=True)
"""For what only today's service has, such as TLS of its own, or a look at its queries."""
of_site = pytest.mark.parametrize("server", ["site"], indirect=True)


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        """Begin at noon."""
        self.time = float(NOON)

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.time


def opened(server: str, place: Path | URL, clock: Callable[[], float] = time.time) -> Store:
    """Open the store of one of the two servers of classes."""
    store = open_store(place, clock)
    if server == "service":
        return store
    store.close()  # it made the tables
    where = place if isinstance(place, Path) else place.render_as_string(hide_password=False)
    return cast("Store", SiteStore(where, clock))


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture(params=[pytest.param("service", marks=pytest.mark.extended), "site"])
def server(request: pytest.FixtureRequest) -> str:
    """Return which of the two servers of classes is tested; both use the same tables.

    The service no longer changes, and its copy of a test finds what the site's finds.
    """
    return str(request.param)


@pytest.fixture
def store(server: str, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """Return a store with the class `north` and two people in it."""
    store = opened(server, tmp_path / "class" / "class.db", clock)
    store.make_class("north", "North", "core-protection")
    for language in ("en", "ar"):
        store.enrol("north", language)
    yield store
    store.close()


def in_a_hurry(store: Store) -> None:
    """Let it wait for nobody who uses the database."""
    if isinstance(store, SiteStore):
        connection.cursor().execute("PRAGMA busy_timeout=0")
    else:
        listen(store.engine, "checkout", lambda opened, *_: opened.execute("PRAGMA busy_timeout=0"))


@pytest.fixture
def limits(server: str) -> ModuleType:
    """Return the module in which the bounds of a journal stand: `MAX_LINES`, and `LONGEST`, an answer's letters."""
    return stores if server == "service" else put


@pytest.fixture
def people(store: Store) -> list[int]:
    """Return the numbers of the two people."""
    return [person.id for person in store.people("north")]
