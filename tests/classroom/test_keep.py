"""A class that is kept running as its owner's own unit, without an administrator."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from himaya.commands.main import main
from himaya_server.classroom.unit import NAME

if TYPE_CHECKING:
    from pathlib import Path


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


def keep(tmp_path: Path) -> Result:
    """Keep a class running."""
    folder = tmp_path / 'a "class", 100 % $HOME'
    return CliRunner().invoke(main, ["class", "keep", "--folder", str(folder), "--units", str(tmp_path / "units")])


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
