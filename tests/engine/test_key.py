"""What a graded trainee gets holds no key, and the key puts the whole activity together again."""

from __future__ import annotations

import ast
import json
import pprint
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.fold import replay, score, start, step
from himaya.activities.kinds import key_of, with_key, without_key
from himaya.activities.scenario.rules import debrief
from himaya.publish.canonical import canonical
from himaya.publish.compile import visible
from himaya.publish.module_edition import edition_of
from tests.engine import examples, shipped
from tests.engine.screen import view
from tests.engine.strategies import random_activity
from tests.engine.walks import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET_FIELDS = frozenset(
    [
        "correct",
        "quality",
        "rationale",
        "effects",
        "answer",
        "key",
        "exemplar",
        "principle",
        "source",
        "marks",
        "tolerance",
        "shown",
        "outcome",
        "outcomes",
        "safety_critical",
        "sticky",
        "levels",
        "label",
    ]
)
SHIPPED = [(name, activity["id"]) for name in shipped.NAMES for activity in shipped.graded(name)]
MADE = [
    examples.choice(),
    examples.order(),
    examples.match(),
    examples.number(),
    examples.text(),
    examples.scenario("graded"),
]


def _fields(value: object) -> Iterator[tuple[str, object]]:
    """Yield every (field name, value) at any depth."""
    if isinstance(value, dict):
        for name, entry in value.items():
            yield name, entry
            yield from _fields(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _fields(entry)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from _strings(entry)


def _secret_texts(activity: Any) -> set[str]:
    """Return what only the trainer may read: reasons, exemplars, principles, sources, endings."""
    texts = {text for name, entry in _fields(activity) if name in SECRET_FIELDS for text in _strings(entry)}
    texts |= {entry for name, entry in _fields(activity.get("key")) if name == "text" and isinstance(entry, str)}
    for ending in activity.get("endings", []):
        texts |= {ending["id"], ending["title"], ending["text"]}
    known = set(_strings([entry["id"] for entry in [*activity.get("options", []), *activity.get("rows", [])]]))
    return {text for text in texts - known if len(text) > 12}


def _assert_no_key(activity: Any) -> None:
    # What a lab takes for granted is said on screen with its source, also where it counts.
    public = canonical({name: value for name, value in without_key(activity).items() if name != "assumptions"})
    for name, _ in _fields(json.loads(public)):
        assert name not in SECRET_FIELDS
    for name in SECRET_FIELDS:
        assert f'"{name}":' not in public
    for text in _secret_texts(activity):
        assert canonical(text)[1:-1] not in public, text


@pytest.mark.parametrize(("name", "activity"), SHIPPED)
def test_shipped_public_copy_holds_no_key(name: str, activity: str) -> None:
    whole = shipped.compiled(name)[activity]
    assert _secret_texts(whole)
    _assert_no_key(whole)


@pytest.mark.parametrize("activity", MADE, ids=lambda activity: activity["kind"])
def test_public_copy_of_every_kind_holds_no_key(activity: Any) -> None:
    _assert_no_key(activity)


@pytest.mark.parametrize("activity", MADE, ids=lambda activity: activity["kind"])
def test_undecided_field_is_secret(activity: Any) -> None:
    spoiled = json.loads(canonical(activity))
    for part in (spoiled, *(entry for _, entry in _fields(spoiled) if isinstance(entry, list))):
        for entry in [part] if isinstance(part, dict) else part:
            if isinstance(entry, dict):
                entry["hint"] = "It is the second one."
    assert "It is the second one." not in canonical(without_key(spoiled))


@pytest.mark.parametrize(("name", "activity"), SHIPPED)
def test_view_of_public_copy_shows_no_key(name: str, activity: str) -> None:
    whole = shipped.compiled(name)[activity]
    events = [event for seed in range(5) for event in walk(whole, Random(seed), 25, fitting=95)]
    public = without_key(whole)
    state, shown = start(public), set[str]()
    for event in events:
        state = step(public, state, event)
        shown.add(canonical(view(public, state)))
    for text in _secret_texts(whole):
        assert all(canonical(text)[1:-1] not in each for each in shown)


@pytest.mark.parametrize(("name", "activity"), SHIPPED)
def test_shipped_activity_is_restored_from_key(name: str, activity: str) -> None:
    _assert_same_again(shipped.compiled(name)[activity], seeds=12)


@pytest.mark.parametrize("activity", MADE, ids=lambda activity: activity["kind"])
def test_activity_is_restored_from_key(activity: Any) -> None:
    _assert_same_again(activity, seeds=12)


def test_random_activity_is_restored_from_key() -> None:
    dice = Random(5)
    for _ in range(150):
        _assert_same_again({**random_activity(dice), "mode": "graded"}, seeds=2)


def _assert_same_again(whole: Any, seeds: int) -> None:
    """The key travels as Python text in a cell, the public copy as JSON; scores and debriefs must survive both."""
    key = ast.literal_eval(pprint.pformat(key_of(whole), width=110, sort_dicts=False))
    again = with_key(json.loads(json.dumps(without_key(whole))), key)
    assert again == whole
    for seed in range(seeds):
        events = walk(whole, Random(seed), 20, fitting=95)
        one, other = replay(whole, events, seed), replay(again, events, seed)
        assert one == other
        if whole["kind"] != "lab" or whole["data"].get("cards"):  # made up data have no model
            assert score(whole, one) == score(again, other)
        if whole["kind"] == "scenario":
            assert debrief(whole, one["path"]) == debrief(again, other["path"])


def test_a_key_of_another_activity_is_refused() -> None:
    with pytest.raises(KeyError):
        with_key(without_key(examples.choice(options="abcd")), key_of(examples.choice(options="abc")))
    with pytest.raises(KeyError):
        with_key(without_key(examples.scenario("graded")), key_of(examples.match()))


@pytest.mark.parametrize("activity", MADE, ids=lambda activity: activity["kind"])
def test_practice_ships_whole_and_graded_ships_no_key(activity: Any) -> None:
    assert visible({**activity, "mode": "practice"}) == {**activity, "mode": "practice"}
    assert visible({**activity, "safety_critical": False}) == without_key(activity)


def test_safety_is_shown_and_leaves_the_edition() -> None:
    """Whoever answers sees what has to be right; older hand-ins still belong to the same edition."""
    whole = {**examples.choice(), "safety_critical": True}
    assert visible(whole) == {**without_key(whole), "safety_critical": True}
    module = {"module": {"version": 1}}
    before, now = ({**module, "activities": {"a": each}} for each in (without_key(whole), visible(whole)))
    assert edition_of({"cells": []}, before) == edition_of({"cells": []}, now)


def test_points_are_in_copy_and_key() -> None:
    assert without_key(examples.choice())["points"] == key_of(examples.choice())["points"] == 2
