"""What the apps' server takes from the network, bounded: connections, requests, headers, bodies, and their pace.

Limits hold for an address, since one link gives any number of cookies. Where there is no room, a connection without the
link goes first, then one that waits for its next request. An address from which nothing comes but requests without the
link is closed unheard for a while.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tornado.http1connection import HTTP1ConnectionParameters
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPInputError, HTTPMessageDelegate
from tornado.iostream import IOStream

from himaya_server.pace import Bucket

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tornado.http1connection import HTTP1Connection
    from tornado.httputil import HTTPHeaders, RequestStartLine, ResponseStartLine

CONNECTIONS = 400
CONNECTIONS_OF_AN_ADDRESS = 96
"""A room behind one router has one address: 25 browsers with a lab each, and what they load meanwhile."""
REQUESTS_OF_A_CONNECTION = 200
LARGEST_HEADER = 2**14  # bytes
LARGEST_BODY = 2**12  # bytes; no page sends more than the form of a tab that closes
LARGEST_MESSAGE = 2**16  # bytes of one message on a channel
SILENCE = 30.0  # seconds for a whole header, also for the next one on a connection
BODY_TIME = 10.0  # seconds for a whole body
ANSWER_TIME = 600.0  # seconds until an answer is sent; a lab's program takes minutes on a weak link
_READ = 2**14  # bytes that are read at once
_REQUESTS, _REQUESTS_AT_ONCE = 40.0, 600.0  # of an address, a second; those beyond wait
_BYTES_OF_A_REQUEST = 20_000  # sent bytes that count as one more request
_LONGEST_WAIT = 60.0  # seconds that a request waits for its address's pace
_STRANGER = 5.0  # how many requests one without the link counts for
_STRANGERS, _STRANGERS_AT_ONCE = 40.0, 400.0  # requests without the link from all addresses, a second
_ARRIVALS, _ARRIVALS_AT_ONCE = 20.0, 300.0  # connections of an address, a second
_FAULTS, _FAULTS_AT_ONCE = 1.0, 200.0  # of an address, a second; a whole class may come with a mistyped link
_MOST_FAULTS = 600.0  # that are remembered: an address is closed for ten minutes at most after its last one
_NO_LINK, _NO_HEADER, _BODY = 1, 5, 10  # faults: a request without the link, no whole header, a body that no page sends
_TRIALS = 1.0  # connections that a closed address may make, a second: somebody with the link may be behind it, too
_WELCOME = 3600.0  # seconds for which no address is closed from which somebody came with the link
_ACCOUNTS = 1000  # addresses that are remembered


@dataclass(eq=False)
class Account:
    """What one address has and may."""

    clock: Callable[[], float] = time.monotonic
    connections: int = 0
    known_at: float | None = None
    pace: Bucket = field(init=False)
    arrivals: Bucket = field(init=False)
    _faults: Bucket = field(init=False)
    _trials: Bucket = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing against it."""
        self.pace = Bucket(_REQUESTS, _REQUESTS_AT_ONCE, self.clock)
        self.arrivals = Bucket(_ARRIVALS, _ARRIVALS_AT_ONCE, self.clock)
        self._faults = Bucket(_FAULTS, _FAULTS_AT_ONCE, self.clock)
        self._trials = Bucket(_TRIALS, _TRIALS, self.clock)

    def welcome(self) -> None:
        """Note that somebody came with the link."""
        self.known_at = self.clock()

    def welcomed(self) -> bool:
        """Return whether somebody came with the link not long ago: a whole class may share the address."""
        return self.known_at is not None and self.clock() - self.known_at < _WELCOME

    def fault(self, weight: float = _NO_LINK) -> None:
        """Count what comes without the link, the heavier the less a browser does it."""
        if self._faults.left() > -_MOST_FAULTS:
            self._faults.charge(weight)

    def closed(self) -> bool:
        """Return whether nothing but faults came from it, too many of them."""
        return self._faults.left() < 0 and not self.welcomed()

    def may_try(self) -> bool:
        """Return whether a connection is heard: any of an address that is not closed, else one now and then."""
        return not self.closed() or self._trials.take()

    def forgettable(self) -> bool:
        """Return whether nothing would be different without it."""
        full = all(one.left() >= one.most for one in (self.pace, self.arrivals, self._faults))
        return self.connections == 0 and full and not self.welcomed()


class Accounts(dict[str, Account]):
    """The accounts of all addresses."""

    def of(self, ip: str) -> Account:
        """Return the account of an address."""
        address = address_of(ip)
        if address not in self and len(self) >= _ACCOUNTS:
            self._forget()
        return self.setdefault(address, Account())

    def _forget(self) -> None:
        """Make room among those without a connection: first what is worth nothing, then strangers, then all."""
        orders: tuple[Callable[[Account], bool], ...] = (
            Account.forgettable,
            lambda account: not account.welcomed(),
            lambda _: True,
        )
        for worthless in orders:
            for one, account in list(self.items()):
                if account.connections == 0 and worthless(account):
                    del self[one]
            if len(self) < _ACCOUNTS:
                return


def address_of(ip: str) -> str:
    """Return what counts as one address: of the newer kind, a device can have a whole network of 64 bits."""
    try:
        known = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return ip
    if isinstance(known, ipaddress.IPv6Address):
        known = known.ipv4_mapped or ipaddress.IPv6Network((known, 64), strict=False).network_address
    return str(known)


