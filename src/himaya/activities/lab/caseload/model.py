"""The caseload lab: a trainee plans four weeks for a team, and sees what the month came to. No right, no wrong.

The state is the plans alone. The month itself is played anew from the seed whenever it is drawn: about 3 ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from himaya.activities.events import is_count
from himaya.activities.lab.caseload.month import play_month
from himaya.activities.lab.caseload.people import LEVELS, Plan, Priority
from himaya.activities.lab.caseload.settings import Settings, read_settings
from himaya.activities.lab.caseload.words import Word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from himaya.activities.lab.caseload.month import Month
    from himaya.activities.lab.caseload.people import Day
    from himaya.activities.lab.model import Data, State

PRIORITIES: tuple[str, ...] = get_args(Priority)
LEVERS = ("pause", "transfer", "staff", "protect")
MINUTES = ("follow-up", "new", "crisis", "notes", "supervision", "moves", "strain", "free")
"""What a worker's time goes to."""


def start(data: Data, seed: int) -> State:
    """Return the state before the first week."""
    return {"seed": seed, "plans": [], "weeks": read_settings(data).weeks}


def read_plan(value: object) -> Plan | None:
    """Return a plan out of JSON, or None: `{"priority": "risk", "pause": false, ...}`, every lever named."""
    if not isinstance(value, dict) or value.get("priority") not in PRIORITIES:
        return None
    if any(not isinstance(value.get(lever), bool) for lever in LEVERS):
        return None
    return Plan(value["priority"], *(value[lever] for lever in LEVERS))


def decide(_data: Data, state: State, value: object) -> State | None:
    """Return the state after one more week; None where the month is over or the week is another one.

    A value holds a plan for `read_plan`, and `week`: which week it is for, 1 for the first.
    """
    week, plan = len(state["plans"]) + 1, read_plan(value)
    if plan is None or not isinstance(value, dict) or not is_count(value.get("week"), week) or week > state["weeks"]:
        return None
    return {**state, "plans": [*state["plans"], plan]}


def finished(state: State) -> bool:
    """Return whether every week is planned."""
    return bool(len(state["plans"]) == state["weeks"])


def score(_data: Data, state: State) -> tuple[int, int]:
    """Return everything once the month is over: there is nothing to be right about."""
    return (1 if finished(state) else 0), 1


def view(data: Data, state: State) -> dict[str, Any]:
    """Return what the month came to so far: numbers and ids only.

    `days` has an entry for each day, `now` the figures of the dashboard, `weeks` and `week` where the month stands.
    """
    settings = read_settings(data)
    month = play_month(settings, state["seed"], state["plans"])
    return {
        "week": len(state["plans"]) + 1,
        "weeks": state["weeks"],
        "over": finished(state),
        "plans": [plan._asdict() for plan in state["plans"]],
        "days": [day._asdict() for day in month.days],
        "now": figures(settings, month),
        "target": settings.target,
        "maximum": settings.maximum,
        "staff": month.staff_day is not None,
    }


def figures(settings: Settings, month: Month) -> dict[str, Any]:
    """Return the dashboard: shares as whole per cent or None where nothing was due, counts of people and of days.

    Where things stand comes from the people and workers themselves, so that it is known before the first day, too.
    """
    days = month.days
    cases = [len(worker.people) for worker in month.workers]
    overdue = [person.risk for worker in month.workers for person in worker.people if person.due < month.today]
    return {
        "in_time": [_share(_total(days, "in_time", r), _total(days, "due", r)) for r in range(len(LEVELS))],
        "late": [overdue.count(level) for level in range(len(LEVELS))],
        "cases": cases,
        "open": sum(cases),
        "waiting": sum(person.place == "waiting" for person in month.people),
        "moved": sum(person.place == "moved" for person in month.people),
        "closed": sum(person.place == "closed" for person in month.people),
        "came": len(month.people) - settings.start_cases,
        "crises": sum(day.crises for day in days),
        "late_days": sum(day.late_days for day in days),
        "supervision": _share(sum(d.supervised for d in days), sum(d.supervision_due for d in days)),
        "strain": sum(worker.strain for worker in month.workers) // len(month.workers),
        "minutes": minutes_by_kind(days),
    }


def minutes_by_kind(days: Sequence[Day]) -> dict[str, int]:
    """Return all minutes of the team, by what they went to."""
    total: dict[str, int] = {}
    for day in days:
        for kind, minutes in day.minutes.items():
            total[kind] = total.get(kind, 0) + minutes
    return total


def told(_data: Data, words: Mapping[str, str], state: State) -> list[str]:
    """Return one line for each week: the plan, in the words of the lab."""
    lines = []
    for week, plan in enumerate(state["plans"], 1):
        levers = [words[f"lever-{lever}"] for lever in LEVERS if getattr(plan, lever)]
        said = [words[f"priority-{plan.priority}"], *(levers or [words[Word.NO_LEVER]])]
        lines.append(f"{words[Word.WEEK].replace('{week}', str(week))}: {' + '.join(said)}")
    return lines


def _total(days: Sequence[Day], name: str, level: int) -> int:
    return sum(getattr(day, name)[level] for day in days)


def _share(part: int, whole: int) -> int | None:
    return (200 * part + whole) // (2 * whole) if whole else None
