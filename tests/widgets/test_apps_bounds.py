"""Addresses from which only strangers come are closed unheard, and a class behind the same router is not."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from himaya_server.apps.bounds import Account, Accounts, BoundedServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

_T = TypeVar("_T")
_STRANGER, _WITH_LINK = (
    f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode() for target in ("/", "/?link")
)
_BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"
_PATIENT = 50  # bodies, or connections without a header, that are more than an address may send
_MANY = 3000  # addresses, more than are remembered


def _run(test: Coroutine[Any, Any, _T]) -> _T:
    """Run it in a thread of its own: Playwright leaves a loop running in the thread of the tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, test).result()


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class _Page(RequestHandler):
    def get(self) -> None:
        self.finish("here")


@asynccontextmanager
async def _server() -> AsyncIterator[int]:
    listening = BoundedServer(Application([("/", _Page)]), knows=lambda target, _: "link" in target)
    socket, port = bind_unused_port(address="127.0.0.1")
    listening.add_socket(socket)
    try:
        yield port
    finally:
        listening.stop()
        await listening.close_all_connections()


async def _ask(port: int, address: str, sent: bytes = _STRANGER) -> bytes:
    """Return all that the server answers on a connection of its own; nothing if it just closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        writer.write(sent)
        if not sent:
            writer.close()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def _closed_after_faults(clock: _Clock) -> Account:
    account = Account(clock)
    for _ in range(250):
        account.fault()
    account.may_try()
    return account


def test_strangers_address_is_closed_unheard() -> None:
    async def attack() -> tuple[bytes, list[bytes], bytes]:
        async with _server() as port:
            first = await _ask(port, "127.0.20.1")
            for _ in range(_PATIENT):
                await _ask(port, "127.0.20.1", _BODY)
            later = [await _ask(port, "127.0.20.1") for _ in range(10)]
            return first, later, await _ask(port, "127.0.20.2")

    first, later, other = _run(attack())
    assert b"here" in first
    assert later.count(b"") >= 9  # one may be a trial
    assert b"here" in other


def test_silent_connections_close_an_address() -> None:
    async def attack() -> list[bytes]:
        async with _server() as port:
            for _ in range(_PATIENT):
                await _ask(port, "127.0.20.1", b"")
            return [await _ask(port, "127.0.20.1") for _ in range(5)]

    assert _run(attack()).count(b"") >= 4


def test_class_keeps_its_address_beside_a_bad_phone() -> None:
    async def attack() -> list[bytes]:
        async with _server() as port:
            await _ask(port, "127.0.20.1", _WITH_LINK)
            for _ in range(_PATIENT):
                await _ask(port, "127.0.20.1", _BODY)
                await _ask(port, "127.0.20.1", b"")
            return [await _ask(port, "127.0.20.1", _WITH_LINK) for _ in range(30)]

    assert all(b"here" in answer for answer in _run(attack()))


def test_class_with_a_mistyped_link_is_answered() -> None:
    async def come() -> list[bytes]:
        async with _server() as port:
            return [await _ask(port, "127.0.20.1") for _ in range(100)]

    assert all(b"here" in answer for answer in _run(come()))


def test_link_opens_a_closed_address() -> None:
    clock = _Clock()
    account = _closed_after_faults(clock)
    assert not account.may_try()
    clock.now += 1
    assert account.may_try()  # a trial, on which the link comes
    account.welcome()
    assert account.may_try()
    assert account.may_try()


def test_closed_address_opens_after_ten_minutes() -> None:
    clock = _Clock()
    account = _closed_after_faults(clock)
    for _ in range(10_000):
        account.fault()
    clock.now += 590
    assert account.closed()
    clock.now += 30
    assert not account.closed()


def test_accounts_have_an_end_and_keep_visitors() -> None:
    accounts = Accounts()
    accounts.of("127.0.30.1").welcome()
    for number in range(_MANY):
        accounts.of(f"10.0.{number // 250}.{number % 250}").fault()
        assert len(accounts) <= 1000
    assert accounts.of("127.0.30.1").welcomed()
