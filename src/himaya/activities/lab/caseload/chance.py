"""Chance for the caseload lab: the same seed gives the same month on every machine. Whole numbers only.

Each draw is a pure function of what it is about (this person, on this day, for this question), not the next number of a
stream. Two plans for one month therefore meet the same people, and the same chance for each, so that they can be
compared pair by pair ("common random numbers").
"""

from __future__ import annotations

from functools import lru_cache

_MASK = 0xFFFF_FFFF_FFFF_FFFF
_SCALE = 1 << 53


def draw(seed: int, question: int, day: int = 0, person: int = 0) -> int:
    """Return a whole number from 0 to 2**32 - 1, always the same for the same four numbers.

    Source:
        The output function of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014; constants of Stafford's variant 13),
        applied twice to a sum of the four numbers, each times an odd constant.
    """
    mixed = (
        seed * 0x9E37_79B9_7F4A_7C15
        + question * 0xD6E8_FEB8_6659_FD93
        + day * 0xA076_1D64_78BD_642F
        + person * 0xE703_7ED1_A0B4_28DB
    ) & _MASK
    for _ in range(2):
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
        mixed ^= mixed >> 31
    return mixed >> 32


def per_cent(number: int) -> int:
    """Return a draw as 0 to 99, each as likely: below 12 happens 12 times in 100."""
    return number * 100 >> 32


def below(number: int, limit: int) -> int:
    """Return a draw as 0 to `limit` - 1, each as likely."""
    return number * limit >> 32


def arrivals(number: int, per_hundred: int) -> int:
    """Return how many people come on one day: Poisson, with a mean of `per_hundred` / 100.

    Args:
        number: A draw.
        per_hundred: How many come in 100 days on average, 0 to 500.
    """
    bounds = _bounds(per_hundred)
    place = number * bounds[-1] >> 32
    return next(count for count, bound in enumerate(bounds) if place < bound)


@lru_cache(maxsize=64)
def _bounds(per_hundred: int) -> tuple[int, ...]:
    """Return running sums of mean**k / k!, in units of 2**-53: no exponential function, so no rounding of its own."""
    weight, total, bounds = _SCALE, 0, []
    for count in range(1, 60):
        total += weight
        bounds.append(total)
        weight = weight * per_hundred // (100 * count)
        if not weight:
            break
    return tuple(bounds)
