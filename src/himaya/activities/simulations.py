"""What scenario, interview and lab share: each may be skipped, and then a text written instead earns the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypeAlias, TypedDict, TypeVar, cast

from himaya.activities.kind import Activity, Event, Prompt, State

if TYPE_CHECKING:
    from himaya.activities.plain import Plain


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

S = TypeVar("S", bound=SimulationState)


def skip(state: S, working: str, event: Event) -> S | None:
    """Return the state after a simulation is skipped, the alternative is written, or the trainee comes back.

    Args:
        state: Of a scenario, an interview or a lab.
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


def plain_instead(activity: SimulationActivity, state: SimulationState, say: Plain) -> list[str]:
    """Return HTML of what was written instead."""
    return [
        say.paragraph(say["skipped-mark"]),
        say.paragraph(activity["alternative"], "alternative"),
        say.typed(state["value"]),
    ]


def feedback_instead(activity: SimulationActivity, state: SimulationState) -> dict[str, Any]:
    """Return what the feedback draws of what was written instead."""
    return {"skipped": True, "alternative": activity["alternative"], "given": state["value"]}


def marking(activity: SimulationActivity, state: SimulationState) -> Prompt:
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
