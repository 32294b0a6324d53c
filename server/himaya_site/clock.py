"""What time it is, in seconds: never earlier than what was written before, whatever the machine's clock says."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_lock = threading.Lock()
_source: Callable[[], float] = time.time
_latest = 0


def start(latest: int, source: Callable[[], float] = time.time) -> None:
    """Begin with the time of what was written last."""
    global _source, _latest
    with _lock:
        _source, _latest = source, latest


def now() -> int:
    """Return the time."""
    global _latest  # noqa: PLW0603 - as above
    with _lock:
        _latest = max(_latest, int(_source()))
        return _latest


def behind() -> int:
    """Return by how many seconds the machine's clock is behind what was written last; 0 where all is well."""
    return max(0, _latest - int(_source()))
