"""Counts, risks and diversity a second time: one table by pencil, others by the plainest reading of the definitions."""

from __future__ import annotations

import random
from math import exp, log
from typing import TYPE_CHECKING

import pytest

from himaya.activities.lab.find_me import model as find_me
from himaya.activities.lab.find_me.figures import figures, file_of
from himaya.activities.lab.find_me.measures import Groups, diversity, mean, risks
from himaya.activities.lab.find_me.release import SENSITIVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from himaya.activities.lab.find_me.measures import Record, Value

NEIGHBOUR = [*find_me.KNOWABLE, "governorate_code"]
FILES = {
    "as it came": ({}, 0),
    "bands": ({"hh_head_age": "coarse", "site_code": "drop"}, 0),
    "blanks": ({"hh_head_age": "coarse", "site_code": "coarse", "hh_size": "coarse", "mother_tongue": "drop"}, 3),
    "more blanks": ({"hh_head_age": "coarse", "hh_size": "coarse", "site_code": "drop"}, 5),
}


def who_fits(records: Sequence[Record], row: int) -> list[int]:
    """Return every record that no known value tells from this one: a missing value may be any."""
    mine = records[row]
    return [
        number
        for number, other in enumerate(records)
        if all(a is None or b is None or a == b for a, b in zip(mine, other, strict=True))
    ]


def chance(f: int, total: float) -> float:
    """Return the approximate individual risk as the test vectors write it, with p = f / F."""
    p = f / total
    if p == 1:
        return 1 / f
    if f == 1:
        return p / (1 - p) * log(1 / p)
    if f == 2:
        return p / (1 - p) - (p / (1 - p)) ** 2 * log(1 / p)
    return p / (f - (1 - p))


def measured(records: Sequence[Record], weights: Sequence[float]) -> tuple[list[int], list[float]]:
    """Return f and risk of each record."""
    fits = [who_fits(records, row) for row in range(len(records))]
    return [len(one) for one in fits], [chance(len(one), sum(weights[number] for number in one)) for one in fits]


def varied(records: Sequence[Record], answers: Sequence[Value]) -> list[tuple[int, float]]:
    """Return distinct and entropy diversity of each record's group."""
    result = []
    for row in range(len(records)):
        given = [answers[number] for number in who_fits(records, row)]
        shares = [given.count(answer) / len(given) for answer in set(given)]
        result.append((len(shares), exp(-sum(share * log(share) for share in shares))))
    return result


def test_four_records_match_hand_calculation() -> None:
    """Weights 2, 3, 5, 10. f/F: 2/5, 3/15, 1/5, 2/13; so p = 0.4, 0.2, 0.2, 2/13, and p/(1-p) = 2/3, -, 1/4, 2/11."""
    records: list[Record] = [("a", "young"), ("a", None), ("b", "young"), ("a", "old")]
    groups = Groups(records)
    assert groups.counts() == [2, 3, 1, 2]
    assert groups.sums([2, 3, 5, 10]) == [5, 15, 5, 13]
    found = risks(groups.counts(), groups.sums([2, 3, 5, 10]))
    # 2/3 - 4/9 ln 2.5; 0.2 / (3 - 0.8); 1/4 ln 5; 2/11 - 4/121 ln 6.5
    assert found == pytest.approx([0.259426, 0.090909, 0.402359, 0.119940], abs=1e-6)
    assert mean(found) == pytest.approx(0.218159, abs=1e-6)
    # y | n n n: the second group holds y, n, n, so its entropy diversity is 3 / 2^(2/3).
    assert diversity(groups, ["y", "n", "n", "n"]) == [
        (2, pytest.approx(2)), (2, pytest.approx(1.889882, abs=1e-6)), (1, pytest.approx(1)), (1, pytest.approx(1)),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_random_tables_agree_with_recomputation(seed: int) -> None:
    drawn = random.Random(seed)
    records: list[Record] = [tuple(drawn.choice(["a", "b", 1, None]) for _ in range(3)) for _ in range(40)]
    weights = [drawn.choice([1, 1.5, 7.3, 40]) for _ in records]
    answers = [drawn.choice("ynm") for _ in records]
    groups = Groups(records)
    counts, chances = measured(records, weights)
    assert groups.counts() == counts
    assert risks(groups.counts(), groups.sums(weights)) == pytest.approx(chances)
    for ours, plain in zip(diversity(groups, answers), varied(records, answers), strict=True):
        assert ours == pytest.approx(plain)


@pytest.mark.parametrize("name", FILES)
def test_treated_lab_files_agree_with_recomputation(name: str) -> None:
    treat, least = FILES[name]
    state = {**find_me.start({}, 7), "keys": NEIGHBOUR, "treat": treat, "suppress": least}
    file = file_of(state)
    shown = figures(state, file)
    records = [tuple(row[key] for key in file.keys) for row in file.rows]
    counts, chances = measured(records, file.weights)
    assert shown["under"] == {str(few): sum(count < few for count in counts) for few in (2, 3, 5)}
    assert shown["global"] == pytest.approx(sum(chances) / len(chances))
    assert (shown["expected"], shown["highest"]) == pytest.approx((sum(chances), max(chances)))
    assert shown["blanked"] == sum(value is None for record in records for value in record)
    each = varied(records, [row[SENSITIVE[0]] for row in file.rows])
    told = next(one for one in shown["diversity"] if one[0] == SENSITIVE[0])
    assert told[1:] == (
        min(distinct for distinct, _ in each),
        pytest.approx(min(entropy for _, entropy in each)),
        sum(distinct == 1 for distinct, _ in each),
    )
