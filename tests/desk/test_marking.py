"""Marks as they come from a browser."""

from __future__ import annotations

import pytest

from himaya_server.desk.marking import _Sent

_DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize("body", [b"", b"no JSON", b"{}", b"[]", b'{"id": "<b>"}', _DEEP], ids=range(6))
def test_body_without_a_mark_is_refused(body: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        _Sent.read(body)
