"""Small draws from any `random.Random`, the same in every Python version: only `random()` is promised to be stable."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

Drawn = TypeVar("Drawn")


def below(dice: Random, limit: int) -> int:
    """Return a whole number from 0 to `limit` - 1."""
    return int(dice.random() * limit)


def between(dice: Random, lowest: int, highest: int) -> int:
    """Return a whole number from `lowest` to `highest`, both included."""
    return lowest + below(dice, highest - lowest + 1)


def pick(dice: Random, entries: Sequence[Drawn]) -> Drawn:
    """Return one of `entries`; a shrinking test falls back to the first."""
    return entries[below(dice, len(entries))]


def chance(dice: Random, percent: int) -> bool:
    """Return True in `percent` of 100 cases; a shrinking test falls back to False."""
    return below(dice, 100) >= 100 - percent


def mixed(dice: Random, entries: Sequence[Drawn]) -> list[Drawn]:
    """Return `entries` in another order."""
    rest, result = list(entries), []
    while rest:
        result.append(rest.pop(below(dice, len(rest))))
    return result
