"""What arrives on a channel, checked before a length or an offset in it is believed.

`PageConnection` is for the shared apps and passes on, made anew, only what the widgets of a lab need.
`CheckedConnection` is for the platform of one person, whose notebooks run code: it looks at the frame alone.
"""

from __future__ import annotations

import json
import math
import re
import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

V1 = "v1.kernel.websocket.jupyter.org"
_HEADER_PARTS = 6  # of V1: where the channel, header, parent, metadata and content begin, and where it ends
_CONTENT = 3  # its place among the parts after the channel
_DEEPEST = 16  # levels of lists and objects
_LONGEST_NUMBER = 20  # digits
_NAME = re.compile(r"[\w.-]{1,128}", re.ASCII)
_CONTROL = "jupyter.widget.control"  # through it the widgets of a page ask for their states
_TARGETS = ("jupyter.widget", _CONTROL)
_METHODS = {"update": 1, "custom": 1, "request_state": 2, "request_states": 20}
"""What a page may tell a widget, and what each costs; the states of all widgets are a large answer."""
_LARGE_QUESTION = 5  # what it costs to ask for the list of all comms, or for the kernel's description
_COMMS = 8  # that one connection may open; a page opens one


class MessageError(ValueError):
    """A message that is not what its format says, or that no page sends."""


@dataclass(frozen=True)
class Message:
    """A message for the kernel.

    Attributes:
        identity: The header's fields by which the answer finds its way back.
        cost: In messages.
    """

    kind: str
    identity: dict[str, str]
    metadata: dict[str, str]
    content: dict[str, Any]
    cost: float = 1


def split_v1(raw: str | bytes) -> tuple[str, list[bytes]]:
    """Return the channel and the parts of a message in the format `V1`.

    Raises:
        MessageError: If an offset does not fit the message.
    """
    if not isinstance(raw, bytes) or len(raw) < 8 * (_HEADER_PARTS + 1):
        raise MessageError("too short for its format")
    count = int.from_bytes(raw[:8], "little")
    if not _HEADER_PARTS <= count <= len(raw) // 8 - 1:
        raise MessageError("more offsets than bytes")
    offsets = struct.unpack_from(f"<{count}Q", raw, 8)
    _ascending(offsets, 8 * (count + 1), len(raw))
    if offsets[-1] != len(raw):
        raise MessageError("bytes that belong to no part")
    parts = [raw[start:end] for start, end in pairwise(offsets)]
    return _text(parts[0]), parts[1:]


def check_default(raw: str | bytes) -> None:
    """Check the offsets of a binary message in the format without a name; text has none.

    Raises:
        MessageError: If an offset does not fit the message.
    """
    if isinstance(raw, str):
        return
    count = int.from_bytes(raw[:4], "big")
    if not 1 <= count <= len(raw) // 4 - 1:
        raise MessageError("more offsets than bytes")
    _ascending(struct.unpack_from(f"!{count}I", raw, 4), 4 * (count + 1), len(raw))


def _ascending(offsets: tuple[int, ...], first: int, last: int) -> None:
    if offsets[0] != first or offsets[-1] > last or any(start > end for start, end in pairwise(offsets)):
        raise MessageError("offsets out of order")


def read_message(raw: str | bytes, *, v1: bool) -> Message | None:
    """Return what a page says, or None if it is a message that no kernel of a visitor gets.

    Args:
        raw: As it came.
        v1: Whether the channel speaks the format `V1`, else plain JSON.

    Raises:
        MessageError: If it does not follow its format, or holds more than a page says.
    """
    if v1:
        channel: object
        channel, parts = split_v1(raw)
        if len(parts) > _CONTENT + 1:
            raise MessageError("buffers")
        header, metadata, content = (_load(_text(parts[place])) for place in (0, 2, _CONTENT))
    else:
        if not isinstance(raw, str):
            raise MessageError("binary")
        whole = _load(raw)
        if not isinstance(whole, dict) or whole.get("buffers"):
            raise MessageError("no message, or buffers")
        channel = whole.get("channel")
        header, metadata, content = (whole.get(name) for name in ("header", "metadata", "content"))
    if not isinstance(header, dict) or not isinstance(content, dict) or not isinstance(metadata, dict | None):
        raise MessageError("no header or no content")
    kind = header.get("msg_type")
    if channel != "shell" or not isinstance(kind, str):
        return None
    known = _content(kind, content)
    if known is None:
        return None
    identity = {name: _name(header.get(name)) for name in ("msg_id", "session")}
    version = metadata.get("version") if metadata else None
    return Message(kind, identity, {} if version is None else {"version": _name(version)}, *known)


def _content(kind: str, content: dict[str, Any]) -> tuple[dict[str, Any], float] | None:
    """Return the content of a message, and what it costs; None if no page sends its like."""
    target, data = content.get("target_name"), content.get("data")
    method = data.get("method") if isinstance(data, dict) else None
    match kind:
        case "kernel_info_request":
            return {}, _LARGE_QUESTION
        case "comm_info_request" if isinstance(target, str) and target in _TARGETS:
            return {"target_name": target}, _LARGE_QUESTION
        case "comm_open" if target == _CONTROL:
            return {"comm_id": _name(content.get("comm_id")), "target_name": _CONTROL, "data": {}}, 1
        case "comm_close":
            return {"comm_id": _name(content.get("comm_id")), "data": {}}, 1
        case "comm_msg" if isinstance(method, str) and method in _METHODS:
            return {"comm_id": _name(content.get("comm_id")), "data": data}, _METHODS[method]
        case _:
            return None


def _name(value: object) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise MessageError("a name that is none")
    return value


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise MessageError("not UTF-8") from error


def _load(text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=_no_number, parse_float=_finite, parse_int=_whole)
        json.dumps(value, ensure_ascii=False).encode()  # halves of letters cannot be sent on
    except (ValueError, RecursionError) as error:
        raise MessageError("no JSON that can be read") from error
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise MessageError("too deep")
        level = [
            below
            for one in level
            if isinstance(one, dict | list)
            for below in (one.values() if isinstance(one, dict) else one)
        ]
    return value


def _no_number(text: str) -> None:
    raise MessageError(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise MessageError("infinite")
    return number


def _whole(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise MessageError("a number too long")
    return int(text)


class PageConnection(ZMQChannelsWebsocketConnection):
    """Passes on what the page of a visitor may say; its handler is a `Channel`."""

    _opened = 0

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Send a message to the kernel, or close the channel of a page that sends what none does."""
        if not self.channels:
            return
        try:
            message = read_message(incoming_msg, v1=self.subprotocol == V1)
        except MessageError as error:
            self.websocket_handler.refuse(str(error))
            return
        if message is None:
            self.log.debug("A message was left out that no page needs.")
            return
        self._opened += message.kind == "comm_open"
        if self._opened > _COMMS:
            self.websocket_handler.refuse("too many comms")
            return
        self.websocket_handler.charge(message.cost - 1)
        made = self.session.msg(message.kind, message.content, metadata=message.metadata)
        made["header"].update(message.identity)
        self.session.send(self.channels["shell"], made)


class CheckedConnection(ZMQChannelsWebsocketConnection):
    """Jupyter Server's own, which believes a message's count of parts: eight bytes keep it counting for ever."""

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Pass on a message whose offsets fit, and close the channel at any other."""
        try:
            if self.subprotocol == V1:
                split_v1(incoming_msg)
            else:
                check_default(incoming_msg)
        except MessageError as error:
            self.log.warning("A channel sent a message that does not fit its format: %s", error)
            self.websocket_handler.close(1002, str(error))
            return
        super().handle_incoming_message(incoming_msg)
