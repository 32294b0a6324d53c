"""The channel between a page and its own kernel: bounded in size, pace, time, and in what waits to be sent."""

from __future__ import annotations

import asyncio
import re
import time
import zlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketProtocol13, _WebSocketParams

from himaya_server.apps.bounds import LARGEST_MESSAGE, Connection
from himaya_server.apps.messages import V1
from himaya_server.pace import Bucket

if TYPE_CHECKING:
    from himaya_server.apps.kernels import Kernels

_DONE = (1000, 1001)  # RFC 6455, 7.4.1: the page is done, or it is going away
_REFUSED = 1008  # the same: against the rules of this server
_FRAME_TIME = 20.0  # seconds for a whole message, once its first byte is there
_FRAMES, _FRAMES_AT_ONCE = 30.0, 200.0  # of one channel, a second; those beyond wait
_BYTES_OF_A_FRAME = 4096  # bytes that count as one more
_UNSENT = 2**22  # bytes that wait for a page that does not read
_OPENING = 15  # requests that opening a channel counts for, since it takes six sockets; so does a broken message
_SESSION = re.compile(r"[A-Za-z0-9][\w-]{0,63}", re.ASCII)  # becomes an address of ZeroMQ
_DEFLATE = re.compile(r"permessage-deflate(; ?client_max_window_bits)?")  # what browsers offer


class Frames(WebSocketProtocol13):
    """Reads frames of messages that arrive in time and not too fast."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.pace = Bucket(_FRAMES, _FRAMES_AT_ONCE)
        self._due: float | None = None

    async def _receive_frame(self) -> None:
        if self._fragmented_message_buffer is None:
            self._due = None
        before = self._wire_bytes_in
        try:
            await super()._receive_frame()
        except TimeoutError:
            self._abort()
            raise StreamClosedError from None
        except (zlib.error, UnicodeDecodeError):
            self._abort()
        wait = self.pace.charge(1 + (self._wire_bytes_in - before) / _BYTES_OF_A_FRAME)
        if wait:
            await asyncio.sleep(wait)

    async def _read_bytes(self, n: int) -> bytes:
        first = b""
        if self._due is None:  # between two messages a page may be silent
            first = await super()._read_bytes(1)
            self._due = time.monotonic() + _FRAME_TIME
        async with asyncio.timeout(max(0.0, self._due - time.monotonic())):
            rest: bytes = await super()._read_bytes(n - len(first))
        return first + rest

    def refuse(self, reason: str) -> None:
        """Close at once, with a reason."""
        self.close(_REFUSED, reason)
        self._abort()


class Channel(KernelWebsocketHandler):
    """Answers the visitor to whom the kernel was given, and nobody else."""

    kernels: Kernels
    connection: Any = None
    _counted = False
    _unsent = 0

    def initialize(self, kernels: Kernels) -> None:
        """Keep where kernels come from."""
        self.kernels = kernels

    async def get(self, kernel_id: str) -> None:
        """Open the channel; what is no whole handshake is refused before anything is made for it."""
        headers = self.request.headers
        asked = headers.get("Upgrade", "").lower(), headers.get("Sec-WebSocket-Version")
        if asked != ("websocket", "13") or not headers.get("Sec-WebSocket-Key"):
            raise HTTPError(HTTPStatus.BAD_REQUEST)
        if not _SESSION.fullmatch(self.get_query_argument("session_id", "")):
            raise HTTPError(HTTPStatus.BAD_REQUEST)
        self._address_pays()
        try:
            await super().get(kernel_id)
        finally:
            self._forget()

    async def pre_get(self) -> None:
        """Refuse every kernel that this visitor was not given, and one that died."""
        if not await self.kernels.belongs(self.kernel_id, self.current_user.username):
            raise HTTPError(404)
        if not self.kernels.connected(self.kernel_id):
            raise HTTPError(HTTPStatus.TOO_MANY_REQUESTS)
        self._counted = True
        await super().pre_get()

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Return the one that the front end of labs prefers; its messages are checked before they are read."""
        return V1 if V1 in subprotocols else None

    def get_compression_options(self) -> dict[str, Any] | None:
        """Compress for who offers it as browsers do; of odd offers Tornado raises an error."""
        offered = self.request.headers.get("Sec-WebSocket-Extensions", "")
        return super().get_compression_options() if _DEFLATE.fullmatch(offered.strip()) else None

    def get_websocket_protocol(self) -> Frames:
        """Return what reads this channel's frames."""
        settings = {"max_message_size": LARGEST_MESSAGE, "compression_options": self.get_compression_options()}
        return Frames(self, False, _WebSocketParams(**settings))

    async def open(self, kernel_id: str) -> None:
        """Connect to the kernel; from now on the channel has its own bounds of time."""
        assert self.ws_connection is not None  # noqa: S101 - it was opened
        stream = self.ws_connection.stream
        if isinstance(stream, Connection):
            stream.set_deadline(None)
        await super().open(kernel_id)

    def write_message(self, message: Any, binary: bool = False) -> asyncio.Future[None]:
        """Send, and give up a page that does not read what it asked for."""
        size = len(message)
        if self._unsent > _UNSENT and self.ws_connection is not None:
            self.refuse("too much waits to be read")
        try:
            sent: asyncio.Future[None] = super().write_message(message, binary)
        except WebSocketClosedError:  # it was closed just now, and what the kernel still says has nobody to read it
            sent = asyncio.get_running_loop().create_future()
            sent.set_result(None)
            return sent
        self._unsent += size

        def done(sending: asyncio.Future[None]) -> None:
            self._unsent -= size
            if not sending.cancelled():
                sending.exception()  # a page that left is no error

        sent.add_done_callback(done)
        return sent

    def charge(self, frames: float) -> None:
        """Let a message count as more than one."""
        if isinstance(self.ws_connection, Frames):
            self.ws_connection.pace.charge(frames)

    def refuse(self, reason: str) -> None:
        """Close the channel of a page that breaks a rule."""
        if isinstance(self.ws_connection, Frames):
            self._address_pays()
            self.ws_connection.refuse(reason)

    def _address_pays(self) -> None:
        """Let the next requests of this address wait, if it does this often."""
        protocol = self.ws_connection
        stream = self.request.connection.stream if protocol is None else protocol.stream
        if isinstance(stream, Connection):
            stream.account.pace.charge(_OPENING)

    def on_close(self) -> None:
        """Free the kernel of a page that is drawn or closed; wait a while for one whose link was cut."""
        if self.connection is not None:
            super().on_close()
        self._forget()
        if self.close_code in _DONE:
            self._freeing = asyncio.ensure_future(self.kernels.free(self.kernel_id))

    def _forget(self) -> None:
        """Leave nothing of this connection, also where it was never opened: Jupyter keeps its session for ever."""
        if self._counted:
            self._counted = False
            self.kernels.disconnected(self.kernel_id)
        connection, self.connection = self.connection, None
        if connection is not None:
            sessions = connection._open_sessions  # noqa: SLF001 - it has no other end than `disconnect`
            if sessions.get(connection.session_key) is self:
                del sessions[connection.session_key]
