"""What is told of a text item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.items import ItemReport
from himaya.activities.kind import Prompt, Response, Section
from himaya.activities.synthetic import TEXTS
from himaya.activities.text.rules import RULES, TextActivity, TextState

if TYPE_CHECKING:
    from random import Random

    from himaya.activities.kind import Event, Mark, Report
    from himaya.activities.plain import Plain
    from himaya.languages.facts import Digits


class TextReport(ItemReport[TextActivity, TextState]):
    """What was written, and the level of the rubric that the marker's points reach."""

    section: Section = "reflections"
    by_hand = True

    def given(self, _activity: TextActivity, state: TextState, say: Plain) -> list[str]:
        """Return HTML of the text."""
        return [say.typed(state["value"])]

    def feedback_parts(self, _activity: TextActivity, state: TextState) -> dict[str, Any]:
        """Return the text."""
        return {"given": state["value"] or ""}

    def feedback(self, activity: TextActivity, state: TextState, mark: Mark | None, _digits: Digits) -> dict[str, Any]:
        """Return the text, its level and the next one; nothing here is right or wrong."""
        level = level_of(activity, mark) if state["value"] else None
        levels = {entry["level"]: entry["text"] for entry in activity["rubric"]}
        return {
            **self.feedback_parts(activity, state),
            "level": level,
            "level_text": None if level is None else levels.get(level),
            "next_text": None if level is None else levels.get(level + 1),
        }

    def marking(self, activity: TextActivity, state: TextState) -> Prompt:
        """Return the text with its rubric, the highest level first."""
        rubric = sorted(activity["rubric"], key=lambda level: level["level"], reverse=True)
        return {
            **super().marking(activity, state),
            "written": state["value"] or "",
            "rubric": [{**level, "points": activity["points"] * level["level"] / len(rubric)} for level in rubric],
            "judged": activity["mode"] == "graded",
        }

    def response(self, activity: TextActivity, before: TextState, after: TextState, event: Event) -> Response | None:
        """Return that something was written, never what: it may hold what should not travel in a table."""
        found = super().response(activity, before, after, event)
        return found and Response()

    def chosen(self, _state: TextState) -> str:
        """Return nothing."""
        return ""

    def guess(self, _activity: TextActivity, draw: Random, *, knows: bool) -> object:  # noqa: ARG002 - no key
        """Return any text."""
        return draw.choice(TEXTS)


def level_of(activity: TextActivity, mark: Mark | None) -> int | None:
    """Return the rubric level that the marker's points reach, 1 to 4, or None before a person has marked.

    The levels share the points evenly, so half of the points reach level 2 of 4: our own choice.
    """
    if mark is None or not mark.by_hand or not mark.most:
        return None
    reached = int(len(activity["rubric"]) * mark.score / mark.most + 1e-9)
    return min(max(reached, 1), len(activity["rubric"]))


REPORT: Report[TextActivity, TextState] = TextReport(RULES)
