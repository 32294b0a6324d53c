"""Devices of one person in every order: one result, nothing lost, nothing twice, whatever their clocks say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.classroom.conftest import opened
from tests.classroom.test_store import MODULE, made

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya_server.classroom.store import Store

SHARED = [HealthCheck.function_scoped_fixture]  # each example has a person of its own
TIMES = st.sampled_from(["2026-11-29T10:00:00Z", "2026-11-28T10:00:00Z", "2020-01-01T00:00:00Z", "", None, 7])


@pytest.fixture
def merging(server: str, tmp_path: Path) -> Iterator[Store]:
    """Return a store that all examples share; each has a person of its own."""
    store = opened(server, tmp_path / "class.db")
    store.make_class("north", "North", "core-protection")
    yield store
    store.close()


def somebody(store: Store) -> int:
    """Return a new person."""
    person = store.person(store.enrol("north", "en"))
    assert person is not None
    return person.id


class Device:
    """What a page does: keeps what is not acknowledged, sends it again, and shows the class's order."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        """Begin with events that wait."""
        self.waiting = events
        self.known: list[dict[str, Any]] = []

    def sync(self, store: Store, person: int, most: int, *, heard: bool) -> None:
        """Send at most `most` events; where the answer is lost on the way, nothing is learned."""
        rows = store.put(person, MODULE, self.waiting[:most], len(self.known))
        if not heard:
            return
        self.known = [*self.known[: rows.start], *rows.rows]
        ids = {row["id"] for row in self.known}
        self.waiting = [event for event in self.waiting if event["id"] not in ids]


@settings(max_examples=60, deadline=None, suppress_health_check=SHARED)
@given(data=st.data())
def test_devices_converge_in_every_order(merging: Store, data: st.DataObject) -> None:
    mine = [made(number, time=data.draw(TIMES)) for number in range(data.draw(st.integers(0, 6)))]
    shared = [made(100 + number, time=data.draw(TIMES)) for number in range(data.draw(st.integers(0, 3)))]
    theirs = [made(200 + number, time=data.draw(TIMES)) for number in range(data.draw(st.integers(0, 6)))]
    devices = [Device([*shared, *mine]), Device([*shared, *theirs]), Device([])]
    steps = st.tuples(st.integers(0, 2), st.integers(0, 4), st.booleans())
    person = somebody(merging)
    received: list[str] = []
    for device, most, heard in data.draw(st.lists(steps, max_size=12)):
        received += [each["id"] for each in devices[device].waiting[:most] if each["id"] not in received]
        devices[device].sync(merging, person, most, heard=heard)
    for device in (0, 1, 0, 1, 2):
        received += [each["id"] for each in devices[device].waiting if each["id"] not in received]
        devices[device].sync(merging, person, 99, heard=True)
    stored = merging.rows(person, MODULE).rows
    assert [row["id"] for row in stored] == received  # the order of receipt, and of nothing else
    assert {row["id"] for row in stored} == {event["id"] for event in (*mine, *shared, *theirs)}
    for each in devices:
        assert (each.known, each.waiting) == (stored, [])


@settings(max_examples=25, deadline=None, suppress_health_check=SHARED)
@given(sent=st.integers(0, 5), restored=st.integers(0, 5))
def test_devices_fill_a_restored_backup(merging: Store, sent: int, restored: int) -> None:
    events = [made(number) for number in range(6)]
    person = somebody(merging)
    merging.put(person, MODULE, events[: min(restored, sent)])  # what the backup holds
    device = Device(events[:sent])  # another epoch: the page knows nothing of the class, and offers all it has
    device.sync(merging, person, 99, heard=True)
    assert device.known == events[:sent]
