"""Golden traces: what each shipped activity shows during one fixed walk. HIMAYA_REGOLD=1 writes them anew."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from himaya.publish.canonical import canonical
from himaya.publish.compile import visible
from tests.engine.shipped import compiled
from tests.engine.walks import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.engine.two_engines import Case

FOLDER = Path(__file__).parents[1] / "golden"
LENGTH = 25


def golden_cases(name: str) -> list[tuple[str, Case]]:
    """Return one case for each copy of each activity of a module: whole, and public where graded ships no key."""
    found: list[tuple[str, Case]] = []
    for activity in compiled(name).values():
        dice = Random(f"{name}/{activity['id']}")
        events, seed = walk(activity, dice, LENGTH, fitting=80), int(dice.random() * 2**31)
        found.append(("whole", (activity, events, seed)))
        if activity["mode"] == "graded":
            found.append(("public", (visible(activity), events, seed)))
    return found


def golden_lines(name: str, run: Callable[[Sequence[Case]], list[str]]) -> list[str]:
    """Return the golden file of a module as `run` (Python or V8) would write it, one line for each activity."""
    cases = golden_cases(name)
    lines: dict[str, dict[str, Any]] = {}
    for (copy, (activity, _, _)), text in zip(cases, run([case for _, case in cases]), strict=True):
        line = lines.setdefault(activity["id"], {"id": activity["id"], "hash": activity["hash"]})
        shown = json.loads(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        line[copy] = {"views": digest, "score": shown[-1], "last": shown[-2]}
    return [canonical(line).encode("utf-8", "backslashreplace").decode() for line in lines.values()]


def golden_file(name: str) -> list[str]:
    """Return the kept golden lines of a module; none where it has no file yet."""
    path = FOLDER / f"{name}.jsonl"
    return path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []


def regold(name: str, lines: list[str]) -> None:
    """Write the golden file anew where HIMAYA_REGOLD=1 asks for it."""
    if os.environ.get("HIMAYA_REGOLD") == "1":
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def stale(kept: list[str], found: list[str]) -> list[str]:
    """Return the ids of the activities whose line is new, gone or different."""
    lines = [*set(kept).symmetric_difference(found)]
    return sorted({json.loads(line)["id"] for line in lines})
