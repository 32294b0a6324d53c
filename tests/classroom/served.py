"""A class as its trainer makes it, and the process that serves it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from himaya.commands.main import main
from tests.browser.link import free_port
from tests.waiting import end_of, wait_until

if TYPE_CHECKING:
    from tests.classroom.certificates import Authority

ROOT = Path(__file__).parents[2]


def himaya(*arguments: str) -> str:
    """Run a command as a trainer would, and return what it printed."""
    done = CliRunner().invoke(main, [*arguments])
    assert done.exit_code == 0, f"{done.output}{done.exception!r}"
    return done.output


class Served:
    """A class of a course, in a folder.

    Attributes:
        folder: Holds the store and the pages.
        course: The nbgrader course.
        port: Where the class is served.
    """

    def __init__(self, folder: Path, course: Path, server: str = "service") -> None:
        """Make the class `north`, which one of the two servers will serve."""
        self.folder = folder
        self._serve = ["serve", "--site"] if server == "site" else ["serve"]
        self.course = course
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.run("create", "north", "--course", str(course), "--modules", str(ROOT / "modules"))

    def another(self, folder: Path) -> Served:
        """Return another machine that serves the same classes, which have to be kept in a PostgreSQL."""
        shutil.copytree(self.folder, folder)
        made = copy(self)
        made.folder, made.port, made._process = folder, free_port(), None
        return made

    @property
    def process(self) -> int:
        """The process that serves it."""
        assert self._process is not None
        return self._process.pid

    @property
    def database(self) -> Path:
        """The file that holds it."""
        return self.folder / "class.db"

    @property
    def log(self) -> Path:
        """What the service wrote."""
        return self.folder.parent / "class.log"

    def run(self, step: str, *arguments: str) -> str:
        """Take a step of `himaya class`."""
        return himaya("class", step, *arguments, "--folder", str(self.folder))

    def cards(self, port: int, *arguments: str) -> list[str]:
        """Print cards and return the links that their square codes hold, which a test cannot photograph."""
        links: list[str] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("himaya_server.classroom.cards.square", lambda link: links.append(link) or "")
            sheet = self.folder.parent / "cards.html"
            address = f"http://127.0.0.1:{port}"
            self.run("cards", "north", *arguments, "--address", address, "--out", str(sheet))
        return links

    def start(self, authority: Authority | None = None) -> None:
        """Serve it in a process of its own, encrypted with a certificate of an authority where one is given."""
        command = [sys.executable, "-m", "himaya", "class", *self._serve, "--port", str(self.port)]
        if authority is not None:
            chain, key = authority.write(self.folder.parent / "tls", "127.0.0.1")
            command += ["--name", "127.0.0.1", "--certificate", str(chain), "--key", str(key)]
        trusted = None if authority is None else authority.trusted()
        address = f"{'http' if authority is None else 'https'}://127.0.0.1:{self.port}/class/"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--folder", str(self.folder)], cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

        def answers() -> bool:
            try:
                urllib.request.urlopen(address, timeout=5, context=trusted)  # noqa: S310 - our own server
            except OSError:
                return False
            return True

        wait_until(answers, "the class answers", every=0.1, saw=end_of(self.log), process=self._process)

    def freeze(self) -> None:
        """Stop each of its threads where it stands: nothing is computed or sent any more."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)
        threads = Path(f"/proc/{self._process.pid}/task")
        wait_until(lambda: all(_state(each) in "TDZ" for each in threads.iterdir()), "each thread stands", every=0.001)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End the process, by default as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, how)
            self._process.wait(20)
            self._process = None


def _state(thread: Path) -> str:
    """Return a letter of proc(5): T for stopped, D for waiting for a disk."""
    return (thread / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]


def tokens(links: list[str]) -> list[str]:
    """Return the secrets of cards."""
    return [re.split("#", link)[1] for link in links]
