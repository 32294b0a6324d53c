"""One row for each response in a journal, for analysis: what was answered, how good it was, which attempt. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from himaya.engine import score, start, step
from himaya.engine.kinds import QUALITY_POINTS, by_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from himaya.engine import Event, State

COLUMNS = (
    "trainee",
    "module",
    "activity",
    "kind",
    "mode",
    "attempt",
    "event",
    "at",
    "choice",
    "quality",
    "score",
    "max",
    "time",
    "content",
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z")
_HASH = re.compile(r"[0-9a-f]{8,64}")


def response_rows(
    trainee: str, module: str, activities: Mapping[str, Mapping[str, Any]], events: Iterable[Event]
) -> Iterator[tuple[object, ...]]:
    """Yield the responses of one trainee in one module, by activity, each as `COLUMNS`.

    A response is a choice in a scenario, a checked answer in a practice item, each answer in any other item.
    `attempt` counts runs of a scenario and responses to an item, from 1. `score` of `max` is the response's own
    share, whole numbers, whatever the activity is worth. A written text is not repeated here: it may hold what
    should not travel in a table.

    Args:
        trainee: Their id.
        module: Its id.
        activities: With their keys, by id.
        events: The journal's events, in order.
    """
    by_activity: dict[str, list[Event]] = {name: [] for name in activities}
    for event in events:
        if event["activity"] in by_activity:
            by_activity[event["activity"]].append(event)
    for name, activity in activities.items():
        for attempt, event, state, cells in _responses(activity, by_activity[name]):
            content, time = state["content"], event.get("time")
            yield (
                trainee,
                module,
                name,
                activity["kind"],
                activity["mode"],
                attempt,
                event["type"],
                *cells,
                time if isinstance(time, str) and _TIME.fullmatch(time) else None,
                content if isinstance(content, str) and _HASH.fullmatch(content) else None,
            )


def _responses(
    activity: Mapping[str, Any], events: Iterable[Event]
) -> Iterator[tuple[int, Event, State, tuple[object, ...]]]:
    """Yield attempt, event, the state after it, and the cells at, choice, quality, score, max."""
    state = start(activity)
    scenario = activity["kind"] == "scenario"
    attempt = 1
    for event in events:
        before, state = state, step(activity, state, event)
        if state["turn"] == before["turn"]:  # it did not fit, so it changed nothing
            continue
        kind = event["type"]
        if kind == "restart":
            attempt += 1
        elif kind == "choose":
            yield attempt, event, state, _chosen(activity, state["path"][-1])
        elif scenario and kind in ("skip", "answer"):
            yield attempt, event, state, (before["node"], None, None, None, None)
        elif not scenario and kind == ("check" if activity["mode"] == "practice" else "answer"):
            yield attempt, event, state, _answered(activity, state)
            attempt += 1


def _chosen(activity: Mapping[str, Any], taken: list[str]) -> tuple[object, ...]:
    node = by_id(activity["nodes"], taken[0])
    choice = by_id(node["choices"], taken[1]) if node else None
    assert choice is not None  # noqa: S101 - the engine took it
    return (*taken, choice["quality"], QUALITY_POINTS[choice["quality"]], QUALITY_POINTS["best"])


def _answered(activity: Mapping[str, Any], state: State) -> tuple[object, ...]:
    kind, value = activity["kind"], state["value"]
    if kind == "text":
        return None, None, None, None, None
    part, of = score(activity, state)
    quality = "right" if part == of else "partly" if part else "wrong"
    if kind == "match":
        value = [f"{row}={option}" for row, option in value]
    return None, value if isinstance(value, str) else " ".join(value), quality, part, of