class Connection(IOStream):
    """A visitor's connection.

    Attributes:
        known: Whether the last request on it came with the link.
        busy: Whether a request is being answered, or it has become a channel.
        heard: Whether a whole header ever came.
        requests: How many it has asked.
    """

    def __init__(self, connection: socket.socket, account: Account, on_closed: Callable[[Connection], None]) -> None:
        super().__init__(connection, max_buffer_size=4 * LARGEST_MESSAGE, read_chunk_size=_READ)
        self.account, self._on_closed = account, on_closed
        self.known = self.busy = self.heard = False
        self.requests = 0
        self._deadline: asyncio.TimerHandle | None = None

    def write(self, data: bytes | memoryview) -> asyncio.Future[None]:
        """Write, and let the address pay for it."""
        self.account.pace.charge(len(data) / _BYTES_OF_A_REQUEST)
        written: asyncio.Future[None] = super().write(data)
        return written

    def close_fd(self) -> None:
        """Close the socket and make room."""
        super().close_fd()
        self.set_deadline(None)
        self._on_closed(self)

    def set_deadline(self, seconds: float | None) -> None:
        """Close it after some seconds, or not."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else asyncio.get_running_loop().call_later(seconds, self.close)


class BoundedServer(HTTPServer):
    """An HTTP server for visitors nobody knows.

    Args:
        application: What answers.
        knows: Whether a request, by its target and headers, comes with the link.
        sentence: What a connection is told that finds no room.
        silence: Seconds as of `SILENCE`.
    """

    def initialize(
        self,
        application: Any,
        *,
        knows: Callable[[str, HTTPHeaders], bool],
        sentence: str = "",
        silence: float = SILENCE,
    ) -> None:
        """Set the bounds; tornado calls this instead of `__init__`."""
        super().initialize(
            application,
            chunk_size=_READ,
            max_header_size=LARGEST_HEADER,
            idle_connection_timeout=silence,
            body_timeout=BODY_TIME,
            max_body_size=LARGEST_BODY,
            max_buffer_size=4 * LARGEST_MESSAGE,
        )
        self.knows = knows
        self.strangers = Bucket(_STRANGERS, _STRANGERS_AT_ONCE)
        self.accounts = Accounts()
        self._open: dict[Connection, None] = {}  # the oldest first
        self._last_request = HTTP1ConnectionParameters(**{**vars(self.conn_params), "no_keep_alive": True})
        text = sentence.encode()
        head = f"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: {len(text)}\r\n"
        self._no_room = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n".encode() + text

    def _handle_connection(self, connection: socket.socket, address: Any) -> None:
        """Take in a connection, where there is room for it; Tornado has no hook before it makes a stream."""
        account = self.accounts.of(address[0])
        if not account.may_try():
            connection.close()
            return
        if not account.arrivals.take() or not self._make_room(account):
            with contextlib.suppress(OSError):
                connection.send(self._no_room, socket.MSG_DONTWAIT)
            connection.close()
            return
        account.connections += 1
        stream = Connection(connection, account, self._closed)
        self._open[stream] = None
        self.handle_stream(stream, address)

    def start_request(self, server_conn: object, request_conn: HTTP1Connection) -> HTTPMessageDelegate:
        """Wait for the next request of a connection."""
        stream = request_conn.stream
        assert isinstance(stream, Connection)  # noqa: S101 - made above
        stream.set_deadline(None)
        stream.busy = False
        stream.requests += 1
        if stream.requests >= REQUESTS_OF_A_CONNECTION:
            request_conn.params = self._last_request
        return _Request(super().start_request(server_conn, request_conn), stream, self)

    def _make_room(self, account: Account) -> bool:
        """Return whether one more connection fits; one that is worth less may be closed for it."""
        least: Connection | None
        if account.connections >= CONNECTIONS_OF_AN_ADDRESS:
            own = [one for one in self._open if one.account is account and not one.busy]
            least = min(own, key=lambda one: one.known, default=None)
        elif len(self._open) >= CONNECTIONS:
            least = self._least()
        else:
            return True
        if least is not None:
            least.close()
        return least is not None

    def _least(self) -> Connection | None:
        """Return the oldest connection without the link, else one that waits, of the address that has most of them."""
        for chosen in (
            [one for one in self._open if not one.known],
            [one for one in self._open if not one.busy],
        ):
            if chosen:
                numbers = Counter(one.account for one in chosen)
                return max(chosen, key=lambda one: numbers[one.account])
        return None

    def _closed(self, stream: Connection) -> None:
        if self._open.pop(stream, stream) is None:
            stream.account.connections -= 1
            if not stream.heard:
                stream.account.fault(_NO_HEADER)


class _Request(HTTPMessageDelegate):
    """One request: looked at when its header is there, before its body is read or anything answers."""

    def __init__(self, delegate: HTTPMessageDelegate, stream: Connection, server: BoundedServer) -> None:
        self._delegate, self._stream, self._server = delegate, stream, server

    async def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> None:
        stream = self._stream
        stream.busy = stream.heard = True
        stream.known = self._server.knows(start_line[1], headers)
        chunked = "Transfer-Encoding" in headers  # chunks of one byte take long to read
        body = chunked or (not stream.known and headers.get("Content-Length", "0") != "0")
        if stream.known:
            stream.account.welcome()
        else:
            stream.account.fault(_BODY if body else _NO_LINK)
            if stream.account.closed() or not self._server.strangers.take():
                raise HTTPInputError("too many requests without the link")
        if body:
            raise HTTPInputError("a body that no page sends")
        wait = stream.account.pace.charge(1 if stream.known else _STRANGER)
        if wait > _LONGEST_WAIT:
            raise HTTPInputError("too many requests of this address")
        if wait:
            await asyncio.sleep(wait)
        stream.set_deadline(ANSWER_TIME)
        answering = self._delegate.headers_received(start_line, headers)
        if answering is not None:
            await answering

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        received: Awaitable[None] | None = self._delegate.data_received(chunk)
        return received

    def finish(self) -> None:
        self._delegate.finish()

    def on_connection_close(self) -> None:
        self._delegate.on_connection_close()
