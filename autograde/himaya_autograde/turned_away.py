"""Which hand-ins collect refused: they still lie in the exchange, and wait for nobody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_FILE = ".turned-away.json"


def turned_away(course: Path) -> set[str]:
    """Return the folders of the exchange that were refused when they were last looked at.

    Args:
        course: The course directory.
    """
    try:
        return {str(name) for name in json.loads((course / _FILE).read_text(encoding="utf-8"))}
    except (OSError, ValueError, TypeError):
        return set()


def remember(course: Path, module: str, refused: Collection[str]) -> None:
    """Write down what was refused of one module; what was refused of others stays.

    Args:
        course: The course directory.
        module: What was collected.
        refused: Names of folders, each `trainee+module+time+random`.
    """
    others = {name for name in turned_away(course) if f"+{module}+" not in name}
    if others or refused or (course / _FILE).exists():
        (course / _FILE).write_text(json.dumps(sorted({*others, *refused})), encoding="utf-8")
