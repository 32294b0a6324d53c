"""Run Python as an ordinary Unix user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from autograde.test_sandbox import as_nobody

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = 65534
only_root = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("bwrap") is None,
    reason="only an administrator with bubblewrap can act as somebody else; otherwise this is an ordinary user already",
)


def give(folder: Path) -> None:
    """Make the ordinary user the owner of everything in `folder` that is root's."""
    for path in (folder, *folder.rglob("*")):
        if path.lstat().st_uid == 0:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def run_as_nobody(code: str, *arguments: str) -> str:
    """Run a program as the ordinary user and return what it printed."""
    done = subprocess.run(
        [*as_nobody(), sys.executable, "-B", "-c", code, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": "/nonexistent", "JUPYTER_NO_CONFIG": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
