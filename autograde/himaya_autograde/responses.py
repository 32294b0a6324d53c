"""One row for each response in a journal, for analysis: what was answered, how good it was, which attempt. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from himaya.activities.fold import score, start, step
from himaya.activities.kinds import QUALITY_POINTS, by_id
from himaya.activities.lab import model as labs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from himaya.activities.kinds import Activity, Event, State

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
_ID = re.compile(r"[a-z][a-z0-9-]{0,59}")
_HASH = re.compile(r"[0-9a-f]{8,64}")


def response_rows(
    trainee: str, module: str, activities: Mapping[str, Mapping[str, Any]], events: Iterable[Event]
) -> Iterator[tuple[object, ...]]:
    """Yield the responses of one trainee in one module, by activity, each as `COLUMNS`.

    A response is a choice in a scenario, a checked answer in a practice item, each decision in
    a lab, each answer in any other item. `attempt` counts runs of a scenario or lab and responses to an item, from 1.
    `score` of `max` is the response's own share, whole numbers, whatever the activity is worth. A written text is not
    repeated here: it may hold what should not travel in a table.

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
    told = {"scenario": _in_scenario, "lab": _in_lab}.get(activity["kind"], _in_item)
    attempt = 1
    for event in events:
        before, state = state, step(activity, state, event)
        if state["turn"] == before["turn"]:  # it did not fit, so it changed nothing
            continue
        kind = event["type"]
        if kind == "restart":
            attempt += 1
            continue
        cells = told(activity, before, state, event)
        if cells is not None:
            yield attempt, event, state, cells
            attempt += activity["kind"] not in ("scenario", "lab")


def _in_scenario(activity: Activity, before: State, state: State, event: Event) -> tuple[object, ...] | None:
    if event["type"] == "choose":
        return _chosen(activity, state["path"][-1])
    return (before["node"], None, None, None, None) if event["type"] in ("skip", "answer") else None


def _in_item(activity: Activity, _before: State, state: State, event: Event) -> tuple[object, ...] | None:
    wanted = "check" if activity["mode"] == "practice" else "answer"
    return _answered(activity, state) if event["type"] == wanted else None


def _chosen(activity: Mapping[str, Any], taken: list[str]) -> tuple[object, ...]:
    node = by_id(activity["nodes"], taken[0])
    choice = by_id(node["choices"], taken[1]) if node else None
    assert choice is not None  # noqa: S101 - the engine took it
    return (*taken, choice["quality"], QUALITY_POINTS[choice["quality"]], QUALITY_POINTS["best"])


def _in_lab(activity: Activity, _before: State, state: State, event: Event) -> tuple[object, ...] | None:
    """Return what was decided, without any text that was typed, and the share once a graded lab is finished."""
    if event["type"] not in ("decide", "finish", "skip", "answer"):
        return None
    value = event.get("value")
    decided = value if event["type"] == "decide" and isinstance(value, dict) else {}
    said = " ".join(f"{name}={entry}" for name, entry in decided.items() if _is_setting(name, entry)) or None
    if event["type"] != "finish" or activity["mode"] != "graded":
        return None, said, None, None, None
    part, of = labs.score(activity, state["decisions"])
    return None, None, None, part, of


def _is_setting(name: str, entry: object) -> bool:
    """Return whether an entry of a decision is an id or a number, under a name that is an id."""
    short = _ID.fullmatch(entry) is not None if isinstance(entry, str) else isinstance(entry, int | float)
    return short and _ID.fullmatch(name) is not None


def _answered(activity: Mapping[str, Any], state: State) -> tuple[object, ...]:
    kind, value = activity["kind"], state["value"]
    if kind == "text":
        return None, None, None, None, None
    part, of = score(activity, state)
    quality = "right" if part == of else "partly" if part else "wrong"
    if kind == "match":
        value = [f"{row}={option}" for row, option in value]
    return None, value if isinstance(value, str) else " ".join(value), quality, part, of
