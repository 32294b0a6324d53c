"""Five people hold the same conversation: only who serves the person does well."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.fold import replay
from himaya.activities.interview.rules import debrief, open_moves, spoken, standing
from himaya.activities.kinds import key_of, report, with_key, without_key
from himaya.content.check import check_module
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from tests.content.interviews import (
    ASIDE,
    INTERVIEWS,
    LIMITS,
    MODULES,
    PLAYERS,
    PROMISES,
    module_with_interview,
    played,
    told,
)

if TYPE_CHECKING:
    from pathlib import Path

SECRET = {"quality", "shows", "need", "why", "planned"}


@pytest.fixture(scope="module", params=INTERVIEWS)
def activity(request: pytest.FixtureRequest) -> Any:
    return compile_module(load_module(MODULES / INTERVIEWS[request.param]))[request.param]


def test_module_with_interview_is_sound(tmp_path: Path) -> None:
    assert check_module(module_with_interview(tmp_path / "modules" / "sound-module")) == []


def test_examples_earn_everything_in_three_ways(activity: Any) -> None:
    interview: Any = load_module(MODULES / INTERVIEWS[activity["id"]]).activities[activity["id"]]
    assert len({tuple(sorted(example)) for example in interview.examples}) >= 3
    for example in interview.examples:
        path = spoken(activity, example)
        points, most, _, level = told(activity, {**replay(activity, []), "phase": "ended", "path": path})
        print("best:", points, "of", most, level)
        assert (points, level) == (most, "good")


def test_talk_shows_what_its_debrief_tells(activity: Any) -> None:
    interview: Any = activity
    moves = [move["id"] for move in activity["moves"]]
    for seed in range(40):
        dice = Random(seed)
        said = dice.choices(moves, k=30)
        path: list[list[str]] = []
        for name in said:
            path += [[move["id"], reply["id"]] for move, reply in open_moves(interview, path) if move["id"] == name]
            if standing(interview, path)["ended"]:
                break
        assert spoken(interview, said) == path
        told = debrief(interview, path)["behaviours"]
        assert report(interview).shown(interview, said) == [(one["id"], one["level"], one["text"]) for one in told]


def test_only_service_to_the_person_does_well(activity: Any) -> None:
    ends = {name: told(activity, played(activity, player)) for name, player in PLAYERS.items()}
    print(*(f"{name}: {end}" for name, end in ends.items()), sep="\n")
    assert ends["harmful-only"][3] != "good"
    assert ends["asks-everything"][0] <= ends["asks-everything"][1] / 2
    for name in ("reads-the-file", "reads-for-agreements"):
        assert ends[name][0] <= 0.6 * ends[name][1] or activity["mode"] == "practice"


def test_listening_alone_leaves_the_danger_unplanned(activity: Any) -> None:
    state = played(activity, PLAYERS["listens-only"])
    after = debrief(activity, state["path"])
    assert not any(line["quality"] == "harmful" for line in after["lines"])
    assert after["unplanned"] != []
    assert told(activity, state)[3] != "good"


def test_promise_gains_trust_and_ends_badly(activity: Any) -> None:
    def talk(*moves: str) -> list[list[str]]:
        return spoken(activity, [*ASIDE, *moves])

    trust = [standing(activity, talk(*moves))["trust"] for moves in (LIMITS, (), PROMISES)]
    assert trust[0] < trust[1] < trust[2]
    closing = [move["id"] for move in activity["moves"] if move["group"] == "close"]
    path = talk(*PROMISES, "wait", "wish", *reversed(closing))
    assert told(activity, {**replay(activity, []), "phase": "ended", "path": path})[2:] == ("promised", "harm")


def test_graded_copy_holds_no_key(activity: Any) -> None:
    graded = {**activity, "mode": "graded"}
    public, key = without_key(graded), key_of(graded)
    assert not SECRET & set(_names(public))
    assert (public["behaviours"], public["friend"], public["example"], len(public["endings"])) == ([], [], [], 1)
    assert with_key(public, key) == graded


def _names(value: object) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(name for entry in value.values() for name in _names(entry))]
    return [name for entry in value for name in _names(entry)] if isinstance(value, list) else []
