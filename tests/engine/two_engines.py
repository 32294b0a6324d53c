"""Run the Python engine and its JavaScript twin (in V8, no page) on the same cases and return the same kind of text."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from py_mini_racer import MiniRacer

from himaya.activities.fold import score, start, step, view
from himaya.publish.canonical import canonical
from tests.javascript import sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Case: TypeAlias = "tuple[Mapping[str, Any], list[Any], int]"
"""An activity, its events, a seed."""

_HALF = re.compile("[\ud800-\udfff]")
_RUN = """
function runCases(text) {
  const lines = [];
  for (const [activity, events, seed, scored] of JSON.parse(text)) {
    let state = start(activity, seed);
    const seen = [];
    for (const event of events) {
      state = step(activity, state, event);
      seen.push(view(activity, state));
    }
    lines.push(JSON.stringify([...seen, scored ? score(activity, state) : null]));
  }
  return lines.join("\\n");
}
"""


def views(cases: Sequence[Case], script: str | None = None) -> list[str]:
    """Return for each case the JSON text of [the view after every event ..., final score or null], from V8.

    Args:
        cases: Sent as one JSON text.
        script: Another engine than the shipped one, to see whether a fault in it would be noticed.
    """
    engine = _shipped_engine() if script is None else _engine(script)
    # ASCII only: V8 must read half characters as the escapes that a browser would send.
    text = json.dumps([[*case, has_key(case[0])] for case in cases])
    return str(engine.call("runCases", text)).split("\n") if cases else []


def python_views(cases: Sequence[Case]) -> list[str]:
    """Return the same from Python, written as `JSON.stringify` writes it."""
    return [_python_case(*json.loads(json.dumps(case))) for case in cases]


def _python_case(activity: Mapping[str, Any], events: list[Any], seed: int) -> str:
    state = start(activity, seed)
    seen: list[object] = []
    for event in events:
        state = step(activity, state, event)
        seen.append(view(activity, state))
    scored = list(score(activity, state)) if has_key(activity) else None
    return stringified([*seen, scored])


def stringified(value: object) -> str:
    """Return canonical JSON with half characters escaped: there alone `JSON.stringify` and Python differ."""
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", canonical(value))


def has_key(activity: Mapping[str, Any]) -> bool:
    """Return whether this copy of an activity can be scored: outcomes never reach a graded trainee."""
    return "outcome" in activity or "outcomes" in activity


def first_difference(cases: Sequence[Case], run: Callable[[Sequence[Case]], list[str]] = views) -> str | None:
    """Return where `run` first says something else than Python, readable, or None where all is equal."""
    for case, expected, found in zip(cases, python_views(cases), run(cases), strict=True):
        if expected == found:
            continue
        wanted, got = json.loads(expected), json.loads(found)
        for place, (one, other) in enumerate(zip(wanted, got, strict=True)):
            if one != other or canonical(one) != canonical(other):
                event = case[1][place] if place < len(case[1]) else "score"
                return f"{case[0]['id']} after event {place} {event!r}:\npython {one}\nv8     {other}"
        return f"{case[0]['id']}: {expected} is not {found}"
    return None


def _engine(script: str) -> MiniRacer:
    engine = MiniRacer()
    engine.eval(script + _RUN)
    return engine


@cache
def _shipped_engine() -> MiniRacer:
    return _engine(sources("engine"))
