"""How often codes may be tried: slower and slower by number, device and room, and never locked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from himaya_server.classroom.codes import DEVICE, DEVICE_AT_ONCE, NAME, NAME_AT_ONCE, ROOM, ROOM_AT_ONCE
from himaya_site.paces import Pace

if TYPE_CHECKING:
    from collections.abc import Callable


class Tries:
    """Tries of codes, as all processes count them."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Take the clock."""
        self._names = Pace("code-number", NAME, NAME_AT_ONCE, clock)
        self._devices = Pace("code-device", DEVICE, DEVICE_AT_ONCE, clock)
        self._room = Pace("code-room", ROOM, ROOM_AT_ONCE, clock)

    def begin(self, name: str, device: str) -> bool:
        """Take a try, unless it is too soon for one."""
        paces = self._of(name, device)
        if any(pace.left(key) < 1 for pace, key in paces):
            return False
        taken = [pace.take(key) for pace, key in paces]  # somebody else may have taken the last one meanwhile
        return all(taken)

    def right(self, name: str, device: str) -> None:
        """Give a try back: only what is wrong is counted, since a class comes through one router."""
        for pace, key in self._of(name, device):
            pace.give_back(key)

    def _of(self, name: str, device: str) -> tuple[tuple[Pace, str], ...]:
        return (self._names, name), (self._devices, device), (self._room, "all")
