"""Run Python as an ordinary Unix user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOBODY = 65534
only_root = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("bwrap") is None,
    reason="only an administrator with bubblewrap can act as somebody else; otherwise this is an ordinary user already",
)


def as_nobody() -> list[str]:
    """Return what goes before a command that root wants an ordinary user to run, Python and all this included."""
    needed = list({ROOT, Path(sys.prefix), Path(sys.base_prefix)})
    closed = {above for path in needed for above in reversed(path.parents) if not above.stat().st_mode & 0o001}
    arguments = ["bwrap", "--dev-bind", "/", "/", "--cap-add", "ALL"]
    for top in sorted(closed):
        arguments += ["--perms", "0755", "--tmpfs", str(top)]
        for path in (path for path in needed if top in path.parents):
            for above in reversed(path.parents):
                arguments += ["--perms", "0755", "--dir", str(above)] if top in above.parents else []
            arguments += ["--ro-bind", str(path), str(path)]
    return [*arguments, "--", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


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
