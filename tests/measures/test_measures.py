"""The numbers of the desk on examples that were worked out by hand or with a statistics package."""

from __future__ import annotations

import math
from random import Random

import pytest

from himaya.measures import change, items, proportions, quantiles
from tests.measures.classes import answers, item_rest, moodle_flags

_ROWS = ("11111", "11110", "11101", "11010", "10100", "11000", "10001", "01000", "10110", "10000")
TEN = [[int(c) for c in row] for row in _ROWS]
BEFORE, AFTER = [40, 50, 60, 30, 70, 50, 60, 40], [70, 80, 80, 70, 90, 60, 90, 80]


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(5, 10, 0.2366, 0.7634), (9, 10, 0.5958, 0.9821), (0, 12, 0.0, 0.2425)]
)
def test_wilson_interval(count: int, of: int, low: float, high: float) -> None:
    assert proportions.wilson(count, of) == pytest.approx((low, high), abs=5e-5)


def test_item_rest_leaves_the_item_out() -> None:
    found = [item_rest(TEN, item) for item in range(5)]
    assert found == pytest.approx([0.2287, 0.0719, 0.4082, 0.3656, 0.1568], abs=5e-5)
    limits = items.fisher(0.40824829, 10)
    assert limits == pytest.approx((-0.298, 0.826), abs=5e-4)


def test_item_without_variance_has_no_correlation() -> None:
    assert item_rest([[1, 0], [1, 1], [1, 0]], 0) is None
    assert item_rest([[1, 0]], 0) is None
    assert items.fisher(0.5, 3) is None


def test_alpha_and_its_feldt_interval() -> None:
    value = items.alpha(TEN)
    assert value == pytest.approx(0.4503, abs=5e-5)
    assert items.feldt(value or 0.0, 10, 5) == pytest.approx((-0.3700, 0.8440), abs=5e-5)
    assert items.feldt(0.85, 89, 7) == pytest.approx((0.7971, 0.8932), abs=5e-5)
    assert items.measurement_error(TEN) == pytest.approx(0.9916, abs=5e-5)
    assert items.alpha([[1, 1], [1, 1]]) is None


def test_gain_of_matched_people() -> None:
    found = change.change(BEFORE, AFTER)
    assert (found.people, found.before, found.after, found.gain) == (8, 50, 77.5, 27.5)
    assert found.limits == pytest.approx((18.85, 36.15), abs=5e-3)
    gain, limits = change.normalised_gain(BEFORE, AFTER)
    assert gain == pytest.approx(0.55)
    assert limits == pytest.approx((0.4146, 0.6904), abs=5e-5)


def test_gain_that_cannot_be_estimated() -> None:
    assert change.normalised_gain([100, 100], [100, 90]) == (None, None)
    gain, limits = change.normalised_gain([100, 99, 20], [100, 99, 90])
    assert gain is not None
    assert limits is None
    assert change.normalised_gain([50], [75]) == (0.5, None)
    assert change.change([50], [75]).limits is None


def test_quantiles() -> None:
    assert pytest.approx(1.959964, abs=5e-7) == quantiles.Z
    assert quantiles.t_quantile(0.975, 7) == pytest.approx(2.364624, abs=5e-7)
    assert quantiles.t_quantile(0.5, 7) == 0
    assert quantiles.f_quantile(0.5, 4, 4) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("people", "shown"),
    [(4, "nothing"), (5, "counts"), (9, "counts"), (10, "share"), (29, "share"), (30, "all"), (100, "all")],
)
def test_what_is_shown_of_so_many(people: int, shown: str) -> None:
    assert items.shown_at(people) == shown


def test_flag_needs_the_whole_interval_below_the_cut() -> None:
    assert not items.flagged(-1.0, 29)
    assert not items.flagged(None, 500)
    bound = math.tanh(math.atanh(items.CUT) - quantiles.Z / math.sqrt(27))
    assert items.flagged(bound - 1e-6, 30)
    assert not items.flagged(bound + 1e-6, 30)
    assert items.flagged(items.CUT - 1e-6, 100)
    assert not items.flagged(items.CUT, 100)


def test_good_questions_are_hardly_flagged() -> None:
    """A short form of the simulation in tests/release/test_measures.py."""
    rng = Random(18)
    for people in (12, 20, 30):
        classes = [answers(rng, people) for _ in range(60)]
        ours = [items.flagged(item_rest(one, item), people) for one in classes for item in range(20)]
        moodles = [moodle_flags(one, item) for one in classes for item in range(20)]
        assert sum(ours) / len(ours) <= 0.02
        assert sum(moodles) > sum(ours)
