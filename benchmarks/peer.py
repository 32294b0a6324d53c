"""The peers as their makers ship them: a plain Voilà, and a JupyterLite site.

The platform's own app runs no cells but the ones that the build writes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.browser.link import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Together: the kernel asks for a core at least as new as itself.
_LITE = ("jupyterlite-core[contents]==0.8.6", "jupyterlite-pyodide-kernel==0.8.6")


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


def lite_site(notebook: Path, folder: Path) -> Path:
    """Build a JupyterLite site that holds the text of one notebook, in a new virtual environment.

    Args:
        notebook: Its Markdown cells are kept.
        folder: Made here; some 170 MB with the environment and the site.

    Returns:
        The site. Where a step fails, such as when pip reaches no index, the program ends with a sentence instead.
    """
    (folder / "text").mkdir(parents=True)
    kept = json.loads(notebook.read_text(encoding="utf-8"))
    kept["cells"] = [cell for cell in kept["cells"] if cell["cell_type"] == "markdown"]
    kept["metadata"] = {"kernelspec": {"name": "python", "display_name": "Python", "language": "python"}}
    (folder / "text" / notebook.name).write_text(json.dumps(kept), encoding="utf-8")
    binaries = folder / "environment" / "bin"
    steps = {
        "venv": [sys.executable, "-m", "venv", "environment"],
        "pip install": [str(binaries / "pip"), "install", "--quiet", "--disable-pip-version-check", *_LITE],
        "lite build": [str(binaries / "jupyter"), "lite", "build", "--contents", "text", "--output-dir", "site"],
    }
    for step, command in steps.items():
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
        if done.returncode:
            why = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
            sys.exit(f"no comparison with JupyterLite: this needs a package index that pip reaches ({step}: {why})")
    return folder / "site"


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
