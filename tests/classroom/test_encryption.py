"""Encryption in front of the site: with a certificate that phones trust, by Caddy, which ends with the site."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import suppress
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING

import psutil
import pytest

from himaya.errors import ClassError
from himaya_site.operate.encryption import Caddy
from himaya_site.project.server import Server
from tests.browser.link import free_port
from tests.classroom.certificates import Authority
from tests.classroom.running import run
from tests.waiting import end_of, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya_server.classroom.store import Store

HERE = "127.0.0.2"
STAFF = "/class/staff/en/"


@pytest.fixture
def server() -> str:
    """Return the server that is tested."""
    return "site"


@pytest.fixture(scope="module")
def authority() -> Authority:
    """Return an authority that phones trust."""
    return Authority()


@pytest.fixture
def inner(store: Store, tmp_path: Path) -> Iterator[int]:
    """Return where a site listens on this machine."""
    running = run(store, tmp_path / "pages")
    running.shared.hosts |= {HERE}
    behind = Server("127.0.0.1", free_port(), 50, "127.0.0.1")
    behind.start()
    yield int(behind.effective_port)
    behind.close_listener()
    running.stop()


@pytest.fixture
def caddy(authority: Authority, inner: int, tmp_path: Path) -> Iterator[Caddy]:
    """Return a Caddy that encrypts at a port of `HERE`."""
    files = authority.write(tmp_path / "first", HERE)
    made = Caddy(tmp_path, files, [HERE], (HERE, free_port()), inner)
    made.start()
    yield made
    made.stop()


def certificate_at(authority: Authority, port: int) -> int:
    """Return the serial number of the certificate that is shown."""
    with (
        socket.create_connection((HERE, port), 10) as plain,
        authority.trusted().wrap_socket(plain, server_hostname=HERE) as encrypted,
    ):
        return int(str((encrypted.getpeercert() or {})["serialNumber"]), 16)


def test_staff_are_answered_encrypted_and_not_in_plain(authority: Authority, caddy: Caddy) -> None:
    phone = HTTPSConnection(*caddy._where, timeout=20, context=authority.trusted())
    phone.request("GET", STAFF)
    answer = phone.getresponse()
    assert (answer.status, "Strict-Transport-Security" in answer.headers) == (200, True)
    phone.close()
    plain = HTTPConnection(*caddy._where, timeout=20)
    plain.request("GET", STAFF)
    assert plain.getresponse().status == 400
    plain.close()
    stranger = HTTPSConnection(*caddy._where, timeout=20)
    with pytest.raises(ssl.SSLCertVerificationError):
        stranger.request("GET", STAFF)


def test_no_address_is_written_where_the_site_is_away(authority: Authority, tmp_path: Path) -> None:
    made = Caddy(tmp_path, authority.write(tmp_path / "first", HERE), [HERE], (HERE, free_port()), free_port())
    made.start()
    phone = HTTPSConnection(*made._where, timeout=20, context=authority.trusted())
    phone.request("GET", "/class/first?k=planted", headers={"Cookie": "himaya-staff=planted"})
    assert phone.getresponse().status == 502
    phone.close()
    made.stop()
    assert "planted" not in (tmp_path / "caddy" / "said").read_text(encoding="utf-8")


def test_renewed_certificate_is_shown_after_another_start(authority: Authority, caddy: Caddy, tmp_path: Path) -> None:
    before = certificate_at(authority, caddy._where[1])
    authority.write(tmp_path / "first", HERE)
    caddy.stop()
    caddy.start()
    assert certificate_at(authority, caddy._where[1]) != before


def test_folder_is_closed_and_asks_nobody(caddy: Caddy, tmp_path: Path) -> None:
    assert caddy.runs
    written = tmp_path / "caddy" / "Caddyfile"
    assert written.parent.stat().st_mode & 0o777 == 0o700
    for line in ("admin off", "auto_https off", "exclude http"):  # an address may hold a key
        assert line in written.read_text(encoding="utf-8")


def test_taken_port_and_strange_path_are_told(authority: Authority, inner: int, tmp_path: Path) -> None:
    files = authority.write(tmp_path / "first", HERE)
    with socket.create_server((HERE, 0)) as taken:
        made = Caddy(tmp_path, files, [HERE], (HERE, taken.getsockname()[1]), inner)
        with pytest.raises(ClassError, match="Give another"):
            made.start()
    strange = authority.write(tmp_path / 'a"b{', HERE)
    with pytest.raises(ClassError, match="another way"):
        Caddy(tmp_path, strange, [HERE], (HERE, free_port()), inner)


def test_what_caddy_says_is_told(authority: Authority, inner: int, tmp_path: Path) -> None:
    certificate, key = authority.write(tmp_path / "first", HERE)
    key.write_text("no key", encoding="ascii")
    made = Caddy(tmp_path, (certificate, key), [HERE], (HERE, free_port()), inner)
    with pytest.raises(ClassError, match=r"does not encrypt at .*: .*key"):
        made.start()
    assert not made.runs


def test_without_caddy_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(ClassError, match=r"himaya\[tls\]"):
        Caddy(tmp_path, (tmp_path, tmp_path), [HERE], (HERE, free_port()), 1)


def test_command_encrypts_until_it_is_killed(authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.write(tmp_path / "first", "class.example", HERE)
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "himaya", "class", "serve", "--site", "--host", HERE, "--port", str(port)]
    command += ["--name", "class.example", "--certificate", str(certificate), "--key", str(key)]
    with log.open("wb") as output:
        site = subprocess.Popen([*command, "--folder", str(tmp_path / "class")], stdout=output, stderr=output)
    try:
        wait_until(lambda: "Stop with" in log.read_text(encoding="utf-8"), "it serves", process=site, saw=end_of(log))
        said = log.read_text(encoding="utf-8")
        assert f"https://class.example:{port}/class/" in said
        (first,) = psutil.Process(site.pid).children()
        phone = HTTPSConnection(HERE, port, timeout=20, context=authority.trusted())
        phone.request("GET", STAFF, headers={"Host": "class.example"})
        assert phone.getresponse().status == 200
        phone.close()
        first.kill()
        wait_until(lambda: psutil.Process(site.pid).children() not in ([], [first]), "Caddy is begun again")
        (second,) = psutil.Process(site.pid).children()
        os.kill(site.pid, signal.SIGKILL)
        site.wait(20)
        wait_until(lambda: not second.is_running(), "Caddy ends with the site")
    finally:
        with suppress(ProcessLookupError):
            site.kill()
        site.wait(20)
