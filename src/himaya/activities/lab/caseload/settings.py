"""The settings of the caseload lab: every constant of its month, each a whole number with a name and a range.

Times are minutes, waiting times working days, chances per cent. The values stand in the lab's `data`, with their marks
and the sentence a trainee reads; nothing is set here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Settings:
    """What the month assumes. `RANGES` says what each may be.

    Attributes:
        weeks: How many weeks the month has; the trainee plans each.
        week_days: Working days in a week.
        workers: Caseworkers at the start.
        day_minutes: Minutes of direct work that each has on a day.
        start_cases: Open cases at the start.
        arrivals: People who ask for help in 100 working days, on average.
        start_high: Per cent of the first cases at high risk.
        start_medium: Per cent at medium risk; the rest is low.
        new_high: As `start_high`, for people who come later.
        new_medium: As `start_medium`, for people who come later.
        intake: Minutes of a first talk.
        assessment: Minutes of an assessment.
        planning: Minutes of making a plan together.
        follow_up: Minutes of a follow-up contact.
        crisis: Minutes of answering a crisis.
        referral: Minutes of one agreed referral and of hearing what came of it.
        documentation: Minutes of notes for each case and week.
        supervision: Minutes of supervision for each worker and week.
        days_high: Working days in which a person at high risk is to be contacted.
        days_medium: The same at medium risk.
        days_low: The same at low risk.
        sooner: Per cent of people who ask for a contact one day earlier than the rule.
        crisis_in_time: Chance of a crisis on the next day at high risk, contact in time.
        crisis_late: The same, contact late.
        rise: Chance on each day that risk rises one level, while waiting or while a contact is late.
        fall: Chance at each contact in time that risk falls one level.
        goals: Most goals a person has.
        goal_met: Chance at each follow-up that one goal is met.
        referrals: Most referrals a person agrees to.
        target: Cases for one worker that the team aims at.
        maximum: Cases for one worker that it should not pass.
        offers: People a week who are offered a move to a partner's team.
        agrees: Per cent of people who agree to such a move.
        staff_days: Working days from the request to the new colleague's first day.
        strain_start: Strain of each worker on the first day, 0 to 100.
        strain_late: Added on a day that ends with contacts late.
        strain_crisis: Added for each crisis.
        strain_ease: Taken off on a day that ends with nothing late.
        strain_supervision: Taken off by an hour of supervision.
        strain_limit: From here on strain costs working time.
        strain_minutes: Minutes that it then costs on each day.
        weight_high: How often a late day counts for a person at high risk, when months are compared.
    """

    weeks: int
    week_days: int
    workers: int
    day_minutes: int
    start_cases: int
    arrivals: int
    start_high: int
    start_medium: int
    new_high: int
    new_medium: int
    intake: int
    assessment: int
    planning: int
    follow_up: int
    crisis: int
    referral: int
    documentation: int
    supervision: int
    days_high: int
    days_medium: int
    days_low: int
    sooner: int
    crisis_in_time: int
    crisis_late: int
    rise: int
    fall: int
    goals: int
    goal_met: int
    referrals: int
    target: int
    maximum: int
    offers: int
    agrees: int
    staff_days: int
    strain_start: int
    strain_late: int
    strain_crisis: int
    strain_ease: int
    strain_supervision: int
    strain_limit: int
    strain_minutes: int
    weight_high: int


NAMES = tuple(field.name for field in fields(Settings))
_MINUTES, _SHARE, _DAYS, _COUNT = (0, 600), (0, 100), (1, 20), (0, 100)
RANGES: dict[str, tuple[int, int]] = {
    **dict.fromkeys(NAMES, _SHARE),
    **dict.fromkeys(("intake", "assessment", "planning", "follow_up", "crisis", "referral"), _MINUTES),
    **dict.fromkeys(("documentation", "supervision", "day_minutes", "strain_minutes"), _MINUTES),
    **dict.fromkeys(("days_high", "days_medium", "days_low", "staff_days"), _DAYS),
    **dict.fromkeys(("start_cases", "offers"), _COUNT),
    **dict.fromkeys(("goals", "target", "maximum", "weight_high"), (1, 50)),
    "weeks": (1, 8),
    "week_days": (1, 7),
    "workers": (1, 10),
    "arrivals": (0, 500),
    "referrals": (0, 5),
}
"""Lowest and highest value of each setting; both are allowed."""


def read_settings(data: Mapping[str, Any]) -> Settings:
    """Return the settings of a lab's checked `data`: `settings.<name>.value`, where `_` is written `-`."""
    return Settings(**{name: data["settings"][name.replace("_", "-")]["value"] for name in NAMES})
