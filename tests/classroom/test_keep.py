"""A class that is kept running as its owner's own unit, without an administrator."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner, Result
from django.test import Client

from himaya.commands.main import main
from himaya_server.classroom.unit import NAME
from himaya_site.operate import room as rooms
from himaya_site.operate.room import Room
from himaya_site.people import staff
from himaya_site.project.server import Server
from himaya_site.served import served
from tests.classroom.running import Running, run
from tests.classroom.test_first_visit import sent
from tests.classroom.test_staff import KEPT as HASHED
from tests.classroom.test_staff import Trainer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya_server.classroom.store import Store

PAGE = "/class/staff/en/keep"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file that tells what a machine's systemd was asked for."""
    there = tmp_path / "bin"
    there.mkdir()
    asked = tmp_path / "asked"
    for name in ("systemctl", "loginctl"):
        program = there / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >> {shlex.quote(str(asked))}\n', encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{there}:/usr/bin:/bin")
    monkeypatch.delenv("SUDO_USER", raising=False)
    return asked


@pytest.fixture
def server() -> str:
    """Return the server that is tested."""
    return "site"


@pytest.fixture
def running(store: Store, tmp_path: Path) -> Iterator[Running]:
    """Return a site of this machine."""
    started = run(store, tmp_path / "pages")
    started.shared.folder = tmp_path / 'a "class", 100 %'
    rooms.use(Room(tmp_path, started.port, lambda address: Server(address, started.port, 100)))
    yield started
    rooms.use(None)
    started.stop()


