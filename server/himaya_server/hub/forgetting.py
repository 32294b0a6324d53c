"""Removes the Unix users of people whom the class forgot; the Hub runs it as root beside itself."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from himaya_server.classroom.notebooks import forgotten
from himaya_server.hub.accounts import remove_account

_PAUSE = 30  # seconds


def forget(folder: Path, homes: Path) -> list[str]:
    """Remove whoever is named in the class's folder, and return their names."""
    return [name for name in forgotten(folder) if remove_account(name, homes)]


def main() -> None:
    """Look again and again."""
    folder, homes = map(Path, sys.argv[1:3])
    while True:
        forget(folder, homes)
        time.sleep(_PAUSE)


if __name__ == "__main__":
    main()
