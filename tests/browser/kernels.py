"""The kernels behind a trainee's folder: found by their working directory, killed, restarted, kept busy, broken."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_client.blocking.client import BlockingKernelClient

from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import Server

_ID = re.compile(r"kernel-([0-9a-f-]+)\.json")


def kernels(folder: Path) -> dict[int, str]:
    """Return process and kernel id of every kernel that runs in `folder`."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes().decode(errors="replace")
            match = _ID.search(command)
            if match and (process / "cwd").resolve() == folder.resolve():
                found[int(process.name)] = match[1]
    return found


def only_kernel(folder: Path) -> tuple[int, str]:
    """Return process and id of the one kernel of `folder`."""
    found = kernels(folder)
    assert len(found) == 1, found
    return next(iter(found.items()))


AT_START = "os._exit(1)"
AT_AN_ACTIVITY = "import himaya_widgets; himaya_widgets.show = lambda name: os._exit(1)"


@contextlib.contextmanager
def dying_kernels(settings: Path, how: str, only: Path | None = None) -> Iterator[None]:
    """Let kernels die, as for want of memory: all whose IPython has its settings there, or those of one folder."""
    startup = settings / "profile_default" / "startup" / "dies.py"
    startup.parent.mkdir(parents=True, exist_ok=True)
    here = "True" if only is None else f"os.path.samefile('.', {str(only)!r})"
    startup.write_text(f"import os\nif {here}:\n    {how}\n", encoding="utf-8")
    try:
        yield
    finally:
        startup.unlink()


def kill_kernel(folder: Path) -> int:
    """End the kernel of `folder` as a power cut would, and return its process number."""
    process, _id = only_kernel(folder)
    os.kill(process, signal.SIGKILL)
    return process


def restart_kernel(server: Server, folder: Path) -> None:
    """Restart the kernel of `folder` through the server, as the menu does."""
    _process, name = only_kernel(folder)
    asked = urllib.request.Request(server.address(f"api/kernels/{name}/restart"), method="POST")  # noqa: S310 - our own server
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310 - as above
        assert answer.status == 200


@contextlib.contextmanager
def _client(server: Server, folder: Path) -> Iterator[BlockingKernelClient]:
    _process, name = only_kernel(folder)
    client = BlockingKernelClient(connection_file=str(server.home / "data" / "runtime" / f"kernel-{name}.json"))
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
        yield client
    finally:
        client.stop_channels()


def keep_busy(server: Server, folder: Path, seconds: float) -> None:
    """Let the kernel of `folder` compute for a while; returns when it has begun."""
    with _client(server, folder) as client:
        client.execute(f"import time; time.sleep({seconds})", silent=True)
        while client.get_iopub_msg(timeout=PATIENCE)["content"].get("execution_state") != "busy":
            pass


def run_in_kernel(server: Server, folder: Path, code: str) -> None:
    """Run code in the kernel of `folder` and wait until it is done."""
    with _client(server, folder) as client:
        reply = client.execute_interactive(code, silent=True, timeout=PATIENCE, output_hook=lambda _message: None)
        assert reply["content"]["status"] == "ok", reply["content"]
