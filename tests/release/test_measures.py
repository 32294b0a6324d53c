"""The numbers of the desk beside scipy and statsmodels, how often their intervals hold, and what gets flagged."""

from __future__ import annotations

import math
from random import Random
from statistics import NormalDist, fmean
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from himaya.measures import change, items, proportions, quantiles
from tests.measures.classes import ITEMS, answers, item_rest, moodle_flags

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.proof

stats = pytest.importorskip("scipy.stats")
SIZES = (12, 20, 30)
CLASSES = 2000


def test_quantiles_equal_scipy() -> None:
    for df in (1, 2, 7, 11, 29, 99, 999):
        for p in (0.9, 0.975, 0.999):
            assert quantiles.t_quantile(p, df) == pytest.approx(stats.t.ppf(p, df), rel=1e-9)
        for other in (1, 9, 209, 19 * 29, 39 * 999):
            for p in (0.025, 0.5, 0.975):
                assert quantiles.f_quantile(p, df, other) == pytest.approx(stats.f.ppf(p, df, other), rel=1e-8)


def test_random_classes_equal_scipy_and_statsmodels() -> None:
    from statsmodels.stats.proportion import proportion_confint

    rng = Random(8)
    for _ in range(300):
        people, of = rng.randint(5, 150), rng.randint(3, 40)
        scores = answers(rng, people, of)
        table = np.array(scores, dtype=float)
        for item in range(0, of, 5):
            right = int(table[:, item].sum())
            theirs = proportion_confint(right, people, method="wilson")
            assert proportions.wilson(right, people) == pytest.approx(theirs, abs=1e-12)
            r, rest = item_rest(scores, item), table.sum(axis=1) - table[:, item]
            if r is None:
                assert table[:, item].std() == 0 or rest.std() == 0
                continue
            known = stats.pearsonr(table[:, item], rest)
            assert r == pytest.approx(known.statistic, abs=1e-12)
            if abs(r) < 1 - 1e-9:
                limits = items.fisher(r, people)
                assert limits == pytest.approx(tuple(known.confidence_interval()), abs=1e-9)
        value, covariance = items.alpha(scores), np.cov(table.T)
        if value is not None:
            assert value == pytest.approx(of / (of - 1) * (1 - np.trace(covariance) / covariance.sum()), abs=1e-10)
            df = (people - 1, (people - 1) * (of - 1))
            theirs = (1 - (1 - value) * stats.f.ppf(0.975, *df), 1 - (1 - value) * stats.f.ppf(0.025, *df))
            assert items.feldt(value, people, of) == pytest.approx(theirs, abs=1e-8)
        before = [rng.uniform(0, 90) for _ in range(people)]
        after = [rng.uniform(20, 100) for _ in range(people)]
        paired = stats.ttest_rel(after, before).confidence_interval()
        assert change.change(before, after).limits == pytest.approx(tuple(paired), abs=1e-8)


def test_random_classes_equal_pingouin() -> None:
    pingouin = pytest.importorskip("pingouin")
    from pandas import DataFrame

    rng, compared = Random(9), 0
    for _ in range(60):
        people, of = rng.randint(8, 150), rng.randint(5, 40)
        scores = answers(rng, people, of)
        table = np.array(scores, dtype=float)
        value, ours = items.alpha(scores), item_rest(scores, 0)
        if value is None or ours is None or abs(ours) > 1 - 1e-9:
            continue
        theirs, limits = pingouin.cronbach_alpha(data=DataFrame(table))
        assert value == pytest.approx(theirs, abs=1e-10)
        assert items.feldt(value, people, of) == pytest.approx(tuple(limits), abs=6e-4), "pingouin rounds to 3 places"
        told = pingouin.corr(table[:, 0], table.sum(axis=1) - table[:, 0]).iloc[0]
        assert ours == pytest.approx(told["r"], abs=1e-10)
        assert items.fisher(ours, people) == pytest.approx(tuple(_limits(told)), abs=6e-3), "and these to 2"
        before = [rng.uniform(0, 90) for _ in range(people)]
        after = [rng.uniform(20, 100) for _ in range(people)]
        told = pingouin.ttest(after, before, paired=True).iloc[0]
        assert change.change(before, after).limits == pytest.approx(tuple(_limits(told)), abs=6e-3)
        compared += 1
    assert compared > 40


