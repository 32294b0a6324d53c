"""Measures of disclosure risk equal what is published, worked out by hand, and computed by other programs."""

from __future__ import annotations

import math
import random

import pandas as pd
import pycanon.anonymity
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.activities.lab.find_me.measures import (
    Groups,
    at_least_one,
    breaking,
    distinct,
    diversity,
    entropy,
    mean,
    risk,
    risks,
    simple_risk,
    suppress,
)
from tests.labs.disclosure_tables import GUIDE, TABLES, Table

every_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
records = st.lists(
    st.tuples(*[st.sampled_from(["a", "b", "c", None])] * 3).map(tuple),
    min_size=1,
    max_size=25,
)


def _risks(table: Table) -> list[float]:
    groups = Groups(table.records)
    return risks(groups.counts(), groups.sums(table.weights))


@every_table
def test_counts_equal_the_published_ones(table: Table) -> None:
    assert Groups(table.records).counts() == table.counts


@every_table
def test_individual_risks_equal_the_published_ones(table: Table) -> None:
    assert not table.risks or _risks(table) == pytest.approx(table.risks, abs=table.exact)


@every_table
def test_distinct_diversity_equals_the_published_one(table: Table) -> None:
    found = diversity(Groups(table.records), table.answers or ["?"] * len(table.records))
    assert not table.distinct or [number for number, _ in found] == table.distinct


def test_the_guides_ten_records_have_its_summary_figures() -> None:
    groups = Groups(GUIDE.records)
    assert [breaking(groups.counts(), least) for least in (2, 3)] == [4, 10]
    assert mean(_risks(GUIDE)) == pytest.approx(0.0158235, abs=5e-8)
    assert sum(_risks(GUIDE)) == pytest.approx(0.1582, abs=5e-5)
    assert simple_risk(groups.sums(GUIDE.weights)) == pytest.approx(0.004658, abs=5e-7)
    assert groups.kinds() == 7
    assert mean([1 / count for count in groups.counts()]) == pytest.approx(0.7)


def test_the_risk_of_a_household_equals_the_guides() -> None:
    assert at_least_one([0.02, 0.03, 0.03]) == pytest.approx(0.077918, abs=5e-7)


def test_entropy_diversity_matches_hand_calculation() -> None:
    # Halves: exp(ln 2) = 2. One of four and three of four: exp(0.25 ln 4 + 0.75 ln(4/3)) = 4 / 3**0.75 = 1.754765.
    assert entropy(["y", "n"]) == pytest.approx(2)
    assert entropy(["y", "n", "n", "n"]) == pytest.approx(4 / 3**0.75)
    assert entropy(["y", "y"]) == pytest.approx(1)


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # pycanon groups by a list of one column
@pytest.mark.parametrize("seed", range(8))
def test_pycanon_finds_the_same_on_random_tables(seed: int) -> None:
    chance = random.Random(seed)
    width, size = chance.randint(1, 4), chance.randint(4, 90)
    keys = [f"k{column}" for column in range(width)]
    table = [tuple(chance.choice("abc") for _ in keys) for _ in range(size)]
    answers = [chance.choice("pqrs") for _ in range(size)]
    frame = pd.DataFrame(table, columns=keys).assign(answer=answers)
    groups = Groups(table)
    found = diversity(groups, answers)
    assert min(groups.counts()) == pycanon.anonymity.k_anonymity(frame, keys)
    assert min(number for number, _ in found) == pycanon.anonymity.l_diversity(frame, keys, ["answer"])
    # pycanon gives the whole part only; the rounding of e to the power of ln 2 may fall on either side of 2.
    lowest = pycanon.anonymity.entropy_l_diversity(frame, keys, ["answer"])
    assert lowest in {math.floor(min(value for _, value in found) + shift) for shift in (-1e-9, 1e-9)}


@pytest.mark.parametrize("seed", range(4))
def test_pandas_sums_the_same_counts_and_weights(seed: int) -> None:
    chance = random.Random(seed)
    table = [(chance.choice("abc"), chance.choice("xyz")) for _ in range(70)]
    weights = [chance.randint(20, 400) / 10 for _ in table]
    frame = pd.DataFrame(table, columns=["a", "b"]).assign(w=weights)
    grouped = frame.groupby(["a", "b"])["w"]
    groups = Groups(table)
    assert groups.counts() == grouped.transform("size").tolist()
    assert groups.sums(weights) == pytest.approx(grouped.transform("sum").tolist())


@settings(derandomize=True, deadline=None, database=None)
@given(records)
def test_counting_with_blanks_is_comparing_each_pair(table: list[tuple[str | None, ...]]) -> None:
    def match(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> bool:
        return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))

    assert Groups(table).counts() == [sum(match(one, other) for other in table) for one in table]


@settings(derandomize=True, deadline=None, database=None)
@given(records, st.sampled_from([2, 3, 5]))
def test_suppression_reaches_k_within_bounds(table: list[tuple[str | None, ...]], least: int) -> None:
    groups = Groups(table)
    before = groups.counts()
    blanked = suppress(groups, least)
    after = groups.counts()
    assert breaking(after, min(least, len(table))) == 0
    assert all(now >= then for now, then in zip(after, before, strict=True))
    changed = [
        (old, new)
        for one, other in zip(table, groups.records, strict=True)
        for old, new in zip(one, other, strict=True)
        if old != new
    ]
    assert len(changed) == blanked
    assert all(new is None for _, new in changed)


def test_anonymous_table_is_not_suppressed() -> None:
    groups = Groups([("a", "x")] * 3)
    assert suppress(groups, 3) == 0


@settings(derandomize=True, deadline=None, database=None)
@given(st.integers(1, 40), st.floats(1, 400))
def test_a_risk_falls_as_more_people_match(count: int, each: float) -> None:
    assert 0 < risk(count, count * each) <= 1
    assert risk(count, count * each * 2) <= risk(count, count * each) + 1e-12


def test_weights_below_one_are_refused() -> None:
    with pytest.raises(ValueError, match="weight is 1 or more"):
        risk(3, 2)


def test_without_keys_everybody_matches_everybody() -> None:
    assert Groups([(), (), ()]).counts() == [3, 3, 3]
    assert distinct(["y", "n", "y"]) == 2
