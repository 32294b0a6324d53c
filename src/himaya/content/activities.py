"""Everything that a trainee can do in a module."""

from __future__ import annotations

from typing import TypeAlias

from himaya.content.labs import Lab
from himaya.content.models import AnyItem, ChoiceItem, MatchItem, NumberItem, OrderItem, Scenario, TextItem

Activity: TypeAlias = Scenario | Lab | ChoiceItem | OrderItem | MatchItem | NumberItem | TextItem


def items_of(activities: dict[str, Activity]) -> dict[str, AnyItem]:
    """Return the assessment questions among `activities`, by id."""
    return {name: item for name, item in activities.items() if not isinstance(item, Scenario | Lab)}
