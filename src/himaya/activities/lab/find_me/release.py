"""A file made ready to share: columns kept, made coarser or dropped, single values blank, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from himaya.activities.lab.find_me.measures import Groups, suppress
from himaya.activities.lab.find_me.microdata import COLUMNS, Row, microdata

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from himaya.activities.lab.find_me.measures import Value

SENSITIVE = ("missing_documents", "safety_perception", "movement_restriction", "eviction_threat")
OFFERED_KEYS = tuple(column for column in COLUMNS if column not in {*SENSITIVE, "comment_text", "weight"})
"""Columns that a trainee may call a key; some of them should rather be dropped."""

_AGES = ((30, "age-1"), (45, "age-2"), (60, "age-3"), (999, "age-4"))
_SIZES = ((3, "size-1"), (6, "size-2"), (9, "size-3"), (999, "size-4"))


def _band(bands: Sequence[tuple[int, str]]) -> Callable[[Row], Value]:
    column = "hh_head_age" if bands is _AGES else "hh_size"
    return lambda row: next(name for end, name in bands if int(row[column] or 0) < end)


COARSER: Mapping[str, Callable[[Row], Value]] = {
    "interview_day": lambda row: "month-1" if int(row["interview_day"] or 0) <= 30 else "month-2",
    "site_code": lambda row: row["governorate_code"],
    "hh_head_age": _band(_AGES),
    "hh_size": _band(_SIZES),
    "marital_status": lambda row: row["marital_status"] if row["marital_status"] in {"married", "single"} else "was",
}
"""Columns that can be made coarser, and how; "was" stands for widowed, divorced or separated."""

TREATMENTS = ("keep", "coarse", "drop")
INDICATORS: Mapping[str, tuple[tuple[str, ...], Callable[[Row], bool], Callable[[Row], bool]]] = {
    "older": (
        ("hh_head_age", "missing_documents"),
        lambda row: row["hh_head_age"] == "age-4" or (isinstance(row["hh_head_age"], int) and row["hh_head_age"] >= 60),
        lambda row: row["missing_documents"] == "y",
    ),
    "large": (
        ("hh_size", "eviction_threat"),
        lambda row: row["hh_size"] == "size-4" or (isinstance(row["hh_size"], int) and row["hh_size"] >= 9),
        lambda row: row["eviction_threat"] == "y",
    ),
    "women": (
        ("hh_head_sex", "safety_perception"),
        lambda row: row["hh_head_sex"] == "F",
        lambda row: int(row["safety_perception"] or 0) <= 2,
    ),
    "camps": (
        ("displacement_status", "movement_restriction"),
        lambda row: row["displacement_status"] == "idp_camp",
        lambda row: row["movement_restriction"] == "y",
    ),
}
"""What the file is for: columns it needs, whom it is about, and what is counted, as a weighted share."""


@dataclass(frozen=True)
class Release:
    """A file to share. `rows` holds only columns that are kept; a blank value is None."""

    rows: tuple[Row, ...]
    keys: tuple[str, ...]
    groups: Groups
    weights: tuple[float, ...]
    blanked: int

    @property
    def blank_share(self) -> float:
        """Share of the key values that were blanked, 0 to 1."""
        return self.blanked / (len(self.rows) * len(self.keys)) if self.keys else 0.0


def release(seed: int, treatments: Mapping[str, str], keys: Collection[str], least: int) -> Release:
    """Return the file after its treatment.

    Args:
        seed: Which invented file.
        treatments: "coarse" or "drop" by column; every other column is kept as it is.
        keys: Columns that a reader may know; of these only those that are not dropped stay keys.
        least: Blank single key values until at least so many records match each; 0 blanks nothing.
    """
    kept = [column for column in COLUMNS if treatments.get(column) != "drop"]
    left = tuple(column for column in kept if column in keys)
    source = microdata(seed)
    rows = [{column: _treated(row, column, treatments) for column in kept} for row in source]
    groups = Groups([tuple(row[column] for column in left) for row in rows])
    blanked = suppress(groups, least) if least and left else 0
    for row, record in zip(rows, groups.records, strict=True):
        row.update(zip(left, record, strict=True))
    weights = tuple(int(row["weight"] or 0) / 10 for row in source)
    return Release(tuple(rows), left, groups, weights, blanked)


def _treated(row: Row, column: str, treatments: Mapping[str, str]) -> Value:
    return COARSER[column](row) if treatments.get(column) == "coarse" else row[column]


def indicator(rows: Sequence[Row], weights: Sequence[float], name: str) -> float | None:
    """Return one of the four weighted shares, 0 to 1; None where a column it needs is gone or nobody is left to count.

    Rows in which a value that it needs is blank are left out, as an analyst would have to.
    """
    needed, about, counted = INDICATORS[name]
    if any(column not in rows[0] for column in (*needed, "weight")):
        return None
    there = [
        (row, weight)
        for row, weight in zip(rows, weights, strict=True)
        if all(row[column] is not None for column in needed) and about(row)
    ]
    total = sum(weight for _, weight in there)
    return sum(weight for row, weight in there if counted(row)) / total if total else None


def matching(file: Release, seed: int, person: int, known: Collection[str], treatments: Mapping[str, str]) -> list[int]:
    """Return the rows that fit what a reader knows about a person; dropped columns and blank values tell nothing."""
    looked = {
        column: _treated(microdata(seed)[person], column, treatments) for column in known if column in file.rows[0]
    }
    return [
        number
        for number, row in enumerate(file.rows)
        if all(row[column] in {None, value} for column, value in looked.items())
    ]