def _limits(told: Any) -> Any:
    """Return the interval of a row, whose column has had two names."""
    return next(told[name] for name in ("CI95", "CI95%") if name in told)


def _covered(limits: proportions.Interval | None, truth: float) -> bool:
    return limits is not None and limits.low <= truth <= limits.high


def _normal_pair(rng: Random, r: float) -> tuple[float, float]:
    x = rng.gauss(0, 1)
    return x, r * x + math.sqrt(1 - r * r) * rng.gauss(0, 1)


def _wilson_holds(rng: Random, people: int) -> bool:
    return _covered(proportions.wilson(sum(rng.random() < 0.7 for _ in range(people)), people), 0.7)


def _fisher_holds(rng: Random, people: int) -> bool:
    pairs = [_normal_pair(rng, 0.4) for _ in range(people)]
    r = items.correlation([x for x, _ in pairs], [y for _, y in pairs])
    return r is not None and _covered(items.fisher(r, people), 0.4)


def _feldt_holds(rng: Random, people: int) -> bool:
    rows = []
    for _ in range(people):
        skill = rng.gauss(0, 3**-0.5)
        rows.append([skill + rng.gauss(0, 1) for _ in range(12)])
    value = items.alpha(rows)
    return value is not None and _covered(items.feldt(value, people, 12), 0.8)


def _paired_holds(rng: Random, people: int) -> bool:
    before = [rng.gauss(50, 15) for _ in range(people)]
    return _covered(change.change(before, [each + rng.gauss(20, 12) for each in before]).limits, 20)


def _fieller_holds(rng: Random, people: int) -> bool:
    before = [rng.gauss(50, 12) for _ in range(people)]
    after = [each + 0.5 * (100 - each) + rng.gauss(0, 8) for each in before]
    return _covered(change.normalised_gain(before, after)[1], 0.5)


def test_intervals_hold_about_95_in_100() -> None:
    rng = Random(1895)
    tried: dict[str, Callable[[Random, int], bool]] = {
        "Wilson, 70 % right": _wilson_holds,
        "Fisher, r = 0.40": _fisher_holds,
        "Feldt, alpha = 0.80": _feldt_holds,
        "t, before and after": _paired_holds,
        "Fieller, gain 0.50": _fieller_holds,
    }
    print("\n| interval of 95 % | " + " | ".join(f"n = {n}" for n in SIZES) + " |")
    for name, holds in tried.items():
        shares = [fmean(holds(rng, people) for _ in range(CLASSES)) for people in SIZES]
        print(f"| {name} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")
        assert all(0.92 <= share <= 0.985 for share in shares), name


def test_good_questions_flagged_beside_moodle() -> None:
    rng = Random(2026)
    print("\n| people | good questions flagged here | by Moodle's rule |")
    for people in (*SIZES, 100):
        ours = theirs = asked = 0
        for _ in range(500):
            scores = answers(rng, people)
            asked += ITEMS
            ours += sum(items.flagged(item_rest(scores, item), people) for item in range(ITEMS))
            theirs += sum(moodle_flags(scores, item) for item in range(ITEMS))
        print(f"| {people} | {100 * ours / asked:.1f} % | {100 * theirs / asked:.1f} % |")
        if people in SIZES:
            assert ours / asked <= 0.02
            assert theirs > ours


def test_wrongly_keyed_question_is_found() -> None:
    rng = Random(7)
    big = answers(rng, 40_000, wrong_key=[9])
    truth = item_rest(big, 9)
    assert truth is not None
    print(f"\nOne question of {ITEMS} has a wrong key; its true item-rest correlation is {truth:.2f}.")
    print("| people | found here | best that a 95 % interval allows | by Moodle's rule |")
    for people in (12, 20, 30, 100):
        classes = [answers(rng, people, wrong_key=[9]) for _ in range(1000)]
        found = fmean(items.flagged(item_rest(one, 9), people) for one in classes)
        theirs = fmean(moodle_flags(one, 9) for one in classes)
        root = math.sqrt(people - 3)
        best = NormalDist().cdf((math.atanh(items.CUT) - math.atanh(truth)) * root - quantiles.Z)
        print(f"| {people} | {100 * found:.0f} % | {100 * best:.0f} % | {100 * theirs:.0f} % |")
        if people == 30:
            assert found > 0.9 * best
        if people == 100:
            assert found > 0.98
