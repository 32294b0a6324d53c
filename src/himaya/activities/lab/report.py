"""What is told of a lab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from himaya.activities.kind import Counted, Report, Response
from himaya.activities.lab import model
from himaya.activities.lab.model import LabActivity
from himaya.activities.lab.rules import RULES, LabState
from himaya.activities.plain import lines
from himaya.activities.simulations import SimulationReport
from himaya.activities.synthetic import TEXTS
from himaya.languages.digits import in_digits

if TYPE_CHECKING:
    from random import Random

    from himaya.activities.kind import Event
    from himaya.activities.plain import Plain
    from himaya.languages.facts import Digits

_ID = re.compile(r"[a-z][a-z0-9-]{0,59}")


class LabReport(SimulationReport[LabActivity, LabState]):
    """What was decided, as the lab's own model says it."""

    counted: Counted = "labs"
    needs_kernel = True
    voted = False
    unshown: tuple[str, ...] = (
        "words",
        "data",
        "key",
        "seed",
        "assumptions",
    )
    over = "finished"

    def done(self, activity: LabActivity, state: LabState, say: Plain) -> str:
        """Return HTML of what was decided."""
        if not state["decisions"]:
            return ""
        return say.listed(lines(line) for line in model.told(activity, state["decisions"]))

    def debrief(self, activity: LabActivity, state: LabState, digits: Digits) -> dict[str, Any]:
        """Return what was decided, what was right and the debrief."""
        return {
            "lines": [in_digits(line, digits) for line in model.told(activity, state["decisions"])],
            "judged": [in_digits(line, digits) for line in model.judged(activity, state["decisions"])],
            "debrief": activity["debrief"],
        }

    def response(self, activity: LabActivity, _before: LabState, after: LabState, event: Event) -> Response | None:
        """Return what was decided, without any text that was typed, and the share once a graded lab is finished."""
        if event["type"] not in ("decide", "finish", "skip", "answer"):
            return None
        if event["type"] == "finish" and activity["mode"] == "graded":
            part, of = RULES.score(activity, after)
            return Response(score=part, most=of)
        value = event.get("value")
        decided = value if event["type"] == "decide" and isinstance(value, dict) else {}
        said = " ".join(f"{name}={entry}" for name, entry in decided.items() if _is_setting(name, entry))
        return Response(choice=said or None)

    def synthetic(self, _activity: LabActivity, state: LabState, draw: Random, _skill: float) -> dict[str, Any] | None:
        """Return the alternative, which counts the same: what a lab asks only its own model knows."""
        if state["phase"] == "work":
            return {"type": "skip"}
        return {"type": "answer", "value": draw.choice(TEXTS)} if state["value"] == "" else None


def _is_setting(name: str, entry: object) -> bool:
    """Return whether an entry of a decision is an id or a number, under a name that is an id."""
    short = _ID.fullmatch(entry) is not None if isinstance(entry, str) else isinstance(entry, int | float)
    return short and _ID.fullmatch(name) is not None


REPORT: Report[LabActivity, LabState] = LabReport()
