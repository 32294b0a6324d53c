"""The table of attacks names tests that exist, and tells of none that succeeded."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8").split("## What was tried against a class")[1]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines() if line.startswith("| ")][
    2:
]


def test_named_tests_exist() -> None:
    here = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", TABLE))
    assert len(named) > 30
    assert {name for name in named if f"def {name}(" not in here} == set()


def test_no_attack_succeeded() -> None:
    assert len(ROWS) > 15
    assert {row[3] for row in ROWS} == {"0"}
    assert all(row[4] for row in ROWS)
