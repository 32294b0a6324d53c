"""Faulty scenarios: each edit is named after the fault that it makes in the sound scenario."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.activities import fold
from himaya.activities.kinds import without_key
from himaya.activities.scenario.checks import findings, hints
from himaya.activities.scenario.format import Meter, Scenario
from himaya.activities.scenario.rules import END, ending, meters
from himaya.activities.scenario.walks import after, beginning, count_walks, decisions_left, ending_at, explore, holds
from himaya.content.check import known_in
from himaya.publish.compile import compile_activity
from tests.content.sound import loaded_sound_module

if TYPE_CHECKING:
    from collections.abc import Callable

FAULTS = {
    "unknown-goto": [
        (
            "scenarios/short-walk.yaml:29: choice 'greet' goes to 'tabel', which does not exist. Did you mean "
            "'table'? Allowed: door, table, end."
        ),
    ],
    "unknown-start": [
        (
            "scenarios/short-walk.yaml:14: the scenario starts at 'dor', which does not exist. Did you mean "
            "'door'? Allowed: door, table."
        ),
    ],
    "unknown-meter": [
        (
            "scenarios/short-walk.yaml:24: choice 'greet' changes the meter 'trsut', which does not exist. Did "
            "you mean 'trust'? Allowed: trust, privacy."
        ),
    ],
    "unknown-meter-in-when": [
        (
            "scenarios/short-walk.yaml:89: ending 'overheard' depends on the meter 'privcy', which does not "
            "exist. Did you mean 'privacy'? Allowed: trust, privacy."
        ),
    ],
    "unknown-meter-in-when-of-choice": [
        (
            "scenarios/short-walk.yaml:82: choice 'say-sorry' depends on the meter 'trsut', which does not exist. "
            "Did you mean 'trust'? Allowed: trust, privacy."
        ),
    ],
    "unknown-outcome-of-scenario": [
        (
            "scenarios/short-walk.yaml:7: this measures the outcome 'first-word', which does not exist. Did you "
            "mean 'first-words'? Allowed: first-words, next-step."
        ),
    ],
    "unknown-principle": [
        (
            "scenarios/short-walk.yaml:27: this names the principle 'respekt', which does not exist. Did you mean"
            " 'respect'? Allowed: respect."
        ),
    ],
    "unknown-source": [
        "scenarios/short-walk.yaml:28: this cites the source 'S7', which does not exist. Allowed: S1, design.",
    ],
    "unreachable-node": [
        (
            "scenarios/short-walk.yaml:88: node 'garden' is unreachable: no walk from 'door' comes here; let a "
            "choice go to it, or remove it."
        ),
    ],
    "dead-end": [
        (
            "scenarios/short-walk.yaml:88: node 'yard' is a dead end: no way from it leads to 'end'; give one of "
            "its choices a goto that does."
        ),
    ],
    "no-open-choice": [
        (
            "scenarios/short-walk.yaml:92: node 'lobby' has no 'best' choice that is always open; one needs "
            "quality: best and no 'when'."
        ),
        (
            "scenarios/short-walk.yaml:92: node 'lobby' has no open choice at trust 1, privacy 1; keep one choice"
            " without 'when' in every node."
        ),
    ],
    "no-way-out": [
        (
            "scenarios/short-walk.yaml:92: node 'cellar' has no way to 'end' at trust 3, privacy 0; keep one way "
            "out that has no 'when'."
        ),
        (
            "scenarios/short-walk.yaml:112: no walk reaches the ending 'overheard'; change its 'when', put it "
            "before the endings that take its walks, or remove it."
        ),
    ],
    "ending-no-path-reaches": [
        (
            "scenarios/short-walk.yaml:90: no walk reaches the ending 'heard'; change its 'when', put it before "
            "the endings that take its walks, or remove it."
        ),
    ],
    "last-ending-with-when": [
        (
            "scenarios/short-walk.yaml:91: the last ending 'begun' has 'when'; it is taken when no other holds, "
            "so it needs none."
        ),
    ],
    "early-ending-without-when": [
        (
            "scenarios/short-walk.yaml:90: ending 'heard' has no 'when', so no later ending is ever taken; only "
            "the last may have none."
        ),
        (
            "scenarios/short-walk.yaml:91: no walk reaches the ending 'begun'; change its 'when', put it before "
            "the endings that take its walks, or remove it."
        ),
    ],
    "cycle-without-progress": [
        (
            "scenarios/short-walk.yaml:37: a trainee can go round door -> table -> door without progress: no "
            "choice on the way has an effect. Allowed: a circle in which at least one choice changes a meter, or "
            "a goto that leads on."
        ),
    ],
    "meter-starts-outside": [
        "scenarios/short-walk.yaml:12: meter 'trust' starts at 4; allowed: 0 to 3.",
    ],
    "meter-min-not-below-max": [
        "scenarios/short-walk.yaml:12: meter 'trust' has min 3 and max 3; min must be below max.",
    ],
    "wrong-number-of-levels": [
        "scenarios/short-walk.yaml:13: meter 'privacy' has 3 levels; values 0 to 1 need 2.",
    ],
    "repeated-choice": [
        "scenarios/short-walk.yaml:30: the choice id 'greet' is used twice here; give each choice its own id.",
    ],
    "telling-choice-id": [
        (
            "scenarios/short-walk.yaml:30: the id 'good-nod' hints at the key with 'good'; name what it says, "
            "such as 'ask-first'."
        ),
    ],
    "no-open-best": [
        (
            "scenarios/short-walk.yaml:51: node 'table' has no 'best' choice that is always open; one needs "
            "quality: best and no 'when'."
        ),
    ],
    "repeated-ending": [
        ("scenarios/short-walk.yaml:90: the ending id 'overheard' is used twice here; give each ending its own id."),
    ],
    "node-called-end": [
        ("scenarios/short-walk.yaml:88: a node cannot be called 'end', which is where a run ends; give it another id."),
        (
            "scenarios/short-walk.yaml:100: a trainee can go round end -> end without progress: no choice on the "
            "way has an effect. Allowed: a circle in which at least one choice changes a meter, or a goto that "
            "leads on."
        ),
    ],
    "graded-choice-with-when": [
        (
            "scenarios/short-walk.yaml:82: choice 'say-sorry' has 'when'; in a graded scenario every choice is "
            "open, or it would tell."
        ),
    ],
    "graded-shorter-way": [
        (
            "scenarios/short-walk.yaml:46: after choice 'call-out' there are 0 decisions to come and after 'greet' 1; "
            "in a graded scenario the ways of a node are equally long, or their length would tell the quality."
        ),
    ],
    "graded-way-back": [
        (
            f"scenarios/short-walk.yaml:{line}: choice '{choice}' can come back to a decision that was taken; in a "
            "graded scenario a run never goes round, or the repair would tell that something was wrong."
        )
        for line, choice in ((29, "greet"), (99, "walk"))
    ],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fixture_gives_these_problems(fault: str, checked_with: Callable[..., list[str]]) -> None:
    assert checked_with(fault) == [f"modules/sound-module/{problem}" for problem in FAULTS[fault]]


def test_a_missing_rationale_is_missing_feedback(checked_with: Callable[..., list[str]]) -> None:
    where = "modules/sound-module/scenarios/short-walk.yaml:30"
    field = "'nodes.door.choices.1.rationale'"
    assert checked_with("missing-rationale") == [
        f"{where}: {field} is missing: every entry of this kind needs 'rationale'."
    ]


def _sound() -> Scenario:
    scenario = loaded_sound_module().activities["short-walk"]
    assert isinstance(scenario, Scenario)
    return scenario


def _without_meters(scenario: Scenario) -> Scenario:
    nodes = {}
    for name, node in scenario.nodes.items():
        choices = [choice.model_copy(update={"effects": {}}) for choice in node.choices if not choice.when]
        nodes[name] = node.model_copy(update={"choices": choices})
    return scenario.model_copy(update={"meters": {}, "nodes": nodes, "endings": scenario.endings[-1:]})


_AMAL = {"name": "Amal", "portrait": {"head": "scarf", "colour": "clay"}}


def _with_people(mode: str, people: dict[str, object], drawn: dict[str, str]) -> Scenario:
    written = _sound().model_dump()
    written["nodes"]["door"] |= drawn
    return Scenario.model_validate(written | {"mode": mode, "people": people})


def test_scenario_at_state_limit_is_walked() -> None:
    door_table_and_end = 3
    assert explore(_without_meters(_sound()), limit=door_table_and_end).complete
    assert not explore(_without_meters(_sound()), limit=door_table_and_end - 1).complete


def test_walks_reach_every_ending() -> None:
    assert explore(_sound()).endings == {"overheard", "heard", "begun"}


def test_without_meters_all_runs_may_end_alike() -> None:
    plain = _without_meters(_sound())
    assert [*findings(plain, known_in(loaded_sound_module())), *hints(plain)] == []


def test_graded_scenario_may_branch_equally(checked_with: Callable[..., list[str]]) -> None:
    assert checked_with("graded-ways-of-equal-length") == []


def test_unwalked_scenario_is_checked_by_its_gotos() -> None:
    shed = _sound().nodes["table"].model_copy(update={"title": "A shed"})
    scenario = _sound().model_copy(update={"nodes": {**_sound().nodes, "shed": shed}})
    assert [path for _, path in findings(scenario, known_in(loaded_sound_module()), limit=1)] == [("nodes", "shed")]
    assert [path for _, path in hints(scenario, limit=1)] == [("nodes",)]


def test_decisions_left_are_counted_on_every_way() -> None:
    assert decisions_left(_without_meters(_sound())) == {"door": (2, 2), "table": (1, 1), "end": (0, 0)}
    assert decisions_left(_sound()) == {"door": None, "table": None, "end": (0, 0)}


@pytest.mark.parametrize("start", [0, 3])
def test_meter_may_start_at_either_limit(start: int) -> None:
    trust = Meter(label="Trust", start=start, max=3)
    changed = _sound().model_copy(update={"meters": {**_sound().meters, "trust": trust}})
    assert [path for _, path in findings(changed, known_in(loaded_sound_module())) if path[0] == "meters"] == []


@settings(deadline=None)  # the first run compiles
@given(taken=st.lists(st.integers(0, 3), max_size=12), start=st.integers(0, 3), sticky=st.booleans())
def test_meters_and_endings_are_those_of_the_engine(taken: list[int], start: int, *, sticky: bool) -> None:
    scenario = _sound()
    trust = Meter(label="Trust", start=start, max=3, sticky=sticky)
    scenario = scenario.model_copy(update={"meters": {**scenario.meters, "trust": trust}})
    activity = compile_activity(scenario, loaded_sound_module().module)
    values, node = beginning(scenario), scenario.start
    state = fold.start(activity)
    for number in taken:
        choices = [choice for choice in scenario.nodes[node].choices if holds(choice.when, values)]
        choice = choices[number % len(choices)]
        values = after(scenario, values, choice)
        event = {"activity": scenario.id, "type": "choose", "at": node, "choice": choice.id, "turn": state["turn"]}
        state = fold.step(activity, state, event)
        state = fold.step(activity, state, {"activity": scenario.id, "type": "continue", "turn": state["turn"]})
        assert state["ignored"] == 0
        assert meters(activity, state["path"]) == values
        node = choice.goto
        if node == END:
            assert ending(activity, state["path"])["id"] == ending_at(scenario, values).id
            return
        assert state["node"] == node


def test_walk_counts_match_hand_counts() -> None:
    """A circle makes them endless."""
    # At the door 3 choices, at the table 3; after two bad ones a fourth choice leads back to the door.
    assert count_walks(_sound()) is None
    table = _sound().nodes["table"]
    straight = table.model_copy(update={"choices": table.choices[:3]})
    assert count_walks(_sound().model_copy(update={"nodes": {**_sound().nodes, "table": straight}})) == 9


@pytest.mark.parametrize(
    ("mode", "people", "drawn", "told"),
    [
        ("practice", {}, {"person": "amal"}, ["node 'door' draws 'amal', which does not exist."]),
        ("practice", {"amal": _AMAL}, {}, ["'amal' is drawn nowhere; name a node's `person`, or remove it."]),
        ("practice", {"amal": _AMAL}, {"person": "amal", "face": "hurt"}, []),
        ("graded", {"amal": _AMAL}, {"person": "amal", "face": "hurt"}, ["a graded scene draws one listening face"]),
        ("graded", {"amal": _AMAL}, {"person": "amal"}, []),
    ],
)
def test_people_are_known_and_tell_no_key(
    mode: str, people: dict[str, object], drawn: dict[str, str], told: list[str]
) -> None:
    scenario = _with_people(mode, people, drawn)
    found = [text for text, _place in findings(scenario, known_in(loaded_sound_module()))]
    about = [text for text in found if "draw" in text]
    assert len(about) == len(told)
    assert all(text.startswith(begin) for text, begin in zip(about, told, strict=True))


def test_graded_copy_holds_no_face() -> None:
    scenario = _with_people("graded", {"amal": _AMAL}, {"person": "amal"})
    copy = without_key(compile_activity(scenario, loaded_sound_module().module))
    assert copy["people"] == [{"id": "amal", **_AMAL}]
    assert [node.get("person") for node in copy["nodes"]] == ["amal", None]
    assert "face" not in json.dumps(copy)
