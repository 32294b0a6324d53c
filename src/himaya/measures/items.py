"""What a class's answers say about questions: how hard each is, whether it goes with the rest, how the whole holds.

`scores` is a row for each person, each with the share that they earned of each question, 0 to 1.
"""

from __future__ import annotations

import math
from statistics import fmean
from typing import TYPE_CHECKING, Literal

from himaya.measures.proportions import Interval
from himaya.measures.quantiles import Z, f_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

Shown = Literal["nothing", "counts", "share", "all"]
"""What may be shown of a question: see `shown_at`."""

FEWEST = 5
"""People below whom nothing is shown of a question: whose answer it was could be guessed."""
SHARES = 10
"""People from whom on a percent is shown."""
ENOUGH = 30
"""People from whom on more than a percent can be told; with r = 0.20 the interval still spans -0.17 to 0.52."""
MANY = 100
"""People from whom on the number itself is judged, not its interval."""
ITEMS_FOR_ALPHA = 10
CUT = 0.20
"""Item-rest correlation below which a question is read again: our own choice, after Ebel's "poor" items."""


def shown_at(people: int) -> Shown:
    """Return what may be shown of a question that so many people answered: our own teaching choice."""
    if people < FEWEST:
        return "nothing"
    if people < SHARES:
        return "counts"
    return "share" if people < ENOUGH else "all"


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Return Pearson's r, or None where one of the two does not vary."""
    if len(xs) < 2:
        return None
    mean_x, mean_y = fmean(xs), fmean(ys)
    dx, dy = [x - mean_x for x in xs], [y - mean_y for y in ys]
    xx, yy = sum(d * d for d in dx), sum(d * d for d in dy)
    if xx < 1e-12 or yy < 1e-12:
        return None
    r = sum(a * b for a, b in zip(dx, dy, strict=True)) / math.sqrt(xx * yy)
    return max(-1.0, min(1.0, r))


def fisher(r: float, people: int) -> Interval | None:
    """Return the interval of a correlation by Fisher's z, or None for fewer than four people.

    Approximate for answers that are right or wrong. Source: Fisher 1921.
    """
    if people < 4:
        return None
    if abs(r) >= 1:
        return Interval(r, r)
    half = Z / math.sqrt(people - 3)
    return Interval(math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half))


def flagged(r: float | None, people: int) -> bool:
    """Return whether a question should be read again: its whole interval lies below the cut, from 100 people on r.

    A flag means "read the question", never "drop it". Below `ENOUGH` people nothing is flagged: in a class of twelve
    one good question of seven would be.
    """
    if r is None or people < ENOUGH:
        return False
    if people >= MANY:
        return r < CUT
    limits = fisher(r, people)
    return limits is not None and limits.high < CUT


def alpha(scores: Sequence[Sequence[float]]) -> float | None:
    """Return Cronbach's alpha, KR-20 where answers are right or wrong; None where nothing varies or items are few."""
    items = len(scores[0]) if scores else 0
    if items < 2 or len(scores) < 2:
        return None
    whole = _variance([sum(row) for row in scores])
    if whole < 1e-12:
        return None
    return items / (items - 1) * (1 - sum(_variance(column) for column in zip(*scores, strict=True)) / whole)


def feldt(value: float, people: int, items: int) -> Interval:
    """Return the interval of alpha. Source: Feldt 1965, doi 10.1007/BF02289499."""
    df = (people - 1, (people - 1) * (items - 1))
    return Interval(1 - (1 - value) * f_quantile(0.975, *df), 1 - (1 - value) * f_quantile(0.025, *df))


def measurement_error(scores: Sequence[Sequence[float]]) -> float | None:
    """Return the standard error of a total, in the points of `scores`; None where alpha is None or below 0."""
    value, people = alpha(scores), len(scores)
    if value is None or value < 0:
        return None
    whole = _variance([sum(row) for row in scores]) * people / (people - 1)
    return math.sqrt(whole * (1 - value))


def _variance(values: Sequence[float]) -> float:
    mean = fmean(values)
    return sum((value - mean) ** 2 for value in values) / len(values)
