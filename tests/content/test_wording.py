"""Guessers that read the options alone: they find a habit, and in what ships they find little."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from himaya.activities.choice.format import ChoiceItem
from himaya.activities.limits import WORDING_MARGIN
from himaya.content.load import load_module
from himaya.content.wording import GUESSERS, guessed, hits, wilson, wording_hints
from tests.engine.shipped import MODULES, loaded

if TYPE_CHECKING:
    from himaya.content.load import LoadedModule

_PEOPLE = "abcdefgh"
# Each habit is one that a guesser must find: the longest, a word, an ending.
HABITS = {
    "Shape": [
        [(f"Tell {one}, and say why.", True), (f"Go to {one}.", False), (f"Ask {one}.", False)] for one in _PEOPLE
    ],
    "Words": [[(f"{how} ask {one}.", how == "Gently") for how in ("Gently", "Loudly", "Firmly")] for one in _PEOPLE],
    "Letters": [[(f"{one}{end}", end == "ingly") for end in ("ingly", "around", "beyond")] for one in _PEOPLE],
}


def _with_longest_keys(module: LoadedModule) -> LoadedModule:
    """Return a module whose graded keys all give a reason, as in the first edition."""

    def longer(item: ChoiceItem) -> ChoiceItem:
        told = [
            option.model_copy(update={"text": f"{option.text[:-1]}, and say why, because it is safe."})
            if option.correct
            else option
            for option in item.options
        ]
        return item.model_copy(update={"options": told})

    changed = {
        name: longer(one) if isinstance(one, ChoiceItem) and one.mode == "graded" else one
        for name, one in module.activities.items()
    }
    return replace(module, activities=changed)


@pytest.mark.parametrize("guesser", GUESSERS)
def test_guesser_finds_its_habit(guesser: str) -> None:
    sets = HABITS[guesser]
    assert hits(guesser, sets[:6], sets[6:]) == [1.0, 1.0]


def test_tie_counts_as_a_share() -> None:
    (found,) = hits("Words", HABITS["Words"], [[("Other.", True), ("Other.", False), ("Other.", False)]])
    assert found == pytest.approx(1 / 3)


def test_guessers_pooled_are_near_chance() -> None:
    modules = [load_module(path.parent) for path in sorted(MODULES.glob("*/module.yaml"))]
    found = guessed(modules).values()
    sets = sum(one.sets for one in found)
    pooled = sum(one.share * one.sets for one in found) / sets
    chance = sum(one.chance * one.sets for one in found) / sets
    assert pooled <= chance + WORDING_MARGIN


def test_worded_keys_are_hinted() -> None:
    (hint,) = wording_hints(_with_longest_keys(loaded("pseah")))
    assert hint.text.startswith("guessers that read only the options pick ")
    assert list(wording_hints(loaded("pseah"))) == []


def test_wilson_agrees_with_published_values() -> None:
    assert wilson(0.5, 10) == pytest.approx((0.2366, 0.7634), abs=5e-5)
    assert wilson(0.9, 10) == pytest.approx((0.5958, 0.9821), abs=5e-5)
    assert wilson(0, 12) == pytest.approx((0, 0.2425), abs=5e-5)
