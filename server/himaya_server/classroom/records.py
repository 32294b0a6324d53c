"""What a class's store returns and is asked for, whichever server keeps it. Plain data; it knows no database."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = 24 * 3600
SESSION = 16 * 3600
"""Seconds for which a device stays signed in: a day of training, and not the next one."""
RETENTION = 180 * DAY
"""Seconds from the start of a class until the operator is asked to end it."""
TERMINAL = "himaya class cards"
"""Who makes cards without signing in, as people read it."""


@dataclass(frozen=True)
class Signed:
    """Who a session belongs to.

    Attributes:
        session: Its number.
        person: The trainee's number, or None for staff.
        staff: The staff member's number, or None for a trainee.
        who: Pseudonym or login.
        class_id: The trainee's class; empty for staff.
        allowed: Whether it may do anything yet: a second device waits for the person's yes.
        used: Whether anything came from it since it signed in.
        since: When this person was first let in on this device, without another person in between.
    """

    session: int
    person: int | None
    staff: int | None
    who: str
    class_id: str
    allowed: bool
    used: bool
    since: int


@dataclass(frozen=True)
class Rows:
    """A piece of a journal: `rows` begin at `start` of `total`, in the order of receipt.

    Attributes:
        epoch: The life of the store that they were read in, where it was asked for.
    """

    start: int
    total: int
    rows: list[dict[str, Any]]
    epoch: str = ""


@dataclass(frozen=True)
class Put:
    """What somebody sends: one or more `events` for a module's journal of theirs, of which they know `start` rows.

    Attributes:
        epoch: The life of the store in which they learned these rows; None where it is known to be this one.
    """

    person_id: int
    module: str
    events: Sequence[dict[str, Any]]
    start: int = 0
    epoch: str | None = None


@dataclass(frozen=True)
class Use:
    """Something came from a device: the first thing that does makes it count as one."""

    session_id: int


@dataclass(frozen=True)
class Receipt:
    """What is shown of a hand-in.

    Attributes:
        module: Which module was handed in.
        received: When, in seconds.
        answers: How many activities were answered.
        code: Eight letters that name its content.
    """

    module: str
    received: int
    answers: int
    code: str


@dataclass(frozen=True)
class Handed:
    """The newest hand-in of one person and module: the journal as it was then, as lines of a file.

    Attributes:
        before: How many of its events came before the person was first given feedback on this module.
    """

    id: int
    pseudonym: str
    module: str
    received: int
    lines: str
    before: int

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The events, in the order of receipt."""
        return [json.loads(line) for line in self.lines.split("\n") if line]


@dataclass(frozen=True)
class Reissued:
    """A new card that its owner has not confirmed: what was answered since may be somebody else's.

    Attributes:
        who: Who made it.
        time: When.
        steps: How many events came since.
        makers: Who made it, or another one since: none of them can confirm it for its owner.
        acted: When one of them first used a power over this person. What was theirs before is no maker's device.
        claimed: When a device that came with such a card said that the answers are its owner's; None if none did.
        seen: Changes with each step and each card; whoever confirms it sends back what they were shown.
    """

    who: str
    time: int
    steps: int
    makers: frozenset[str]
    acted: int
    claimed: int | None
    seen: str


def end_of(class_id: str) -> bytes:
    """Return the tombstone of a class that has ended: no pseudonym reads so."""
    return digest(f"class {class_id}")


def answer_of(pseudonym: str, module: str, activity: str) -> bytes:
    """Return the tombstone of one answer: no pseudonym and no class reads so."""
    return digest(f"answer {pseudonym} {module} {activity}")


def digest(token: str) -> bytes:
    """Return what is kept of a secret. It has 128 random bits or more, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).digest()
