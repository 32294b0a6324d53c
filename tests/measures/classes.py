"""Invented classes: answers to right-or-wrong questions of people whose skill is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from himaya.measures.items import correlation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

ITEMS = 20
SLOPE = 1.25
"""Of a good question: its item-rest correlation is 0.35 to 0.43."""


def answers(rng: Random, people: int, items: int = ITEMS, *, wrong_key: Sequence[int] = ()) -> list[list[int]]:
    """Return a row for each person: 1 where the answer was scored right.

    Args:
        rng: The only source of chance.
        people: How many.
        items: How many questions, each easy to middling.
        wrong_key: Questions whose key names a wrong option, which one in two of who does not know picks.
    """
    hard = [-1.2 + 1.4 * at / max(1, items - 1) for at in range(items)]
    rows = []
    for _ in range(people):
        skill = rng.gauss(0, 1)
        row = [int(rng.random() < 1 / (1 + math.exp(-SLOPE * (skill - difficulty)))) for difficulty in hard]
        for at in wrong_key:
            row[at] = int(not row[at] and rng.random() < 0.5)
        rows.append(row)
    return rows


def item_rest(scores: Sequence[Sequence[float]], item: int) -> float | None:
    """Return the correlation of a question with the total of the other questions, or None where one does not vary."""
    return correlation([row[item] for row in scores], [sum(row) - row[item] for row in scores])


def moodle_flags(scores: Sequence[Sequence[float]], item: int) -> bool:
    """Return whether Moodle calls a question dubious: discriminative efficiency below 15 %, whatever the class's size.

    Source: `calculator.php` of Moodle's quiz statistics.
    """
    xs = [float(row[item]) for row in scores]
    ys = [float(sum(row) - row[item]) for row in scores]
    most = _covariance(sorted(xs), sorted(ys))
    return most > 0 and 100 * _covariance(xs, ys) / most < 15


def _covariance(xs: Sequence[float], ys: Sequence[float]) -> float:
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
