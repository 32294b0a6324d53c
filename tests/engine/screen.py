"""What a screen draws of a state, from the JavaScript that screens run on, in V8 without a page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from himaya.activities.interview.rules import open_moves
from himaya.activities.scenario.rules import open_choices
from tests.engine.two_engines import shipped_engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def view(activity: Any, state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the screen shows of an activity in a state."""
    found = shipped_engine().call("viewOf", json.dumps([activity, state]))
    shown: Any = json.loads(str(found))
    return shown


def shuffled(entries: Sequence[Any], seed: int) -> list[Any]:
    """Return `entries` in the order in which the screen shows them to the trainee with this seed."""
    found: list[Any] = json.loads(str(shipped_engine().call("shuffledOf", json.dumps([list(entries), seed]))))
    return found


def offered(activity: Any, state: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the type and the fields of every event that the screen offers in a state, without values to type."""
    practice = activity["mode"] == "practice"
    match state["phase"]:
        case "decide":
            for choice in open_choices(activity, state):
                yield "choose", {"at": state["node"], "choice": choice["id"]}
            yield "skip", {}
        case "talk":
            for move, _ in open_moves(activity, state["path"]):
                yield "choose", {"choice": move["id"]}
            yield "skip", {}
        case "consequence":
            yield from [("continue", {}), *([("back", {})] if practice else [])]
        case "skipped":
            yield from [("answer", {}), ("unskip", {})]
        case "ended":
            yield from [("restart", {})] if practice else []
            if practice and "path" in state:
                yield from [("back", {"value": number}) for number in range(len(state["path"]))]
        case "answer":
            yield from [("answer", {}), *([("check", {})] if practice else [])]
        case "checked" if activity["kind"] == "casefile":
            yield from [("retry", {}), ("continue", {})]
        case "checked":
            yield "retry", {}
        case "fill":
            for line in activity["papers"][state["kept"]]["rows"]:
                yield from (("choose", {"at": line["id"], "choice": option["id"]}) for option in line["options"])
            yield from [("check", {}), ("skip", {})]
        case "work":
            yield from [("decide", {}), ("finish", {}), ("skip", {}), ("restart", {})]
        case "finished":
            yield "restart", {}
        case phase:
            message = f"nobody has said what the screen offers in the phase {phase}"
            raise AssertionError(message)
