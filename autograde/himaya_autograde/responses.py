"""One row for each response in a journal, for analysis: what was answered, how good it was, which attempt. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from himaya.activities.fold import start, step
from himaya.activities.kinds import report

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from himaya.activities.kind import Compiled, Event, Response
    from himaya.activities.kinds import State


class ResponseRow(NamedTuple):
    """One row; its fields are the columns of responses.csv."""

    trainee: str
    module: str
    activity: str
    kind: str
    mode: str
    attempt: int
    event: object
    at: str | None
    choice: str | None
    quality: str | None
    score: int | None
    max: int | None
    time: str | None
    content: str | None
    draft: str


COLUMNS = ResponseRow._fields
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z")
DRAFT = "DRAFT"
"""What tables say of content that nobody has signed."""
_HASH = re.compile(r"[0-9a-f]{8,64}")


def response_rows(
    trainee: str,
    module: str,
    activities: Mapping[str, Compiled],
    events: Iterable[Event],
    drafts: Container[str] = (),
) -> Iterator[ResponseRow]:
    """Yield the responses of one trainee in one module, by activity.

    A response is a choice in a scenario, a checked answer in a practice item, each decision in
    a lab, each answer in any other item. `attempt` counts runs of a scenario or lab and responses to an item, from 1.
    `score` of `max` is the response's own share, whole numbers, whatever the activity is worth. A written text is not
    repeated here: it may hold what should not travel in a table.

    Args:
        trainee: Their id.
        module: Its id.
        activities: With their keys, by id.
        events: The journal's events, in order.
        drafts: Ids of the activities that nobody had signed when the class got them.
    """
    by_name = by_activity(activities, events)
    for name, activity in activities.items():
        for attempt, event, state, cells in responses(activity, by_name[name]):
            time = event.get("time")
            yield ResponseRow(
                trainee=trainee,
                module=module,
                activity=name,
                kind=activity["kind"],
                mode=activity["mode"],
                attempt=attempt,
                event=event["type"],
                at=cells.at,
                choice=cells.choice,
                quality=cells.quality,
                score=cells.score,
                max=cells.most,
                time=time if isinstance(time, str) and _TIME.fullmatch(time) else None,
                content=content_of(state),
                draft=DRAFT if name in drafts else "",
            )


def by_activity(activities: Iterable[str], events: Iterable[Event]) -> dict[str, list[Event]]:
    """Return the events of each activity, in order."""
    found: dict[str, list[Event]] = {name: [] for name in activities}
    for event in events:
        name = event["activity"]
        if isinstance(name, str) and name in found:
            found[name].append(event)
    return found


def content_of(state: State) -> str | None:
    """Return the hash of what was answered; None where a journal does not say it."""
    content = state["content"]
    return content if isinstance(content, str) and _HASH.fullmatch(content) else None


def responses(activity: Compiled, events: Iterable[Event]) -> Iterator[tuple[int, Event, State, Response]]:
    """Yield attempt, event, the state after it, and what it was a response of; what is not asked for is not folded."""
    state, told = start(activity), report(activity)
    attempt = 1
    for event in events:
        before, state = state, step(activity, state, event)
        if state["turn"] == before["turn"]:  # it did not fit, so it changed nothing
            continue
        if event["type"] == "restart":
            attempt += 1
            continue
        response = told.response(activity, before, state, event)
        if response is not None:
            yield attempt, event, state, response
            attempt += not told.runs
