"""Words and small readers that every kind of activity shares. Events are hostile until read through here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Activity: TypeAlias = "Mapping[str, Any]"
"""A built activity: see `himaya.publish.compile`. With its key for a trainer, without for a graded trainee."""
State: TypeAlias = "dict[str, Any]"
Event: TypeAlias = "Mapping[str, Any]"
View: TypeAlias = "dict[str, Any]"

ITEM_KINDS = ("choice", "order", "match", "number", "text")
KINDS = ("scenario", "lab", *ITEM_KINDS)
QUALITY_POINTS = {"best": 2, "acceptable": 1, "harmful": 0}


def is_count(value: object, expected: int) -> bool:
    """Return whether a JSON number equals `expected`; `true` is not 1, but `1.0` is (JavaScript reads both alike)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value == expected


def read_id(value: object, allowed: Collection[str]) -> str | None:
    """Return `value` if it is one of the `allowed` ids, else None."""
    return value if isinstance(value, str) and value in allowed else None


def read_ids(value: object, allowed: Collection[str]) -> list[str] | None:
    """Return `value` if it is a list of `allowed` ids without repeats, else None."""
    if not isinstance(value, list) or len(value) > len(allowed):
        return None
    seen: list[str] = []
    for entry in value:
        if read_id(entry, allowed) is None or entry in seen:
            return None
        seen.append(entry)
    return seen


def by_id(entries: Sequence[Mapping[str, Any]], wanted: str) -> Mapping[str, Any] | None:
    """Return the entry whose id is `wanted`, or None."""
    for entry in entries:
        if entry["id"] == wanted:
            return entry
    return None


def ids(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the ids of `entries` in order."""
    return [entry["id"] for entry in entries]


_MODULUS = 2_147_483_647  # Park and Miller's minimal standard generator: products stay below 2**53
_MULTIPLIER = 48_271


def shuffled(entries: Sequence[Any], seed: int, salt: int = 0) -> list[Any]:
    """Return `entries` in an order that is always the same for one `seed` and `salt`.

    Source:
        Fisher-Yates with Park & Miller 1988 ("minimal standard", multiplier 48271), exact in doubles.
    """
    result = list(entries)
    number = (seed + salt * 7_919) % (_MODULUS - 1) + 1
    for last in range(len(result) - 1, 0, -1):
        number = number * _MULTIPLIER % _MODULUS
        other = number % (last + 1)
        result[last], result[other] = result[other], result[last]
    return result
