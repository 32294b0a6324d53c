"""Sharing apps on the local network: the link and its square code, a warning, no public address."""

from __future__ import annotations

import io

import pytest
import segno
from click.testing import CliRunner

from himaya.commands.main import main
from himaya_server.apps.server import AppsServer

_COURSE = "courses/mainstreaming-pseah"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[AppsServer]:
    """Let the server say that it listens, and stop there."""
    servers: list[AppsServer] = []

    def run(self: AppsServer) -> None:
        servers.append(self)
        self._started()

    monkeypatch.setattr(AppsServer, "run", run)
    monkeypatch.setenv("HIMAYA_TOKEN", "")
    return servers


def test_sharing_prints_link_qr_code_and_warning(started: list[AppsServer]) -> None:
    done = CliRunner().invoke(main, ["apps", _COURSE, "--share", "--address", "192.168.7.7", "--port", "8870"])
    assert done.exit_code == 0, done.output
    (server,) = started
    link = f"http://192.168.7.7:8870/?token={server._token}"
    code = io.StringIO()
    segno.make(link, error="m").terminal(out=code, compact=True)
    assert link in done.output
    assert code.getvalue() in done.output
    assert "Everybody on it who has the link can open them" in done.output
    assert (server.ip, server.port) == ("192.168.7.7", 8870)
    assert len(server._token) >= 24


@pytest.mark.proof
def test_without_sharing_only_this_machine_is_listened_to(started: list[AppsServer]) -> None:
    done = CliRunner().invoke(main, ["apps", _COURSE, "--no-browser"])
    assert done.exit_code == 0, done.output
    assert started[0].ip == "127.0.0.1"
    assert "share" not in done.output


@pytest.mark.parametrize(
    ("address", "code", "says"),
    [
        ("8.8.8.8", 1, "whole internet"),
        ("router", 2, "no address"),
        ("0.0.0.0", 2, "no address"),  # noqa: S104 - it would listen on every network
        ("::", 2, "no address"),
        ("224.0.0.1", 2, "no address"),
    ],
)
def test_public_or_invalid_address_is_refused(address: str, code: int, says: str) -> None:
    done = CliRunner().invoke(main, ["apps", _COURSE, "--share", "--address", address])
    assert done.exit_code == code
    assert says in done.output
    assert "Traceback" not in done.output


@pytest.mark.proof
def test_ipv6_address_is_written_for_browsers(started: list[AppsServer]) -> None:
    done = CliRunner().invoke(main, ["apps", _COURSE, "--share", "--address", "fd00::7", "--port", "8870"])
    assert f"http://[fd00::7]:8870/?token={started[0]._token}" in done.output


def test_address_requires_share(started: list[AppsServer]) -> None:
    done = CliRunner().invoke(main, ["apps", _COURSE, "--address", "192.168.7.7"])
    assert done.exit_code == 2
    assert "--address is for --share" in done.output
    assert started == []


@pytest.mark.proof
def test_repeated_language_is_listed_once(started: list[AppsServer]) -> None:
    done = CliRunner().invoke(main, ["apps", _COURSE, "--no-browser", "--language", "en", "--language", "en"])
    assert done.exit_code == 0, done.output
    assert list(started[0]._titles) == ["en"]