@pytest.fixture
def unit(tmp_path: Path, asked: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where this machine's unit is written."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(asked.parent / "config"))
    return tmp_path / "config" / "systemd" / "user" / NAME


@pytest.fixture
def cora(running: Running, unit: Path) -> Trainer:
    """Return a coordinator, on a machine whose units are in a folder of the test."""
    assert not unit.exists()
    staff.set_staff("cora", HASHED, coordinator=True)
    return Trainer(running, "cora")


def keep(tmp_path: Path, *more: str) -> Result:
    """Keep a class running."""
    folder = tmp_path / 'a "class", 100 % $HOME'
    return CliRunner().invoke(
        main, ["class", "keep", "--folder", str(folder), "--units", str(tmp_path / "units"), *more]
    )


def test_unit_is_written_and_started(tmp_path: Path, asked: Path) -> None:
    done = keep(tmp_path)
    assert done.exit_code == 0, done.output
    assert asked.read_text(encoding="utf-8").splitlines()[:2] == [
        "systemctl --user daemon-reload",
        f"systemctl --user enable --now {NAME}",
    ]
    assert "loginctl enable-linger" in asked.read_text(encoding="utf-8")
    text = (tmp_path / "units" / NAME).read_text(encoding="utf-8")
    assert '"serve" "--site"' in text
    assert "User=" not in text  # it is its owner's own
    assert "\nWantedBy=default.target\n" in text
    analyze = shutil.which("systemd-analyze")
    assert analyze is not None, "this test needs systemd-analyze, of Debian's package systemd"
    command = [analyze, "verify", "--man=no", str(tmp_path / "units" / NAME)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert [line for line in checked.stderr.splitlines() if NAME in line] == []
    assert checked.returncode == 0


def test_machine_without_systemd_is_told_what_to_type(
    tmp_path: Path, asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    done = keep(tmp_path)
    assert done.exit_code == 1
    assert f"  systemctl --user enable --now {NAME}\n" in done.output
    assert not asked.exists()


def test_keeping_as_an_administrator_is_refused(tmp_path: Path, asked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "amal")
    assert keep(tmp_path).exit_code == 2
    assert not asked.exists()


def test_unit_is_undone(tmp_path: Path, asked: Path) -> None:
    keep(tmp_path)
    assert keep(tmp_path, "--undo").exit_code == 0
    assert f"systemctl --user disable --now {NAME}" in asked.read_text(encoding="utf-8").splitlines()
    assert not (tmp_path / "units" / NAME).exists()


def test_site_that_the_unit_runs_goes_on_while_it_undoes(tmp_path: Path, asked: Path) -> None:
    keep(tmp_path)
    program = tmp_path / "bin" / "systemctl"
    text = program.read_text(encoding="utf-8")
    program.write_text(f'{text}if [ "$2" = show ]; then echo {os.getppid()}; fi\n', encoding="utf-8")
    assert keep(tmp_path, "--undo").exit_code == 0
    assert f"systemctl --user disable {NAME}" in asked.read_text(encoding="utf-8").splitlines()


def test_coordinator_keeps_and_undoes_in_the_browser(cora: Trainer, unit: Path, asked: Path) -> None:
    for page in ("/class/staff/en/c/north", "/class/staff/en/site"):
        assert 'href="/class/staff/en/keep"' in cora.page(page)[1]
    assert sent(cora, PAGE, step="keep")[0] == 303
    assert unit.is_file()
    assert 'href="/class/staff/en/keep"' not in cora.page("/class/staff/en/c/north")[1]
    assert 'value="undo"' in cora.page(PAGE)[1]
    assert f"enable --now {NAME}" in asked.read_text(encoding="utf-8")
    assert sent(cora, PAGE, step="undo")[0] == 303
    assert not unit.exists()
    assert 'value="keep"' in cora.page(PAGE)[1]


def test_what_the_machine_refuses_is_shown(cora: Trainer, tmp_path: Path) -> None:
    program = tmp_path / "bin" / "systemctl"
    program.write_text("#!/bin/sh\necho no bus here >&2\nexit 1\n", encoding="utf-8")
    status, page = sent(cora, PAGE, step="keep")
    assert (status, "no bus here" in page) == (500, True)


def test_unit_of_another_folder_stays(cora: Trainer, unit: Path) -> None:
    unit.parent.mkdir(parents=True)
    unit.write_text('ExecStart="himaya" "--folder" "/elsewhere"\n', encoding="utf-8")
    for step in ("keep", "undo"):
        assert sent(cora, PAGE, step=step)[0] == 500
    assert "/elsewhere" in unit.read_text(encoding="utf-8")
    assert "another folder" in cora.page(PAGE)[1]


def test_nobody_else_keeps(cora: Trainer, running: Running, unit: Path, asked: Path) -> None:
    staff.set_staff("amal", HASHED, "north")
    amal = Trainer(running, "amal")
    assert amal.page(PAGE)[0] == 404
    assert amal.send(PAGE, key=amal.key, step="keep")[0] == 404
    assert "en/keep" not in amal.page("/class/staff/en/c/north")[1] + amal.page("/class/staff/en/site")[1]
    assert cora.send(PAGE, {"Origin": "http://elsewhere.example"}, key=cora.key, step="keep")[0] == 403
    assert cora.send(PAGE, {"X-Forwarded-For": "192.168.4.9"}, key=cora.key, step="keep")[0] == 403
    assert cora.send(PAGE, key=cora.key, step="other")[0] == 404
    running.shared.hosts |= {"class.example"}
    remote = Client(REMOTE_ADDR="203.0.113.9", headers={"host": "class.example", "cookie": cora.cookie})
    assert remote.get(PAGE, secure=True).status_code == 404
    form = urlencode({"key": cora.key, "step": "keep"})
    assert remote.post(PAGE, form, "application/x-www-form-urlencoded", secure=True).status_code == 404
    assert not unit.exists()
    assert not asked.exists()


@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
def test_page_speaks_each_language(cora: Trainer, unit: Path, language: str) -> None:
    for text in (None, '"--folder" "/elsewhere"', f'"--folder" "{served().folder}"'):
        if text is not None:
            unit.parent.mkdir(parents=True, exist_ok=True)
            unit.write_text(text, encoding="utf-8")
        status, page = cora.page(f"/class/staff/{language}/keep")
        shown = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
        assert (status, "{" in shown) == (200, False)
        assert language == "en" or '<span lang="en"' not in shown
