"""The caseload lab as the registry knows it: plans are read from JSON, drawn as numbers, compared in pairs."""

from __future__ import annotations

import time
from typing import Any

import pytest

from himaya.activities.lab.caseload import model as caseload
from himaya.activities.lab.caseload.compare import estimate, neighbours, one_month, search, seeds
from himaya.activities.lab.caseload.people import Plan
from tests.labs.caseload_month import ALL, PLANS, USUAL, data

WEEK: dict[str, Any] = {
    "week": 1, "priority": "risk", "pause": False, "transfer": False, "staff": False, "protect": True,
}  # fmt: skip


def after(*values: object) -> dict[str, Any]:
    state = caseload.start(data(), 1)
    for value in values:
        decided = caseload.decide(data(), state, value)
        assert decided is not None
        state = decided
    return state


def test_four_weeks_earn_the_points() -> None:
    weeks = [{**WEEK, "week": week} for week in (1, 2, 3, 4)]
    assert not caseload.finished(after(*weeks[:3]))
    assert caseload.score(data(), after(*weeks[:3])) == (0, 1)
    assert caseload.finished(after(*weeks))
    assert caseload.score(data(), after(*weeks)) == (1, 1)
    assert caseload.decide(data(), after(*weeks), {**WEEK, "week": 5}) is None


HOSTILE: list[object] = [
    None, 1, "risk", [], {}, {**WEEK, "week": 2}, {**WEEK, "week": 0}, {**WEEK, "week": True}, {**WEEK, "week": "1"},
    {**WEEK, "priority": "nationality"}, {**WEEK, "priority": ["risk"]}, {**WEEK, "priority": None},
    {**WEEK, "pause": 1}, {**WEEK, "pause": "true"}, {key: value for key, value in WEEK.items() if key != "staff"},
    {**WEEK, "week": float("nan")}, {**WEEK, "week": 10**400},
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_invalid_decision_changes_nothing(value: object) -> None:
    state = caseload.start(data(), 1)
    assert caseload.decide(data(), state, value) is None
    assert state == caseload.start(data(), 1)


def test_step_does_not_change_earlier_state() -> None:
    state = after(WEEK)
    assert caseload.decide(data(), state, {**WEEK, "week": 2}) is not None
    assert state == after(WEEK)


def test_first_view_is_before_the_first_day() -> None:
    shown = caseload.view(data(), after())
    assert shown["now"]["open"] == 36
    assert shown["now"]["cases"] == [12, 12, 12]
    assert shown["now"]["in_time"] == [None, None, None]
    assert shown["now"]["supervision"] is None
    assert shown["days"] == []


def test_the_figures_add_up_after_each_week() -> None:
    for weeks in range(1, 5):
        shown = caseload.view(data(), after(*({**WEEK, "week": week} for week in range(1, weeks + 1))))
        now = shown["now"]
        assert len(shown["days"]) == 5 * weeks
        assert now["open"] + now["waiting"] + now["moved"] + now["closed"] == 36 + now["came"]
        assert now["late"] == list(shown["days"][-1]["late"])
        assert now["supervision"] == 100


def test_a_change_is_drawn_within_two_hundred_milliseconds() -> None:
    state = after(*({**WEEK, "week": week} for week in (1, 2, 3, 4)))
    taken = []
    for _ in range(9):
        began = time.perf_counter()
        caseload.view(data(), state)
        taken.append(time.perf_counter() - began)
    assert sorted(taken)[4] < 0.2


def test_decisions_are_told_in_lab_words() -> None:
    words = {
        "week": "Week {week}", "priority-risk": "risk first", "no-lever": "nothing more",
        "lever-protect": "supervision",
        "lever-pause": "pause", "lever-transfer": "moves", "lever-staff": "a colleague",
    }  # fmt: skip
    told = caseload.told(data(), words, after(WEEK, {**WEEK, "week": 2, "protect": False}))
    assert told == ["Week 1: risk first + supervision", "Week 2: risk first + nothing more"]


def test_interval_is_mean_and_two_standard_errors() -> None:
    # 1, 2, 3, 4: mean 2.5, standard deviation 1.29099, standard error 0.645497; 1.959964 of them is 1.265151.
    found = estimate([1, 2, 3, 4])
    assert (round(found.mean, 6), round(found.low, 6), round(found.high, 6)) == (2.5, 1.234849, 3.765151)


def test_one_month_gives_no_interval() -> None:
    with pytest.raises(ValueError, match="two months"):
        estimate([3])


def test_the_search_never_ends_worse_than_it_began() -> None:
    first = [one_month(USUAL, seed, PLANS)["late_days"] for seed in seeds(1, 10)]
    values = [value.mean for _, (_, _, value) in zip(range(40), search(USUAL, 1, 10, PLANS), strict=False)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < sum(first) / len(first)


def test_neighbour_differs_in_one_decision() -> None:
    others = list(neighbours(ALL))
    assert len(others) == 4 * (3 + 4)
    for other in others:
        changed = [(a, b) for a, b in zip(ALL, other, strict=True) if a != b]
        assert len(changed) == 1
        assert sum(x != y for x, y in zip(*changed[0], strict=True)) == 1
    assert all(isinstance(plan, Plan) for other in others for plan in other)
