"""Attacks on the apps' server: no length is believed, nothing grows, slow clients are closed, and others go on."""

from __future__ import annotations

import json
import re
import struct
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.apps import serving
from tests.shipped import a_lab, a_module, a_scenario
from tests.waiting import Deadline
from tests.widgets.hostile import (
    BINARY,
    CLOSE,
    PING,
    TEXT,
    V1,
    Channel,
    deflated,
    ended,
    frame,
    head,
    in_v1,
    link,
    megabytes,
    message,
    packed_v1,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from tests.browser.apps import AppsServer

_MODULE = a_module("core-protection")
_SCENARIO = f"app/en/{_MODULE}/{a_scenario(_MODULE).id}"
_LAB = "app/en/{0.module}/{0.id}".format(a_lab("caseload"))
_GROWTH = 40  # megabytes that one attack may take
_QUICK = 5  # seconds in which another visitor is answered
_DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppsServer]:
    """Apps that close a silent connection soon."""
    folder = tmp_path_factory.mktemp("live") / "written"
    folder.mkdir()
    with serving(folder, "--language", "en", "--ready", "0", impatient=True) as server:
        yield server


@pytest.fixture(scope="module")
def victim(live: AppsServer) -> str:
    """The cookie of somebody who plays meanwhile."""
    return live.cookie()


_KERNELS: list[tuple[str, str]] = []


@pytest.fixture
def own(live: AppsServer) -> tuple[str, str]:
    """A kernel that answers, and the cookie that it was given to; used again while it is there."""
    if not _KERNELS or live.ask(f"api/kernels/{_KERNELS[-1][0]}", _KERNELS[-1][1])[0] != 200:
        cookie = live.cookie()
        _KERNELS.append((live.kernel_of(_LAB, cookie), cookie))
    return _KERNELS[-1]


@pytest.fixture
def busy(live: AppsServer) -> Iterator[tuple[str, str]]:
    """A kernel that no other test needs."""
    cookie = live.cookie()
    kernel = live.kernel_of(_LAB, cookie)
    yield kernel, cookie
    Channel(live, kernel, cookie).send(frame(struct.pack("!H", 1001), CLOSE))


def _harmless(server: AppsServer, victim: str, before: float) -> None:
    """Hold that others are answered and that nothing was kept."""
    began = time.monotonic()
    assert server.ask("", victim)[0] == 200
    assert time.monotonic() - began < _QUICK
    assert megabytes(server) - before < _GROWTH


def _v1(*numbers: int, after: bytes = b"") -> bytes:
    return struct.pack(f"<{len(numbers)}Q", *numbers) + after


def _json(**changed: Any) -> bytes:
    return json.dumps(message(**changed)).encode()


def _with(field: str, text: str) -> bytes:
    """Return a message with raw JSON in one place of its content."""
    data = f'{{"method":"update","state":{{"{field}":{text}}}}}'
    return json.dumps(message("comm_msg", {"comm_id": "c", "data": "?"})).replace('"?"', data).encode()


