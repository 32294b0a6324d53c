"""What happens while a class is backed up or moved on, wherever it is kept: people answer, a disk is full, rows go."""

from __future__ import annotations

import itertools
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from himaya_server.classroom import backup
from himaya_server.classroom import store as stores
from tests.classroom.test_store import MODULE, made

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pytest

    from himaya_server.classroom.store import Store


@contextmanager
def answering(store: Store, people: Sequence[int]) -> Iterator[None]:
    """Let people answer meanwhile, two events with each put."""
    stop = threading.Event()

    def answer() -> None:
        for number in range(2_000):
            if stop.is_set():
                return
            store.put(people[number % len(people)], MODULE, [made(2 * number), made(2 * number + 1)])

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def fail_when_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk be full once tables have been changed."""
    real = stores.command.upgrade

    def broken(*given: object) -> None:
        real(*given)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stores.command, "upgrade", broken)


def lose_when_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let other numbers of events be counted before and after tables are changed."""
    real, numbers = backup._counted, itertools.count()
    monkeypatch.setattr(backup, "_counted", lambda asked: {**real(asked), "events": next(numbers)})
