"""The engine inside the very file of a page gives what Python gives: from every reachable state, after every move.

Of an activity with more than 1,000 moves, as many are drawn at random, the same ones each time. No item has more, and
every scenario. `HIMAYA_EVERY_STEP=all` (`make test-steps`) draws 20,000 in English; a translation changes no move.
"""

from __future__ import annotations

import json
import os
import random
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from py_mini_racer import MiniRacer

from himaya.activities.fold import start, step
from himaya.course.course import load_course
from himaya.languages.facts import LANGUAGES
from himaya.publish.assignment import compile_module
from himaya.publish.edition import Edition
from himaya.publish.page import alone, module_page, scenario_page
from himaya_widgets.player import page_code
from tests.build.pages_text import data_of, parts
from tests.engine import shipped
from tests.engine.screen import offered
from tests.engine.shipped import MODULES
from tests.engine.two_engines import stringified
from tests.engine.walks import DECISIONS
from tests.lanes import sampled
from tests.shipped import a_module, a_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 1_000
MOST_IN_ENGLISH = 20_000 if os.environ.get("HIMAYA_EVERY_STEP") == "all" else MOST
_SEED = 7
COURSE = MODULES.parent / "courses" / "core-protection"
NAMES = sorted(path.parent.name for path in MODULES.glob("*/module.yaml"))
PAGES = [(name, language) for name in NAMES for language in LANGUAGES]
FIRST = [("case-management", "en"), ("data-protection", "ar")]
"""They hold every kind of activity."""
Move: TypeAlias = "tuple[dict[str, Any], dict[str, Any]]"
_DECISIONS: tuple[dict[str, Any], ...] = ({}, {"a": {"b": ["c"]}}, {"a": {"b": [["c"]]}}, {"long": "x" * 1_500})
"""Of a lab: the last two are too deep and too long."""
_RUN = """
function runMoves(text) {
  const { step } = globalThis.himaya;
  return JSON.parse(text).map(([activity, moves]) => moves.map(([state, event]) => {
    return JSON.stringify(step(activity, state, event));
  }).join("\\n")).join("\\n");
}
"""


def _answers(activity: Any) -> list[Any]:
    """Return some answers of an item's shape; the other task of a simulation takes text."""
    if activity["kind"] in {"scenario", "interview", "text", "lab", "casefile"}:
        return ["", "I would ask first."]
    if activity["kind"] == "number":
        return ["", "12", "٤٢", "x"]
    options = [option["id"] for option in activity["options"]]
    if activity["kind"] == "match":
        rows = [row["id"] for row in activity["rows"]]
        return [[[row, option] for row in rows] for option in options] + [[[rows[0], options[0]]]]
    if activity["kind"] == "order":
        return [options, options[::-1], options[1:] + options[:1]]
    return [[option] for option in options] + [options]


def _events(activity: Any, state: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every move that the screen offers in a state, and one that no longer fits."""
    common = {"activity": activity["id"], "turn": state["turn"]}
    if state["content"] is None:
        yield {**common, "type": "begin", "content": activity["hash"]}
    for kind, fields in offered(activity, state):
        if kind in {"answer", "decide"}:
            values = _answers(activity) if kind == "answer" else (*DECISIONS, *_DECISIONS)
            yield from ({**common, "type": kind, "value": value} for value in values)
        else:
            yield {**common, "type": kind, **fields}
    yield {**common, "type": "continue", "turn": state["turn"] + 1}


def _moves(activity: Any, most: int = MOST) -> list[Move]:
    """Return pairs of a reachable state and a move: each state once, whatever its turn, and at most `most` pairs.

    Which move comes next is drawn from all that are known and not yet taken: half of the time from those of the newest
    state, so that a small sample reaches the end of a story, too.
    """
    dice, met, found = random.Random(_SEED), set[str](), list[Move]()
    after = start(activity, _SEED)
    waiting: list[Move] = []
    while len(found) < most:
        name = json.dumps({key: value for key, value in after.items() if key not in {"turn", "ignored"}})
        if name not in met:
            met.add(name)
            new = [(after, event) for event in _events(activity, after)]
            waiting += dice.sample(new, len(new))
        if not waiting:
            break
        drawn = dice.choice([dice.randrange(len(waiting)), -1])
        waiting[drawn], waiting[-1] = waiting[-1], waiting[drawn]
        found.append(waiting.pop())
        after = step(activity, *found[-1])
    return found


def _compare(page: str, most: int = MOST) -> int:
    """Compare every activity of a page with Python and return how many moves that were."""
    _, script = parts(page)
    activities = list(data_of(page)["activities"].values())
    engine = MiniRacer()
    engine.eval(f"try {{ {script} }} catch {{ /* there is no document here */ }}\n{_RUN}")
    count = 0
    for activity in activities:
        moves = _moves(activity, most)
        count += len(moves)
        seen = str(engine.call("runMoves", json.dumps([[activity, moves]]))).split("\n")
        for (state, event), found in zip(moves, seen, strict=True):
            assert found == stringified(step(activity, state, event)), (activity["id"], state, event)
    return count


@pytest.mark.parametrize(("name", "language"), sampled(FIRST, [page for page in PAGES if page not in FIRST]))
def test_built_page_engine_agrees_with_python(name: str, language: str) -> None:
    loaded = shipped.in_language(name, language)
    edition = Edition(load_course(COURSE), page_code(), language)
    most = MOST_IN_ENGLISH if language == "en" else MOST
    count = _compare(module_page(edition, loaded), most)
    count += sum(_compare(scenario_page(edition, loaded, scenario), most) for scenario in alone(loaded))
    print(f"{count:,} moves compared")
    assert count > 100 or not loaded.activities


@pytest.mark.parametrize("name", NAMES)
def test_followed_moves_cover_the_whole_story(name: str) -> None:
    for activity in compile_module(shipped.loaded(name)).values():
        moves = _moves(activity)
        if activity["kind"] == "scenario":
            assert {state["node"] for state, _ in moves} == {node["id"] for node in activity["nodes"]}
            assert {"decide", "consequence", "skipped", "ended"} == {state["phase"] for state, _ in moves}
        elif activity["kind"] == "lab":
            assert {"work", "skipped"} <= {state["phase"] for state, _ in moves}
        elif activity["kind"] == "interview":
            assert {"talk", "skipped", "ended"} == {state["phase"] for state, _ in moves}
        elif activity["kind"] == "casefile":
            assert {"fill", "checked", "skipped"} <= {state["phase"] for state, _ in moves}
        else:
            assert len(moves) < MOST, "not every move of this item is followed"


def test_drawn_moves_are_repeatable_and_unique() -> None:
    activity = a_scenario().activity
    moves = [json.dumps([{**state, "ignored": 0}, event]) for state, event in _moves(activity)]
    assert moves == [json.dumps([{**state, "ignored": 0}, event]) for state, event in _moves(activity)]
    assert len(set(moves)) == len(moves) == MOST


def test_a_fault_in_a_pages_engine_is_seen() -> None:
    loaded = shipped.loaded(a_module())
    code = page_code()
    broken = code["module"].script.replace("restart", "restarted")
    assert broken != code["module"].script
    edition = Edition(load_course(COURSE), {**code, "module": type(code["module"])(broken, "", code["module"].says)})
    with pytest.raises(AssertionError, match=r"'turn': \d+"):  # in the state whose move differs
        _compare(module_page(edition, loaded))