_PARTS = (b"shell", b'{"msg_id":"1","msg_type":"kernel_info_request","session":"x"}', b"{}", b"{}", b"{}")
# The first three are the report's own. Of those with many overlapping parts each is as long as the message.
_BAD_V1 = {
    "count 2^62": _v1(2**62),
    "count 10^8": _v1(10**8),
    "count 2^64-1 in a full message": _v1(2**64 - 1, after=bytes(60_000)),
    "seven bytes": bytes(7),
    "nothing": b"",
    "count of one": _v1(1, 16),
    "descending offsets": _v1(6, 56, 60, 50, 60, 50, 60, after=bytes(8)),
    "offset behind the end": _v1(6, 56, 56, 56, 56, 56, 2**40),
    "overlapping parts": _v1(7000, *[7001 * 8, 60_000] * 3500, after=bytes(4000)),
    "bytes behind the last part": packed_v1(*_PARTS) + b"x",
    "9,000 buffers": packed_v1(*_PARTS, *[b""] * 7000),
    "channel is no text": packed_v1(b"\xff\xfe", *_PARTS[1:]),
    "header in UTF-16": packed_v1(b"shell", _PARTS[1].decode().encode("utf-16"), *_PARTS[2:]),
    "header nested 20,000 deep": packed_v1(b"shell", b"[" * 20_000, *_PARTS[2:]),
    "header is a list": packed_v1(b"shell", b"[1]", *_PARTS[2:]),
}
_BAD_DEFAULT = {
    "count 2^31-1": struct.pack("!I", 2**31 - 1),
    "count -1": struct.pack("!i", -1),
    "count 0": struct.pack("!i", 0) + _json(),
    "overlapping parts": struct.pack("!7001I", 7000, *[28_004, 2**16 - 40] * 3500) + bytes(30_000),
    "binary that is right": struct.pack("!2I", 1, 8) + _json(),
}
_BAD_TEXT = {
    "nested 15,000 deep": _with("value", "[" * 15_000 + "]" * 15_000),
    "nested 17 deep": _with("value", "[" * 17 + "]" * 17),
    "number of 30,000 digits": _with("value", "9" * 30_000),
    "number of 1e999": _with("value", "1e999"),
    "not a number": _with("value", "NaN"),
    "half a letter": _with("value", r'"\ud800"'),
    "message id of 60,000 letters": _json(header={"msg_id": "x" * 60_000, "msg_type": "comm_close", "session": "x"},
                                          content={"comm_id": "c"}),
    "session is an object": _json(header={"msg_id": "x", "msg_type": "comm_close", "session": {}},
                                  content={"comm_id": "c"}),
    "no header": b'{"channel": "shell", "content": {}}',
    "content is a list": _json(content=[1]),
    "buffers": _json(buffers=["x"]),
    "a list": b"[]",
    "no JSON": b"{" * 60_000,
    "not UTF-8": b"\xff" * 100,
    "larger than a message": b" " * 2**17,
}  # fmt: skip


@pytest.mark.parametrize("name", _BAD_V1)
def test_malformed_v1_message_closes_the_channel(
    name: str, live: AppsServer, victim: str, own: tuple[str, str]
) -> None:
    before = megabytes(live)
    channel = Channel(live, *own, f"Sec-WebSocket-Protocol: {V1}")
    assert V1.encode() in channel.answer
    channel.send(frame(_BAD_V1[name], BINARY))
    _harmless(live, victim, before)
    assert channel.closed()


def test_text_on_a_v1_channel_closes_it(live: AppsServer, own: tuple[str, str]) -> None:
    channel = Channel(live, *own, f"Sec-WebSocket-Protocol: {V1}")
    channel.send(frame(_json()))
    assert channel.closed()


@pytest.mark.parametrize("name", [*_BAD_DEFAULT, *_BAD_TEXT])
def test_malformed_default_message_closes_the_channel(
    name: str, live: AppsServer, victim: str, own: tuple[str, str]
) -> None:
    before = megabytes(live)
    channel = Channel(live, *own)
    channel.send(frame(_BAD_DEFAULT[name], BINARY) if name in _BAD_DEFAULT else frame(_BAD_TEXT[name]))
    _harmless(live, victim, before)
    assert channel.closed()


_FOREIGN: list[dict[str, Any]] = [
    {"kind": "execute_request", "content": {"code": "raise SystemExit", "silent": False}},
    {"kind": "shutdown_request", "channel": "control"},
    {"kind": "kernel_info_request", "channel": "control"},
    {"kind": "comm_close", "content": {"comm_id": "c"}, "channel": "iopub"},
    {"kind": "comm_close", "content": {"comm_id": "c"}, "channel": {"shell": 1}},
    {"kind": "input_reply", "content": {"value": "x"}, "channel": "stdin"},
    {"kind": "create_subshell_request", "channel": "control"},
    {"kind": "comm_open", "content": {"comm_id": "c", "target_name": "jupyter.widget", "data": {"state": {}}}},
    {"kind": "comm_open", "content": {"comm_id": "c", "target_name": ["jupyter.widget.control"]}},
    {"kind": "comm_msg", "content": {"comm_id": "c", "data": {"method": "__init__"}}},
    {"kind": "comm_msg", "content": {"comm_id": "c", "data": [{"method": "update"}]}},
    {"kind": "comm_info_request", "content": {"target_name": "x" * 1000}},
]


