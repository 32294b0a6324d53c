"""How far two markers agree on ordered levels."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def exact_agreement(first: Sequence[int], second: Sequence[int]) -> float:
    """Return the share of answers, 0 to 1, that both gave the same level; of at least one answer."""
    return sum(a == b for a, b in zip(first, second, strict=True)) / len(first)


def weighted_kappa(first: Sequence[int], second: Sequence[int]) -> float | None:
    """Return the linear-weighted kappa, or None where chance alone would agree: both always gave one level.

    Source: Cohen 1968. Where most answers have one level it says little; show the exact agreement beside it.
    """
    people = len(first)
    one, other = Counter(first), Counter(second)
    seen = sum(abs(a - b) for a, b in zip(first, second, strict=True)) / people
    chance = sum(n * m * abs(a - b) for a, n in one.items() for b, m in other.items()) / people**2
    return None if chance == 0 else 1 - seen / chance
