"""Record groups of the baseline anew: `make baseline GROUPS="feedback tables"`.

Only on purpose: what changes here changes for trainees and trainers who hold older files. Say in the commit why.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.baseline.groups import FAST, GRADED, HERE, SLOW, graded


def recorded(group: str) -> Any:
    """Return what was recorded of one group."""
    return json.loads((HERE / f"{group}.json").read_text(encoding="utf-8"))


def _write(group: str, tree: object) -> None:
    text = json.dumps(tree, ensure_ascii=False, indent=0)  # a line for each hash, so that a change is one line
    (HERE / f"{group}.json").write_text(text + "\n", encoding="utf-8")
    print(f"{HERE / group}.json: written")


def main(groups: list[str]) -> None:
    """Write the groups that are named, or all where it says `all`."""
    alone = {**FAST, **SLOW}
    known = [*alone, *GRADED]
    unknown = sorted(set(groups) - {*known, "all"})
    if unknown or not groups:
        sys.exit(
            f"name groups to record: {', '.join(known)}, or all" + (f"; not {', '.join(unknown)}" if unknown else "")
        )
    wanted = known if "all" in groups else groups
    with tempfile.TemporaryDirectory() as folder:
        for group in wanted:
            if group in alone:
                _write(group, alone[group](Path(folder) / group))
        if set(wanted) & set(GRADED):
            for group, tree in graded(Path(folder) / "graded").items():
                if group in wanted:
                    _write(group, tree)


if __name__ == "__main__":
    main(sys.argv[1:])
