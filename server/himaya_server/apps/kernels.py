"""Kernels for visitors: started in turn so that none hangs, a few kept warm, one for each page, freed with its page."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

_log = logging.getLogger(__name__)
_NAME = "himaya"
# What every app needs, so that no visitor waits for the imports. A page sends no code: the cells come from our build.
_WARM_UP = "import himaya_widgets.widgets"


class NoKernelError(Exception):
    """No kernel could be had in time, or it did not start."""


@dataclass
class Given:
    """A kernel that a visitor's page has.

    Attributes:
        sockets: Connections of the page to it now.
        alone: When the last of them went, or the kernel was given, in seconds of the monotonic clock.
    """

    visitor: str
    sockets: int = 0
    alone: float = field(default_factory=time.monotonic)


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

    def __init__(  # noqa: PLR0913 - each is a setting of its own
        self,
        manager: Any,  # noqa: ANN401 - jupyter_server ships no types
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
        self._line: list[object] = []
        self._places = asyncio.Semaphore(most)
        self._starts = asyncio.Semaphore(at_once)

    async def keep(self) -> None:
        """Fill up the warm kernels and free the abandoned ones, until cancelled."""
        while True:
            try:
                await self._free_abandoned()
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

    async def take(self, visitor: str, ticket: object) -> str:
        """Return the id of a kernel that only `visitor` may speak to, as soon as it is this ticket's turn.

        Args:
            visitor: Who will have it.
            ticket: What `before` asks about while waiting.

        Raises:
            NoKernelError: If none could be had in time.
        """
        self._line.append(ticket)
        try:
            async with asyncio.timeout(self._patience):
                await self._places.acquire()
                try:
                    kernel = self._ready() or await self._start_in_turn()
                except BaseException:
                    self._places.release()
                    raise
        except TimeoutError as error:
            raise NoKernelError("nobody gave back a kernel in time") from error
        finally:
            self._line.remove(ticket)
        self._given[kernel] = Given(visitor)
        return kernel

    def before(self, ticket: object) -> int:
        """Return how many are served before this ticket; 0 also when its turn has come or has passed."""
        return self._line.index(ticket) if ticket in self._line else 0

    async def belongs(self, kernel: str, visitor: str) -> bool:
        """Return whether this visitor was given this kernel, and it lives."""
        given = self._given.get(kernel)
        if given is None or given.visitor != visitor or kernel not in self.manager:
            return False
        return bool(await self.manager.get_kernel(kernel).is_alive())

    def connected(self, kernel: str) -> None:
        """A page opened a connection to its kernel."""
        if kernel in self._given:
            self._given[kernel].sockets += 1

    def disconnected(self, kernel: str) -> None:
        """A connection is gone; the page may come back for a while."""
        if kernel in self._given:
            self._given[kernel].sockets -= 1
            self._given[kernel].alone = time.monotonic()

    async def free(self, kernel: str) -> None:
        """End a kernel that its page needs no more; harmless where it is gone already."""
        if self._given.pop(kernel, None) is None:
            return
        self._places.release()
        await self._end(kernel)

    async def give_back(self, kernel: str, *, good: bool) -> None:
        """Take back a kernel that ran only our own cells for nobody in particular; a good one serves again."""
        if good and len(self._warm) < self._wanted and kernel in self.manager and kernel in self._given:
            del self._given[kernel]
            self._places.release()
            self._warm.append(kernel)
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
        client = self.manager.get_kernel(kernel).client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            answer = await client.execute(_WARM_UP, silent=True, store_history=False, reply=True, timeout=60)
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
