"""What is told of an interview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities import simulations
from himaya.activities.events import texts
from himaya.activities.interview.rules import (
    InterviewActivity,
    InterviewState,
    debrief,
    ending,
    lines,
    open_moves,
)
from himaya.activities.kind import Counted, Report, Response, Section
from himaya.activities.plain import lines as escaped

if TYPE_CHECKING:
    from random import Random

    from himaya.activities.kind import Event, Mark, Prompt
    from himaya.activities.plain import Plain
    from himaya.languages.facts import Digits

_LONGEST_TALK = 40  # lines of a synthetic trainee


class InterviewReport:
    """The conversation, line by line, and what was told in it."""

    section: Section = "scenarios"
    counted: Counted = "scenarios"
    runs = True
    by_hand = False
    needs_kernel = False
    unshown: tuple[str, ...] = ()

    def plain(self, activity: InterviewActivity, state: InterviewState, say: Plain) -> list[str]:
        """Return HTML of the conversation."""
        if simulations.skipped(state):
            return simulations.plain_instead(activity, state, say)
        if not state["path"]:
            return [say.paragraph(say["unanswered"])]
        spoken = [
            f"<strong>{escaped(line['text'])}</strong><br>{escaped(line['says'])}"
            for line in lines(activity, state["path"])
        ]
        unfinished = [] if state["phase"] == "ended" else [say.paragraph(say["not-finished"])]
        return [say.listed(spoken, "ol"), *unfinished]

    def feedback(
        self, activity: InterviewActivity, state: InterviewState, _mark: Mark | None, _digits: Digits
    ) -> dict[str, Any]:
        """Return the debrief."""
        if simulations.skipped(state):
            return simulations.feedback_instead(activity, state)
        told = debrief(activity, state["path"])
        facts, agreements = texts(activity["facts"]), texts(activity["agreements"])
        reasons = {fact["id"]: fact.get("why") for fact in activity["facts"]}
        return {
            "skipped": False,
            "ended": state["phase"] == "ended",
            "name": activity["person"]["name"],
            "ending": ending(activity, state["path"]),
            "friend": told["friend"],
            "learned": [facts[name] for name in told["learned"]],
            "missed": [{"text": facts[name], "why": reasons[name]} for name in told["missed"]],
            "needless": [facts[name] for name in told["needless"]],
            "agreed": [agreements[name] for name in told["agreed"]],
            "unplanned": [facts[name] for name in told["unplanned"]],
            "behaviours": told["behaviours"],
            "lines": told["lines"],
            "better": told["better"],
            "questions": activity["questions"],
        }

    def marking(self, activity: InterviewActivity, state: InterviewState) -> Prompt:
        """Return what was written instead."""
        return simulations.marking(activity, state)

    def response(
        self, activity: InterviewActivity, before: InterviewState, after: InterviewState, event: Event
    ) -> Response | None:
        """Return each move with the quality of its answer, and where the interview was skipped."""
        if event["type"] in ("skip", "answer"):
            return Response()
        if event["type"] != "choose":
            return None
        quality = lines(activity, after["path"])[-1]["quality"]
        where = str(len(before["path"]) + 1)
        return Response(
            where,
            after["path"][-1][0],
            quality,
            simulations.QUALITY_POINTS[quality],
            simulations.QUALITY_POINTS["best"],
        )

    def synthetic(
        self, activity: InterviewActivity, state: InterviewState, draw: Random, skill: float
    ) -> dict[str, Any] | None:
        """Return the next move: with the chance `skill` one that is answered best."""
        if state["phase"] == "ended" or state["turn"] >= _LONGEST_TALK:
            return None
        moves = open_moves(activity, state["path"])
        best = [move for move, reply in moves if reply["quality"] == "best"]
        chosen = draw.choice(best if best and draw.random() < skill else [move for move, _ in moves])
        return {"type": "choose", "choice": chosen["id"]}


REPORT: Report[InterviewActivity, InterviewState] = InterviewReport()
