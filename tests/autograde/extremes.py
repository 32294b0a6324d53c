"""Two trainees whose points are known beforehand: one takes the best of everything, one always what harms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from himaya.activities.fold import start, step
from himaya.activities.interview.rules import open_moves
from himaya.activities.scenario.rules import open_choices
from tests.content.interviews import harmful_only
from tests.labs.test_find_me import SOUND
from tests.labs.test_referral import COUNTED, follow, refer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.activities.kind import Compiled
    from himaya.activities.kinds import State


_BEST = {
    "find-me": SOUND,
    "referral": [value for card in COUNTED for value in (refer(card), follow(card))],
}
"""What earns everything in each lab that has a graded part."""


def journal_of(activities: Mapping[str, Compiled], quality: str) -> bytes:
    """Return the journal of a trainee who takes only what is `best`, or only what is `harmful`, and finishes."""
    events = [event for activity in activities.values() for event in _events(activity, quality)]
    lines = [{**event, "id": f"event-{number:06d}", "seq": number} for number, event in enumerate(events)]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def points_of(activity: Compiled, quality: str) -> float:
    """Return what that trainee earns before a person marks anything: practice by finishing, the rest by its key."""
    if activity["mode"] == "practice":
        return float(activity["points"])
    if activity["kind"] == "scenario":
        taken = [_quality(activity, event) for event in _events(activity, quality) if event["type"] == "choose"]
        return float(activity["points"]) * sum(_RANK[each] for each in taken) / (2 * len(taken))
    return float(activity["points"]) if quality == "best" and activity["kind"] != "text" else 0.0


def _quality(activity: Compiled, event: dict[str, Any]) -> str:
    node = next(node for node in activity["nodes"] if node["id"] == event["at"])
    return str(next(choice["quality"] for choice in node["choices"] if choice["id"] == event["choice"]))


def _events(activity: Compiled, quality: str) -> list[dict[str, Any]]:
    state = start(activity)
    events: list[dict[str, Any]] = []

    def record(kind: str, **fields: Any) -> None:
        nonlocal state
        events.append({"activity": activity["id"], "type": kind, "turn": state["turn"], **fields})
        state = step(activity, state, events[-1])

    record("begin", content=activity["hash"])
    if activity["kind"] == "lab":
        for value in _decisions(activity, right=quality == "best"):
            record("decide", value=value)
        record("finish")
    elif activity["kind"] == "casefile":
        while state["phase"] != "ended":
            record(**_next_in_file(activity, state, quality))
    elif activity["kind"] == "interview":
        while state["phase"] == "talk":
            record("choose", choice=_said(activity, state, quality))
    elif activity["kind"] != "scenario":
        record("answer", value=_value(activity, right=quality == "best"))
        if activity["mode"] == "practice":
            record("check")
    else:
        while state["phase"] != "ended":
            if state["phase"] == "consequence":
                record("continue")
            else:
                record("choose", at=state["node"], choice=_choice(activity, state, quality))
    assert (state["finished"], state["ignored"]) == (True, 0), activity["id"]
    return events


def _decisions(activity: Compiled, *, right: bool) -> list[dict[str, Any]]:
    """Return what is decided in a lab: all that counts in a graded one, else as much as finishing takes."""
    if right and activity["mode"] == "graded":
        return _BEST[activity["lab"]]
    return [{}] * int(activity["least"])


def _next_in_file(activity: Compiled, state: State, quality: str) -> dict[str, Any]:
    """Return the next step in a case file: the best lines, or the worst that pass."""
    if state["phase"] == "checked":
        return {"kind": "continue"}
    filled = [pair[0] for pair in state["filled"]]
    for line in activity["papers"][state["kept"]]["rows"]:
        if line["id"] not in filled:
            wanted = ("best",) if quality == "best" else ("acceptable", "best")
            found = (option["id"] for each in wanted for option in line["options"] if option["quality"] == each)
            return {"kind": "choose", "at": line["id"], "choice": next(found)}
    return {"kind": "check"}


def _said(activity: Compiled, state: State, quality: str) -> str:
    if quality == "best":
        return str(activity["example"][len(state["path"])])
    return str(harmful_only(open_moves(activity, state["path"]), [])["id"])


_RANK = {"harmful": 0, "acceptable": 1, "best": 2}
"""Points of a choice, of two; a decision need not have a harmful one, and its worst is taken then."""


def _choice(activity: Compiled, state: State, quality: str) -> str:
    node = next(node for node in activity["nodes"] if node["id"] == state["node"])
    offered = {choice["id"] for choice in open_choices(activity, state)}
    choices = [choice for choice in node["choices"] if choice["id"] in offered]
    wanted = [choice for choice in choices if choice["quality"] == quality]
    return str((wanted or sorted(choices, key=lambda choice: _RANK[choice["quality"]]))[0]["id"])


def _value(activity: Compiled, *, right: bool) -> object:
    kind = activity["kind"]
    if kind == "text":
        return "I would ask first."
    if kind == "number":
        return activity["shown"] if right else "-1"
    if kind == "order":
        return activity["key"] if right else activity["key"][::-1]
    if kind == "match":
        answers = {row["id"]: row["answer"] for row in activity["rows"]}
        spare = next(option["id"] for option in activity["options"] if option["id"] not in answers.values())
        return [[row, answer if right else spare] for row, answer in answers.items()]
    wanted = [option["id"] for option in activity["options"] if option["correct"] is right]
    return wanted[:1] if activity["select"] == "one" else wanted