@pytest.mark.parametrize("v1", [True, False])
def test_message_no_page_sends_is_left_out(live: AppsServer, victim: str, own: tuple[str, str], *, v1: bool) -> None:
    before = megabytes(live)
    channel = Channel(live, *own, *([f"Sec-WebSocket-Protocol: {V1}"] if v1 else []))
    for told in _FOREIGN:
        whole = message(**told)
        channel.send(frame(in_v1(whole), BINARY) if v1 else frame(json.dumps(whole).encode()))
    assert channel.answers(v1=v1)
    _harmless(live, victim, before)


def _frames() -> dict[str, tuple[list[bytes], bool]]:
    """Return frames, and whether compression is spoken."""
    bomb = frame(deflated(bytes(2**30)[: 2**26]), TEXT, deflated=True)
    return {
        "frame of 2^63 bytes": ([b"\x81\xff" + struct.pack("!Q", 2**63)], False),
        "frame of 1 MiB": ([b"\x82\xff" + struct.pack("!Q", 2**20)], False),
        "fragments larger than a message": ([frame(bytes(40_000), last=False), frame(bytes(40_000), 0)], False),
        "begun frame": ([b"\x81"], False),
        "begun mask": ([b"\x81\xfe\x10"], False),
        "begun payload": ([frame(_json())[:-1]], False),
        "fragment without an end": ([frame(b"{", last=False), frame(b"x", PING)], False),
        "continuation of nothing": ([frame(b"x", 0)], False),
        "two messages at once": ([frame(b"{", last=False), frame(b"{")], False),
        "ping in fragments": ([frame(b"x", PING, last=False)], False),
        "unknown kind": ([frame(b"x", 3)], False),
        "compression bomb": ([bomb], True),
        "compression bomb in fragments": ([bomb[:1].replace(b"\xc1", b"\x41") + bomb[1:], frame(b"", 0)], True),
        "compressed nonsense": ([frame(b"\xff" * 50, deflated=True)], True),
        "compressed without agreement": ([frame(deflated(_json()), deflated=True)], False),
        "reason that is no text": ([frame(b"\x03\xe8\xff\xff", CLOSE)], False),
    }


@pytest.mark.parametrize("name", _frames())
def test_bad_or_slow_frames_close_the_channel(name: str, live: AppsServer, victim: str, own: tuple[str, str]) -> None:
    before = megabytes(live)
    frames, compressed = _frames()[name]
    channel = Channel(live, *own, *([_DEFLATE] if compressed else []))
    channel.send(*frames)
    _harmless(live, victim, before)
    assert channel.closed(20)


