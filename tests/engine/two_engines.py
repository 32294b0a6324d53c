"""Run the Python engine and its JavaScript twin (in V8, no page) on the same cases and return what each says."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from py_mini_racer import MiniRacer

from himaya.activities.fold import score, start, step
from himaya.activities.interview.rules import debrief as debrief_talk
from himaya.activities.scenario.rules import by_principle, debrief
from himaya.publish.canonical import canonical
from himaya_widgets.player import built
from tests.javascript import sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Case: TypeAlias = "tuple[Mapping[str, Any], list[Any], int]"
"""An activity, its events, a seed."""

_HALF = re.compile("[\ud800-\udfff]")
_TRACED = Path(__file__).parents[2] / "widgets" / "player" / "tests" / "traced.js"
_RUN = """
function runCases(text) {
  return JSON.parse(text).map((each) => traced(globalThis.himaya, each)).join("\\n");
}
function viewOf(text) {
  return JSON.stringify(himaya.view(...JSON.parse(text)));
}
function shuffledOf(text) {
  return JSON.stringify(himaya.shuffled(...JSON.parse(text)));
}
"""


def traces(cases: Sequence[Case], script: str | None = None) -> list[str]:
    """Return for each case the JSON text of [the state after every event ..., score or null, debrief or null], from V8.

    Args:
        cases: Sent as one JSON text.
        script: Another engine than the shipped one, to see whether a fault in it would be noticed.
    """
    engine = shipped_engine() if script is None else _engine(script)
    # ASCII only: V8 must read half characters as the escapes that a browser would send.
    text = json.dumps([[*case, has_key(case[0])] for case in cases])
    return str(engine.call("runCases", text)).split("\n") if cases else []


def python_traces(cases: Sequence[Case]) -> list[str]:
    """Return the same from Python, written as `JSON.stringify` writes it."""
    return [_python_case(*json.loads(json.dumps(case))) for case in cases]


def _python_case(activity: Any, events: list[Any], seed: int) -> str:
    state = start(activity, seed)
    seen: list[object] = []
    for event in events:
        state = step(activity, state, event)
        seen.append(state)
    scored = list(score(activity, state)) if has_key(activity) and activity["kind"] != "lab" else None
    told: object = None
    if has_key(activity) and activity["kind"] == "interview":
        told = debrief_talk(activity, state["path"])
    if has_key(activity) and activity["kind"] == "scenario":
        decisions = debrief(activity, state["path"])
        told = [decisions, by_principle(decisions)]
    return stringified([*seen, scored, told])


def stringified(value: object) -> str:
    """Return canonical JSON with half characters escaped: there alone `JSON.stringify` and Python differ."""
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", canonical(value))


def has_key(activity: Any) -> bool:
    """Return whether this copy of an activity can be scored: outcomes never reach a graded trainee."""
    return "outcome" in activity or "outcomes" in activity


def first_difference(cases: Sequence[Case], run: Callable[[Sequence[Case]], list[str]] = traces) -> str | None:
    """Return where `run` first says something else than Python, readable, or None where all is equal."""
    for case, expected, found in zip(cases, python_traces(cases), run(cases), strict=True):
        if expected == found:
            continue
        wanted, got = json.loads(expected), json.loads(found)
        for place, (one, other) in enumerate(zip(wanted, got, strict=True)):
            if one != other or canonical(one) != canonical(other):
                event = case[1][place] if place < len(case[1]) else "score, debrief"
                return f"{case[0]['id']} after event {place} {event!r}:\npython {one}\nv8     {other}"
        return f"{case[0]['id']}: {expected} is not {found}"
    return None


def _engine(script: str) -> MiniRacer:
    engine = MiniRacer()
    engine.eval(f"try {{ {script} }} catch {{ /* there is no document here */ }}\n{_TRACED.read_text()}\n{_RUN}")
    return engine


@cache
def shipped_engine() -> MiniRacer:
    """Return the engine that ships, in the script of a module's page."""
    return _engine(built("module.js"))


def rules_with(fault: tuple[str, str, str] | None = None) -> str:
    """Return what a page's script exposes, made from the sources, with a fault in one of them."""
    return (
        f"{sources('exposed', 'fold', 'generated/kinds', fault=fault)} player.useKinds(player.KINDS); player.expose();"
    )
