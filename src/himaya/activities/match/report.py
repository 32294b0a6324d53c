"""What is told of a match item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.events import texts
from himaya.activities.items import ItemReport
from himaya.activities.kind import Picked
from himaya.activities.match.rules import RULES, MatchActivity, MatchState
from himaya.activities.plain import lines

if TYPE_CHECKING:
    from random import Random

    from himaya.activities.kind import Report
    from himaya.activities.plain import Plain


class MatchReport(ItemReport[MatchActivity, MatchState]):
    """Each row with what was chosen and what belongs to it."""

    def given(self, activity: MatchActivity, state: MatchState, say: Plain) -> list[str]:
        """Return HTML of the pairs."""
        rows, options = texts(activity["rows"]), texts(activity["options"])
        pairs = (f"{lines(rows[r])} {say.arrow} {lines(options[o])}" for r, o in state["value"] or [])
        return [say.paragraph("", "answer-shown"), say.listed(pairs)]

    def feedback_parts(self, activity: MatchActivity, state: MatchState) -> dict[str, Any]:
        """Return the rows."""
        options = texts(activity["options"])
        chosen = {pair[0]: pair[1] for pair in state["value"] or []}
        rows = [
            {
                "text": row["text"],
                "given": options.get(chosen.get(row["id"], "")),
                "key": options[row["answer"]],
                "right": chosen.get(row["id"]) == row["answer"],
                "why": row["rationale"],
            }
            for row in activity["rows"]
        ]
        return {"rows": rows}

    def chosen(self, state: MatchState) -> str:
        """Return the pairs of ids."""
        return " ".join(f"{row}={option}" for row, option in state["value"] or [])

    def picked(self, activity: MatchActivity, _at: str | None, choice: str) -> list[Picked]:
        """Return each pair."""
        options, pairs = texts(activity["options"]), dict(pair.split("=") for pair in choice.split())
        return [
            Picked(f"{row['text']} / {options[pairs[row['id']]]}", pairs[row["id"]] == row["answer"], row["rationale"])
            for row in activity["rows"]
            if row["id"] in pairs
        ]

    def guess(self, activity: MatchActivity, draw: Random, *, knows: bool) -> object:
        """Return the right pairs, or any."""
        others = draw.sample([option["id"] for option in activity["options"]], len(activity["rows"]))
        return [
            [row["id"], row["answer"] if knows else other] for row, other in zip(activity["rows"], others, strict=True)
        ]


REPORT: Report[MatchActivity, MatchState] = MatchReport(RULES)
