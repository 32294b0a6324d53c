"""Two labs whose runs are too many to try: random runs and hill climbs look for a harmful one that earns well.

`HIMAYA_RUNS` says how many random runs: 100,000 take about twenty minutes.
"""

from __future__ import annotations

import os
import random
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from himaya.activities.lab import model as labs
from himaya.activities.lab.complaint import model as complaint
from himaya.activities.lab.find_me import model as find_me
from himaya.activities.lab.find_me.microdata import COLUMNS, PEOPLE
from himaya.activities.lab.find_me.release import OFFERED_KEYS
from himaya.activities.lab.find_me.results import EXACT_DAY, IDENTITY
from tests.labs import test_complaint as intake
from tests.labs import test_find_me as file

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = int(os.environ.get("HIMAYA_RUNS", "2000"))
CLIMBS = 4
STEPS = 250
"""Changes that one climb tries."""

Score = Fraction
Move = dict[str, Any]


def _best(
    start: Callable[[random.Random], Any],
    change: Callable[[random.Random, Any], Any],
    score: Callable[[Any], Score | None],
) -> Score:
    """Return the most that a harmful run earned; `score` returns None for a run without harm."""
    best = Score(0)
    for seed in range(RUNS):
        best = max(best, score(start(random.Random(seed))) or Score(0))
    for seed in range(CLIMBS):
        drawn = random.Random(-1 - seed)
        here = start(drawn)
        reached = score(here) or Score(-1)
        for _ in range(STEPS):
            there = change(drawn, here)
            found = score(there)
            if found is not None and found >= reached:
                here, reached = there, found
        best = max(best, reached)
    return best


# Can you find me? ---------------------------------------------------------------------------------------------------


def _file_move(drawn: random.Random) -> Move:
    """Return one decision, drawn."""
    name = drawn.choice(["treat", "treat", "treat", "suppress", "person", "ending", "keys", "reasons", "cells"])
    if name == "treat":
        column = drawn.choice(COLUMNS)
        return file.treat(column, drawn.choice(find_me.ways(column)))
    several = {"keys": OFFERED_KEYS, "reasons": find_me.REASONS, "cells": find_me.cell_names(file.DATA)}
    one = {"suppress": find_me.SUPPRESSED, "person": list(PEOPLE), "ending": find_me.ENDINGS}
    if name in one:
        return {"set": name, "to": drawn.choice(one[name])}
    return {"set": name, "to": [entry for entry in several[name] if drawn.random() < 0.5]}


def _file_start(drawn: random.Random) -> Any:
    """Return a sound file, changed in one to twelve places: runs near the key are those that could earn well."""
    moves = [_file_move(drawn) for _ in range(drawn.randint(1, 12))]
    return file.after(*file.SOUND, *moves)


def _file_change(drawn: random.Random, state: Any) -> Any:
    return find_me.decide(file.DATA, state, _file_move(drawn))


def _shared(state: Any) -> bool:
    return state["ending"] in ("publish", "restricted")


def test_file_that_points_at_somebody_earns_less_than_half() -> None:
    def score(state: Any) -> Score | None:
        kept = any(state["treat"].get(column) != "drop" for column in IDENTITY)
        return Score(*find_me.score(file.DATA, state)) if _shared(state) and kept else None

    assert 0 < _best(_file_start, _file_change, score) < Score(1, 2)


def test_public_file_with_exact_day_earns_nothing() -> None:
    def score(state: Any) -> Score | None:
        exact = state["treat"].get(EXACT_DAY, "keep") == "keep"
        return Score(*find_me.score(file.DATA, state)) if state["ending"] == "publish" and exact else None

    assert _best(_file_start, _file_change, score) == 0


# The first day --------------------------------------------------------------------------------------------------------

_HARMFUL = ("hear-the-other", "collect-items", "ask-witnesses", "tell-family", "pause-aid")
_UNSAFE_WAYS = ("phone", "home", "family")
_FORM = [*complaint.CHOICES, "accepted", "received-at", "reported-at"]


def _day_move(drawn: random.Random) -> Move:
    concern = drawn.choice([one["id"] for one in intake.DATA["concerns"]])
    if drawn.random() < 0.5:
        places = [complaint.NEVER, *(slot["id"] for slot in intake.DATA["slots"])]
        cards = [card["id"] for card in intake.DATA["cards"]]
        return {"concern": concern, "card": drawn.choice(cards), "at": drawn.choice(places)}
    field = drawn.choice(_FORM)
    if field == "accepted":
        value: Any = [name for name in complaint.SUPPORT if drawn.random() < 0.5]
    elif field in complaint.CHOICES:
        value = drawn.choice(complaint.CHOICES[field])
    else:
        value = drawn.choice(["10:20", "10:50", "14:05", "14:30", "23:30"])
    return {"concern": concern, "field": field, "value": value}


def _day_start(drawn: random.Random) -> Any:
    moves = [_day_move(drawn) for _ in range(drawn.randint(1, 12))]
    return labs.run(intake.LAB, [*intake.key_decisions(), *moves])


def _day_change(drawn: random.Random, state: Any) -> Any:
    return complaint.decide(intake.DATA, state, _day_move(drawn))


def _endangers(here: dict[str, Any]) -> bool:
    done = any(here["cards"].get(card) not in (None, complaint.NEVER) for card in _HARMFUL)
    return done or here["form"].get("contact-way") in _UNSAFE_WAYS


def test_day_with_a_harmful_act_never_earns_everything() -> None:
    def score(state: Any) -> Score | None:
        harmful = any(_endangers(here) for here in state["concerns"].values())
        return Score(*complaint.score(intake.DATA, state)) if harmful else None

    assert 0 < _best(_day_start, _day_change, score) < 1


def test_day_that_endangers_never_earns_all_of_safety() -> None:
    def score(state: Any) -> Score | None:
        told = [here["cards"].get("tell-family") not in (None, complaint.NEVER) for here in state["concerns"].values()]
        ways = [here["form"].get("contact-way") in _UNSAFE_WAYS for here in state["concerns"].values()]
        if not any(told) and not any(ways):
            return None
        parts = [
            part
            for concern, here in state["concerns"].items()
            for part in complaint.rubric(intake.DATA, concern, here)
            if part["criterion"] == "safety"
        ]
        return Score(sum(part["right"] for part in parts), sum(part["of"] for part in parts))

    assert 0 < _best(_day_start, _day_change, score) < 1
