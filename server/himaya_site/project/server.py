"""Waitress with what a class adds: what strangers may send, and whose connection goes when there are too many."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any

from django.core.wsgi import get_wsgi_application
from django.db import Error
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.utilities import BadRequest, RequestEntityTooLarge

from himaya_site.answers.put import writer
from himaya_site.desk.pages import COOKIE as STAFF_COOKIE
from himaya_site.requests import COOKIE, LARGEST_BODY, LARGEST_OF_STRANGERS, LARGEST_UPLOAD, signed_by

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 4_000
"""Connections at once, where the system allows as many open files."""
THREADS = 32
LARGEST_HEADER = 2**14
_REQUEST = 30  # seconds that one may take to arrive
_IDLE = 60  # seconds for which a connection is kept without one
_CLEANED = 5  # seconds between looks at these
_LISTS = re.compile(r"/class/staff/[a-z]{2,3}/c/[a-z0-9-]{1,60}/people")  # where staff send a list of people
_OF_PROXY = {"x-forwarded-for", "x-forwarded-proto"}
_OURS = 100  # sockets that are no connections


class Parser(HTTPRequestParser):
    """Reads of a stranger only as much as signing in takes, and nothing whose length is not told before."""

    completed: bool
    _looked = False

    def received(self, data: bytes) -> int:
        """Take what came, and return how much of it belonged to this request."""
        consumed: int = super().received(data)
        if self.headers_finished and not self.completed and not self._looked:
            self._looked = True
            if self.chunked:
                self.error, self.completed = BadRequest("The length is not told."), True
            elif self.content_length > LARGEST_OF_STRANGERS and self.content_length > _most(self.path, self.headers):
                self.error, self.completed = RequestEntityTooLarge("This is too large."), True
        return consumed


def _most(path: str, headers: Mapping[str, str]) -> int:
    """Return how many bytes may be sent there: more by a device or staff member that is signed in.

    Asked for large requests alone, since all others wait meanwhile.
    """
    by_staff = _LISTS.fullmatch(path) is not None
    if not by_staff and not path.startswith("/class/api/"):
        return LARGEST_OF_STRANGERS
    try:
        cookie = SimpleCookie(headers.get("COOKIE", "")).get(STAFF_COOKIE if by_staff else COOKIE)
        signed = None if cookie is None else signed_by(cookie.value)
    except (CookieError, Error):
        return LARGEST_OF_STRANGERS
    if signed is None or (signed.staff is not None) != by_staff:
        return LARGEST_OF_STRANGERS
    return LARGEST_UPLOAD if by_staff else LARGEST_BODY


class Channel(HTTPChannel):
    """A connection that knows since when it waits for a whole request."""

    parser_class = Parser

    def __init__(self, *given: Any, **named: Any) -> None:
        """Begin to wait."""
        self.since = time.monotonic()
        super().__init__(*given, **named)

    def received(self, data: bytes) -> bool:
        """Take what came; a whole request begins another wait."""
        before = len(self.requests)
        if self.request is None:
            self.begun = time.monotonic()
        taken: bool = super().received(data)
        if len(self.requests) > before:
            self.since = time.monotonic()
        return taken


class Server(TcpWSGIServer):
    """A server that holds a limited number of connections and never shuts.

    When one more comes than there may be, one of the address that holds most goes: the one that has waited longest
    since its last whole request. So who opens many and says nothing, or says it slowly, displaces itself.
    """

    channel_class = Channel

    def __init__(self, host: str, port: int, most: int = MOST, proxy: str = "") -> None:
        """Listen.

        Args:
            host: On which address.
            port: Where.
            most: How many connections are held at once.
            proxy: The address of a proxy that is believed: who asks (the last `X-Forwarded-For`), and whether that was
                encrypted (`X-Forwarded-Proto`). Of others these say only that a proxy is there.
        """
        self._most = most
        adjusted: dict[str, Any] = {
            "backlog": 1024,
            "channel_timeout": _IDLE,
            "cleanup_interval": _CLEANED,
            "clear_untrusted_proxy_headers": False,  # they tell that a proxy is there
            "connection_limit": most + _OURS,
            "asyncore_use_poll": True,
            "ident": None,
            "inbuf_overflow": LARGEST_UPLOAD + 1,  # bytes; names of people are spooled to no file
            "max_request_body_size": LARGEST_UPLOAD + 1,
            "max_request_header_size": LARGEST_HEADER,
            "threads": THREADS,
        }
        if proxy:
            adjusted |= {"trusted_proxy": proxy, "trusted_proxy_headers": _OF_PROXY}
        adjustments = Adjustments(host=host, port=port, **adjusted)
        super().__init__(get_wsgi_application(), adj=adjustments)
        self._thread: threading.Thread | None = None

    def handle_accept(self) -> None:
        """Take a connection."""
        if len(self.active_channels) >= self._most:
            self._let_go()
        super().handle_accept()

    def maintenance(self, now: float) -> None:
        """Close what is idle, and what sends a request too slowly."""
        super().maintenance(now)
        late = time.monotonic() - _REQUEST
        for channel in self.active_channels.values():
            if channel.request is not None and channel.begun < late:
                channel.will_close = True

    def _let_go(self) -> None:
        channels = self.active_channels.values()
        [(busiest, _)] = Counter(channel.addr[0] for channel in channels).most_common(1)
        min((each for each in channels if each.addr[0] == busiest), key=lambda each: each.since).handle_close()

    def start(self) -> None:
        """Serve in a thread, until `stop`."""
        self._thread = threading.Thread(target=self.run, name="site", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close all connections, and return once nothing runs any more."""
        self.close_listener()
        writer.stop()

    def close_listener(self) -> None:
        """Close all connections of this server, once or more often; another one of this process goes on."""
        if self._thread is not None and self._thread.is_alive():
            self.trigger.pull_trigger(self._close_all)
            self._thread.join(10)
        else:
            self._close_all()
        self.task_dispatcher.shutdown()
        if not self.task_dispatcher.threads:
            self.trigger.close()

    def _close_all(self) -> None:
        # All but the trigger: who still answers a request pulls it, and would write into what has its number by then.
        self.trigger.del_channel()
        for each in list(self._map.values()):
            if each is self:
                wasyncore.dispatcher.close(self)
            else:
                each.handle_close()
