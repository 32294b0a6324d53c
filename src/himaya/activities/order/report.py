"""What is told of an order item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.events import texts
from himaya.activities.items import ItemReport
from himaya.activities.order.rules import RULES, OrderActivity, OrderState

if TYPE_CHECKING:
    from random import Random

    from himaya.activities.kind import Report
    from himaya.activities.plain import Plain


class OrderReport(ItemReport[OrderActivity, OrderState]):
    """The order that was given beside the right one."""

    def given(self, activity: OrderActivity, state: OrderState, say: Plain) -> list[str]:
        """Return HTML of the steps in their order."""
        options = texts(activity["options"])
        return say.chosen((options[option] for option in state["value"] or []), "ol")

    def feedback_parts(self, activity: OrderActivity, state: OrderState) -> dict[str, Any]:
        """Return both orders and the reason."""
        options, value = texts(activity["options"]), state["value"]
        return {
            "given": None if value is None else [options[option] for option in value],
            "key": [options[option] for option in activity["key"]],
            "why": activity.get("rationale"),
        }

    def chosen(self, state: OrderState) -> str:
        """Return the ids in their order."""
        return " ".join(state["value"] or [])

    def guess(self, activity: OrderActivity, draw: Random, *, knows: bool) -> object:
        """Return the right order, or any."""
        options = [option["id"] for option in activity["options"]]
        return activity["key"] if knows else draw.sample(options, len(options))


REPORT: Report[OrderActivity, OrderState] = OrderReport(RULES)
