"""What is told of a choice item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.choice.rules import RULES, ChoiceActivity, ChoiceState
from himaya.activities.events import texts
from himaya.activities.items import ItemReport
from himaya.activities.kind import Picked

if TYPE_CHECKING:
    from random import Random

    from himaya.activities.kind import Report
    from himaya.activities.plain import Plain


class ChoiceReport(ItemReport[ChoiceActivity, ChoiceState]):
    """Each option that was picked, and each right one that was not."""

    def given(self, activity: ChoiceActivity, state: ChoiceState, say: Plain) -> list[str]:
        """Return HTML of the picked options."""
        options = texts(activity["options"])
        return say.chosen(options[option] for option in state["value"] or [])

    def feedback_parts(self, activity: ChoiceActivity, state: ChoiceState) -> dict[str, Any]:
        """Return the options that were picked and the right ones that were missed."""
        options = activity["options"]
        picked = [option for option in options if option["id"] in (state["value"] or [])]
        return {"picked": picked, "missed": [one for one in options if one["correct"] and one not in picked]}

    def chosen(self, state: ChoiceState) -> str:
        """Return the ids of the picked options."""
        return " ".join(state["value"] or [])

    def picked(self, activity: ChoiceActivity, _at: str | None, choice: str) -> list[Picked]:
        """Return each picked option."""
        options = [one for one in activity["options"] if one["id"] in choice.split()]
        return [Picked(one["text"], one["correct"], one["rationale"]) for one in options]

    def guess(self, activity: ChoiceActivity, draw: Random, *, knows: bool) -> object:
        """Return the right options, or any."""
        options = [option["id"] for option in activity["options"]]
        if knows:
            return [option["id"] for option in activity["options"] if option["correct"]]
        if activity["select"] == "one":
            return [draw.choice(options)]
        return draw.sample(options, draw.randint(1, len(options)))


REPORT: Report[ChoiceActivity, ChoiceState] = ChoiceReport(RULES)
