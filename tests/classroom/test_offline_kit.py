"""The kit for a machine without network says what is wrong with it; installing it whole is tried by hand."""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = f"{sys.version_info[0]}.{sys.version_info[1]} {platform.machine()}"


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """Return a kit without packages."""
    shutil.copy(ROOT / "deploy" / "install-offline.sh", tmp_path)
    (tmp_path / "wheels").mkdir()
    (tmp_path / "PYTHON-VERSION").write_text(f"{HERE}\n", encoding="utf-8")
    (tmp_path / "himaya.tar.gz").write_bytes(b"no archive")
    summed(tmp_path)
    return tmp_path


def summed(kit: Path) -> None:
    """Write the checksums of a kit."""
    files = [each for each in sorted(kit.rglob("*")) if each.is_file() and each.name != "SHA256SUMS"]
    lines = [f"{hashlib.sha256(each.read_bytes()).hexdigest()}  ./{each.relative_to(kit)}\n" for each in files]
    (kit / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def installed(kit: Path) -> subprocess.CompletedProcess[str]:
    """Run the kit's script."""
    command = ["/bin/sh", str(kit / "install-offline.sh"), str(kit / "target")]
    environment = {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_damaged_kit_is_refused(kit: Path) -> None:
    (kit / "himaya.tar.gz").write_bytes(b"another")
    done = installed(kit)
    assert done.returncode == 1
    assert "damaged" in done.stdout
    assert not (kit / "target").exists()


def test_kit_of_another_python_is_refused(kit: Path) -> None:
    (kit / "PYTHON-VERSION").write_text("2.7 vax\n", encoding="utf-8")
    summed(kit)
    done = installed(kit)
    assert done.returncode == 1
    assert f"here is {HERE}" in done.stdout


def test_whole_kit_goes_on_to_unpack(kit: Path) -> None:
    done = installed(kit)
    assert "damaged" not in done.stdout
    assert "himaya.tar.gz" in done.stderr or "gzip" in done.stderr  # this one holds nothing


def test_kit_names_its_sum(kit: Path) -> None:
    assert hashlib.sha256((kit / "SHA256SUMS").read_bytes()).hexdigest() in installed(kit).stdout
