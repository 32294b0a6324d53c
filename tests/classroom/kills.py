"""End the service again and again while people answer; nothing that was acknowledged may be missing or there twice."""

from __future__ import annotations

import http.client
import threading
from random import Random
from typing import TYPE_CHECKING, Any

from himaya_server.classroom.store import open_store
from tests.classroom.running import Address, Browser
from tests.classroom.test_store import MODULE, made

if TYPE_CHECKING:
    from collections.abc import Callable

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
    total = 0
    for person, row in zip(answering, chosen, strict=True):
        assert person.refused == []  # sign-ins survive
        journal: list[str] = []
        while len(journal) < (piece := store.rows(row.id, MODULE, len(journal))).total:
            journal += [event["id"] for event in piece.rows]
        assert len(journal) == len(set(journal))
        assert journal == person.acknowledged  # all of it, once, in the order in which it was sent
        total += len(journal)
    store.close()
    assert total > 0
    say(f"{kills} kills, {people} people, {total} acknowledged events: 0 lost, 0 twice")
