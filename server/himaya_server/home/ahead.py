"""What is read of the classes before anybody asks for it, outside the server's loop. It knows no page and no file."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

logger = logging.getLogger(__name__)


class Ahead:
    """Steps that read, taken one after the other in a thread of their own, which ends when none is left."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._waiting: dict[Hashable, Callable[[], object]] = {}
        self._first: dict[Hashable, threading.Event] = {}
        self._runs = False

    def begin(self, what: Hashable, step: Callable[[], object]) -> None:
        """Take a step after those that wait; nothing new where this one waits already."""
        with self._lock:
            self._waiting.setdefault(what, step)
            self._first.setdefault(what, threading.Event())
            if not self._runs:
                self._runs = True
                # Not one that a server which stops waits for: it only reads.
                threading.Thread(target=self._run, name="himaya-ahead", daemon=True).start()

    def is_read(self, what: Hashable, seconds: float) -> bool:
        """Return whether a step was taken once, or was never begun; waits so long for it at most.

        It is taken next: somebody waits for it.
        """
        with self._lock:
            first = self._first.get(what)
            if what in self._waiting:
                self._waiting = {what: self._waiting.pop(what)} | self._waiting
        return first is None or first.wait(seconds)

    def _run(self) -> None:
        while True:
            with self._lock:
                what = next(iter(self._waiting), None)
                if what is None:
                    self._runs = False
                    return
                step = self._waiting.pop(what)
            try:
                step()
            except Exception:  # the page that needs it tells what is wrong
                logger.exception("The class could not be read ahead")
            self._first[what].set()
