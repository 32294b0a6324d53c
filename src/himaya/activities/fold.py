"""The fold: `replay = reduce(step, events, start)`, for every kind of activity. No I/O, no clock, no randomness.

The same functions exist in JavaScript, which the trainee's screen runs on. Both give equal states and scores, so rules
use integers, ids and lists only: no floats, no sorting, no string lengths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.kinds import rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from himaya.activities.kind import Compiled, Event
    from himaya.activities.kinds import State


def start(activity: Compiled, seed: int = 0) -> State:
    """Return the state before the first event.

    Args:
        activity: A built activity.
        seed: 0 to 2**31 - 1, one for each trainee and activity; fixes the order in which options are shown.
    """
    fresh: State = rules(activity).start(activity, seed)
    return fresh


def step(activity: Compiled, state: State, event: Event) -> State:
    """Return the state after one event. An event that does not fit is counted in `ignored` and changes nothing else."""
    if not isinstance(event, dict) or event.get("activity") != activity["id"]:
        return {**state, "ignored": state["ignored"] + 1}
    if event.get("type") == "begin":
        content = event.get("content")
        known = state["content"] is not None or not isinstance(content, str)
        return state if known else {**state, "content": content}
    after = rules(activity).step(activity, state, event)
    if after is None:
        return {**state, "ignored": state["ignored"] + 1}
    return {**after, "turn": state["turn"] + 1}


def replay(activity: Compiled, events: Iterable[Event], seed: int = 0) -> State:
    """Return the state that `events` lead to; events of other activities are passed over."""
    state = start(activity, seed)
    for event in events:
        if isinstance(event, dict) and event.get("activity") == activity["id"]:
            state = step(activity, state, event)
    return state


def score(activity: Compiled, state: State) -> tuple[int, int]:
    """Return the share of the points earned, as (numerator, denominator); needs an activity with its key."""
    return rules(activity).score(activity, state)
