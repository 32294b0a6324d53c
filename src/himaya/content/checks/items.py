"""Rules for items of any kind that decide something about safety."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.content.load import items_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.content.load import LoadedModule
    from himaya.errors import Problem


def item_problems(loaded: LoadedModule) -> Iterator[Problem]:
    """Yield each safety-critical item without a principle, and each that is only practice."""
    for item in items_of(loaded.activities).values():
        if not item.safety_critical or item.mode == "pretest":  # the rules of the pretest say more
            continue
        if item.principle is None:
            yield loaded.problem(item.id, "a safety-critical item names its principle; add 'principle'.")
        if item.mode == "practice":
            yield loaded.problem(item.id, "practice decides nothing; remove 'safety_critical'.", "safety_critical")
