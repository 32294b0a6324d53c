"""The month of the caseload lab: nobody is lost, no minute is spent twice, and more of a good thing does no harm."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.activities.lab.caseload.chance import arrivals, draw, per_cent
from himaya.activities.lab.caseload.compare import one_month, seeds
from himaya.activities.lab.caseload.month import Month, play_month
from himaya.activities.lab.caseload.people import HIGH, LOW, Plan
from himaya.activities.lab.caseload.settings import RANGES, Settings
from tests.labs.caseload_month import ALL, PLANS, USUAL

WIDE = {**RANGES, "start_cases": (0, 60), "arrivals": (0, 300)}
GOLDEN_OPEN = [35, 36, 37, 38, 38, 39, 41, 42, 43, 44, 45, 46, 47, 47, 50, 51, 52, 52, 53, 55]
GOLDEN_LATE = [1, 3, 4, 5, 6, 6, 10, 12, 7, 9, 7, 5, 7, 11, 13, 12, 20, 20, 20, 23]
any_plan = st.builds(Plan, st.sampled_from(["risk", "date", "new", "arrival"]), *[st.booleans()] * 4)
any_settings = st.builds(Settings, **{name: st.integers(*limits) for name, limits in WIDE.items()})


def average(measure: str, plans: tuple[Plan, ...], months: int = 150, **changed: int) -> float:
    changed_settings = replace(USUAL, **changed)
    return mean(one_month(changed_settings, seed, plans)[measure] for seed in seeds(11, months))


def in_time(**changed: int) -> float:
    days = [d for s in seeds(11, 80) for d in play_month(replace(USUAL, **changed), s, PLANS).days]
    return sum(sum(day.in_time) for day in days) / sum(sum(day.due) for day in days)


def assert_nothing_is_lost(settings: Settings, month: Month) -> None:
    with_a_worker = [person.number for worker in month.workers for person in worker.people]
    assert len(with_a_worker) == len(set(with_a_worker))
    for person in month.people:
        assert (person.place == "open") == (person.number in with_a_worker)
        assert LOW <= person.risk <= HIGH
    came = 0
    for number, day in enumerate(month.days):
        came = day.open + day.waiting + day.moved + day.closed
        workers = len(day.cases)
        assert sum(day.minutes.values()) == workers * settings.day_minutes
        assert all(minutes >= 0 for minutes in day.minutes.values())
        assert sum(day.cases) == day.open
        assert all(part <= whole for part, whole in zip(day.in_time, day.due, strict=True))
        assert all(0 <= strain <= 100 for strain in day.strain)
        assert (day.supervision_due > 0) == ((number + 1) % settings.week_days == 0)
        assert day.supervised <= day.supervision_due
    assert came in (len(month.people), 0)


@settings(derandomize=True, max_examples=150, deadline=None, database=None)
@given(any_settings, st.integers(0, 2**31 - 1), st.lists(any_plan, max_size=4))
def test_no_plan_loses_a_person_or_minute(month: Settings, seed: int, plans: list[Plan]) -> None:
    assert_nothing_is_lost(month, play_month(month, seed, plans))


@pytest.mark.parametrize("end", [0, 1])
def test_extreme_settings_give_a_month(end: int) -> None:
    for name, limits in RANGES.items():
        month = replace(USUAL, **{name: limits[end]})
        assert_nothing_is_lost(month, play_month(month, 3, ALL[:2]))


def test_seed_gives_same_month_on_every_machine() -> None:
    days = play_month(USUAL, 1, PLANS).days
    assert [day.open for day in days] == GOLDEN_OPEN
    assert [sum(day.late) for day in days] == GOLDEN_LATE
    assert days == play_month(USUAL, 1, PLANS).days


def test_another_seed_gives_another_month() -> None:
    assert play_month(USUAL, 1, PLANS).days != play_month(USUAL, 2, PLANS).days


def test_plans_share_the_same_people_and_days() -> None:
    for seed in seeds(5, 20):
        one, other = (play_month(USUAL, seed, plans) for plans in (PLANS, ALL))
        assert [(p.number, p.sooner) for p in one.people] == [(p.number, p.sooner) for p in other.people]


def test_chance_is_fair_within_four_standard_errors() -> None:
    values = [per_cent(draw(1, 2, day, person)) for day in range(200) for person in range(100)]
    assert abs(sum(value < 12 for value in values) - 2_400) < 4 * (20_000 * 0.12 * 0.88) ** 0.5
    assert min(values) == 0
    assert max(values) == 99
    came = [arrivals(draw(1, 3, day), 90) for day in range(20_000)]
    assert abs(sum(came) - 18_000) < 4 * 18_000**0.5
    assert abs(came.count(0) - 20_000 * 0.40657) < 4 * (20_000 * 0.40657 * 0.59343) ** 0.5


def test_more_staff_makes_no_more_contacts_late() -> None:
    shares = [in_time(workers=workers) for workers in (2, 3, 4, 5)]
    assert shares == sorted(shares)
    assert shares[-1] > shares[0]


def test_new_colleague_lowers_long_waits() -> None:
    """The days on which somebody waits too long."""
    assert average("late_days", (Plan(staff=True),) * 4) < average("late_days", PLANS)


def test_late_contacts_at_high_risk_bring_more_crises() -> None:
    crises = [average("crises", PLANS, crisis_late=chance) for chance in (5, 15, 60)]
    assert crises == sorted(crises)
    assert crises[-1] > crises[0]


def test_risk_order_leaves_fewest_high_risk_late() -> None:
    late = {name: average("late_high", (Plan(name),) * 4) for name in ("risk", "date", "new", "arrival")}
    assert min(late, key=late.__getitem__) == "risk"


def test_kept_supervision_is_held_and_lowers_strain() -> None:
    kept = (Plan(protect=True),) * 4
    assert average("supervision", kept) == 100
    assert average("strain", kept) < average("strain", PLANS)


def test_pause_lowers_caseload_but_adds_waiting() -> None:
    paused = (Plan(pause=True),) * 4
    assert average("open", paused) < average("open", PLANS)
    assert average("waiting", paused) > average("waiting", PLANS) == 0


def test_nobody_at_high_risk_waits_outside() -> None:
    for seed in seeds(5, 40):
        month = Month(USUAL, seed)
        for _ in range(4):
            month.play(Plan(pause=True))
            # Whose risk rose during the last day comes in on the next morning.
            month._welcome(Plan(pause=True))
            assert not [p for p in month.people if p.place == "waiting" and p.risk == HIGH]


def test_nobody_is_moved_who_did_not_agree() -> None:
    assert all(day.moved == 0 for day in play_month(replace(USUAL, agrees=0), 4, ALL).days)
    assert play_month(replace(USUAL, agrees=100), 4, ALL).days[-1].moved > 0


def test_nobody_is_asked_twice_whether_to_move() -> None:
    month = play_month(replace(USUAL, agrees=0, offers=100), 4, ALL[:1])
    asked = [person.number for person in month.people if person.asked]
    month.play(ALL[0])
    assert asked
    assert all(person.place != "moved" for person in month.people)


def test_colleague_comes_once_after_the_wait() -> None:
    workers = [len(day.cases) for day in play_month(USUAL, 4, (Plan(staff=True),) * 4).days]
    assert workers == [3] * 5 + [4] * 15
