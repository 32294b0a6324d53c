"""Twins: single-choice questions of a module with the same options word for word, and stems that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.choice.format import ChoiceItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from himaya.content.load import LoadedModule


def twin_sets(module: LoadedModule) -> list[list[ChoiceItem]]:
    """Return the questions that share their options, set by set; the order of the options does not count."""
    sets: dict[frozenset[str], list[ChoiceItem]] = {}
    for item in module.activities.values():
        if isinstance(item, ChoiceItem) and item.select == "one":
            sets.setdefault(frozenset(option.text for option in item.options), []).append(item)
    return [questions for questions in sets.values() if len(questions) > 1]


def key_stays(questions: Sequence[ChoiceItem]) -> bool:
    """Return whether all questions of a set have the same key."""
    return len({option.text for item in questions for option in item.options if option.correct}) == 1