@pytest.mark.proof
@pytest.mark.parametrize(
    "flood",
    [
        frame(b"x" * 125, PING),
        frame(_json(kind="nonsense")),
        frame(_json(kind="comm_info_request", content={"target_name": "jupyter.widget"})),
        frame(_json(kind="comm_msg", content={"comm_id": "c", "data": {"method": "request_states"}})),
        frame(_json(kind="comm_msg", content={"comm_id": "c", "data": {"method": "update", "x": "x" * 50_000}})),
    ],
    ids=["pings", "nonsense", "questions", "all states", "large updates"],
)
def test_flood_on_a_channel_slows_only_itself(
    live: AppsServer, victim: str, busy: tuple[str, str], flood: bytes
) -> None:
    before = megabytes(live)
    channel = Channel(live, *busy)
    channel.socket.settimeout(3)
    channel.send(*[flood] * (6_000_000 // len(flood)))  # until the server reads no more
    for _ in range(5):
        _harmless(live, victim, before)


def test_comms_of_a_channel_are_counted(live: AppsServer, busy: tuple[str, str]) -> None:
    channel = Channel(live, *busy)
    content = {"comm_id": "c", "target_name": "jupyter.widget.control"}
    for number in range(20):
        channel.send(frame(_json(kind="comm_open", content={**content, "comm_id": f"c{number}"})))
    assert channel.closed()


@pytest.mark.parametrize(
    "lines",
    [
        "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=x",
        "Sec-WebSocket-Extensions: permessage-deflate; nonsense",
        "Sec-WebSocket-Protocol: " + ",".join(["x"] * 3000),
    ],
)
def test_odd_offers_of_a_handshake_are_passed_over(live: AppsServer, own: tuple[str, str], lines: str) -> None:
    channel = Channel(live, *own, lines)
    assert b"101" in channel.answer
    assert b"permessage" not in channel.answer
    assert channel.answers()


@pytest.mark.parametrize("session", ["%00", "a%0d%0ab", "x" * 65, "%F0%9F%98%80", "../x"])
def test_session_that_is_no_name_is_refused(live: AppsServer, own: tuple[str, str], session: str) -> None:
    assert b" 400 " in Channel(live, *own, session=session).answer


def test_handshakes_that_are_not_ended_leave_nothing(live: AppsServer, victim: str, own: tuple[str, str]) -> None:
    kernel, cookie = own
    before = megabytes(live)
    for number in range(150):  # half of what an address may open at once: others come from it, too
        status, _ = live.ask(f"api/kernels/{kernel}/channels?session_id=s{number}", cookie)
        assert status in (400, 404)
    _harmless(live, victim, before)


def test_channels_of_one_kernel_are_counted(live: AppsServer, busy: tuple[str, str]) -> None:
    channels = [Channel(live, *busy) for _ in range(5)]
    assert [b" 101 " in one.answer for one in channels] == [True] * 4 + [False]


# Without the link -----------------------------------------------------------------------------------------------------


def _gzip(size: int) -> bytes:
    import gzip

    return gzip.compress(bytes(size))


def _chunks(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)


_POST = "voila/api/shutdown/0"
_STRANGERS: dict[str, tuple[bytes, bytes]] = {  # what is sent at first, and then again until the server has had enough
    "body of 90 MB": (head("/", "Content-Length: 90000000", method="POST"), bytes(2**20)),
    "body that is slow": (head("/", "Content-Length: 4000", method="POST"), b"x"),
    "body of 2^63 bytes": (head("/", f"Content-Length: {2**63}", method="POST"), bytes(2**16)),
    "body of a number of 4,500 digits": (head("/", f"Content-Length: {'9' * 4500}", method="POST"), b""),
    "body less than nothing": (head("/", "Content-Length: -1", method="POST"), bytes(2**16)),
    "two lengths": (head("/", "Content-Length: 1", "Content-Length: 90000000", method="POST"), bytes(2**16)),
    "length and chunks": (
        head("/", "Content-Length: 5", "Transfer-Encoding: chunked", method="POST"),
        _chunks(bytes(2**16)),
    ),
    "chunks without an end": (head("/", "Transfer-Encoding: chunked", method="POST"), _chunks(bytes(2**16))),
    "chunks of one byte, slow": (head("/", "Transfer-Encoding: chunked", method="POST"), b"1\r\nx\r\n"),
    "chunk of 2^64 bytes": (head("/", "Transfer-Encoding: chunked", method="POST") + b"f" * 16 + b"\r\n", bytes(2**16)),
    "chunk size without an end": (head("/", "Transfer-Encoding: chunked", method="POST"), b"0" * 5000),
    "expects a continuation": (head("/", "Content-Length: 4000", "Expect: 100-continue", method="POST"), b""),
    "packed body": (head("/", "Content-Length: 4096", "Content-Encoding: gzip", method="POST"), _gzip(2**22)[:4000]),
    "form of 4,000 parts": (
        head("/", "Content-Length: 3996", "Content-Type: multipart/form-data; boundary=x", method="POST"),
        b"--x\r\n" * 2000,
    ),
    "header that is slow": (b"GET / HTTP/1.1\r\n", b"a"),
    "header line without an end": (b"GET / HTTP/1.1\r\nX: ", b"x" * 2**16),
    "20,000 header lines": (b"GET / HTTP/1.1\r\n", b"A: b\r\n" * 20_000),
    "one header 3,000 times": (head("/", *["Cookie: himaya-apps=x"] * 700), b""),
    "path without an end": (b"GET /", b"a" * 2**16),
    "path that is slow": (b"GET /", b"a"),
    "empty lines": (b"\r\n", b"\r\n" * 1000),
    "another protocol": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", bytes(2**16)),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", bytes(2**16)),
    "silence": (b"", b""),
    "a channel without the link": (
        head("/api/kernels/0-0-0-0-0/channels?session_id=x", "Upgrade: websocket", "Connection: Upgrade",
             "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA=="),
        bytes(2**16),
    ),
    "requests in a row, no answer read": (head("/x?token=wrong"), head("/x") * 500),
}  # fmt: skip
_TOGETHER = 12


@pytest.mark.parametrize("name", _STRANGERS)
def test_stranger_is_closed_and_takes_no_memory(name: str, live: AppsServer, victim: str) -> None:
    before = megabytes(live)
    begun, more = _STRANGERS[name]
    place = 70 + list(_STRANGERS).index(name)  # addresses of its own: those of earlier ones may be closed by now
    sockets = [link(live, f"127.0.{place}.{1 + number}") for number in range(_TOGETHER)]
    left = set(sockets)
    slow = len(more) <= 10
    deadline = Deadline(30)
    for one in sockets:
        one.sendall(begun)
        one.settimeout(0.2)
    sent = 0
    while left and deadline.left and (slow or sent < 90):
        for one in list(left):
            try:
                one.send(more)
            except TimeoutError:
                continue
            except OSError:
                left.remove(one)
        sent += 1
        if slow:
            left -= {one for one in left if ended([one], 0.01)}
    _harmless(live, victim, before)
    assert ended(list(left), 30) == len(left)
    for one in sockets:
        one.close()


@pytest.mark.parametrize("addresses", [1, 250])
def test_silent_connections_leave_room_for_visitors(live: AppsServer, victim: str, addresses: int) -> None:
    before = megabytes(live)
    sockets = []
    for number in range(500):
        try:
            sockets.append(link(live, f"127.0.5.{1 + number % addresses}"))
        except OSError:
            continue
    _harmless(live, victim, before)
    own = link(live, "127.0.0.2")
    own.sendall(head("/", f"Cookie: {victim}"))
    assert b" 200 " in own.recv(100)
    assert ended(sockets, 20) == len(sockets)


def test_connection_ends_after_so_many_requests(live: AppsServer, victim: str) -> None:
    connection = HTTPConnection("127.0.0.1", live.port, source_address=("127.0.0.3", 0))
    connection.auto_open = 0
    connection.connect()
    answered = 0
    # One after the other: what is sent behind the last request would make the system drop the last answer unread.
    with suppress(HTTPException, OSError):
        while answered < 250:
            connection.request("GET", "/app/en/unknown", headers={"Cookie": victim})
            answered += connection.getresponse().read() != b""
    assert answered == 200


def _received(one: socket.socket) -> bytes:
    try:
        return one.recv(2**20)
    except OSError:
        return b""


# Kernels --------------------------------------------------------------------------------------------------------------


@pytest.mark.proof
def test_visitor_has_two_labs_and_a_third_waits(live: AppsServer) -> None:
    cookie = live.cookie()
    kernels = [_lab_kernel(live, cookie) for _ in range(2)]
    channels = [Channel(live, kernel, cookie) for kernel in kernels]
    third = link(live, "127.0.0.4")
    third.sendall(head(f"/{_LAB}", f"Cookie: {cookie}"))
    page = b""
    while b"Two exercises are open" not in page:
        page += _received(third)
    channels[0].send(frame(struct.pack("!H", 1001), CLOSE))
    while b"</html>" not in page:
        got = _received(third)
        assert got
        page += got
    assert not set(re.findall(rb'"kernelId": ?"([\w-]+)"', page)) & {kernel.encode() for kernel in kernels}


def _lab_kernel(server: AppsServer, cookie: str) -> str:
    status, text = server.ask(_LAB, cookie)
    found = re.search(r'"kernelId": ?"([\w-]+)"', text)
    assert status == 200
    assert found is not None, text[-2000:]
    return found[1]
