"""What the page tells of code items: the answer, what was looked at and found in it, one solution."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from himaya.activities.kinds import place_of
from himaya_autograde.codecells import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from himaya_autograde.gradebook import Marks

_LONGEST = 1_500  # characters of an answer on the page, as for every other answer


def told_code(keys: Sequence[Mapping[str, Any]], notebook: Path, marks: Marks) -> list[dict[str, Any]]:
    """Return what the page tells of each code item.

    Args:
        keys: The code items whole, as `read_keys` has them.
        notebook: The autograded one. Only text is taken from it, and none of it is believed to be more.
        marks: What the gradebook holds.
    """
    cells = graded_cells(notebook) if keys else {}
    return [_told(key, cells, marks) for key in keys]


def _told(key: Mapping[str, Any], cells: Mapping[str, Mapping[str, Any]], marks: Marks) -> dict[str, Any]:
    mark = marks.of.get(key["id"])
    looked = cells.get(key["id"], {}).get("metadata", {}).get("himaya", {}).get("looked", [])
    if len(looked) != len(key["checks"]):  # it was never run
        looked = []
    checks = [
        {"says": check["says"], "expected": shown(check["equals"]), **one}
        for check, one in zip(key["checks"], looked, strict=False)
    ]
    entry = {
        "id": key["id"],
        "kind": "code",
        "section": place_of("code").section,
        "title": key["stem"],
        "safety": False,
        "changed": False,
        "principle": None,
        "mark": mark,
        "given": source(cells.get(f"{key['id']}-answer", {}))[:_LONGEST],
        "checks": checks,
        "why": key["rationale"],
        "solution": key["solution"],
        "source": key["source"],
    }
    if mark is None or (mark.waits and not mark.by_hand):
        return {**entry, "notes": [], "caveats": []}
    verdict = "right" if mark.score >= mark.most else "partly-right" if mark.score else "not-right"
    return {**entry, "verdict": verdict}


def graded_cells(notebook: Path) -> dict[str, Mapping[str, Any]]:
    """Return the cells of an autograded notebook by name; nothing where it cannot be read."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in cells if "nbgrader" in cell["metadata"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def source(cell: Mapping[str, Any]) -> str:
    """Return the source of a cell as one text."""
    return "".join(cell.get("source", ""))
