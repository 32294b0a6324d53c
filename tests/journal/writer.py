"""One of several processes that append to one journal at once. Usage: python writer.py PATH PROCESS COUNT."""

from __future__ import annotations

import sys
from pathlib import Path

from himaya.answers.journal import Journal


def main(path: Path, process: int, count: int) -> None:
    """Append `count` events, each in a put of its own."""
    journal = Journal(path)
    for number in range(count):
        event_id = f"event-{process}-{number:04d}"
        journal.put([{"id": event_id, "activity": "a", "type": "answer", "turn": number, "value": "x" * (number % 50)}])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
