"""A proxy in front of the site: the one that is named is believed, and nobody else."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from himaya.commands.main import main
from himaya_site.project.server import Server
from tests.browser.link import free_port
from tests.classroom.running import Running, run
from tests.classroom.test_joining import KEY, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya_server.classroom.store import Store

PROXY, OTHER = "127.0.0.3", "127.0.0.4"
STAFF = "/class/staff/en/"
FORWARDED = {"X-Forwarded-For": "10.1.2.3", "X-Forwarded-Proto": "https"}


@pytest.fixture
def server() -> str:
    """Return the server that is tested."""
    return "site"


@pytest.fixture
def running(store: Store, tmp_path: Path) -> Iterator[Running]:
    """Return a site."""
    started = run(store, tmp_path / "pages")
    yield started
    started.stop()


@pytest.fixture
def port(running: Running) -> Iterator[int]:
    """Return where the site also listens, behind a proxy that it believes."""
    assert running.port
    behind = Server("127.0.0.1", free_port(), 50, PROXY)
    behind.start()
    yield int(behind.effective_port)
    behind.close_listener()


def ask(
    port: int, source: str, method: str = "GET", path: str = STAFF, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str]]:
    """Return status and headers of what somebody is answered who connects from an address."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20, source_address=(source, 0))
    try:
        connection.request(method, path, body, {"Host": "localhost", **headers})
        answer = connection.getresponse()
        answer.read()
        return answer.status, dict(answer.getheaders())
    finally:
        connection.close()


def wrong_join(port: int, source: str, **headers: str) -> int:
    """Try a wrong code of a wall, and return the status."""
    body = json.dumps({"code": "0" * 8, "key": KEY}).encode()
    return ask(port, source, "POST", "/class/api/join", body, **{"Content-Type": "application/json"}, **headers)[0]


def test_staff_are_answered_where_the_proxy_encrypts(port: int) -> None:
    status, headers = ask(port, PROXY, **FORWARDED)
    assert (status, "Strict-Transport-Security" in headers) == (200, True)
    assert ask(port, PROXY, **FORWARDED | {"X-Forwarded-Proto": "http"})[0] == 403


@pytest.mark.parametrize("source", [OTHER, "127.0.0.1"])
@pytest.mark.parametrize(
    "said", [FORWARDED, {"X-Forwarded-Proto": "https"}, {"Forwarded": "for=127.0.0.1;proto=https"}]
)
def test_nobody_else_is_believed(port: int, source: str, said: dict[str, str]) -> None:
    status, headers = ask(port, source, **said)
    assert (status, "Strict-Transport-Security" in headers) == (403, False)
    assert wrong_join(port, source, **said) == 403


def test_proxy_says_in_one_way(port: int) -> None:
    forwarded = {"Forwarded": "for=127.0.0.1;proto=https"}
    assert ask(port, PROXY, **forwarded)[0] == 403  # perhaps a phone sent it, and the proxy passed it on
    assert ask(port, PROXY, **FORWARDED | {"X-Forwarded-Proto": "gopher"})[0] == 400
    assert ask(port, PROXY, **FORWARDED | {"X-Forwarded-Proto": "https,http"})[0] == 400


def test_phone_behind_the_proxy_is_not_this_machine(port: int) -> None:
    loopback = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http"}
    assert ask(port, PROXY, **loopback)[0] == 403


def test_who_guesses_is_counted_behind_the_proxy(port: int, running: Running) -> None:
    opened()
    for number in range(8):  # what the phone says of itself stands before what the proxy says
        said = {**FORWARDED, "X-Forwarded-For": f"10.9.9.{number}, 10.1.2.3"}
        assert wrong_join(port, PROXY, **said) == 403
    assert wrong_join(port, PROXY, **FORWARDED) == 429
    assert wrong_join(port, PROXY, **FORWARDED | {"X-Forwarded-For": "10.1.2.4"}) == 403
    assert running.left("wrong_joins", "10.9.9.1") == 8


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["--site", "--trusted-proxy", "proxy.example"], "an address"),
        (["--trusted-proxy", "127.0.0.1"], "needs --site"),
    ],
)
def test_command_takes_an_address_for_the_site(tmp_path: Path, given: list[str], why: str) -> None:
    done = CliRunner().invoke(main, ["class", "serve", "--folder", str(tmp_path / "class"), *given])
    assert (done.exit_code, why in done.output) == (2, True), done.output
