"""The fold: `replay = reduce(step, events, start)`, for every kind of activity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from himaya.activities import items
from himaya.activities.lab import rules as lab
from himaya.activities.scenario import rules as scenario

if TYPE_CHECKING:
    from collections.abc import Iterable

    from himaya.activities.kinds import Activity, Event, State, View


class _Rules(Protocol):
    """What the module of each kind offers."""

    def start(self, activity: Activity, /) -> State: ...
    def step(self, activity: Activity, state: State, event: Event) -> State | None: ...
    def view(self, activity: Activity, state: State, base: View) -> View: ...
    def score(self, activity: Activity, state: State) -> tuple[int, int]: ...


_OTHERS: dict[str, _Rules] = {"scenario": scenario, "lab": lab}


def _rules(activity: Activity) -> _Rules:
    return _OTHERS.get(activity["kind"], items)


def start(activity: Activity, seed: int = 0) -> State:
    """Return the state before the first event.

    Args:
        activity: A built activity.
        seed: 0 to 2**31 - 1, one for each trainee and activity; fixes the order in which options are shown.
    """
    kind = _rules(activity)
    return {"seed": seed, "turn": 0, "content": None, "ignored": 0, "finished": False, **kind.start(activity)}


def step(activity: Activity, state: State, event: Event) -> State:
    """Return the state after one event. An event that does not fit is counted in `ignored` and changes nothing else."""
    if not isinstance(event, dict) or event.get("activity") != activity["id"]:
        return {**state, "ignored": state["ignored"] + 1}
    if event.get("type") == "begin":
        content = event.get("content")
        known = state["content"] is not None or not isinstance(content, str)
        return state if known else {**state, "content": content}
    kind = _rules(activity)
    after = kind.step(activity, state, event)
    if after is None:
        return {**state, "ignored": state["ignored"] + 1}
    return {**after, "turn": state["turn"] + 1}


def replay(activity: Activity, events: Iterable[Event], seed: int = 0) -> State:
    """Return the state that `events` lead to; events of other activities are passed over."""
    state = start(activity, seed)
    for event in events:
        if isinstance(event, dict) and event.get("activity") == activity["id"]:
            state = step(activity, state, event)
    return state


def view(activity: Activity, state: State) -> View:
    """Return everything a player or a printed page needs to draw, and nothing it must not show yet."""
    base = {
        "id": activity["id"],
        "kind": activity["kind"],
        "mode": activity["mode"],
        "phase": state["phase"],
        "turn": state["turn"],
        "finished": state["finished"],
        "begun": state["content"] is not None,
        "changed": state["content"] is not None and state["content"] != activity["hash"],
    }
    return _rules(activity).view(activity, state, base)


def score(activity: Activity, state: State) -> tuple[int, int]:
    """Return the share of the points earned, as (numerator, denominator); needs an activity with its key."""
    return _rules(activity).score(activity, state)
