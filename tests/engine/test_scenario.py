"""Scenarios: decide, see what happens, go on; what is open, what counts, what a stale or hostile event cannot do."""

from __future__ import annotations

from typing import Any

import pytest

from himaya.activities.fold import replay, score, step
from himaya.activities.kinds import without_key
from himaya.activities.scenario.rules import meters
from tests.engine.examples import Trainee, scenario


def _trust(trainee: Trainee) -> int:
    return int(trainee.view["meters"][0]["value"])


def test_scenario_begins_at_start_with_open_choices() -> None:
    sees = Trainee(scenario()).view
    assert (sees["phase"], sees["node"], sees["step"]) == ("decide", "hello", 1)
    assert {choice["id"] for choice in sees["choices"]} == {"gentle", "blunt", "wait"}
    assert sees["can"] == ["choose", "skip"]


def test_untaken_choice_reveals_only_its_text() -> None:
    assert all(set(choice) == {"id", "text"} for choice in Trainee(scenario()).view["choices"])


def test_choice_shows_consequence_before_next_node() -> None:
    trainee = Trainee(scenario()).does("choose", at="hello", choice="blunt")
    assert trainee.view["taken"] == {
        "id": "blunt",
        "text": "Do blunt",
        "consequence": "After blunt",
        "quality": "harmful",
        "rationale": "Why blunt",
        "principle": "Principle of blunt",
        "source": ["A guide"],
    }
    assert trainee.does("continue").view["node"] == "goodbye"


def test_closed_choice_is_hidden_and_refused() -> None:
    trainee = Trainee(scenario()).chooses("wait")
    assert "repair" not in {choice["id"] for choice in trainee.view["choices"]}
    before = trainee.state
    trainee.does("choose", at="goodbye", choice="repair")
    assert trainee.state == {**before, "ignored": before["ignored"] + 1}


def test_choice_opens_at_its_meter_value() -> None:
    assert Trainee(scenario()).chooses("gentle", "repair").view["ending"]["id"] == "warm"


@pytest.mark.parametrize("turn", [1, -1, None, "0", False, [0], {"turn": 0}, 10**400, 0.5])
def test_an_event_of_another_turn_is_ignored(turn: object) -> None:
    trainee = Trainee(scenario())
    trainee.does("choose", at="hello", choice="gentle", turn=turn)
    assert trainee.state["phase"] == "decide"
    assert trainee.state["ignored"] == 1


def test_boolean_turn_is_ignored() -> None:
    trainee = Trainee(scenario()).does("choose", at="hello", choice="gentle")
    assert trainee.does("continue", turn=True).state["phase"] == "consequence"
    assert trainee.does("continue", turn=1.0).state["phase"] == "decide"


def test_stale_tab_cannot_choose_at_left_node() -> None:
    trainee = Trainee(scenario()).chooses("gentle")
    assert trainee.does("choose", at="hello", choice="thanks").state["path"] == [["hello", "gentle"]]
    assert trainee.does("choose", at=None, choice="thanks").view["node"] == "goodbye"
    assert trainee.state["ignored"] == 2


def test_the_same_event_sent_twice_counts_once() -> None:
    trainee = Trainee(scenario()).chooses("gentle", "again")  # which leads back to where it began
    again = replay(trainee.activity, trainee.events * 2)
    assert again == {**trainee.state, "ignored": 4}


@pytest.mark.parametrize("event", [None, 1, "choose", [], {}, {"activity": "another"}, {"activity": ["the-scenario"]}])
def test_invalid_event_changes_nothing(event: Any) -> None:
    before = replay(scenario(), [])
    assert replay(scenario(), [event]) == before
    assert step(scenario(), before, event) == {**before, "ignored": 1}


def test_a_fitting_event_of_another_activity_is_ignored() -> None:
    trainee = Trainee(scenario()).does("choose", activity="another", at="hello", choice="gentle")
    assert (trainee.state["phase"], trainee.state["ignored"]) == ("decide", 1)
    assert replay(trainee.activity, trainee.events) == replay(trainee.activity, [])


