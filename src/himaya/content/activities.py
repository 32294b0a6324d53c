"""Everything that a trainee can do in a module."""

from __future__ import annotations

from typing import TypeAlias

from himaya.activities.format import AnyItem, ChoiceItem, MatchItem, NumberItem, OrderItem, Scenario, TextItem
from himaya.activities.lab.format import Lab

Activity: TypeAlias = Scenario | Lab | ChoiceItem | OrderItem | MatchItem | NumberItem | TextItem


def items_of(activities: dict[str, Activity]) -> dict[str, AnyItem]:
    """Return the assessment questions among `activities`, by id."""
    return {name: item for name, item in activities.items() if not isinstance(item, Scenario | Lab)}
