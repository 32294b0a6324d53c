"""What everything that is played through shares: it may be skipped, and then a text written instead earns the same."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, Literal, NotRequired, TypeAlias, TypedDict, TypeVar, cast

from himaya.activities.kind import Activity, Counted, Event, Picked, Section, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from himaya.activities.kind import Mark, Prompt
    from himaya.activities.plain import Plain
    from himaya.languages.facts import Digits


Head = Literal["scarf", "dark-hair", "short", "beard", "moustache"]
Colour = Literal["teal", "plum", "indigo", "clay", "sand"]
Face = Literal["listening", "open", "worried", "guarded", "hurt"]
"""What the player draws, see widgets/player/portraits.js."""


class Likeness(TypedDict):
    """How a person is drawn."""

    head: Head
    colour: Colour


class SimulationActivity(Activity):
    """What every compiled simulation holds; the outcomes are part of the key."""

    title: str
    minutes: int
    content_note: str
    alternative: str
    outcomes: NotRequired[list[str]]


class SimulationState(State):
    """`value` is the text written instead."""

    value: str


Quality: TypeAlias = Literal["best", "acceptable", "harmful"]
QUALITY_POINTS: dict[Quality, int] = {"best": 2, "acceptable": 1, "harmful": 0}
"""What a choice or a move of each quality is worth in the tables."""

A = TypeVar("A", bound=SimulationActivity)
S = TypeVar("S", bound=SimulationState)


def skip(state: S, working: str, event: Event) -> S | None:
    """Return the state after a simulation is skipped, the alternative is written, or the trainee comes back.

    Args:
        state: Of any of them.
        working: The phase in which it may be skipped, and in which it goes on.
        event: Any; None is returned where it does not fit.
    """
    kind, value = event.get("type"), event.get("value")
    changed: dict[str, Any] | None = None
    if kind == "skip" and state["phase"] == working:
        changed = {"phase": "skipped"}
    elif kind == "answer" and skipped(state) and isinstance(value, str):
        changed = {"value": value, "finished": state["finished"] or value != ""}
    elif kind == "unskip" and skipped(state):
        changed = {"phase": working}
    return None if changed is None else cast("S", {**state, **changed})


def skipped(state: SimulationState) -> bool:
    """Return whether the trainee writes the alternative instead."""
    return state["phase"] == "skipped"


class SimulationReport(ABC, Generic[A, S]):
    """What is told of a simulation: what was done in it, or what was written instead.

    Attributes:
        over: The phase in which it has come to its end.
    """

    section: Section = "scenarios"
    counted: Counted = "scenarios"
    runs = True
    by_hand = False
    needs_kernel = False
    voted = True
    unshown: tuple[str, ...] = ()
    over = "ended"

    @abstractmethod
    def done(self, activity: A, state: S, say: Plain) -> str:
        """Return HTML of what was done; empty before anything was."""

    @abstractmethod
    def debrief(self, activity: A, state: S, digits: Digits) -> dict[str, Any]:
        """Return what the feedback draws of what was done; needs the key."""

    def plain(self, activity: A, state: S, say: Plain) -> list[str]:
        """Return HTML of what was done, or written instead."""
        if skipped(state):
            instead = say.paragraph(activity["alternative"], "alternative")
            return [say.paragraph(say["skipped-mark"]), instead, say.typed(state["value"])]
        done = self.done(activity, state, say)
        if not done:
            return [say.paragraph(say["unanswered"])]
        return [done, *([] if state["phase"] == self.over else [say.paragraph(say["not-finished"])])]

    def feedback(self, activity: A, state: S, _mark: Mark | None, digits: Digits) -> dict[str, Any]:
        """Return the debrief, or what was written instead."""
        if skipped(state):
            return {"skipped": True, "alternative": activity["alternative"], "given": state["value"]}
        return {"skipped": False, "ended": state["phase"] == self.over, **self.debrief(activity, state, digits)}

    def picked(self, _activity: A, _at: str | None, _choice: str) -> list[Picked]:
        """Return nothing: what was decided is the lab's own."""
        return []

    def shown(self, _activity: A, _choices: Sequence[str]) -> list[tuple[str, str, str]]:
        """Return nothing: only what is said names behaviours."""
        return []

    def marking(self, activity: A, state: S) -> Prompt:
        """Return what a person who marks is shown: what was written instead is theirs to judge, where it is graded."""
        instead = skipped(state)
        return {
            "title": activity["title"],
            "prompt": activity["alternative"] if instead else activity["title"],
            "skipped": instead,
            "written": state["value"] if instead else "",
            "rubric": [],
            "judged": instead and activity["mode"] == "graded",
        }
