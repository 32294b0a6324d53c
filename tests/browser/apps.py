"""A running `himaya apps` for tests and benchmarks, and what its visitors do without a browser."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tests.browser.link import free_port
from tests.waiting import end_of, wait_for, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

ROOT = Path(__file__).parents[2]
TOKEN = "only-for-tests"  # noqa: S105 - of a server that lives as long as the tests
_KERNEL = re.compile(r'"kernelId": ?"([0-9a-f-]{36})"')


@dataclass
class AppsServer:
    """A gallery that is being served.

    Attributes:
        folder: Where it keeps everything that it writes.
    """

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def address(self, path: str = "") -> str:
        """Return an address without the token."""
        return f"http://127.0.0.1:{self.port}/{path}"

    def enter(self, context: BrowserContext, path: str = "") -> Page:
        """Open the gallery's link in a browser, go on to `path`, and return the page."""
        page = context.new_page()
        page.goto(self.address(f"?token={TOKEN}"))
        if path:
            page.goto(self.address(path))
        return page

    def cookie(self) -> str:
        """Return the cookie of a new visitor."""
        asked = urllib.request.Request(self.address(f"?token={TOKEN}"))  # noqa: S310 - our own server
        opener = urllib.request.build_opener(_Stay)
        try:
            opener.open(asked, timeout=60)
        except urllib.error.HTTPError as answer:
            return str(answer.headers["Set-Cookie"]).split(";", maxsplit=1)[0]
        raise AssertionError("the link did not lead on")

    def ask(self, path: str, cookie: str = "", method: str = "GET") -> tuple[int, str]:
        """Return status and text of one address, without following where it leads."""
        headers = {"Cookie": cookie} if cookie else {}
        asked = urllib.request.Request(self.address(path), headers=headers, method=method)  # noqa: S310 - our own
        try:
            with urllib.request.build_opener(_Stay).open(asked, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def kernel_of(self, path: str, cookie: str) -> str:
        """Open a lab without a browser and return the kernel that its page was given."""
        status, text = self.ask(path, cookie)
        found = _KERNEL.search(text)
        assert status == 200, text
        assert found is not None, text
        return found[1]

    def kernels(self) -> list[psutil.Process]:
        """Return the processes of the kernels that run now."""
        own = psutil.Process(self.process.pid).children(recursive=True)
        living = [process for process in own if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
        return [process for process in living if "ipykernel_launcher" in " ".join(process.cmdline())]

    def files(self) -> dict[str, bytes]:
        """Return everything that lies where the server keeps its apps, but for the kernels' connection files."""
        below = sorted(path for path in self.folder.rglob("*") if path.is_file() and "himaya-apps-" not in str(path))
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in below}


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        return None


@contextmanager
def serving(
    folder: Path, *options: str, environment: dict[str, str] | None = None, impatient: bool = False
) -> Iterator[AppsServer]:
    """Start `himaya apps` with everything that it writes below `folder`, and stop it afterwards."""
    port = free_port()
    program = [str(Path(__file__).with_name("apps_with_short_timeouts.py"))] if impatient else ["-m", "himaya", "apps"]
    command = [sys.executable, *program, "--no-browser", "--port", str(port), *options]
    variables = {**os.environ, "HIMAYA_TOKEN": TOKEN, "TMPDIR": str(folder), **(environment or {})}
    with (folder.parent / f"apps-{port}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=variables, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    server = AppsServer(folder, port, process)
    try:
        log_of = end_of(folder.parent / f"apps-{port}.log")
        wait_until(lambda: _answers(server), "himaya apps answers", every=0.1, saw=log_of, process=process)
        yield server
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def _answers(server: AppsServer) -> bool:
    try:
        return server.ask("")[0] == 403  # without the link nobody is let in
    except OSError:
        return False


def drawn(page: Page) -> None:
    """Wait until an app is drawn."""
    wait_for(page.locator("body[data-app=ready]").first)
