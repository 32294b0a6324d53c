"""The desk of today, where written answers are marked: a Jupyter server of this machine, started when it is opened.

Its token lets somebody run code as this machine's user, so it is given to coordinators at this machine alone.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from importlib.util import find_spec

from himaya_site.classes.courses import FOLDER
from himaya_site.served import served

_HERE = "127.0.0.1"
_PATIENCE = 60  # seconds until it has to answer
_ENDS = 10  # seconds in which it ends by itself
_LOOK = 0.1  # seconds between looks whether it answers


class DeskError(Exception):
    """It could not be started."""


class Desk:
    """One server for all classes that have a course of their own; it ends with the site."""

    def __init__(self) -> None:
        """Have none yet."""
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._at = self._token = ""
        self._classes: frozenset[str] = frozenset()

    def open(self, class_id: str) -> str:
        """Return the address where a class's answers are marked; whoever has it is signed in.

        Raises:
            DeskError: If the server does not start.
        """
        with self._lock:
            if self._child is None or self._child.poll() is not None or class_id not in self._classes:
                self._end()
                self._start()
            return f"{self._at}/himaya/desk/{class_id}/marking?token={self._token}"

    def stop(self) -> None:
        """End it."""
        with self._lock:
            self._end()

    def _start(self) -> None:
        folder = served().folder
        self._classes = frozenset(path.parent.name for path in (folder / FOLDER).glob("*/gradebook.db"))
        with socket.create_server((_HERE, 0)) as free:
            port = free.getsockname()[1]
        self._at, self._token = f"http://{_HERE}:{port}", secrets.token_urlsafe(24)
        step = [sys.executable, "-P", "-m", "himaya_site.operate.step", "class", "desk"]
        self._child = child = subprocess.Popen(  # noqa: S603 - a command of ours
            [*step, "--folder", str(folder), "--port", str(port)],
            stdin=subprocess.PIPE,  # held open: the child ends when this process does
            stdout=subprocess.DEVNULL,
            env={**os.environ, "HIMAYA_TOKEN": self._token},
        )
        # It writes this once it holds the port. Who only connected might give the token to another user's program.
        holds = folder / "desk" / "data" / "runtime" / f"jpserver-{child.pid}.json"
        late = time.monotonic() + _PATIENCE
        while not holds.exists():
            if child.poll() is not None or time.monotonic() > late:
                self._end()
                raise DeskError
            time.sleep(_LOOK)

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            child.wait(_ENDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


desk = Desk()


def is_installed() -> bool:
    """Return whether this Python has what the desk needs: a class without notebooks does without."""
    return find_spec("jupyter_server") is not None and find_spec("nbgrader") is not None
