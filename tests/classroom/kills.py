"""End the service again and again while people answer; nothing that was acknowledged may be missing or there twice."""

from __future__ import annotations

import http.client
import threading
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from himaya_server.classroom.store import open_store
from tests.classroom.running import Address, Browser
from tests.classroom.test_store import MODULE, made

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from himaya_server.classroom.store import Store
    from tests.classroom.served import Served


class Person(threading.Thread):
    """Somebody who answers all the time, and sends again what was not acknowledged."""

    def __init__(self, browser: Browser, stop: threading.Event) -> None:
        """Begin with an empty journal."""
        super().__init__(daemon=True)
        self.browser = browser
        self.acknowledged: list[str] = []
        self.refused: list[int] = []
        self._stop_now = stop

    def run(self) -> None:
        """Answer until told to stop; then send what still waits."""
        waiting: list[dict[str, Any]] = []
        number = 0
        while not self._stop_now.is_set() or waiting:
            if not self._stop_now.is_set() and len(waiting) < 5:
                waiting.append(made(number, value=f"{self.browser.who} {number}"))
                number += 1
            try:
                status, answer = self.browser.ask("journal", {"module": MODULE, "n": 10**9, "events": waiting})
            except (OSError, http.client.HTTPException, ValueError):
                self._stop_now.wait(0.02)
                continue
            if status == 429 or status >= 500:  # too many, or nothing could be written: it waits, as a page does
                self._stop_now.wait(0.1)
            elif status == 200:
                self.acknowledged += [event["id"] for event in waiting]
                waiting = []
                assert answer["total"] >= len(self.acknowledged)
            else:
                self.refused.append(status)
                return


class Outcome(NamedTuple):
    """What became of acknowledged answers: how many there were, how many are missing, how many are there twice."""

    acknowledged: int
    lost: int
    twice: int


def kept(store: Store, person_id: int) -> list[str]:
    """Return the ids of a person's journal, in its order."""
    found: list[str] = []
    while len(found) < (piece := store.rows(person_id, MODULE, len(found))).total:
        found += [event["id"] for event in piece.rows]
    return found


def outcome(store: Store, acknowledged: Mapping[int, Sequence[str]]) -> Outcome:
    """Compare the journals of people with what was acknowledged to each."""
    total = lost = twice = 0
    for person_id, ids in acknowledged.items():
        there = kept(store, person_id)
        total += len(ids)
        lost += len(set(ids) - set(there))
        twice += len(there) - len(set(there))
    return Outcome(total, lost, twice)


def kill_while_answering(
    served: Served,
    kills: int,
    people: int,
    seed: int,
    say: Callable[[str], object],
    end: Callable[[], object] | None = None,
) -> None:
    """End the service `kills` times, by default by SIGKILL, and compare what it holds with what it acknowledged."""
    end = end or served.kill
    draw = Random(seed)
    served.run("enrol", "north", "--number", str(people))
    store = open_store(served.database)
    chosen = store.people("north")[-people:]
    cards = [store.new_card(person.id, "test") for person in chosen]
    store.close()
    served.start()
    stop = threading.Event()
    answering = [Person(Browser(Address(served.port), card), stop) for card in cards]
    for person in answering:
        person.start()
    for _ in range(kills):
        stop.wait(draw.uniform(0.02, 0.4))
        end()
        served.start()
    stop.set()
    for person in answering:
        person.join(60)
        assert not person.is_alive()
    served.kill()
    store = open_store(served.database)
    pairs = [(person, row.id) for person, row in zip(answering, chosen, strict=True)]
    for person, number in pairs:
        assert person.refused == []  # sign-ins survive
        assert kept(store, number) == person.acknowledged  # in the order in which it was sent
    found = outcome(store, {number: person.acknowledged for person, number in pairs})
    store.close()
    assert found.acknowledged > 0
    say(f"{kills} kills, {people} people, {found.acknowledged} acknowledged events: {found.lost} lost, "
        f"{found.twice} twice")  # fmt: skip
