"""Guessers that read the options alone: they find a habit, and in what ships they find little."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from himaya.activities.choice.format import ChoiceItem
from himaya.activities.limits import WORDING_MARGIN
from himaya.content.wording import GUESSERS, Guessed, guessed, hits, pooled, wilson, wording_hints
from himaya.languages.facts import LANGUAGES
from tests.engine.shipped import MODULES, in_language, loaded

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_guessers_pooled_are_near_chance(language: str) -> None:
    paths = sorted(MODULES.glob("*/module.yaml"))
    found = pooled(guessed([in_language(path.parent.name, language) for path in paths]).values())
    assert found.share <= found.chance + WORDING_MARGIN


def test_pooling_counts_each_set_once() -> None:
    small, large = (dict.fromkeys(GUESSERS, share) for share in (1.0, 0.4))
    both = pooled([Guessed(1, 0.5, small), Guessed(3, 0.25, large)])
    assert (both.sets, both.chance, both.share) == (4, 0.3125, pytest.approx(0.55))


@pytest.mark.parametrize(("mark", "other"), [("،", "."), (" و", " x"), (" کە ", " xx ")])
def test_shape_sees_marks_of_each_language(mark: str, other: str) -> None:
    sets = [[(f"{one}{mark}{one}", True), (f"{one}{other}{one}", False)] for one in _PEOPLE]
    assert hits("Shape", sets[:6], sets[6:]) == [1.0, 1.0]


def test_worded_keys_are_hinted() -> None:
    (hint,) = wording_hints(_with_longest_keys(loaded("pseah")))
    assert hint.text.startswith("guessers that read only the options pick ")
    assert list(wording_hints(loaded("pseah"))) == []


def test_wilson_agrees_with_published_values() -> None:
    assert wilson(0.5, 10) == pytest.approx((0.2366, 0.7634), abs=5e-5)
    assert wilson(0.9, 10) == pytest.approx((0.5958, 0.9821), abs=5e-5)
    assert wilson(0, 12) == pytest.approx((0, 0.2425), abs=5e-5)
