"""Reading hostile values: what stands in an event is anything that JSON can say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

Entry = TypeVar("Entry", bound="Mapping[str, Any]")


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


def by_id(entries: Sequence[Entry], wanted: object) -> Entry | None:
    """Return the entry whose id is `wanted`, or None."""
    for entry in entries:
        if entry["id"] == wanted:
            return entry
    return None


def ids(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the ids of `entries` in order."""
    return [entry["id"] for entry in entries]


def texts(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the texts of `entries` by id."""
    return {entry["id"]: entry["text"] for entry in entries}