def test_meters_stay_within_their_range() -> None:
    assert _trust(Trainee(scenario()).chooses("blunt")) == 0
    assert _trust(Trainee(scenario()).chooses("gentle", "again", "gentle")) == 3


def test_meter_without_sticky_recovers() -> None:
    assert _trust(Trainee(scenario()).chooses("blunt", "again")) == 1


def test_a_sticky_meter_stays_at_its_lowest_value() -> None:
    trainee = Trainee(scenario(sticky=True)).chooses("blunt", "again", "gentle")
    assert _trust(trainee) == 0


def test_sticky_meter_moves_until_lowest() -> None:
    assert _trust(Trainee(scenario(sticky=True)).chooses("gentle", "again")) == 3


def test_a_meter_with_levels_is_told_in_words() -> None:
    activity = scenario()
    activity["meters"][0]["levels"] = ["lost", "low", "fair", "high"]
    words = [Trainee(activity).chooses(*path).view["meters"][0]["word"] for path in ([], ["blunt"], ["gentle"])]
    assert words == ["low", "lost", "high"]


def test_an_effect_on_an_unknown_meter_does_nothing() -> None:
    public = {**scenario(), "meters": []}
    assert meters(public, [["hello", "gentle"]]) == {}


def test_condition_on_unknown_meter_keeps_choice_closed() -> None:
    trainee = Trainee(without_key(scenario("graded"))).chooses("gentle")
    assert {choice["id"] for choice in trainee.view["choices"]} == {"thanks", "again"}


def test_first_matching_ending_is_reached() -> None:
    assert Trainee(scenario()).chooses("gentle", "thanks").view["ending"]["id"] == "warm"
    assert Trainee(scenario()).chooses("blunt", "thanks").view["ending"]["id"] == "cold"


def test_debrief_names_better_open_choices() -> None:
    told = Trainee(scenario()).chooses("blunt", "thanks").view
    assert [(d["node"], d["id"], d["better"]) for d in told["debrief"]] == [
        ("hello", "blunt", "Do gentle"),
        ("goodbye", "thanks", "Do thanks"),
    ]


def test_debrief_counts_qualities_by_principle() -> None:
    told = Trainee(scenario()).chooses("wait", "again", "wait", "thanks").view
    assert told["principles"] == [
        {"principle": "Principle of wait", "best": 0, "acceptable": 2, "harmful": 0},
        {"principle": "Principle of again", "best": 0, "acceptable": 1, "harmful": 0},
        {"principle": "Principle of thanks", "best": 1, "acceptable": 0, "harmful": 0},
    ]


def test_practice_run_can_go_back() -> None:
    trainee = Trainee(scenario()).chooses("blunt").does("choose", at="goodbye", choice="thanks").does("back")
    assert (trainee.view["phase"], trainee.view["node"]) == ("decide", "goodbye")
    assert trainee.state["path"] == [["hello", "blunt"]]


def test_practice_replay_stays_finished() -> None:
    trainee = Trainee(scenario()).chooses("blunt", "thanks").does("restart")
    assert (trainee.view["node"], trainee.state["path"], trainee.view["finished"]) == ("hello", [], True)
    assert _trust(trainee) == 1


@pytest.mark.parametrize(("value", "node"), [(0, "hello"), (1, "goodbye"), (1.0, "goodbye")])
def test_ended_practice_replays_from_a_decision(value: float, node: str) -> None:
    trainee = Trainee(scenario()).chooses("blunt", "thanks").does("back", value=value)
    assert (trainee.view["phase"], trainee.view["node"], trainee.view["finished"]) == ("decide", node, True)
    assert trainee.state["path"] == [["hello", "blunt"], ["goodbye", "thanks"]][: int(value)]


@pytest.mark.parametrize("value", [-1, 2, True, "0", None, [0], 0.5])
def test_replay_from_nowhere_is_ignored(value: object) -> None:
    trainee = Trainee(scenario()).chooses("blunt", "thanks").does("back", value=value)
    assert (trainee.state["phase"], trainee.state["ignored"]) == ("ended", 1)


