"""Keep answers: one transaction for all who wait, and nobody is told before it is on the disk. SQL, and no activities.

One thread writes, so that one sync of the disk serves all who came during the last one. Several processes may do so on
one PostgreSQL: each locks the journals that it appends to, in one order.
"""

from __future__ import annotations

import json
import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, close_old_connections, connection

from himaya.answers.journal import MAX_LINES
from himaya.answers.limits import MAX_BYTES
from himaya.errors import JournalError
from himaya_server.classroom.records import Put, Rows, Use
from himaya_site import clock
from himaya_site.writing import writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.backends.utils import CursorWrapper

TOGETHER = 100  # steps in one transaction
LONGEST = 1_000_000  # letters of rows in one answer; a page asks for the rest
_EPOCH = "SELECT value FROM about WHERE name = 'epoch'"
_JOURNAL = "SELECT id, rows, size FROM journals WHERE person_id = %s AND module = %s"
_NEW_JOURNAL = """
INSERT INTO journals (person_id, module, rows, size) SELECT id, %s, 0, 0 FROM people WHERE id = %s
ON CONFLICT DO NOTHING
"""
_KNOWN = "SELECT event_id FROM events WHERE journal_id = %s AND event_id IN ({})"
_APPEND = "INSERT INTO events (journal_id, position, event_id, body, received) VALUES (%s, %s, %s, %s, %s)"
_GROW = "UPDATE journals SET rows = %s, size = %s WHERE id = %s"
_ROWS = "SELECT body FROM events WHERE journal_id = %s AND position >= %s AND position < %s ORDER BY position"
_USED = "UPDATE sessions SET used = %s WHERE id = %s AND used IS NULL"

Result = Rows | Exception | None


def write_all(steps: Sequence[Put | Use]) -> list[Result]:
    """Take steps of several people in one transaction.

    Returns:
        For each put its rows; or why nothing of it was written, whatever became of the others.
    """
    done: list[Result] = [None] * len(steps)
    try:
        with writing(), connection.cursor() as cursor:
            cursor.execute(_EPOCH)
            (epoch,) = cursor.fetchone()
            for number in sorted(range(len(steps)), key=lambda each: _order(steps[each])):
                match steps[number]:
                    case Put() as put:
                        try:
                            done[number] = _append(cursor, put, epoch)
                        except JournalError as error:  # before anything of it was written
                            done[number] = error
                    case Use() as use:
                        cursor.execute(_USED, [clock.now(), use.session_id])
    except OperationalError as error:  # a full disk, a lost connection: the same for all
        return [error] * len(steps)
    except Exception as error:  # noqa: BLE001 - whoever broke the transaction is told, the others are written
        return [error] if len(steps) == 1 else [each for step in steps for each in write_all([step])]
    return done


def rows(person_id: int, module: str, start: int = 0, epoch: str | None = None) -> Rows:
    """Return the rows of a person's journal from `start` on, at most some 1,000,000 letters."""
    with connection.cursor() as cursor:
        cursor.execute(_EPOCH)
        (current,) = cursor.fetchone()
        cursor.execute(_JOURNAL, [person_id, module])
        found = cursor.fetchone()
        if found is None:
            return Rows(0, 0, [], current)
        return _rows(cursor, found[0], found[1], start if epoch in (None, current) else 0, current)


def _order(step: Put | Use) -> tuple[int, int, str]:
    """Return what steps are sorted by, so that no two processes wait for each other's rows."""
    return (1, step.person_id, step.module) if isinstance(step, Put) else (0, step.session_id, "")


