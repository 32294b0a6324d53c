"""A course's practice apps for a room: `himaya apps` as a process of its own, one at a time, from the mentor's page.

It ends when the mentor says so, when another one is started, and with this server.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import segno
from tornado import web  # type: ignore[attr-defined]

from himaya.activities.kinds import report
from himaya_server.home.handlers import Page

if TYPE_CHECKING:
    from pathlib import Path

_PORT = 8866  # as `himaya apps` has it, where it is free
_MARK = "The gallery: "  # what it says once it answers
_ENDING = 10  # seconds that it may take to end its kernels


@dataclass
class Show:
    """Apps on their way to a room.

    Attributes:
        course: Whose apps.
        shared: Whether phones on the local network are let in.
        link: Where they are, with the token; empty until they answer.
        problem: What it said last, where it ended by itself.
    """

    course: str
    shared: bool
    process: subprocess.Popen[str] = field(repr=False)
    link: str = ""
    problem: str = ""

    def follow(self) -> None:
        """Read what the process says until it ends."""
        for line in self.process.stdout or ():
            if line.startswith(_MARK):
                self.link = line.removeprefix(_MARK).strip()
            elif line.strip() and not self.link:
                self.problem = line.strip()
        self.link = ""

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.process.poll() is not None

    def at(self, path: str) -> str:
        """Return the address of one of its pages, with the token."""
        return urlsplit(self.link)._replace(path=f"/{path}").geturl()

    def stop(self) -> None:
        """End it; the link then leads nowhere."""
        with suppress(OSError):
            self.process.terminate()
        try:
            self.process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Shows:
    """The one show of this server."""

    def __init__(self) -> None:
        """Begin with none."""
        self.now: Show | None = None
        atexit.register(self.stop)

    def start(self, course: str, directory: Path, modules: str, *, shared: bool) -> None:
        """Show a course's apps instead of what is shown now."""
        self.stop()
        command = [sys.executable, "-m", "himaya", "apps", str(directory), "--modules", modules, "--no-browser"]
        command += ["--port", str(_free_port()), *(["--share"] if shared else [])]
        dies_with_us = shutil.which("setpriv")
        if dies_with_us:
            command = [dies_with_us, "--pdeathsig", "TERM", *command]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        for name in ("HIMAYA_TOKEN", "JUPYTER_TOKEN"):  # that of this page opens no other door
            environment.pop(name, None)
        process = subprocess.Popen(  # noqa: S603 - our own command, and folders of our configuration
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.now = Show(course, shared, process)
        threading.Thread(target=self.now.follow, daemon=True).start()

    def stop(self) -> None:
        """End what is shown."""
        now, self.now = self.now, None
        if now is not None:
            now.stop()


def _free_port() -> int:
    for port in (_PORT, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    return _PORT


class MentorShow(Page):
    """What is shown to a room: opening, the links and the square code, or why it did not open."""

    role = "mentor"

    @web.authenticated
    def get(self) -> None:
        """Draw how far it is."""
        show = self.place.shows.now
        if show is None:
            self.redirect(self.to("himaya", "mentor"))
            return
        code = segno.make(show.link, error="m").svg_inline(border=4, light="#fff", omitsize=True) if show.link else ""
        groups = [(app, one, show.at(f"group/{self.spoken}/{app['id']}/{one['id']}")) for app, one in self.groups(show)]
        self.draw("show.html", show=show, code=code, groups=groups if show.link else [])

    def groups(self, show: Show) -> list[tuple[dict[str, str], dict[str, str]]]:
        """Return what of the course a room can play together, each with its module."""
        apps = [app for app in self.practice_apps() if app["course"] == show.course]
        return [(app, one) for app in apps for one in app["played"] if report(one).voted]

    @web.authenticated
    def post(self) -> None:
        """Start showing a course's apps, or stop."""
        shows = self.place.shows
        if self.get_body_argument("stop", ""):
            shows.stop()
            self.redirect(self.to("himaya", "mentor"))
            return
        course = self.place.course(self.get_body_argument("course"))
        modules = self.place.home.modules
        if not modules:
            raise web.HTTPError(404, "This server has no modules to show.")
        shared = self.get_body_argument("for") == "phones"
        shows.start(course.id, self.place.root / course.directory, modules, shared=shared)
        self.redirect(self.to("himaya", "mentor", "show"))
