"""Whether this machine serves the classes by itself, by a unit of its own user, which `himaya class keep` writes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from typing import Literal

from himaya_server.classroom.unit import NAME, quoted, user_units
from himaya_site.served import served

State = Literal["off", "on", "other"]
_one_at_a_time = threading.Lock()


def can_keep() -> bool:
    """Return whether this machine has what it takes, and was not started by an administrator."""
    return shutil.which("systemctl") is not None and "SUDO_USER" not in os.environ


def state() -> State:
    """Return whether it serves these classes by itself, or those of another folder."""
    try:
        text = (user_units() / NAME).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return "off"
    return "on" if f"{quoted('--folder')} {quoted(str(served().folder))}" in text else "other"


def change(port: int, *, undo: bool) -> tuple[bool, str]:
    """Let it serve them by itself from now on, or no more; return whether that went well, and what was said.

    Args:
        port: Where they are served.
        undo: Whether to stop it.
    """
    himaya = [sys.executable, "-P", "-m", "himaya"]
    command = [*himaya, "class", "keep", "--folder", str(served().folder), "--port", str(port)]
    with _one_at_a_time:
        if state() == ("off" if undo else "on"):
            return True, ""
        if state() == "other":
            return False, str(user_units() / NAME)
        done = subprocess.run(  # noqa: S603 - a command of ours, with nothing that a form sent
            [*command, *(["--undo"] if undo else [])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return done.returncode == 0, done.stdout.decode(errors="replace")[-4000:]