def _append(cursor: CursorWrapper, put: Put, epoch: str) -> Rows:
    """Append the events that the journal does not hold yet; what is refused is refused before anything is written."""
    fresh: dict[str, dict[str, Any]] = {}
    for event in put.events:
        fresh.setdefault(event["id"], event)
    if any("\0" in name for name in fresh):  # PostgreSQL keeps no such text
        raise JournalError("event-malformed")
    found = _journal(cursor, put)
    number, before, held = found or (None, 0, 0)
    if number is not None and fresh:
        cursor.execute(_KNOWN.format(", ".join(["%s"] * len(fresh))), [number, *fresh])
        for (name,) in cursor.fetchall():
            del fresh[name]
    bodies = [json.dumps(event, ensure_ascii=False, separators=(",", ":")) for event in fresh.values()]
    total, size = before + len(bodies), held + sum(len(body.encode()) + 1 for body in bodies)
    if total > MAX_LINES or size > MAX_BYTES:
        raise JournalError("journal-too-large")
    if number is None:
        cursor.execute(_NEW_JOURNAL, [put.module, put.person_id])
        found = _journal(cursor, put)
        if found is None:  # forgotten meanwhile
            raise JournalError("nobody")
        if found[1]:  # made by another process meanwhile
            return _append(cursor, put, epoch)
        number = found[0]
    if bodies:
        received = clock.now()
        named = enumerate(zip(fresh, bodies, strict=True), before)
        cursor.executemany(_APPEND, [(number, at, name, body, received) for at, (name, body) in named])
        cursor.execute(_GROW, [total, size, number])
    start = put.start if put.epoch in (None, epoch) else 0
    if start == before and sum(map(len, bodies)) <= LONGEST:
        return Rows(before, total, [*fresh.values()], epoch)  # nothing that whoever asks has not just sent
    return _rows(cursor, number, total, start, epoch)


def _journal(cursor: CursorWrapper, put: Put) -> tuple[int, int, int] | None:
    lock = "" if connection.vendor == "sqlite" else " FOR UPDATE"  # SQLite has one writer at a time
    cursor.execute(_JOURNAL + lock, [put.person_id, put.module])
    found: tuple[int, int, int] | None = cursor.fetchone()
    return found


def _rows(cursor: CursorWrapper, journal: int, total: int, start: int, epoch: str) -> Rows:
    begin = start if 0 <= start <= total else 0
    cursor.execute(_ROWS, [journal, begin, total])
    found: list[dict[str, Any]] = []
    size = 0
    for (body,) in cursor:
        size += len(body)
        if found and size > LONGEST:
            break
        found.append(json.loads(body))
    return Rows(begin, total, found, epoch)


class Writer:
    """The one thread of a process that writes answers."""

    def __init__(self) -> None:
        """Begin without a thread; the first step starts it."""
        self._waiting: queue.SimpleQueue[tuple[Put | Use, Future[Any]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def take(self, step: Put | Use) -> Any:
        """Take a step together with whatever else waits, and return its result once it is on the disk.

        Raises:
            JournalError: If nothing of it was written.
        """
        done: Future[Any] = Future()
        self._waiting.put((step, done))
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="answers", daemon=True)
                self._thread.start()
        return done.result()

    def waiting(self) -> int:
        """Return how many steps wait for the transaction under way."""
        return self._waiting.qsize()

    def stop(self) -> None:
        """End the thread, once what waits is written."""
        with self._lock:
            if self._thread is not None:
                self._waiting.put(None)
                self._thread.join()
                self._thread = None

    def _write(self) -> None:
        going = True
        while going:
            batch = []
            step = self._waiting.get()
            while step is not None:
                batch.append(step)
                if len(batch) == TOGETHER or self._waiting.empty():
                    break
                step = self._waiting.get()  # nobody else takes from it
            going = step is not None
            try:
                close_old_connections()  # one that was lost
                results = write_all([each for each, _ in batch])
            except Exception as error:  # noqa: BLE001 - each who waits is told, and sends again
                results = [error] * len(batch)
            for (_, done), became in zip(batch, results, strict=True):
                if isinstance(became, Exception):
                    done.set_exception(became)
                else:
                    done.set_result(became)
        connection.close()


writer = Writer()
