"""What scenario, interview and lab share: each may be skipped, and then a text written instead earns the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NotRequired, TypeVar

from himaya.activities.kind import Activity, Prompt, State

if TYPE_CHECKING:
    from himaya.activities.plain import Plain


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


QUALITY_POINTS = {"best": 2, "acceptable": 1, "harmful": 0}
"""What a choice or a move of each quality is worth in the tables."""

S = TypeVar("S", bound=SimulationState)


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
