"""Kernels for visitors: started in turn so that none hangs, a few kept warm, one for each page, freed with its page.

A visitor may have two, an address half of all and not many a minute, and the line in which pages wait has an end.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from himaya.errors import HimayaError
from himaya_server.pace import Bucket

if TYPE_CHECKING:
    from collections.abc import Coroutine

_log = logging.getLogger(__name__)
_NAME = "himaya"
_EACH = 2  # kernels that one visitor may have
_LONGEST_LINE = 60  # pages that wait
_CHANNELS = 4  # of one kernel: a phone that changes its network leaves some behind for a minute
_LOOK = 1.0  # seconds between two looks whether a kernel that should answer lives
_SOON = 10.0  # seconds within which a page connects to its kernel
_STARTS, _STARTS_AT_ONCE = 0.25, 12.0  # kernels that an address may take, a second; those beyond wait
_NICE = 5  # how far kernels come after the server
# What every app needs, so that no visitor waits for the imports. A page sends no code: the cells come from our build.
_WARM_UP = "import himaya_widgets.widgets"


class NoKernelError(HimayaError):
    """No kernel could be had in time, or it did not start."""


@dataclass
class Given:
    """A kernel that a visitor's page has.

    Attributes:
        sockets: Connections of the page to it now.
        alone: When the last of them went, or the kernel was given, in seconds of the monotonic clock.
    """

    visitor: str
    address: str | None = None
    sockets: int = 0
    alone: float = field(default_factory=time.monotonic)


@dataclass(eq=False)
class _Waiting:
    """A page in the line; its turn has come when `turn` is done."""

    visitor: str
    address: str | None
    turn: asyncio.Future[None]


class Kernels:
    """Hands out kernels of one manager.

    Args:
        manager: An asynchronous kernel manager of Jupyter Server.
        warm: How many kernels stand ready before anybody asks.
        most: How many pages may have a kernel at the same time; the others wait.
        at_once: How many kernels start at the same time; more would only slow each other down.
        patience: Seconds that a page waits for its kernel before it is told to try again.
        grace: Seconds that a kernel waits for a page whose link was cut, or that never came.
        idle: Seconds after which a kernel that does nothing is freed though its page is open.

    Attributes:
        manager: As given.
    """

    def __init__(
        self,
        manager: Any,
        *,
        warm: int,
        most: int,
        at_once: int,
        patience: float = 180,
        grace: float = 120,
        idle: float = 1800,
    ) -> None:
        """Start nothing yet: `keep` does, once there is a loop."""
        self.manager = manager
        self._wanted, self._patience, self._grace, self._idle = warm, patience, grace, idle
        self._warm: deque[str] = deque()
        self._given: dict[str, Given] = {}
        self._line: dict[object, _Waiting] = {}
        self._most, self._share = most, max(_EACH, most // 2)
        self._taken: dict[str, Bucket] = {}
        self._starts = asyncio.Semaphore(at_once)

    async def keep(self) -> None:
        """Fill up the warm kernels and free the abandoned ones, until cancelled."""
        while True:
            try:
                await self._free_abandoned()
                self._admit()
                if len(self._warm) < self._wanted and not self._line:
                    async with self._starts:
                        kernel = await self._start()
                    if len(self._warm) < self._wanted:
                        self._warm.append(kernel)
                    else:  # another was given back meanwhile
                        await self._end(kernel)
                    continue
            except NoKernelError as error:
                _log.warning("No kernel could be kept warm: %s", error)
            await asyncio.sleep(1)

    async def take(self, visitor: str, ticket: object, address: str | None = None) -> str:
        """Return the id of a kernel that only `visitor` may speak to, as soon as it is this ticket's turn.

        Args:
            visitor: Who will have it.
            ticket: What `before` asks about while waiting.
            address: Where the visitor is; None for a page of our own.

        Raises:
            NoKernelError: If none could be had in time, or too many wait.
        """
        if len(self._line) >= _LONGEST_LINE:
            raise NoKernelError("too many pages wait")
        waiting = self._line[ticket] = _Waiting(visitor, address, asyncio.get_running_loop().create_future())
        try:
            async with asyncio.timeout(self._patience):
                self._admit()
                await waiting.turn
                kernel = self._ready() or await self._start_in_turn()
            self._given[kernel] = Given(visitor, address)
        except TimeoutError as error:
            raise NoKernelError("nobody gave back a kernel in time") from error
        finally:
            del self._line[ticket]
            self._admit()
        return kernel

    def held_back(self, ticket: object) -> bool:
        """Return whether a page waits for its own visitor to close another."""
        waiting = self._line.get(ticket)
        return waiting is not None and not waiting.turn.done() and self._number(visitor=waiting.visitor) >= _EACH

    def _admit(self) -> None:
        """Let everybody whose turn has come have it; the longest in the line first."""
        for waiting in self._line.values():
            if not waiting.turn.done() and self._fits(waiting):
                waiting.turn.set_result(None)

    def _fits(self, waiting: _Waiting) -> bool:
        if self._number() >= self._most:
            return False
        if self._number(visitor=waiting.visitor) >= _EACH:
            self._give_up_one(waiting.visitor)
            return False
        if waiting.address is None:
            return True
        if self._number(address=waiting.address) >= self._share:
            return False
        for address, bucket in list(self._taken.items()):
            if bucket.left() >= bucket.most:
                del self._taken[address]
        return self._taken.setdefault(waiting.address, Bucket(_STARTS, _STARTS_AT_ONCE)).take()

    def _number(self, **of: str) -> int:
        """Return how many kernels are given or being started, of all or of one visitor or address."""
        having = [*self._given.values(), *(one for one in self._line.values() if one.turn.done())]
        return sum(all(getattr(one, name) == value for name, value in of.items()) for one in having)

    def _give_up_one(self, visitor: str) -> None:
        """Free the kernel of a page that this visitor has left without a word, since they open another."""
        long_ago = time.monotonic() - _SOON
        for kernel, given in self._given.items():
            if given.visitor == visitor and given.sockets <= 0 and given.alone < long_ago:
                self._freeing = asyncio.ensure_future(self.free(kernel))
                return

    def before(self, ticket: object) -> int:
        """Return how many are served before this ticket; 0 also when its turn has come or has passed."""
        return list(self._line).index(ticket) if ticket in self._line else 0

    async def belongs(self, kernel: str, visitor: str) -> bool:
        """Return whether this visitor was given this kernel, and it lives."""
        given = self._given.get(kernel)
        if given is None or given.visitor != visitor or kernel not in self.manager:
            return False
        return bool(await self.manager.get_kernel(kernel).is_alive())

    def connected(self, kernel: str) -> bool:
        """Count a connection of a page to its kernel; return False where there are too many."""
        given = self._given.get(kernel)
        if given is None or given.sockets >= _CHANNELS:
            return False
        given.sockets += 1
        return True

    def disconnected(self, kernel: str) -> None:
        """A connection is gone; the page may come back for a while."""
        if kernel in self._given:
            self._given[kernel].sockets -= 1
            self._given[kernel].alone = time.monotonic()

    async def free(self, kernel: str) -> None:
        """End a kernel that its page needs no more; harmless where it is gone already."""
        if self._given.pop(kernel, None) is None:
            return
        self._admit()
        await self._end(kernel)

    async def give_back(self, kernel: str, *, good: bool) -> None:
        """Take back a kernel that ran only our own cells for nobody in particular; a good one serves again."""
        if good and len(self._warm) < self._wanted and kernel in self.manager and kernel in self._given:
            del self._given[kernel]
            self._warm.append(kernel)
            self._admit()
        else:
            await self.free(kernel)

    def counts(self) -> dict[str, int]:
        """Return how many kernels are given, warm, and how many pages wait."""
        return {"given": len(self._given), "warm": len(self._warm), "waiting": len(self._line)}

    def _ready(self) -> str | None:
        while self._warm:
            kernel = self._warm.popleft()
            if kernel in self.manager:
                return kernel
        return None

    async def _start_in_turn(self) -> str:
        async with self._starts:
            return self._ready() or await self._start()

    async def _start(self) -> str:
        """Start one kernel and wait until it has imported what every app needs."""
        kernel: str | None = None
        try:
            kernel = str(await self.manager.start_kernel(kernel_name=_NAME, path=""))
            _after_the_server(self.manager.get_kernel(kernel))
            await self._warm_up(kernel)
        except BaseException as error:
            if kernel is not None:
                await self._end(kernel)
            if isinstance(error, Exception):
                message = f"{type(error).__name__}: {error}"
                raise NoKernelError(message) from error
            raise
        return kernel

    async def _warm_up(self, kernel: str) -> None:
        started = self.manager.get_kernel(kernel)
        client = started.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            asked = client.execute(_WARM_UP, silent=True, store_history=False, reply=True, timeout=60)
            answer = await _while_alive(started, asked)
        finally:
            client.stop_channels()
        if answer["content"]["status"] != "ok":
            message = f"the kernel cannot import the player: {answer['content'].get('evalue')}"
            raise NoKernelError(message)

    async def _free_abandoned(self) -> None:
        now = time.monotonic()
        for kernel, given in list(self._given.items()):
            abandoned = given.sockets <= 0 and now - given.alone > self._grace
            if abandoned or kernel not in self.manager or self._idle_for(kernel) > self._idle:
                await self.free(kernel)

    def _idle_for(self, kernel: str) -> float:
        return time.time() - float(self.manager.get_kernel(kernel).last_activity.timestamp())

    async def _end(self, kernel: str) -> None:
        with suppress(Exception):  # it died by itself meanwhile; what matters is that it is gone
            await self.manager.shutdown_kernel(kernel, now=True)


async def _while_alive(kernel: Any, answer: Coroutine[Any, Any, Any]) -> Any:
    """Return an answer of a kernel; jupyter_client waits for it even when the kernel has died.

    Raises:
        NoKernelError: If it dies.
    """
    answering = asyncio.ensure_future(answer)
    try:
        while not (await asyncio.wait([answering], timeout=_LOOK))[0]:
            if not await kernel.is_alive():
                raise NoKernelError("the kernel died")
    finally:
        answering.cancel()
    return answering.result()


def _after_the_server(kernel: Any) -> None:
    """Let the server, which everybody waits for, come before a kernel, for which one page waits."""
    number = getattr(getattr(kernel, "provisioner", None), "pid", None)
    if number is None:
        return
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, number, os.getpriority(os.PRIO_PROCESS, 0) + _NICE)
    with suppress(OSError):  # where Linux groups processes by session, only the groups' priorities count: sched(7)
        Path(f"/proc/{number}/autogroup").write_text(str(_NICE), encoding="ascii")
