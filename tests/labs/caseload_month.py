"""The settings of a month for tests: the facts' figures, and a plan for every week."""

from __future__ import annotations

from typing import Any

from himaya.activities.lab.caseload.people import Plan
from himaya.activities.lab.caseload.settings import Settings

VALUES: dict[str, int] = {
    "weeks": 4, "week_days": 5, "workers": 3, "day_minutes": 360, "start_cases": 36, "arrivals": 90,
    "start_high": 15, "start_medium": 40, "new_high": 25, "new_medium": 40,
    "intake": 120, "assessment": 120, "planning": 90, "follow_up": 60, "crisis": 240, "referral": 45,
    "documentation": 30, "supervision": 60, "days_high": 1, "days_medium": 3, "days_low": 5, "sooner": 20,
    "crisis_in_time": 5, "crisis_late": 15, "rise": 3, "fall": 12, "goals": 4, "goal_met": 25, "referrals": 2,
    "target": 15, "maximum": 20, "offers": 4, "agrees": 50, "staff_days": 5,
    "strain_start": 30, "strain_late": 4, "strain_crisis": 3, "strain_ease": 2, "strain_supervision": 12,
    "strain_limit": 70, "strain_minutes": 60, "weight_high": 3,
}  # fmt: skip
USUAL = Settings(**VALUES)
PLANS = (Plan(),) * 4
ALL = (Plan("risk", pause=True, transfer=True, staff=True, protect=True),) * 4


def data(**changed: int) -> dict[str, Any]:
    """Return a lab's data with some settings changed."""
    values = {**VALUES, **changed}
    return {"settings": {name.replace("_", "-"): {"value": value} for name, value in values.items()}}
