"""A plain Voilà for the peers: the platform's own app runs no cells but the ones that the build writes."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

from browser.link import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def plain_voila(notebook: Path, template: str = "himaya") -> Iterator[str]:
    """Serve one notebook with Voilà alone, in the platform's template or another, and yield its address."""
    port = free_port()
    command = [sys.executable, "-m", "voila", str(notebook), f"--port={port}", "--no-browser", f"--template={template}"]
    with (notebook.parent / "voila.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=notebook.parent, stdout=log, stderr=subprocess.STDOUT)
        try:
            address = f"http://127.0.0.1:{port}/"
            _wait(f"{address}voila/static/voila.js", process)
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _wait(address: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5)  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.2)
        else:
            return
    message = f"Voilà did not answer at {address}"
    raise RuntimeError(message)
