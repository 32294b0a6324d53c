"""What a person meets who types `himaya start`: addresses that stay in sight, and a page that answers."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import sys
import urllib.request
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import ROOT, TOKEN
from tests.browser.link import free_port
from tests.browser.user_actions import until
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import Server

pytestmark = pytest.mark.proof

_ADDRESSES = ("Your classes: http://127.0.0.1:", "Himaya's home page: http://127.0.0.1:")

# In the place of a person's browser: asks at once for what it is sent to, and writes down what came.
_BROWSER = """
import re, sys, urllib.request
from pathlib import Path
opened = Path(sys.argv[2].removeprefix("file://")).read_text(encoding="utf-8")
address = re.search(r'http://[^"]+', opened)[0]
try:
    answer = urllib.request.urlopen(address, timeout=60).status
except OSError as error:
    answer = error
Path(sys.argv[1]).write_text(f"{answer}", encoding="utf-8")
"""


def test_start_opens_browser_once_the_page_answers(server: Server, tmp_path: Path) -> None:
    (tmp_path / "browser.py").write_text(_BROWSER, encoding="utf-8")
    answer = tmp_path / "answer"
    ours, theirs = pty.openpty()
    browser = f"{sys.executable} {tmp_path / 'browser.py'} {answer} %s"
    home = free_port()
    running = subprocess.Popen(
        _start(server, home, free_port()),
        cwd=ROOT, env={**server.environment(), "BROWSER": browser},
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    said: list[bytes] = []
    Thread(target=_listen, args=(ours, said), daemon=True).start()
    try:
        until(lambda: answer.exists() and answer.read_text(encoding="utf-8"), "a browser is opened")
        until(lambda: _answers(home), "desk and notebooks answer")
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(30)
    assert answer.read_text(encoding="utf-8") == "200"
    assert running.returncode == 0
    assert not _answers(home)
    lines = [line for line in b"".join(said).decode().splitlines() if line.strip()]
    others = [line for line in lines if not line.startswith(_ADDRESSES)]
    assert len(lines) - len(others) == len(_ADDRESSES)
    assert [line for line in others if "received signal 15" not in line] == ["Stop with Control-C."]


def test_classes_that_cannot_be_served_end_everything(server: Server) -> None:
    folder = server.home.parent / "class"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "class.db").write_bytes(b"no database")
    home = free_port()
    try:
        done = subprocess.run(
            [*_start(server, home, free_port()), "--no-browser"],
            cwd=ROOT, env=server.environment(), capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
    finally:
        shutil.rmtree(folder)
    assert done.returncode == 1
    assert "the site of classes ended, and so everything did" in done.stderr
    assert not _answers(home)


def _start(server: Server, home: int, classes: int) -> list[str]:
    command = [sys.executable, "-m", "himaya", "start", "--folder", str(server.home), "--port", str(home)]
    course = server.home.parent / "courses" / "core-protection"
    return [*command, "--class-port", str(classes), "--course", str(course)]


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/himaya?token={TOKEN}", timeout=5)
    except OSError:
        return False
    return True


def _listen(terminal: int, said: list[bytes]) -> None:
    try:
        while heard := os.read(terminal, 4096):
            said.append(heard)
    except OSError:
        pass  # the other end is closed
