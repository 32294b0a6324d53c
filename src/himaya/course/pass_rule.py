"""Who has passed a course: enough points, and every safety-critical item right. No engine, no disk, no gradebook."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from himaya.languages.interface import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from himaya.activities.format import Course

_CLOSE = 1e-6  # nbgrader keeps points as floats, and a share is rounded to four places


@dataclass(frozen=True)
class Result:
    """What one trainee has in one activity of a course.

    Attributes:
        module: The module's id.
        activity: The activity's id, unique in its module.
        points: Points it is worth, above 0.
        earned: Points earned, 0 to `points`; None while a person has yet to mark it.
        safety_critical: Whether it has to be right, whatever the total.
        counts: Whether its points count towards the pass.
    """

    module: str
    activity: str
    points: float
    earned: float | None
    safety_critical: bool = False
    counts: bool = True


@dataclass(frozen=True)
class Verdict:
    """Whether a course is passed, the percent of the points that count, 0 to 100, and why not, in sentences."""

    passed: bool
    percent: float
    reasons: tuple[str, ...]


def counts(course: Course, kind: str, mode: str) -> bool:
    """Return whether the points of an activity count towards the pass of `course`.

    Args:
        course: Whose `counts` says what does; from the start only graded questions, written ones included.
        kind: Of the activity; code that a trainee writes is a question.
        mode: practice or graded.

    Source:
        Scenarios are for learning and no part of the mark: our own teaching choice.
    """
    return (
        {"scenario": "scenarios", "lab": "labs"}.get(kind, "items") in course.counts
        if mode == "graded"
        else ("practice" in course.counts)
    )


def passed(course: Course, results: Iterable[Result]) -> Verdict:
    """Return whether one trainee has passed `course`: its pass mark reached, and every safety-critical item right.

    A miss is no failure of the person: it means feedback, a talk and another try, and the reasons are worded so.

    Args:
        course: What is in it, and its pass mark in percent.
        results: One for each activity of the course that is worth points, answered or not, counted or not.

    Source:
        Pass mark and rule: our own teaching choice; OpenWHO courses give certificates from 80 % on.
    """
    known = list(results)
    reasons = [
        sentence("pass-no-results", module=module)
        for module in course.modules
        if all(result.module != module for result in known)
    ]
    counted = [result for result in known if result.counts]
    worth = sum(result.points for result in counted)
    percent = 100 * sum(result.earned or 0 for result in counted) / worth if worth else 0.0
    if percent < course.pass_mark - _CLOSE:
        reasons.append(sentence("pass-points", percent=math.floor(percent * 10) / 10, needed=course.pass_mark))
    critical = [r for r in known if r.safety_critical and r.earned is not None and r.earned < r.points - _CLOSE]
    if critical:
        reasons.append(sentence("pass-safety", items=_named(critical)))
    open_marks = [result for result in known if result.earned is None and (result.counts or result.safety_critical)]
    if open_marks:
        reasons.append(sentence("pass-open", items=_named(open_marks)))
    return Verdict(not reasons, percent, tuple(reasons))


def _named(results: Iterable[Result]) -> str:
    return ", ".join(f"{result.module}/{result.activity}" for result in results)
