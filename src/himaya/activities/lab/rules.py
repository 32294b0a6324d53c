"""Lab: a piece of work whose model runs elsewhere. Keeps what was decided, in order, and whether it was finished."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.events import is_count
from himaya.activities.key import Keyed
from himaya.activities.kind import Public, Rules, initial_state
from himaya.activities.lab.model import LabActivity, score
from himaya.activities.simulations import SimulationState, skip
from himaya.answers.limits import DECISION_DEPTH, MOST_DECISIONS, MOST_WEIGHT

if TYPE_CHECKING:
    from himaya.activities.kind import Event


class LabState(SimulationState):
    """`decisions`: JSON objects that only the model can read. The phase is work, skipped or finished."""

    decisions: list[dict[str, Any]]


class LabRules(Keyed):
    """What a graded lab earns its model says; JavaScript, which has no models, leaves scores to Python."""

    public = Public(
        (
            "minutes",
            "content_note",
            "alternative",
            "words",
            "lab",
            "seed",
            "least",
            "briefing",
            "first_step",
            "assumptions",
            "data",
        )
    )

    def start(self, _activity: LabActivity, seed: int) -> LabState:
        """Return the state before the first event."""
        return {**initial_state(seed, "work"), "decisions": [], "value": ""}

    def step(self, activity: LabActivity, state: LabState, event: Event) -> LabState | None:
        """Return the next state, or None where the event does not fit the place the journal has reached."""
        kind, phase = event.get("type"), state["phase"]
        if not is_count(event.get("turn"), state["turn"]):
            return None
        if phase == "skipped" or kind == "skip":
            return skip(state, "work", event)
        # Graded: what was finished first counts.
        again = phase == "work" or activity["mode"] == "practice"
        if kind == "restart" and again and len(state["decisions"]) > 0:
            return {**state, "phase": "work", "decisions": []}
        return _work(activity, state, event) if phase == "work" else None

    def score(self, activity: LabActivity, state: LabState) -> tuple[int, int]:
        """Return the share earned: of practice all once it is finished, of a graded lab what its model says."""
        if activity["mode"] == "practice":
            return (1 if state["finished"] else 0), 1
        return score(activity, state["decisions"]) if state["phase"] == "finished" else (0, 1)


def _work(activity: LabActivity, state: LabState, event: Event) -> LabState | None:
    kind, value, decisions = event.get("type"), event.get("value"), state["decisions"]
    if kind == "decide" and len(decisions) < MOST_DECISIONS and isinstance(value, dict) and _is_light(value):
        return {**state, "decisions": [*decisions, value]}
    if kind == "finish" and len(decisions) >= activity["least"]:
        return {**state, "phase": "finished", "finished": True}
    return None


def _is_light(value: dict[str, Any]) -> bool:
    return _weight(value, DECISION_DEPTH) <= MOST_WEIGHT


def _weight(value: object, levels: int) -> int:
    """Return about how large a JSON value is, in characters; too deep a value is too large."""
    if isinstance(value, str):
        return len(value) + 1
    if not isinstance(value, dict | list):
        return 1
    if levels == 0 or len(value) > MOST_WEIGHT:
        return MOST_WEIGHT + 1
    weight = 1
    if isinstance(value, dict):
        for key, entry in value.items():
            weight += len(key) + _weight(entry, levels - 1)
    else:
        for entry in value:
            weight += _weight(entry, levels - 1)
    return weight


RULES: Rules[LabActivity, LabState] = LabRules()
