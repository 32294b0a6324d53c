"""A class's store on PostgreSQL, which is killed again and again while people answer.

Needs Debian's package `postgresql`. Prints how many acknowledged answers were lost or kept twice, and ends with 1 where
there is one. How many kills: HIMAYA_KILLS (100).
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy.exc import SQLAlchemyError

from himaya.errors import ClassError
from himaya_server.classroom.store import Store, open_store
from tests.classroom.kills import outcome
from tests.classroom.postgres import running
from tests.classroom.test_store import MODULE, made

KILLS = int(os.environ.get("HIMAYA_KILLS", "100"))
PEOPLE = 8


class Person(threading.Thread):
    """Somebody who answers all the time, and sends again what was not acknowledged."""

    def __init__(self, store: Store, person: int, stop: threading.Event) -> None:
        """Begin with an empty journal."""
        super().__init__(daemon=True)
        self._store, self.person, self._stop_now = store, person, stop
        self.acknowledged: list[str] = []
        self.sent_again = 0

    def run(self) -> None:
        """Answer until told to stop; then send what still waits."""
        waiting: list[dict[str, Any]] = []
        number = 0
        while not self._stop_now.is_set() or waiting:
            if not self._stop_now.is_set() and len(waiting) < 5:
                waiting.append(made(number))
                number += 1
            try:
                self._store.put(self.person, MODULE, waiting, 10**9)
            except SQLAlchemyError:
                self.sent_again += 1
                time.sleep(0.05)
                continue
            self.acknowledged += [event["id"] for event in waiting]
            waiting = []
            time.sleep(0.01)


def opened(url: str) -> Store:
    """Return the store, as soon as the database answers."""
    end = time.monotonic() + 60
    while True:
        try:
            return open_store(url)
        except ClassError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def main() -> None:
    """Kill, and compare."""
    draw = Random(17)  # noqa: S311 - repeatable
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)  # each kill cuts what is being asked
    with running() as database:
        store = opened(database.url)
        store.make_class("north", "North", "core-protection")
        for _ in range(PEOPLE):
            store.enrol("north", "en")
        stop = threading.Event()
        people = [Person(store, person.id, stop) for person in store.people("north")]
        for person in people:
            person.start()
        for _ in range(KILLS):
            before = sum(len(person.acknowledged) for person in people)
            while sum(len(person.acknowledged) for person in people) < before + PEOPLE:
                time.sleep(0.05)  # the database is there again, and people go on
            time.sleep(draw.uniform(0, 0.5))
            database.kill()
            database.start()
        stop.set()
        for person in people:
            person.join(60)
        database.kill()
        database.start()
        store.close()
        store = opened(database.url)
        total, lost, twice = outcome(store, {person.person: person.acknowledged for person in people})
        again = sum(person.sent_again for person in people)
        store.close()
    print(f"{KILLS} kills of PostgreSQL, {PEOPLE} people, {total} acknowledged answers ({again} puts sent again): "
          f"{lost} lost, {twice} kept twice")  # fmt: skip
    sys.exit(1 if lost or twice else 0)


if __name__ == "__main__":
    main()
