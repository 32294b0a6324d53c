"""What is told of a number item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.items import ItemReport
from himaya.activities.number.rules import RULES, NumberActivity, NumberState

if TYPE_CHECKING:
    from random import Random

    from himaya.activities.kind import Report
    from himaya.activities.plain import Plain


class NumberReport(ItemReport[NumberActivity, NumberState]):
    """The number that was typed beside the right one."""

    def given(self, activity: NumberActivity, state: NumberState, say: Plain) -> list[str]:
        """Return HTML of the number with its unit."""
        return [say.typed(state["value"], f" {activity['unit']}")]

    def feedback_parts(self, activity: NumberActivity, state: NumberState) -> dict[str, Any]:
        """Return both numbers and the reason."""
        unit, value = activity["unit"], state["value"]
        return {
            "given": None if value in (None, "") else f"{value} {unit}",
            "key": f"{activity['shown']} {unit}",
            "why": activity.get("rationale"),
        }

    def chosen(self, state: NumberState) -> str:
        """Return the number as it was typed."""
        return state["value"] or ""

    def guess(self, activity: NumberActivity, draw: Random, *, knows: bool) -> object:
        """Return the right number, or any."""
        return activity["shown"] if knows else str(draw.randint(1, 40))


REPORT: Report[NumberActivity, NumberState] = NumberReport(RULES)
