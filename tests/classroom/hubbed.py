"""A class with JupyterHub round it, as root runs it, and a place that other users can reach."""

from __future__ import annotations

import contextlib
import grp
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path

from himaya_server.classroom.notebooks import Settings, read_settings
from himaya_server.hub.accounts import GROUP, accounts, python_is_open, remove_account
from tests.browser.link import free_port
from tests.classroom.running import NO_MODULES
from tests.classroom.served import ROOT, Served, himaya
from tests.courses import one_module_course
from tests.waiting import end_of, wait_until

MOST = 2
# This Python, or this code, may lie in a folder that is closed to others, such as root's home: seen from here what is
# needed of it is open. Arguments: a folder for mount points, what is needed, --, the command.
_OPENED = """
set -e
mount --make-rprivate /
held="$1"; shift; n=0
for needed do
  [ "$needed" != -- ] || break
  n=$((n + 1)); mkdir "$held/$n"; mount --bind "$needed" "$held/$n"
done
n=0
while [ "$1" != -- ]; do
  n=$((n + 1)); closed=$(dirname "$1")
  [ -k "$closed" ] || mount -t tmpfs -o mode=1755 tmpfs "$closed"
  mkdir -p "$1"; mount --bind "$held/$n" "$1"; shift
done
shift; exec "$@"
"""


def can_run() -> bool:
    """Return whether this machine lets us make Unix users, and rooms for them."""
    tools = find_spec("jupyterhub") is not None and all(
        shutil.which(each) for each in ("useradd", "unshare", "setpriv")
    )
    if os.geteuid() != 0 or not tools:
        return False
    return subprocess.run(["unshare", "--mount", "true"], check=False).returncode == 0  # noqa: S607 - as root finds it


def _needed() -> list[str]:
    """Return what is needed of each folder that is closed to others, on the way to this Python or this code."""
    ways = (Path(sys.executable).absolute(), Path(sys.executable).resolve(), ROOT)
    closed = {
        way: next((each for each in reversed(way.parents) if not each.stat().st_mode & 0o001), None) for way in ways
    }
    return sorted({str(at / way.relative_to(at).parts[0]) for way, at in closed.items() if at is not None})


class Hubbed:
    """A class of a course, its service, and a Hub with real Unix users.

    Attributes:
        served: The class.
        port: Where the Hub is reached.
        state: Holds the homes.
    """

    def __init__(self, folder: Path, people: int, course: Path | None = None) -> None:
        """Make the class, of a course of its own or of a released one; `folder` is the tests' own."""
        if course is None:
            course = one_module_course(folder / "course")
            himaya("build", str(course), "--modules", str(ROOT / "modules"))
            himaya("release", str(course), "--exchange", str(folder / "exchange"))
        self.served = Served(folder / "class", course)
        self.served.run("enrol", "north", "--number", str(people))
        self.state = Path(tempfile.mkdtemp(prefix="himaya-hub-", dir="/var/lib"))
        self.state.chmod(0o711)
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.served.run(
            "notebooks",
            "north",
            "--most",
            str(MOST),
            "--port",
            str(self.port),
            "--state",
            str(self.state),
            "--modules",
            NO_MODULES,
        )

    @property
    def settings(self) -> Settings:
        """What Hub and service agree on."""
        found = read_settings(self.served.folder)
        assert found is not None
        return found

    @property
    def python(self) -> list[str]:
        """Return the command of a Python that other users can run: a plain one, for what needs no package."""
        found = shutil.which("python3", path="/usr/bin:/usr/local/bin")
        return [found or sys.executable]

    @property
    def log(self) -> Path:
        """What the Hub and its servers wrote."""
        return self.served.folder.parent / "hub.log"

    def start(self) -> None:
        """Serve the class, and run the Hub."""
        self.served.start()
        self.start_hub()

    @property
    def process(self) -> int:
        """The Hub's process, above all others of it."""
        assert self._process is not None
        return self._process.pid

    def gone(self) -> None:
        """Wait until the Hub's process, which was killed, is no more."""
        if self._process is not None:
            self._process.wait(30)

    def start_hub(self) -> None:
        """Run the Hub, once more where it was killed."""
        command = [
            sys.executable,
            "-m",
            "himaya",
            "class",
            "hub",
            "--folder",
            str(self.served.folder),
            "--modules",
            NO_MODULES,
        ]
        if not python_is_open():
            held = tempfile.mkdtemp(dir=self.served.folder.parent)
            opened = ["sh", "-c", _OPENED, "opened", held, *_needed(), "--"]
            command = ["unshare", "--mount", *opened, *command]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
        wait_until(self._answers, "the Hub answers", every=0.2, saw=end_of(self.log), process=self._process)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/hub/class", timeout=5)
        except (urllib.error.HTTPError, OSError):
            return False
        return True

    def stop(self) -> None:
        """End everything, and remove the Unix users with what they own."""
        self.served.kill()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
                try:
                    self._process.wait(30)
                except subprocess.TimeoutExpired:
                    os.killpg(self._process.pid, signal.SIGKILL)
                    self._process.wait()
        for name in accounts(self.state / "home"):
            remove_account(name, self.state / "home")
        shutil.rmtree(self.state)
        with contextlib.suppress(KeyError):
            if not grp.getgrnam(GROUP).gr_mem:
                subprocess.run(["groupdel", GROUP], check=True)  # noqa: S607 - as root finds it
