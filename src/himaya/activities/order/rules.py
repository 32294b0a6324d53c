"""Order: steps to put into their right order."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from himaya.activities.events import ids, read_ids
from himaya.activities.items import ItemActivity, ItemRules, ItemState
from himaya.activities.kind import Public, Rules


class Step(TypedDict):
    """One step."""

    id: str
    text: str


class OrderActivity(ItemActivity):
    """A compiled order item; `key` is the right order of the ids."""

    kind: Literal["order"]
    options: list[Step]
    key: NotRequired[list[str]]
    rationale: NotRequired[str]


class OrderState(ItemState):
    """`value`: the ids of all steps."""

    value: list[str] | None


class OrderRules(ItemRules[OrderActivity, OrderState]):
    """Concordant minus discordant pairs over all pairs, at least 0: our own choice."""

    public = Public(("stem",), {"options": ("id", "text")})

    def read(self, activity: OrderActivity, value: object) -> list[str] | None:
        """Return all steps in an order."""
        found = read_ids(value, ids(activity["options"]))
        return found if found is not None and len(found) == len(activity["options"]) else None

    def answered(self, _activity: OrderActivity, state: OrderState) -> bool:
        """Return whether there is an order."""
        return bool(state["value"])

    def score(self, activity: OrderActivity, state: OrderState) -> tuple[int, int]:
        """Return the share earned."""
        key, value = activity["key"], state["value"]
        if value is None:
            return 0, 1
        concordant = discordant = 0
        for first in range(len(key)):
            for second in range(first + 1, len(key)):
                if value.index(key[first]) < value.index(key[second]):
                    concordant += 1
                else:
                    discordant += 1
        return max(0, concordant - discordant), concordant + discordant


RULES: Rules[OrderActivity, OrderState] = OrderRules()
