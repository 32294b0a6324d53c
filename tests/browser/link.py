"""A TCP link between browser and server that a test can cut, stall, and weigh."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine


def free_port() -> int:
    """Return a port of the loopback address that is free now, below those that the system gives to kernels."""
    while True:
        port = secrets.choice(range(20_000, 32_000))
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Link:
    """Forwards every connection to `target`, on a loop of its own.

    Attributes:
        received: Bytes that came from the server so far.
    """

    def __init__(self, target: int) -> None:
        """Remember the server's port; nothing listens before `start`."""
        self.target = target
        self.port = free_port()
        self.received = 0
        self._open = True
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        self._run(self._listen())

    def stop(self) -> None:
        """Close everything."""
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def cut(self) -> None:
        """End every connection and accept no new one."""
        self._open = False
        self._run(self._drop())

    def stall(self) -> None:
        """Keep the connections, move no byte."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def restore(self) -> None:
        """Let everything through again."""
        self._open = True
        self._loop.call_soon_threadsafe(self._flows.set)

    def _run(self, task: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(task, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def _drop(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            writer.transport.abort()
            return
        try:
            upstream, downstream = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, downstream}
        with contextlib.suppress(OSError):
            await asyncio.gather(self._pump(reader, downstream, count=False), self._pump(upstream, writer, count=True))
        self._writers -= {writer, downstream}
        for end in (writer, downstream):
            end.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, count: bool) -> None:
        while data := await source.read(65536):
            await self._flows.wait()
            if count:
                self.received += len(data)
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()
