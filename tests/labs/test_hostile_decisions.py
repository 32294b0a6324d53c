"""Every shipped lab against a journal that lies: no decision raises, none costs a grader long, none earns too early."""

from __future__ import annotations

import json
import time
from itertools import product
from typing import Any

import pytest

from himaya.activities.fold import replay
from himaya.activities.lab import model as labs
from himaya.activities.lab import rules
from himaya.activities.lab.find_me.release import OFFERED_KEYS
from himaya.publish.plain import answered_html
from tests.shipped import activities_of

LABS = {found.activity["lab"]: found.activity for found in activities_of("lab")}
EVIL: list[Any] = [
    *(None, True, False, 0, 1, -1, 1.0, 3.0, float("nan"), float("inf"), 10**400, "", "x" * 1_400, "\x00\u202e\ud800"),
    *([], {}, [[]], [{}], [None], {"$": 1}, {"a": {"b": {"c": []}}}, ["x"] * 1_000, [["kits"]], "__class__"),
]
SOUND: dict[str, list[dict[str, Any]]] = {
    "referral": [
        {"card": "rojin", "service": "olive", "share": ["called"], "route": "form"},
        {"card": "rojin", "follow": "gap"},
        {"card": "noor", "again": True},
    ],
    "find-me": [
        {"set": "treat", "column": "hh_size", "to": "coarse"},
        *({"set": name, "to": ["hh_size"]} for name in ("keys", "knows", "reasons", "cells")),
        *({"set": name, "to": "old-speaker"} for name in ("person", "ending", "suppress", "seed", "treat")),
    ],
    "complaint": [
        *({"concern": "kits", "field": name, "value": "desk"} for name in ("summary", "channel", "offered")),
        {"concern": "kits", "card": "referral", "at": "never"},
    ],
    "caseload": [
        {"priority": "risk", "pause": False, "transfer": True, "staff": False, "protect": True, "week": 1},
    ],
}  # fmt: skip
"""The shape of each decision of each lab."""
HEAVY: dict[str, list[dict[str, Any]]] = {
    "find-me": [{"set": "keys", "to": list(OFFERED_KEYS)}, {"set": "suppress", "to": 5}],
    "complaint": [{"concern": "kits", "field": name, "value": "a@" * 300} for name in ("summary", "safe-contact")],
}
"""The decisions that cost a lab most, where they differ from the others."""


def _hostile(name: str) -> list[object]:
    """Return every decision of a lab with every hostile value in each of its places, and whole ones that are none."""
    spoilt = [{**good, place: evil} for good in SOUND[name] for place, evil in product(good, EVIL)]
    short = [{key: good[key] for key in good if key != left} for good in SOUND[name] for left in good]
    return [*EVIL, *spoilt, *short, *({**good, "more": 1} for good in SOUND[name])]


def _journal(name: str, values: list[Any], *, finish: bool = True) -> list[dict[str, Any]]:
    done = [{"type": "decide", "value": value} for value in values] + [{"type": "finish"}] * finish
    return [{"activity": LABS[name]["id"], "turn": turn, **event} for turn, event in enumerate(done)]


def test_every_lab_that_ships_is_attacked() -> None:
    assert LABS.keys() == SOUND.keys()


@pytest.mark.parametrize("name", LABS)
def test_hostile_decisions_never_raise_or_break_drawing(name: str) -> None:
    lab = LABS[name]
    model, data = labs.model(lab["lab"]), labs.data_of(lab)
    state = model.start(data, lab["seed"])
    for value in _hostile(name):
        after = model.decide(data, state, value)
        if after is not None:
            json.dumps(after, allow_nan=False)
            model.finished(after)
            part, of = model.score(data, after)
            assert 0 <= part <= of
    assert labs.run(lab, _hostile(name))["ignored"] > len(EVIL)


@pytest.mark.parametrize("name", LABS)
def test_hostile_journal_is_replayed_and_printed(name: str) -> None:
    lab = LABS[name]
    values = [value for value in _hostile(name) if value == value and "nan" not in repr(value)]  # NaN
    state = replay(lab, _journal(name, values))
    assert len(state["decisions"]) <= rules.MOST_DECISIONS
    answered_html(lab, state).encode()
    labs.told(lab, state["decisions"])
    labs.judged(lab, state["decisions"])
    labs.model(lab["lab"]).view(labs.data_of(lab), labs.run(lab, state["decisions"]))


@pytest.mark.parametrize("name", LABS)
def test_heaviest_500_decisions_are_scored_quickly(name: str) -> None:
    lab = LABS[name]
    heaviest = HEAVY.get(name, SOUND[name])
    values = [heaviest[at % len(heaviest)] for at in range(rules.MOST_DECISIONS)]
    spent = time.process_time()
    state = replay(lab, _journal(name, values))
    labs.score(lab, state["decisions"])
    labs.told(lab, state["decisions"])
    assert len(state["decisions"]) == rules.MOST_DECISIONS
    assert time.process_time() - spent < 2  # some 0.1 s; a whole figure for each decision would take 20 s


@pytest.mark.parametrize("name", LABS)
def test_many_restarts_end_at_last_decision(name: str) -> None:
    lab = LABS[name]
    storm = [event for at in range(2_000) for event in ({"type": "decide", "value": {"n": at}}, {"type": "restart"})]
    events = [{"activity": LABS[name]["id"], "turn": turn, **event} for turn, event in enumerate(storm[:-1])]
    state = replay(lab, events)
    assert (state["decisions"], state["ignored"], state["finished"]) == ([{"n": 1_999}], 0, False)


@pytest.mark.parametrize("name", LABS)
def test_finishing_too_early_earns_nothing(name: str) -> None:
    lab = LABS[name]
    early = [{"n": at} for at in range(lab["least"] - 1)]
    assert not replay(lab, _journal(name, []))["finished"]
    assert not replay(lab, _journal(name, early))["finished"]
    assert replay(lab, _journal(name, [*early, {"n": -1}]))["finished"]


@pytest.mark.parametrize(
    ("name", "fewest"),
    [
        ("referral", 2 * sum(not card["practice"] for card in LABS["referral"]["data"]["cards"])),
        ("find-me", 6),  # keys, person, what is known, ending, reasons, cells
        ("complaint", 2 * (14 + len(LABS["complaint"]["data"]["cards"]))),  # of 16 fields two may stay empty
        ("caseload", 4),
    ],
)
def test_journal_and_widget_share_decision_limit(name: str, fewest: int) -> None:
    assert LABS[name]["least"] == fewest
