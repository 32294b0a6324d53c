"""A running Jupyter Server with the trainer's page and formgrader, spoken to as a browser does."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from http import HTTPStatus
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING

import pytest

from tests.browser.link import free_port
from tests.waiting import end_of, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "only-for-tests"  # noqa: S105 - of a server that lives as long as its tests


class Server:
    """One browser's way to the server."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/"
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> bytes:
        """Return a page, once the server has read the class that it shows."""
        for _ in range(60):  # each of these waits a second there
            with self.opener.open(f"{self.address}{path}?token={TOKEN}", timeout=60) as answer:
                if answer.status != HTTPStatus.ACCEPTED:
                    return bytes(answer.read())
        pytest.fail(f"{path} is not read")

    def post(self, path: str, body: bytes = b"", kind: str = "application/x-www-form-urlencoded") -> bytes:
        xsrf = next(cookie.value for cookie in self.cookies if cookie.name == "_xsrf")
        request = urllib.request.Request(f"{self.address}{path}?token={TOKEN}", data=body)  # noqa: S310 - our own
        request.add_header("X-XSRFToken", str(xsrf))
        request.add_header("Content-Type", kind)
        with self.opener.open(request, timeout=300) as answer:
            return bytes(answer.read())


@contextmanager
def serving(home: Path, answers: str = "formgrader") -> Iterator[Server]:
    """Serve the platform in `home` from when the page `answers` does, and stop afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "jupyter_server", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "data" / "runtime"),
        "JUPYTER_TOKEN": TOKEN,
    }
    with (home / "server.log").open("wb") as log:
        running = subprocess.Popen(
            [*command, "--allow-root"], cwd=home / "desk", env=environment, stdout=log, stderr=log
        )
    spoken_to = Server(port)
    try:
        wait_until(
            lambda: _answers(spoken_to, answers),
            "the platform answers",
            saw=end_of(home / "server.log"),
            process=running,
        )
        yield spoken_to
    finally:
        running.terminate()
        running.wait(30)


def _answers(server: Server, page: str) -> bool:
    try:
        server.get(page)
    except urllib.error.URLError:
        return False
    return True
