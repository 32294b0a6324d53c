"""The platform's own channel: a message whose lengths do not fit closes it, and the server goes on."""

from __future__ import annotations

import json
import struct
import urllib.request
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from websockets import ConnectionClosed, Subprotocol
from websockets.sync.client import connect

from tests.widgets.hostile import V1, in_v1, message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.sync.client import ClientConnection

    from tests.browser.conftest import Server


def _asked(server: Server, path: str, method: str = "GET", body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(server.address(path), data=data, method=method)  # noqa: S310 - our own server
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
        return json.loads(answer.read() or "null")


def _read_on(channel: ClientConnection) -> None:
    while True:
        channel.recv(20)


@pytest.fixture(scope="module")
def kernel(server: Server) -> Iterator[str]:
    """A kernel of the platform."""
    started = _asked(server, "api/kernels", "POST", {"name": "himaya"})["id"]
    yield started
    _asked(server, f"api/kernels/{started}", "DELETE")


@pytest.mark.parametrize(
    ("protocols", "sent"),
    [
        ([Subprotocol(V1)], struct.pack("<Q", 2**62)),
        ([Subprotocol(V1)], struct.pack("<Q", 10**8) + bytes(1000)),
        ([], struct.pack("!I", 2**31 - 1)),
        ([], struct.pack("!3I", 2, 12, 4) + b"{}"),
    ],
    ids=["v1 count 2^62", "v1 count 10^8", "count 2^31-1", "descending offsets"],
)
def test_malformed_message_closes_the_platforms_channel(
    server: Server, kernel: str, protocols: list[Subprotocol], sent: bytes
) -> None:
    address = server.address(f"api/kernels/{kernel}/channels").replace("http", "ws", 1)
    with connect(address, subprotocols=protocols or None) as channel:
        channel.send(sent)
        with pytest.raises(ConnectionClosed):
            _read_on(channel)
    assert _asked(server, "api/status")["kernels"] >= 1
    with connect(address, subprotocols=[Subprotocol(V1)]) as channel:
        told = message()
        told["header"]["msg_id"] = uuid4().hex  # a kernel passes over what it has read before
        channel.send(in_v1(told))
        while b"kernel_info_reply" not in bytes(channel.recv(30)):
            pass
