"""An invented file of 600 households, the same on every platform for one seed. No place, person or event is real.

There is no question about violence that a person lived through: a survey is no place to ask it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from himaya.activities.lab.find_me.measures import Value

Row: TypeAlias = "dict[str, Value]"

COLUMNS = (
    "record_id",
    "interviewer_code",
    "interview_day",
    "governorate_code",
    "site_code",
    "hh_head_sex",
    "hh_head_age",
    "marital_status",
    "hh_size",
    "displacement_status",
    "mother_tongue",
    "disability_hh",
    "missing_documents",
    "safety_perception",
    "movement_restriction",
    "eviction_threat",
    "comment_text",
    "weight",
)
ROWS = 600
SITES = (120, 90, 70, 60, 50, 42, 36, 30, 26, 22, 18, 16, 12, 8)
SMALLEST = "S14"
MARITAL = ("married", "single", "widowed", "divorced", "separated")
DISPLACEMENT = ("idp_camp", "idp_out", "returnee", "host")
COMMENTS = ("c1", "c2", "c3", "c4", "c5", "c6")
"""Ids of remarks; the lab's words hold their texts. c1 to c4 point at a household, c5 and c6 at nobody."""

_OLD, _LARGE, _ORDINARY = 417, 203, 58  # rows with a surprise, and one without


class _Chance:
    """Park and Miller's minimal standard generator, in whole numbers only."""

    def __init__(self, seed: int) -> None:
        self._number = seed % 2_147_483_646 + 1

    def below(self, end: int) -> int:
        self._number = self._number * 48_271 % 2_147_483_647
        return self._number // 7 % end

    def yes(self, percent: int) -> str:
        return "y" if self.below(100) < percent else "n"

    def one(self, values: Sequence[str], percents: Sequence[int]) -> str:
        drawn = self.below(100)
        for value, percent in zip(values, percents, strict=True):
            drawn -= percent
            if drawn < 0:
                return value
        return values[-1]


@lru_cache(maxsize=4)
def microdata(seed: int) -> tuple[Row, ...]:
    """Return the file for one seed: 600 rows with the columns of `COLUMNS`. Never change a row.

    `weight` is in tenths of a household, 20 to 400; `interview_day` 1 to 60; `safety_perception` 1 (very unsafe) to 5.
    """
    chance = _Chance(seed)
    sites = [f"S{number:02}" for number, size in enumerate(SITES, 1) for _ in range(size)]
    rows = [_row(chance, number, site) for number, site in enumerate(sites)]
    for number, changes in _surprises().items():
        rows[number] = {**rows[number], **changes}
    return tuple(rows)


def _row(chance: _Chance, number: int, site: str) -> Row:
    camp = int(site[1:]) % 4 == 1
    age = 18 + chance.below(72) * (chance.below(60) + 12) // 72
    marital = chance.one(MARITAL, (66, 12, 14, 4, 4))
    size = 1 + chance.below(4) + chance.below(5) + chance.below(6)
    return {
        "record_id": f"P{number + 1:04}",
        "interviewer_code": f"E{chance.below(12) + 1:02}",
        "interview_day": chance.below(60) + 1,
        "governorate_code": "G" + "ABC"[int(site[1:]) % 3],
        "site_code": site,
        "hh_head_sex": chance.one("MF", (68, 32)),
        "hh_head_age": age,
        "marital_status": marital,
        # A large household with a divorced head is planted, once; an old speaker of L4 too.
        "hh_size": min(size, 8) if marital == "divorced" else size,
        "displacement_status": chance.one(DISPLACEMENT, (70, 10, 10, 10) if camp else (10, 35, 35, 20)),
        "mother_tongue": chance.one(("L1", "L2", "L3", "L4"), (62, 24, 12, 2)) if age < 80 else "L1",
        "disability_hh": chance.yes(16),
        "missing_documents": chance.yes(28 if camp else 18),
        "safety_perception": 1 + chance.below(3) + chance.below(3),
        "movement_restriction": chance.yes(30 if camp else 14),
        "eviction_threat": chance.yes(9 if camp else 19),
        "comment_text": chance.one(("", "c5", "c6"), (90, 5, 5)),
        "weight": 20 + chance.below(191) + chance.below(191),
    }


def _surprises() -> dict[int, Row]:
    """What is planted, by row: the old speaker of a rare language, the large household, and telling comments."""
    old: Row = {"mother_tongue": "L4", "hh_head_age": 83, "hh_head_sex": "F", "marital_status": "widowed"}
    large: Row = {"marital_status": "divorced", "hh_size": 11, "hh_head_sex": "F", "hh_head_age": 47}
    usual: Row = {"marital_status": "married", "hh_size": 6, "hh_head_age": 34, "mother_tongue": "L1"}
    return {
        _OLD: {**old, "hh_size": 2, "missing_documents": "y", "comment_text": "c1"},
        _LARGE: {**large, "eviction_threat": "y", "comment_text": "c2"},
        _ORDINARY: {**usual, "hh_head_sex": "M", "comment_text": ""},
        ROWS - 3: {"comment_text": "c3"},
        310: {"comment_text": "c4"},
    }


PEOPLE = {"old-speaker": _OLD, "large-household": _LARGE, "small-site": ROWS - 3, "ordinary": _ORDINARY}
"""Invented people whom a neighbour may look for, and their rows."""
