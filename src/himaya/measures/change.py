"""What changed between two measures of the same people, in percent. A change shows no cause."""

from __future__ import annotations

import math
from statistics import fmean, stdev
from typing import TYPE_CHECKING, NamedTuple

from himaya.measures.proportions import Interval
from himaya.measures.quantiles import t_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence


class Change(NamedTuple):
    """Before and after of matched people.

    Attributes:
        people: How many.
        before: Their mean.
        after: Their mean.
        gain: The difference of the means.
        limits: The interval of the difference; None for fewer than two people.
    """

    people: int
    before: float
    after: float
    gain: float
    limits: Interval | None


def change(before: Sequence[float], after: Sequence[float]) -> Change:
    """Return the change of at least one person, with the t interval of paired differences."""
    differences = [b - a for a, b in zip(before, after, strict=True)]
    gain, people = fmean(differences), len(differences)
    limits = None
    if people > 1:
        half = t_quantile(0.975, people - 1) * stdev(differences) / math.sqrt(people)
        limits = Interval(gain - half, gain + half)
    return Change(people, fmean(before), fmean(after), gain, limits)


def normalised_gain(before: Sequence[float], after: Sequence[float]) -> tuple[float | None, Interval | None]:
    """Return which part of what was missing the class gained, from the means, and Fieller's interval.

    Both are None where nothing was missing; the interval alone where it cannot be estimated.

    Args:
        before: Percent of each person.
        after: Of the same people, in the same order.

    Source: Hake 1998; Fieller 1954.
    """
    gains = [b - a for a, b in zip(before, after, strict=True)]
    missing = [100 - a for a in before]
    people, d, h = len(gains), fmean(gains), fmean(missing)
    if h <= 0:
        return None, None
    if people < 2:
        return d / h, None
    square = t_quantile(0.975, people - 1) ** 2 / people
    a = h * h - square * _covariance(missing, missing)
    b = d * h - square * _covariance(gains, missing)
    c = d * d - square * _covariance(gains, gains)
    if a <= 0:
        return d / h, None
    root = math.sqrt(max(0.0, b * b - a * c))
    return d / h, Interval((b - root) / a, (b + root) / a)


def mean_interval(values: Sequence[float]) -> Interval | None:
    """Return the t interval of a mean, for partial credit; None for fewer than two values."""
    if len(values) < 2:
        return None
    half = t_quantile(0.975, len(values) - 1) * stdev(values) / math.sqrt(len(values))
    return Interval(fmean(values) - half, fmean(values) + half)


def _covariance(xs: Sequence[float], ys: Sequence[float]) -> float:
    mean_x, mean_y = fmean(xs), fmean(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / (len(xs) - 1)
