"""How many of how many, with Wilson's interval."""

from __future__ import annotations

import math
from typing import NamedTuple

from himaya.measures.quantiles import Z


class Interval(NamedTuple):
    """A 95 % interval."""

    low: float
    high: float


def wilson(count: int, of: int) -> Interval:
    """Return Wilson's interval of a share, each limit 0 to 1; for right or wrong only, not for partial credit.

    Args:
        count: How many, 0 to `of`.
        of: Of how many, 1 or more.

    Source: Wilson 1927, doi 10.1080/01621459.1927.10502953.
    """
    share, square = count / of, Z * Z
    centre = (share + square / (2 * of)) / (1 + square / of)
    half = Z / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))
