"""Lab: a piece of work whose model runs elsewhere. Keeps what was decided, in order, and whether it was finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.kinds import is_count

if TYPE_CHECKING:
    from himaya.activities.kinds import Activity, Event, State, View

MOST_DECISIONS = 500
MOST_WEIGHT = 1_500  # characters, keys included, and one for each entry: a form's summary fits several times
_DEEPEST = 3


def start(_activity: Activity, /) -> State:
    """Return the fields a lab adds to a fresh state; `decisions` holds JSON objects that only its model can read."""
    return {"phase": "work", "decisions": [], "value": ""}


def step(activity: Activity, state: State, event: Event) -> State | None:
    """Return the next state, or None where the event does not fit the place the journal has reached."""
    kind, phase = event.get("type"), state["phase"]
    if not is_count(event.get("turn"), state["turn"]):
        return None
    if phase == "skipped":
        return _instead(state, kind, event.get("value"))
    # Graded: what was finished first counts.
    again = phase == "work" or activity["mode"] == "practice"
    if kind == "restart" and again and len(state["decisions"]) > 0:
        return {**state, "phase": "work", "decisions": []}
    return _work(activity, state, event) if phase == "work" else None


def _work(activity: Activity, state: State, event: Event) -> State | None:
    kind, value, decisions = event.get("type"), event.get("value"), state["decisions"]
    if kind == "decide" and len(decisions) < MOST_DECISIONS and _is_decision(value):
        return {**state, "decisions": [*decisions, value]}
    if kind == "finish" and len(decisions) >= activity["least"]:
        return {**state, "phase": "finished", "finished": True}
    return {**state, "phase": "skipped"} if kind == "skip" else None


def _instead(state: State, kind: object, value: object) -> State | None:
    """The trainee writes the alternative instead, or comes back."""
    if kind == "answer" and isinstance(value, str):
        return {**state, "value": value, "finished": state["finished"] or value != ""}
    return {**state, "phase": "work"} if kind == "unskip" else None


def _is_decision(value: object) -> bool:
    return isinstance(value, dict) and _weight(value, _DEEPEST) <= MOST_WEIGHT


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


def view(_activity: Activity, state: State, base: View) -> View:
    """Return what a page without the model can say: how far it is, and the text written instead."""
    drawn = {**base, "decided": len(state["decisions"]), "value": state["value"]}
    can = {"work": ["skip"], "skipped": ["answer", "unskip"], "finished": []}
    return {**drawn, "can": can[state["phase"]]}


def score(_activity: Activity, state: State) -> tuple[int, int]:
    """Return all of the points for a finished lab: practice. What a graded one earns its model says."""
    return (1 if state["finished"] else 0), 1
