"""A weak link as TCP sees it: everything waits and shares one narrow pipe, sockets included.

Chromium's own emulation slows requests only, not WebSockets.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading

from tests.browser.link import free_port

_PIECE = 1460  # bytes, about one packet


class WeakLink:
    """Forwards to `target`, slowly.

    Args:
        target: The server's port on this machine.
        latency: Seconds from a request to the first byte of its answer, at least.
        rate: Bytes a second that come down, for all connections together.

    Attributes:
        received: Bytes that came down so far.
        port: Where to connect to.
    """

    def __init__(self, target: int, latency: float, rate: float) -> None:
        """Listen at once, on a loop of its own."""
        self.port, self.received = free_port(), 0
        self._target, self._latency, self._rate = target, latency, rate
        self._free_at = 0.0  # when the pipe has let through all that was put into it
        self._tasks: set[asyncio.Future[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        listening = asyncio.start_server(self._begin, "127.0.0.1", self.port)
        asyncio.run_coroutine_threadsafe(listening, self._loop).result(10)

    def stop(self) -> None:
        """Let go of everything."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _end(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.ensure_future(self._accept(reader, writer)))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self._latency)  # the handshake
        upstream, downstream = await asyncio.open_connection("127.0.0.1", self._target)
        with contextlib.suppress(OSError):
            await asyncio.gather(
                self._carry(reader, downstream, narrow=False), self._carry(upstream, writer, narrow=True)
            )
        for end in (writer, downstream):
            end.transport.abort()

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, narrow: bool) -> None:
        """Pass pieces on in order, each half the latency after it came and not before the pipe is free."""
        due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(256)

        async def deliver() -> None:
            while True:
                at, data = await due.get()
                await asyncio.sleep(max(0.0, at - self._loop.time()))
                if not data:
                    return
                sink.write(data)
                await sink.drain()

        delivering = asyncio.create_task(deliver())
        while data := await source.read(_PIECE):
            now = self._loop.time()
            if narrow:
                self.received += len(data)
                self._free_at = max(now, self._free_at) + len(data) / self._rate
            await due.put(((self._free_at if narrow else now) + self._latency / 2, data))
        await due.put((self._loop.time(), b""))
        await delivering
        if sink.can_write_eof():
            sink.write_eof()
