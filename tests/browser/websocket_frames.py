"""Everything that came over a page's sockets, and the player's bundle inside it."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, WebSocket

_GZIP = b"\x1f\x8b\x08"


@dataclass
class Frames:
    """The frames of one browser, in both directions, text as UTF-8.

    Attributes:
        received: From the server; their sizes are before any compression of the socket.
        sent: To the server.
    """

    received: list[bytes] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page that is opened from now on."""
        context.on("page", self._page)

    def _page(self, page: Page) -> None:
        page.on("websocket", self._socket)

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.received.append(_bytes(frame)))
        socket.on("framesent", lambda frame: self.sent.append(_bytes(frame)))

    @property
    def weight(self) -> int:
        """Bytes received."""
        return sum(map(len, self.received))

    def bundles(self) -> list[dict[str, Any]]:
        """Return each bundle that was received, unpacked."""
        return [json.loads(unpacked(frame)) for frame in self.received if _GZIP in frame]


def _bytes(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


def unpacked(frame: bytes) -> bytes:
    """Return the compressed part of a frame, decompressed; empty where there is none."""
    start = frame.find(_GZIP)
    return b"" if start < 0 else gzip.decompress(frame[start:])
