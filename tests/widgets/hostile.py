"""What an attacker writes to the apps' server: raw sockets and frames, from any address of this machine."""

from __future__ import annotations

import base64
import json
import os
import select
import socket
import struct
import zlib
from typing import TYPE_CHECKING, Any

import psutil

from tests.waiting import Deadline

if TYPE_CHECKING:
    from tests.browser.apps import AppsServer

V1 = "v1.kernel.websocket.jupyter.org"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
ATTACKER = "127.0.66.6"


def link(server: AppsServer, address: str = ATTACKER) -> socket.socket:
    """Connect from an address of our own choice; every one that begins with 127 is this machine."""
    return socket.create_connection(("127.0.0.1", server.port), timeout=20, source_address=(address, 0))


def head(path: str, *lines: str, method: str = "GET") -> bytes:
    """Return the beginning of a request."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


def ended(sockets: list[socket.socket], seconds: float) -> int:
    """Return how many of the sockets the server has closed after at most so many seconds; what it says is read."""
    left, deadline = set(sockets), Deadline(seconds)
    while left and (wait := deadline.left):
        for one in select.select(left, [], [], wait)[0]:
            try:
                if not one.recv(2**20):
                    left.remove(one)
            except OSError:
                left.remove(one)
    return len(sockets) - len(left)


def megabytes(server: AppsServer) -> float:
    """Return the memory of the server's own process."""
    return float(psutil.Process(server.process.pid).memory_info().rss) / 2**20


def frame(payload: bytes, kind: int = TEXT, *, last: bool = True, deflated: bool = False) -> bytes:
    """Return a frame as a browser sends it."""
    first = kind | (0x80 if last else 0) | (0x40 if deflated else 0)
    size = len(payload)
    if size > 0xFFFF:
        length = b"\xff" + struct.pack("!Q", size)
    else:
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size)
    return bytes([first]) + length + bytes(4) + payload  # a mask of zeros changes nothing


def deflated(payload: bytes) -> bytes:
    """Return a payload as permessage-deflate packs it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (packer.compress(payload) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def message(kind: str = "kernel_info_request", content: object = None, **changed: Any) -> dict[str, Any]:
    """Return a message as a page sends it, with some fields changed."""
    header = {"msg_id": "1-0.5", "msg_type": kind, "session": "x", "username": "", "version": "5.3"}
    whole = {"header": header, "parent_header": {}, "metadata": {}, "content": content or {}, "channel": "shell"}
    return {**whole, "buffers": [], **changed}


def packed_v1(*parts: bytes) -> bytes:
    """Return a message in the newer format: the channel, header, parent, metadata, content, buffers."""
    offsets = [8 * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    return struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(parts)


def in_v1(told: dict[str, Any]) -> bytes:
    """Return a message of a page in the newer format."""
    parts = (json.dumps(told[name]).encode() for name in ("header", "parent_header", "metadata", "content"))
    return packed_v1(str(told["channel"]).encode(), *parts)


class Channel:
    """A channel to one kernel, opened by hand."""

    def __init__(
        self, server: AppsServer, kernel: str, cookie: str, *lines: str, address: str = ATTACKER, session: str = ""
    ) -> None:
        self.socket = link(server, address)
        name = session or os.urandom(8).hex()
        key = base64.b64encode(os.urandom(16)).decode()
        upgrade = (
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
        )
        path = f"/api/kernels/{kernel}/channels?session_id={name}"
        self.socket.sendall(head(path, f"Cookie: {cookie}", *upgrade, *lines))
        self._read = b""
        while b"\r\n\r\n" not in self._read:
            self._more()
        self.answer, _, self._read = self._read.partition(b"\r\n\r\n")

    def _more(self) -> None:
        got = self.socket.recv(2**16)
        if not got:
            raise ConnectionError("closed")
        self._read += got

    def send(self, *frames: bytes) -> None:
        """Send, as far as the server still listens."""
        try:
            for one in frames:
                self.socket.sendall(one)
        except OSError:
            return

    def receive(self) -> tuple[int, bytes]:
        """Return kind and payload of the next frame."""
        while True:
            if len(self._read) >= 2:
                size, at = self._read[1] & 127, 2
                if size == 126:
                    size, at = int.from_bytes(self._read[2:4], "big"), 4
                elif size == 127:
                    size, at = int.from_bytes(self._read[2:10], "big"), 10
                if len(self._read) >= at + size and at <= len(self._read):
                    kind, payload = self._read[0] & 15, self._read[at : at + size]
                    self._read = self._read[at + size :]
                    return kind, payload
            self._more()

    def closed(self, seconds: float = 10) -> bool:
        """Return whether the server closes the channel within so many seconds."""
        deadline = Deadline(seconds)
        try:
            while left := deadline.left:
                self.socket.settimeout(left)
                if self.receive()[0] == CLOSE:
                    return True
        except TimeoutError:
            return False
        except OSError:
            return True
        return False

    def answers(self, *, v1: bool = False, seconds: float = 10) -> bool:
        """Return whether the kernel still answers this channel."""
        told = message()
        self.send(frame(in_v1(told), BINARY) if v1 else frame(json.dumps(told).encode()))
        deadline = Deadline(seconds)
        try:
            while left := deadline.left:
                self.socket.settimeout(left)
                if b"kernel_info_reply" in self.receive()[1]:
                    return True
        except OSError:
            return False
        return False
