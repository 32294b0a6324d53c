"""Opening the site to a room: a second listener at a private address of this machine, and why no phone comes.

Staff are answered on this machine alone all the same: `project.middleware` sees to that, whatever listens.
"""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from himaya.answers.private import write_whole
from himaya_site.operate import networks as of_machine
from himaya_site.served import served

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from himaya_site.operate.networks import Firewall, Network

KEPT = "room"
"""A file in the folder of the classes that its owner alone can read: the address that is open, and the day.

After a restart on that day it opens again by itself. On another day this machine may be in another network where it
has the same address, so somebody has to open it.
"""
PATIENCE = 30
"""Seconds without a phone after which the checks are shown."""
_ANSWER = 3  # seconds within which the site answers this machine
_AGAIN = 5  # seconds between looks for the address of before: a Wi-Fi often comes after the start
_MOST = 10_000  # phones that are counted; who invents addresses fills no memory

Problem = Literal["room-not-ours", "room-taken", "room-by-command"]


@dataclass(frozen=True)
class Checks:
    """Why no phone may have come.

    Attributes:
        answers: Whether the site answers this machine at the open address.
        network: In which network the address is; None where this machine does not have it now.
        firewall: What may keep phones out; None where nothing that we know does.
    """

    answers: bool
    network: Network | None
    firewall: Firewall | None


class Listener(Protocol):
    """What answers at one address."""

    def start(self) -> None:
        """Begin."""

    def close_listener(self) -> None:
        """Answer no more."""


class RoomError(Exception):
    """The site cannot be opened at an address; `what` names a sentence of the catalogue."""

    def __init__(self, what: Problem) -> None:
        """Take the sentence."""
        super().__init__(what)
        self.what = what


@dataclass
class Room:
    """Whether the site answers phones, and where.

    Attributes:
        folder: Of the classes.
        port: Of the site.
        listen: Returns what answers at an address, or raises OSError.
        by_command: Where it answers by the command that started it, which alone can close it; empty if nowhere.
        networks: Which networks this machine is in, by its address.
        firewall: What may keep phones out of a network and port.
        clock: Seconds that pass.
        address: Where it is open; None where it is not.
        lost: Where it was open before a restart, while this machine does not have that address; None otherwise.
    """

    folder: Path
    port: int
    listen: Callable[[str], Listener]
    by_command: str = ""
    networks: Callable[[], Mapping[str, Network]] = of_machine.networks
    firewall: Callable[[str, int], Firewall | None] = of_machine.firewall
    clock: Callable[[], float] = time.monotonic
    address: str | None = None
    lost: str | None = None
    _listener: Listener | None = None
    _named: bool = False
    _since: float = 0.0
    _phones: set[str] = field(default_factory=set)
    _changing: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        """Wait for phones, where the command has opened it."""
        if self.by_command:
            self.address, self._since = self.by_command, self.clock()

    def open(self, address: str) -> None:
        """Answer at an address of this machine too, also after a restart today, and no more at the one of before.

        Raises:
            RoomError: If it is none of this machine's private addresses, or something else answers there.
        """
        with self._changing:
            if self.by_command:
                raise RoomError("room-by-command")
            if address not in self.networks():
                raise RoomError("room-not-ours")
            if address == self.address:
                return
            try:
                listener = self.listen(address)
            except OSError:
                raise RoomError("room-taken") from None
            try:
                write_whole(self.folder / KEPT, f"{address} {served().today()}".encode())
            except OSError:
                listener.close_listener()
                raise
            self._end()
            self._named = address not in served().hosts
            served().hosts |= {address}
            self._phones, self._since = set(), self.clock()
            self._listener, self.address, self.lost = listener, address, None
            listener.start()

    def open_again(self) -> None:
        """Open it where it was open today; where this machine does not have that address yet, as soon as it has."""
        if self.by_command or (address := self._kept_today()) is None:
            return
        self.lost = address
        if not self._open_lost():
            threading.Thread(target=self._wait, name="room", daemon=True).start()

    def _kept_today(self) -> str | None:
        try:
            address, _, day = (self.folder / KEPT).read_text(encoding="ascii").partition(" ")
        except (OSError, UnicodeDecodeError):
            return None
        return address if day == str(served().today()) else None

    def _wait(self) -> None:
        while not self._open_lost():
            time.sleep(_AGAIN)

    def _open_lost(self) -> bool:
        """Return whether nothing is left to be opened again."""
        with self._changing:
            if self.lost is None:  # it was closed or opened elsewhere meanwhile
                return True
            if self._kept_today() is None:
                self.lost = None
                return True
            try:
                self.open(self.lost)
            except (RoomError, OSError):
                return False
            return True

    def close(self) -> None:
        """Answer this machine alone again, also after a restart.

        Raises:
            RoomError: If the command that started the site has opened it.
        """
        with self._changing:
            if self.by_command:
                raise RoomError("room-by-command")
            (self.folder / KEPT).unlink(missing_ok=True)
            self._end()

    def _end(self) -> None:
        listener, address = self._listener, self.address
        self._listener = self.address = self.lost = None
        if listener is not None and address is not None:
            if self._named:
                served().hosts -= {address}
            listener.close_listener()

    def seen(self, peer: str) -> None:
        """Note that somebody asked from an address; this machine is no phone."""
        address = self.address
        if address is not None and peer not in ("", address) and not _here(peer) and len(self._phones) < _MOST:
            self._phones.add(peer)

    @property
    def phones(self) -> int:
        """How many phones have asked since it was opened."""
        return len(self._phones)

    @property
    def link(self) -> str | None:
        """What people type and scan, without a path; None where it is not open."""
        if self.address is None:
            return None
        return f"http://{self.address}" if self.port == 80 else f"http://{self.address}:{self.port}"

    @property
    def late(self) -> bool:
        """Whether no phone has come for so long that something may be wrong."""
        return self.address is not None and not self._phones and self.clock() - self._since >= PATIENCE

    def checks(self) -> Checks:
        """Return why no phone may have come."""
        network = self.networks().get(self.address or "")
        answers = self._answers()
        return Checks(answers, network, None if network is None else self.firewall(network.name, self.port))

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(self.address or "", self.port, timeout=_ANSWER)
        try:
            connection.request("GET", "/class/")
            return connection.getresponse().status < 400
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _here(peer: str) -> bool:
    return peer == "::1" or peer.startswith("127.")


_room: Room | None = None


def use(room: Room | None) -> None:
    """Let this process open and close it from now on."""
    global _room  # noqa: PLW0603 - a process serves one folder
    _room = room


def room() -> Room | None:
    """Return the room of this process; None where it is served without one."""
    return _room
