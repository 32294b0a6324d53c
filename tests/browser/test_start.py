"""What a person meets who types `himaya start`: an address that stays in sight, and a page that answers."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import ROOT
from tests.browser.link import free_port
from tests.browser.user_actions import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import Server

pytestmark = pytest.mark.proof

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
    command = [sys.executable, "-m", "himaya", "start", "--folder", str(server.home), "--port", str(free_port())]
    browser = f"{sys.executable} {tmp_path / 'browser.py'} {answer} %s"
    running = subprocess.Popen(
        [*command, "--course", str(server.home.parent / "courses" / "core-protection")],
        cwd=ROOT, env={**server.environment(), "BROWSER": browser},
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    said: list[bytes] = []
    Thread(target=_listen, args=(ours, said), daemon=True).start()
    try:
        until(lambda: answer.exists() and answer.read_text(encoding="utf-8"), "a browser is opened")
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(20)
    assert answer.read_text(encoding="utf-8") == "200"
    lines = [line for line in b"".join(said).decode().splitlines() if line.strip()]
    home, stop = lines[:2]
    assert home.startswith("Himaya's home page: http://127.0.0.1:")
    assert stop == "Stop with Control-C."
    assert [line for line in lines[2:] if "received signal 15" not in line] == []


def _listen(terminal: int, said: list[bytes]) -> None:
    try:
        while heard := os.read(terminal, 4096):
            said.append(heard)
    except OSError:
        pass  # the other end is closed
