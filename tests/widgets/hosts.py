"""What a page can talk to and a test can kill: a real kernel, or a light process with the same player in it."""

from __future__ import annotations

import json
import os
import queue
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

from tests.waiting import PATIENCE, Deadline

_LIGHT = Path(__file__).with_name("light_host.py")


class LightHost:
    """`Player` and `Journal` in a process of their own, spoken to over a pipe."""

    def __init__(self, folder: Path, activity: str) -> None:
        """Start it and wait until it has read the journal."""
        command = [sys.executable, str(_LIGHT), str(folder), activity]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self._text = b""
        first = self.answer(PATIENCE)
        assert first is not None
        self.rows: list[dict[str, Any]] = first["rows"]

    def put(self, message: dict[str, Any]) -> None:
        """Send one message and wait for nothing."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")

    def answer(self, seconds: float) -> dict[str, Any] | None:
        """Return the next answer, or None where none came in time."""
        assert self._process.stdout is not None
        deadline = Deadline(seconds)
        while b"\n" not in self._text:
            if not select.select([self._process.stdout], [], [], deadline.left)[0]:
                return None
            data = os.read(self._process.stdout.fileno(), 65536)
            if not data:
                return None
            self._text += data
        line, _, self._text = self._text.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def kill(self) -> None:
        """End it without a warning."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()


class KernelHost:
    """A real `himaya` kernel in which the notebook's cells ran, spoken to over a comm as a page does."""

    def __init__(self, folder: Path, activity: str) -> None:
        """Start a kernel, run the two cells and wait for the player."""
        self._manager = KernelManager(kernel_name="himaya")
        self._manager.start_kernel(cwd=str(folder))
        self.process: int = self._manager.provisioner.process.pid
        self._client = self._manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=PATIENCE)
        self.shown: list[str] = []
        self.rows: list[dict[str, Any]] = []
        self._comm = ""
        self.run("from himaya_widgets import show, submit")
        self.run(f'show("{activity}")')
        assert self._comm, self.shown

    def run(self, code: str) -> None:
        """Run one cell; what it displays is added to `shown`."""
        asked = self._client.execute(code)
        while True:
            message = self._client.get_iopub_msg(timeout=PATIENCE)
            content = message["content"]
            if message["parent_header"].get("msg_id") != asked:
                continue
            if message["msg_type"] == "comm_open" and "seed" in content["data"].get("state", {}):
                self._comm = content["comm_id"]
                self.rows = json.loads(content["data"]["state"]["rows"])
            if message["msg_type"] == "display_data":
                self.shown.append(content["data"].get("text/html", ""))
            if message["msg_type"] in {"stream", "error"}:
                self.shown.append("\n".join(content.get("traceback", [])) or content["text"])
            if content.get("execution_state") == "idle":
                return

    def put(self, message: dict[str, Any]) -> None:
        """Send one message and wait for nothing."""
        data = {"method": "custom", "content": message}
        self._client.shell_channel.send(self._client.session.msg("comm_msg", {"comm_id": self._comm, "data": data}))

    def answer(self, seconds: float) -> dict[str, Any] | None:
        """Return the player's next answer, or None where none came in time."""
        deadline = Deadline(seconds)
        while left := deadline.left:
            try:
                message = self._client.get_iopub_msg(timeout=left)
            except queue.Empty:
                return None
            data = message["content"].get("data", {})
            if message["msg_type"] == "comm_msg" and data.get("method") == "custom":
                answer: dict[str, Any] = data["content"]
                return answer
        return None

    def kill(self) -> None:
        """End it without a warning."""
        os.kill(self.process, signal.SIGKILL)
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        self._manager.cleanup_resources()
        self._client.context.destroy()
