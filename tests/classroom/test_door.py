"""The front door: encrypted where there is a certificate, never shut by who holds connections."""

from __future__ import annotations

import contextlib
import http.client
import socket
from typing import TYPE_CHECKING

import pytest

from himaya.errors import ClassError
from himaya_server.classroom.door import Certificate
from himaya_server.classroom.service import LARGEST_BODY, LARGEST_OF_STRANGERS
from tests.classroom.certificates import Authority
from tests.classroom.conftest import of_service
from tests.classroom.running import Browser, Running, run
from tests.classroom.test_store import MODULE, made
from tests.waiting import let_time_pass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya_server.classroom.store import Store

MOST = 20


@pytest.fixture(scope="module")
def authority() -> Authority:
    """Return whom phones trust."""
    return Authority()


@pytest.fixture
def encrypted(store: Store, tmp_path: Path, authority: Authority) -> Iterator[Running]:
    """Return a service with a certificate."""
    chain, key = authority.write(tmp_path / "tls", "127.0.0.1")
    tls = Certificate(chain, key, ["127.0.0.1"])
    started = run(store, tmp_path / "pages", tls.context, authority.trusted())
    yield started
    started.stop()


@pytest.fixture
def narrow(store: Store, tmp_path: Path) -> Iterator[Running]:
    """Return a service that holds few connections."""
    started = run(store, tmp_path / "pages", most=MOST)
    yield started
    started.stop()


@of_service
def test_answers_travel_encrypted(encrypted: Running, store: Store, people: list[int]) -> None:
    browser = Browser(encrypted, store.new_card(people[0], "trainer"))
    assert browser.ask("journal", {"module": MODULE, "n": 0, "events": [made(1)]})[0] == 200
    assert "; Secure" in browser.cookie_header
    assert encrypted.ask("GET", "/class/")[1]["Strict-Transport-Security"]
    assert store.rows(people[0], MODULE).total == 1


@of_service
def test_plain_request_to_encrypted_door_fails(encrypted: Running) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", encrypted.port, timeout=20)
    plain.request("GET", "/class/")
    with pytest.raises((OSError, http.client.HTTPException)):
        plain.getresponse()
    plain.close()


def test_renewed_certificate_is_used(tmp_path: Path, authority: Authority) -> None:
    chain, key = authority.write(tmp_path, "class.example", days=5)
    used = Certificate(chain, key, ["class.example"])
    assert used.ends_soon()
    let_time_pass(0.01, "files of the same moment look alike")
    authority.write(tmp_path, "class.example", days=50)
    used.renew()
    assert not used.ends_soon()


@pytest.mark.parametrize(
    ("names", "days", "own", "said"),
    [
        (["class.example"], 30, True, "signed by itself"),
        (["class.example"], -1, False, "holds from"),
        (["other.example"], 30, False, "not for class.example"),
        (["10.0.0.1"], 30, False, "not for class.example"),
    ],
)
def test_certificate_that_phones_warn_of_is_refused(
    tmp_path: Path, authority: Authority, names: list[str], days: int, own: bool, said: str
) -> None:
    chain, key = authority.write(tmp_path, *names, days=days, own=own)
    with pytest.raises(ClassError, match=said):
        Certificate(chain, key, ["class.example"])


def test_wildcard_covers_one_name(tmp_path: Path, authority: Authority) -> None:
    chain, key = authority.write(tmp_path, "*.example.org")
    Certificate(chain, key, ["class.example.org"])
    with pytest.raises(ClassError):
        Certificate(chain, key, ["a.class.example.org"])


def test_key_of_another_certificate_is_told(tmp_path: Path, authority: Authority) -> None:
    chain, _ = authority.write(tmp_path / "one", "class.example")
    _, key = authority.write(tmp_path / "two", "class.example")
    with pytest.raises(ClassError, match="is not the key"):
        Certificate(chain, key, ["class.example"])
    chain.write_text("nothing", encoding="utf-8")
    with pytest.raises(ClassError, match="no certificate"):
        Certificate(chain, key, ["class.example"])


# What others try. Numbers are those of the list of risks of a class.


@pytest.mark.parametrize("begun", [b"", b"GET /class/ HT", b"POST /class/api/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"])
def test_held_connections_displace_themselves(narrow: Running, begun: bytes) -> None:  # 5.14
    held = [socket.create_connection(("127.0.0.1", narrow.port), timeout=20) for _ in range(4 * MOST)]
    for raw in held:
        with contextlib.suppress(OSError):  # displaced already
            raw.sendall(begun)
    assert narrow.ask("GET", "/class/")[0] == 302
    for raw in held:
        raw.close()


def test_crowd_of_one_address_displaces_no_other(narrow: Running) -> None:  # 5.14
    phone = http.client.HTTPConnection("127.0.0.1", narrow.port, timeout=20, source_address=("127.0.0.2", 0))
    phone.request("GET", "/class/")
    phone.getresponse().read()
    held = [socket.create_connection(("127.0.0.1", narrow.port), timeout=20) for _ in range(4 * MOST)]
    local = phone.sock.getsockname()
    phone.request("GET", "/class/")
    assert phone.getresponse().status == 302
    assert phone.sock is None or phone.sock.getsockname() == local  # the same connection all the time
    phone.close()
    for raw in held:
        raw.close()


@pytest.mark.parametrize(
    ("path", "size"),
    [
        *(("api/sign-in", LARGEST_OF_STRANGERS + 1), ("api/journal", LARGEST_BODY), ("api/me", LARGEST_BODY)),
        *(("", LARGEST_OF_STRANGERS + 1), ("nowhere", LARGEST_OF_STRANGERS + 1)),
    ],
)
def test_body_of_a_stranger_is_not_read(narrow: Running, path: str, size: int) -> None:  # 5.14
    with socket.create_connection(("127.0.0.1", narrow.port), timeout=20) as raw:
        head = f"POST /class/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        raw.sendall(f"{head}Content-Length: {size}\r\n\r\n".encode())
        assert raw.recv(1000)[:12] in {
            f"HTTP/1.1 {code}".encode() for code in (400, 401, 404, 405, 413)
        }  # before any of it came


def test_body_in_pieces_is_bounded(narrow: Running) -> None:  # 5.14
    with socket.create_connection(("127.0.0.1", narrow.port), timeout=20) as raw:
        head = "POST /class/api/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        raw.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        said = b""
        try:
            for _ in range(100):
                raw.sendall(b"3e8\r\n" + b"a" * 1000 + b"\r\n")
            said = raw.recv(1000)
        except OSError:
            pass  # closed on us, which is as good
        assert b" 200 " not in said
    assert narrow.ask("GET", "/class/")[0] == 302


def test_signed_in_page_sends_large_puts(narrow: Running, store: Store, people: list[int]) -> None:
    browser = Browser(narrow, store.new_card(people[0], "trainer"))
    events = [made(number, value="x" * 1_000) for number in range(500)]
    assert browser.ask("journal", {"module": MODULE, "n": 0, "events": events})[0] == 200
    assert store.rows(people[0], MODULE).total == 500
