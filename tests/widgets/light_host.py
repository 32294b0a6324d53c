"""A process that holds the same player and journal as a kernel, without one. Usage: python light_host.py FOLDER ID.

Reads what a page sends, one JSON line each, and writes what the player answers.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from himaya.publish.folder import open_folder
from himaya_widgets.widgets import Player


class _Spoken(Player):
    """A player whose answers go to standard output instead of a comm."""

    def send(self, content: object, buffers: object = None) -> None:
        """Write one answer."""
        del buffers
        print(json.dumps(content), flush=True)


def main(folder: Path, activity: str) -> None:
    """Answer until the end of the input, or of this process."""
    player = _Spoken(open_folder(folder), activity)
    print(json.dumps({"rows": json.loads(player.rows)}), flush=True)
    for line in sys.stdin:
        message: dict[str, Any] = json.loads(line)
        player._receive(player, message, [])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