def test_nothing_can_be_restarted_before_a_first_choice() -> None:
    assert Trainee(scenario()).does("restart").state["ignored"] == 1


def test_a_graded_run_cannot_go_back() -> None:
    trainee = Trainee(scenario("graded")).does("choose", at="hello", choice="blunt").does("back")
    assert trainee.state["phase"] == "consequence"
    assert trainee.view["can"] == ["continue"]


def test_a_graded_run_cannot_be_played_again() -> None:
    trainee = Trainee(scenario("graded")).chooses("blunt", "thanks")
    ended = trainee.state
    for move in ("restart", "back", "skip", "continue", "unskip"):
        trainee.does(move)
    trainee.does("choose", at="hello", choice="gentle")
    assert trainee.state == {**ended, "ignored": 6}


def test_a_graded_run_gives_no_debrief() -> None:
    sees = Trainee(scenario("graded")).chooses("blunt", "thanks").view
    assert (sees["debrief"], sees["principles"], sees["can"]) == ([], [], [])


@pytest.mark.parametrize(
    ("path", "share"),
    [
        (["gentle", "thanks"], (4, 4)),
        (["wait", "thanks"], (3, 4)),
        (["blunt", "thanks"], (2, 4)),
        (["blunt", "again", "blunt", "thanks"], (3, 8)),
    ],
)
def test_choices_earn_two_one_or_nothing(path: list[str], share: tuple[int, int]) -> None:
    """Best 2, acceptable 1, harmful 0, out of 2 a decision."""
    trainee = Trainee(scenario("graded")).chooses(*path)
    assert score(trainee.activity, trainee.state) == share


def test_an_unfinished_run_earns_nothing() -> None:
    trainee = Trainee(scenario("graded")).chooses("gentle")
    assert score(trainee.activity, trainee.state) == (0, 1)


def test_skipped_scenario_can_be_resumed() -> None:
    trainee = Trainee(scenario("graded")).chooses("gentle").does("skip")
    assert trainee.view["can"] == ["answer", "unskip"]
    trainee.does("choose", at="goodbye", choice="thanks")
    assert trainee.state["phase"] == "skipped"
    assert trainee.does("unskip").view["node"] == "goodbye"
    assert trainee.state["path"] == [["hello", "gentle"]]


def test_skipped_scenario_finishes_with_its_text() -> None:
    trainee = Trainee(scenario()).does("skip").answers("")
    assert not trainee.view["finished"]
    assert trainee.answers("I would ask first.").view["finished"]
    assert trainee.answers("").view["finished"]
    assert trainee.answers(7).state["ignored"] == 1


def test_alternative_text_survives_a_new_run() -> None:
    """And a return to the scenario."""
    trainee = Trainee(scenario()).does("skip").answers("kept").does("unskip").chooses("wait", "thanks").does("restart")
    assert trainee.does("skip").view["value"] == "kept"


def test_consequence_cannot_be_skipped() -> None:
    """Nothing can be skipped between a choice and its consequence."""
    trainee = Trainee(scenario()).does("choose", at="hello", choice="blunt").does("skip")
    assert trainee.state["phase"] == "consequence"


def test_first_begin_pins_the_content() -> None:
    trainee = Trainee(scenario()).does("begin", content="older").does("begin", content="0123456789abcdef")
    assert (trainee.view["begun"], trainee.view["changed"], trainee.view["turn"]) == (True, True, 0)
    assert not Trainee(scenario()).does("begin", content="0123456789abcdef").view["changed"]
    assert not Trainee(scenario()).does("begin", content=5).view["begun"]


def test_choice_order_depends_on_seed_and_node() -> None:
    orders = {seed: [c["id"] for c in Trainee(scenario(), seed).view["choices"]] for seed in range(40)}
    assert len({tuple(order) for order in orders.values()}) == 6
    assert all([c["id"] for c in Trainee(scenario(), s).view["choices"]] == order for s, order in orders.items())
