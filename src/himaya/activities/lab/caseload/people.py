"""The people, the workers, a week's plan and a day's figures of the caseload lab: plain data, no rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

Priority: TypeAlias = Literal["risk", "date", "new", "arrival"]
LEVELS = ("low", "medium", "high")
LOW, MEDIUM, HIGH = range(3)
INTAKE, ASSESSMENT, PLANNING, REFERRALS, FOLLOW_UP = range(5)


class Plan(NamedTuple):
    """What a team decides for one week.

    Attributes:
        priority: Whom to contact first: current risk, the oldest agreed date, new people, or the oldest file.
        pause: Whether people who come and are not at high risk wait.
        transfer: Whether people at low risk are offered a move to a partner's team; each decides.
        staff: Whether one more colleague is asked for; asked once in a month.
        protect: Whether the hour of supervision is kept before other work.
    """

    priority: Priority = "risk"
    pause: bool = False
    transfer: bool = False
    staff: bool = False
    protect: bool = False


@dataclass(slots=True)
class Person:
    """One person who asked for help. Days count from 0; `due` is the day of the next agreed contact."""

    number: int
    risk: int
    sooner: bool
    goals: int
    referrals: int
    due: int
    place: Literal["waiting", "open", "moved", "closed"] = "waiting"
    stage: int = INTAKE
    crisis: bool = False
    asked: bool = False


@dataclass(slots=True)
class Worker:
    """One caseworker: the people they support, and what is left to write and to talk over.

    Attributes:
        notes: Minutes of notes still to write.
        supervised: Whether this week's hour was held.
        spent: Minutes by kind of work, of today.
    """

    strain: int
    people: list[Person] = field(default_factory=list)
    notes: int = 0
    supervised: bool = False
    left: int = 0
    spent: dict[str, int] = field(default_factory=dict)

    def spend(self, minutes: int, kind: str) -> bool:
        """Return whether `minutes` were left today, and take them."""
        if minutes > self.left:
            return False
        self.left -= minutes
        self.spent[kind] = self.spent.get(kind, 0) + minutes
        return True


class Day(NamedTuple):
    """What one day came to, at its end. Lists by risk: low, medium, high.

    Attributes:
        due: Agreed contacts whose day was decided today: held in time today, or not held on their day.
        in_time: Those of them that were held.
        late: People with a contact overdue.
        late_days: Late people and waiting people, each a day; at high risk `weight_high` times.
        minutes: Of all workers, by kind of work; `free` is what was left, `strain` what strain cost.
    """

    open: int
    waiting: int
    moved: int
    closed: int
    due: tuple[int, ...]
    in_time: tuple[int, ...]
    late: tuple[int, ...]
    late_days: int
    crises: int
    supervised: int
    supervision_due: int
    cases: tuple[int, ...]
    strain: tuple[int, ...]
    minutes: dict[str, int]
