"""Many months of one plan beside another's, and a search for a plan that does better. Always in pairs, with intervals.

One month is luck. Each pair plays the same month (one seed) by both plans, so that their difference is the plan's.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple, get_args

from himaya.activities.lab.caseload.model import LEVERS, figures
from himaya.activities.lab.caseload.month import play_month
from himaya.activities.lab.caseload.people import HIGH, Plan, Priority

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from himaya.activities.lab.caseload.settings import Settings

_Z = 1.959964
MEASURES = ("late_days", "late_high", "crises", "waiting", "strain", "supervision", "open")
COMPARED = ("yours", "usual", "best")
"""Whose plans play the same months: the trainee's, one that decides nothing, the best that a search has found."""
_SPREAD = 7_919
"""The seeds of the months are `seed`, `seed` + 7919, ...; prime, so that neighbouring labs share few months."""


class Estimate(NamedTuple):
    """A mean over months with the ends of its 95 % interval."""

    mean: float
    low: float
    high: float


def one_month(settings: Settings, seed: int, plans: Sequence[Plan]) -> dict[str, int]:
    """Return the measures of one month; see `MEASURES`. `late_high` counts high-risk people late, each a day."""
    month = play_month(settings, seed, plans)
    now = figures(settings, month)
    return {
        "late_days": now["late_days"],
        "late_high": sum(day.late[HIGH] for day in month.days),
        "crises": now["crises"],
        "waiting": now["waiting"],
        "strain": now["strain"],
        "supervision": now["supervision"] or 0,
        "open": now["open"],
    }


def seeds(seed: int, months: int) -> list[int]:
    """Return the seeds of `months` months."""
    return [(seed + number * _SPREAD) % 2_147_483_647 for number in range(months)]


def estimate(values: Sequence[int]) -> Estimate:
    """Return a mean and its 95 % interval.

    Args:
        values: At least two, one for each month.

    Raises:
        ValueError: If there are fewer than two values; one month says nothing about the spread.

    Source:
        Normal approximation: mean plus and minus 1.96 standard errors, for months in the hundreds.
    """
    count = len(values)
    if count < 2:  # a spread needs two
        raise ValueError("An interval needs at least two months.")
    mean = sum(values) / count
    variance = sum((value - mean) ** 2 for value in values) / (count - 1)
    half = _Z * sqrt(variance / count)
    return Estimate(mean, mean - half, mean + half)


def search(
    settings: Settings, seed: int, months: int, first: Sequence[Plan]
) -> Iterator[tuple[int, list[Plan], Estimate]]:
    """Change one decision of one week at a time, as long as that lowers the mean of `late_days`.

    Yields after each plan that was tried: how many so far, the best plans, and their `late_days`. Stop at any time:
    what is found is the best of what was tried, and a better plan may exist.
    """
    tried, best = 0, list(first)
    played = seeds(seed, months)
    value = estimate([one_month(settings, month, best)["late_days"] for month in played])
    improved = True
    while improved:
        improved = False
        for other in neighbours(best):
            found = estimate([one_month(settings, month, other)["late_days"] for month in played])
            tried += 1
            if found.mean < value.mean:
                best, value, improved = other, found, True
            yield tried, best, value


def neighbours(plans: Sequence[Plan]) -> Iterator[list[Plan]]:
    """Yield every month that differs in one decision of one week."""
    for week, plan in enumerate(plans):
        values = plan._asdict()
        names = (name for name in get_args(Priority) if name != plan.priority)
        changed = [Plan(**{**values, "priority": name}) for name in names]
        changed += [Plan(**{**values, lever: not values[lever]}) for lever in LEVERS]
        for other in changed:
            yield [*plans[:week], other, *plans[week + 1 :]]
