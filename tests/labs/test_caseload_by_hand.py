"""The caseload month worked out a second time, from the lab's sentences alone, where they leave nothing to chance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from himaya.activities.lab.caseload.compare import seeds
from himaya.activities.lab.caseload.month import play_month
from himaya.activities.lab.caseload.people import FOLLOW_UP, LOW, Plan
from tests.labs.caseload_month import ALL, PLANS, USUAL

CERTAIN = replace(
    USUAL, arrivals=0, sooner=0, crisis_in_time=0, crisis_late=0, rise=0, fall=0, goal_met=0, agrees=100,
    start_high=0, start_medium=0, days_low=1,
)  # fmt: skip
"""All 36 people are at low risk with a contact due on each day; nobody else comes, and nothing changes by itself."""
SEEDS = seeds(7, 5)


class Desk:
    """One worker's desk on paper: whose talk is when, and the time that is left today."""

    def __init__(self, worker: int) -> None:
        self.due = {number: 0 for number in range(36) if number % 3 == worker}
        self.strain, self.owed, self.held, self.free = 30, 0, False, 0

    def takes(self, minutes: int) -> bool:
        fits = self.free >= minutes
        self.free -= minutes if fits else 0
        return fits

    def talk_about_the_week(self) -> None:
        if not self.held and self.takes(60):
            self.held, self.strain = True, max(0, self.strain - 12)

    def talk_to_people(self, day: int, *, by_folder: bool) -> list[int]:
        """Return the people who were due, whether there was time for them or not; who was met is due tomorrow."""
        wait = sorted((n for n, at in self.due.items() if at <= day), key=lambda n: (not by_folder and self.due[n], n))
        on_time = [number for number in wait if self.due[number] == day]
        for number in wait:
            if self.takes(60):
                self.due[number] = day + 1
        return on_time

    def write(self, day: int) -> None:
        self.owed += 30 * sum(number % 5 == day % 5 for number in self.due)
        written = min(self.owed, self.free)
        self.owed -= written
        self.free -= written

    def late(self, day: int) -> int:
        return sum(at <= day for at in self.due.values())


def by_hand(plan: Plan, offers: int) -> list[dict[str, Any]]:
    """Return what each of 20 days comes to: an hour for each talk, half an hour of notes for each case and week."""
    desks, asked, days = [Desk(worker) for worker in range(3)], 0, []
    for day in range(20):
        wanted, in_time = 0, 0
        for desk in desks:
            desk.free = 300 if desk.strain >= 70 else 360
            if day % 5 == 0:
                desk.held, asked = False, 0 if desk is desks[0] else asked
            if plan.protect:
                desk.talk_about_the_week()
            for number in list(desk.due) if plan.transfer else []:
                if asked < offers and desk.takes(45):
                    asked += 1
                    del desk.due[number]
            on_time = desk.talk_to_people(day, by_folder=plan.priority == "arrival")
            wanted += len(on_time)
            in_time += sum(desk.due[number] > day for number in on_time)
            desk.write(day)
            if day % 5 == 4:
                desk.talk_about_the_week()
            desk.strain = min(100, desk.strain + 4) if desk.late(day) else max(0, desk.strain - 2)
        cases = tuple(len(desk.due) for desk in desks)
        days.append({
            "open": sum(cases), "moved": 36 - sum(cases), "cases": cases, "strain": tuple(d.strain for d in desks),
            "free": sum(d.free for d in desks), "in_time": in_time, "due": wanted,
            "supervised": sum(d.held for d in desks) if day % 5 == 4 else 0, "late": sum(d.late(day) for d in desks),
        })  # fmt: skip
    return days


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("plan", "offers"),
    [
        (Plan("date"), 4),
        (Plan("arrival", protect=True), 4),
        (Plan("risk", transfer=True), 4),
        (Plan("new", transfer=True, protect=True), 20),
    ],
    ids=str,
)
def test_month_without_chance_matches_hand_calculation(seed: int, plan: Plan, offers: int) -> None:
    days = [
        {
            "open": day.open, "moved": day.moved, "cases": day.cases, "strain": day.strain,
            "free": day.minutes["free"], "in_time": sum(day.in_time), "due": sum(day.due),
            "supervised": day.supervised, "late": sum(day.late),
        }
        for day in play_month(replace(CERTAIN, offers=offers), seed, (plan,) * 4).days
    ]  # fmt: skip
    assert days == by_hand(plan, offers)


def test_first_day_matches_hand_calculation() -> None:
    """Each worker has 6 hours for 12 people who are all due: six talks, nothing left for notes, six people late."""
    day = play_month(CERTAIN, 1, (Plan("date"),)).days[0]
    assert (day.due, day.in_time, day.late) == ((36, 0, 0), (18, 0, 0), (18, 0, 0))
    assert (day.strain, day.minutes) == ((34, 34, 34), {"free": 0, "strain": 0, "follow-up": 1080, "notes": 0})


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("plans", [PLANS, ALL, (Plan("arrival", pause=True, staff=True),) * 4], ids=str)
def test_minutes_match_held_contacts(seed: int, plans: tuple[Plan, ...]) -> None:
    month = play_month(replace(USUAL, referrals=0), seed, plans)
    spent = {kind: sum(day.minutes.get(kind, 0) for day in month.days) for day in month.days for kind in day.minutes}
    came = month.people[USUAL.start_cases :]
    assert spent["new"] == sum({0: 0, 1: 120, 2: 240, FOLLOW_UP: 330}[person.stage] for person in came)
    assert spent.get("crisis", 0) == 240 * sum(day.crises for day in month.days)
    assert spent.get("moves", 0) == 45 * sum(person.place == "moved" for person in month.people)
    assert spent["follow-up"] % 60 == 0
    held = sum(sum(day.in_time) for day in month.days)
    assert held <= spent["follow-up"] // 60 + sum(person.stage if person.stage < FOLLOW_UP else 3 for person in came)
    assert all(person.risk == LOW and not person.goals for person in month.people if person.place == "closed")
