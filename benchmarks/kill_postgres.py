"""A class's store on PostgreSQL, which is killed again and again while people answer.

By hand, since PostgreSQL is not among what the tests install: it needs `postgres` and `initdb` on the path, `psycopg`,
and an administrator or PostgreSQL's own user. Prints how many acknowledged answers were lost or kept twice, and ends
with 1 where there is one. How many kills: HIMAYA_KILLS (100).
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil
from sqlalchemy.exc import SQLAlchemyError

from himaya_server.classroom.store import Store, open_store
from tests.classroom.kills import outcome
from tests.classroom.test_store import MODULE, made

KILLS = int(os.environ.get("HIMAYA_KILLS", "100"))
PEOPLE = 8
USER = "postgres" if os.getuid() == 0 else None


class Postgres:
    """A database of its own, at a socket in a folder."""

    def __init__(self, folder: Path) -> None:
        """Make it."""
        self._folder = folder
        if USER is not None:
            shutil.chown(folder, USER)
        self._run(["initdb", "--pgdata", "data", "--auth", "trust", "--username", "himaya", "--encoding", "UTF8"])
        self.url = f"postgresql+psycopg://himaya@/postgres?host={folder}"
        self._process: subprocess.Popen[bytes] | None = None

    def _run(self, command: list[str]) -> None:
        subprocess.run(command, cwd=self._folder, user=USER, check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Start it; who asks too early asks again."""
        command = ["postgres", "-D", "data", "-k", str(self._folder), "-c", "listen_addresses="]
        with (self._folder.parent / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self._folder, user=USER, stdout=log, stderr=log)

    def kill(self) -> None:
        """End all its processes at once, as a power cut would."""
        if self._process is not None:
            whole = psutil.Process(self._process.pid)
            for process in [whole, *whole.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):  # it ended by itself meanwhile
                    process.send_signal(signal.SIGKILL)
            self._process.wait(20)
            (self._folder / "data" / "postmaster.pid").unlink(missing_ok=True)


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
        except SQLAlchemyError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def main() -> None:
    """Kill, and compare."""
    draw = Random(17)  # noqa: S311 - repeatable
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)  # each kill cuts what is being asked
    with tempfile.TemporaryDirectory(prefix="himaya-postgres-") as made_here:
        place = Path(made_here)
        place.chmod(0o755)
        (place / "database").mkdir()
        database = Postgres(place / "database")
        database.start()
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
        database.kill()
    print(f"{KILLS} kills of PostgreSQL, {PEOPLE} people, {total} acknowledged answers ({again} puts sent again): "
          f"{lost} lost, {twice} kept twice")  # fmt: skip
    sys.exit(1 if lost or twice else 0)


if __name__ == "__main__":
    main()
