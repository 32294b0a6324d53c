"""What a thousand months of the caseload lab cost, beside the same month written plainly as an event simulation.

The peer is what one writes first for such a question: one heap of events by the minute, one record for each person, the
same rules, the same chance. Both are run on the same seeds and must come to the same figures on every day, so the peer
is also a second opinion on the model. Both take one core of the same run.
"""

from __future__ import annotations

import heapq
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from short import SHORT

from himaya.activities.lab.caseload.chance import arrivals, below, draw, per_cent
from himaya.activities.lab.caseload.compare import estimate, one_month, seeds
from himaya.activities.lab.caseload.month import play_month
from himaya.activities.lab.caseload.people import Plan
from himaya.activities.lab.caseload.settings import Settings
from tests.labs.caseload_month import PLANS, VALUES

MONTHS = 50 if SHORT else 1_000
PEERS = 20 if SHORT else 200
ARRIVE, WORK, CLOSE = range(3)
GAPS = (VALUES["days_low"], VALUES["days_medium"], VALUES["days_high"])
STEPS = (VALUES["intake"], VALUES["assessment"], VALUES["planning"], VALUES["referral"], VALUES["follow_up"])


class Plainly:
    """A month without a decision but the order of the contacts, as events on a heap: morning, one task, evening."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.people: list[dict[str, Any]] = []
        self.late: list[int] = []
        self.load: list[list[dict[str, Any]]] = [[] for _ in range(VALUES["workers"])]
        self.strain = [VALUES["strain_start"]] * VALUES["workers"]
        self.notes = [0] * VALUES["workers"]
        for number in range(VALUES["start_cases"]):
            person = self.person(0, VALUES["start_high"], VALUES["start_medium"])
            person.update(stage=4, due=below(draw(seed, 10, 0, number), self.gap(person)))
            self.load[number % VALUES["workers"]].append(person)

    def chance(self, question: int, day: int, person: dict[str, Any]) -> int:
        return per_cent(draw(self.seed, question, day, person["number"]))

    def gap(self, person: dict[str, Any]) -> int:
        return max(1, GAPS[person["risk"]] - person["sooner"])

    def person(self, day: int, high: int, medium: int) -> dict[str, Any]:
        person: dict[str, Any] = {"number": len(self.people), "stage": 0, "due": day, "crisis": False}
        level = self.chance(1, 0, person)
        person["risk"] = 2 if level < high else 1 if level < high + medium else 0
        person["sooner"] = self.chance(2, 0, person) < VALUES["sooner"]
        person["goals"] = 1 + below(draw(self.seed, 3, 0, person["number"]), VALUES["goals"])
        person["referrals"] = below(draw(self.seed, 4, 0, person["number"]), VALUES["referrals"] + 1)
        self.people.append(person)
        return person

    def run(self) -> list[int]:
        days = VALUES["weeks"] * VALUES["week_days"]
        events: list[tuple[int, int, int, int]] = [(day, 0, ARRIVE, 0) for day in range(days)]
        heapq.heapify(events)
        while events:
            day, minute, kind, worker = heapq.heappop(events)
            if kind == ARRIVE:
                for _ in range(arrivals(draw(self.seed, 0, day), VALUES["arrivals"])):
                    person = self.person(day, VALUES["new_high"], VALUES["new_medium"])
                    person["due"] = day + self.gap(person) - 1
                    min(self.load, key=len).append(person)
                for number, strain in enumerate(self.strain):
                    lost = VALUES["strain_minutes"] if strain >= VALUES["strain_limit"] else 0
                    heapq.heappush(events, (day, lost, WORK, number))
                heapq.heappush(events, (day, 10_000, CLOSE, 0))
            elif kind == WORK:
                self.work(day, worker, VALUES["day_minutes"] - minute)
            else:
                self.close(day)
        return self.late

    def work(self, day: int, worker: int, left: int) -> None:
        last = day % VALUES["week_days"] == VALUES["week_days"] - 1
        mine = self.load[worker]
        for person in mine:
            if person["crisis"] and left >= VALUES["crisis"]:
                left -= VALUES["crisis"]
                person["crisis"] = False
                self.strain[worker] = min(100, self.strain[worker] + VALUES["strain_crisis"])
        for person in sorted((p for p in mine if p["due"] <= day), key=lambda p: (-p["risk"], p["due"], p["number"])):
            if STEPS[person["stage"]] <= left:
                left -= STEPS[person["stage"]]
                self.contact(day, person)
                if person["stage"] == 5:  # closed
                    mine.remove(person)
        self.notes[worker] += VALUES["documentation"] * sum(p["number"] % 5 == day % 5 for p in mine)
        written = min(self.notes[worker], left)
        self.notes[worker] -= written
        left -= written
        if last and left >= VALUES["supervision"]:
            self.strain[worker] = max(0, self.strain[worker] - VALUES["strain_supervision"])

    def contact(self, day: int, person: dict[str, Any]) -> None:
        if person["due"] == day and person["risk"] and self.chance(8, day, person) < VALUES["fall"]:
            person["risk"] -= 1
        if person["stage"] == 4:  # follow-up
            if person["goals"] and self.chance(9, day, person) < VALUES["goal_met"]:
                person["goals"] -= 1
            if not person["goals"] and not person["risk"]:
                person["stage"] = 5
                return
        elif person["stage"] == 3:  # referrals
            person["referrals"] -= 1
        else:
            person["stage"] += 1
        if person["stage"] == 3 and not person["referrals"]:  # referrals
            person["stage"] = 4
        person["due"] = day + self.gap(person)

    def close(self, day: int) -> None:
        late = 0
        for worker, mine in enumerate(self.load):
            behind = [person for person in mine if person["due"] <= day]
            late += len(behind)
            for person in mine:
                if person["risk"] == 2:  # high
                    chance = VALUES["crisis_late"] if person["due"] <= day else VALUES["crisis_in_time"]
                    person["crisis"] = person["crisis"] or self.chance(7, day, person) < chance
                elif person["due"] <= day and self.chance(6, day, person) < VALUES["rise"]:
                    person["risk"] += 1
            step = VALUES["strain_late"] if behind else -VALUES["strain_ease"]
            self.strain[worker] = max(0, min(100, self.strain[worker] + step))
        self.late.append(late)


def main() -> None:
    settings = Settings(**VALUES)
    played = seeds(1, MONTHS)
    began = time.process_time()
    months = [one_month(settings, seed, PLANS) for seed in played]
    ours = (time.process_time() - began) / MONTHS
    began = time.process_time()
    plainly = [Plainly(seed).run() for seed in played[:PEERS]]
    peer = (time.process_time() - began) / PEERS
    for seed, late in zip(played, plainly, strict=False):
        assert late == [sum(day.late) for day in play_month(settings, seed, PLANS).days], seed
    found = estimate([month["late_days"] for month in months])
    risk = [one_month(settings, seed, (Plan("date"),) * 4)["late_days"] for seed in played[:PEERS]]
    apart = estimate([other - month["late_days"] for other, month in zip(risk, months, strict=False)])
    print(f"{MONTHS} months: {ours * MONTHS:.1f} s of one core, {ours * 1000:.2f} ms a month")
    print(f"event simulation: {peer * 1000:.2f} ms a month; the same late people on each day of {PEERS} months")
    print(f"ratio: event simulation / ours = {peer / ours:.2f}")
    print(f"late days, risk first: {found.mean:.1f} ({found.low:.1f} to {found.high:.1f}), seed 1, {MONTHS} months")
    print(f"oldest date first, in pairs: {apart.low:.1f} to {apart.high:.1f} more, {PEERS} months")


if __name__ == "__main__":
    main()
