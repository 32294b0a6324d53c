"""What is told of an interview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.events import texts
from himaya.activities.interview.rules import (
    InterviewActivity,
    InterviewState,
    behaviours,
    debrief,
    ending,
    lines,
    open_moves,
    spoken,
)
from himaya.activities.kind import Picked, Report, Response
from himaya.activities.plain import lines as escaped
from himaya.activities.simulations import QUALITY_POINTS, SimulationReport

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from himaya.activities.kind import Event
    from himaya.activities.plain import Plain
    from himaya.languages.facts import Digits

_LONGEST_TALK = 40  # lines of a synthetic trainee


class InterviewReport(SimulationReport[InterviewActivity, InterviewState]):
    """The conversation, line by line, and what was told in it."""

    def done(self, activity: InterviewActivity, state: InterviewState, say: Plain) -> str:
        """Return HTML of the conversation."""
        spoken = [
            f"<strong>{escaped(line['text'])}</strong><br>{escaped(line['says'])}"
            for line in lines(activity, state["path"])
        ]
        return say.listed(spoken, "ol") if spoken else ""

    def debrief(self, activity: InterviewActivity, state: InterviewState, _digits: Digits) -> dict[str, Any]:
        """Return what was said, told and agreed, and what the person would tell a friend."""
        told = debrief(activity, state["path"])
        facts, agreements = texts(activity["facts"]), texts(activity["agreements"])
        reasons = {fact["id"]: fact.get("why") for fact in activity["facts"]}
        return {
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

    def response(
        self, activity: InterviewActivity, before: InterviewState, after: InterviewState, event: Event
    ) -> Response | None:
        """Return each move with the quality of its answer, and where the interview was skipped."""
        if event["type"] in ("skip", "answer"):
            return Response()
        if event["type"] != "choose":
            return None
        quality = lines(activity, after["path"][-1:])[0]["quality"]
        where = str(len(before["path"]) + 1)
        return Response(
            where,
            after["path"][-1][0],
            quality,
            QUALITY_POINTS[quality],
            QUALITY_POINTS["best"],
        )

    def picked(self, activity: InterviewActivity, _at: str | None, choice: str) -> list[Picked]:
        """Return what was said; how good it was depends on what had been said before."""
        return [Picked(texts(activity["moves"])[choice], True, "")]

    def shown(self, activity: InterviewActivity, choices: Sequence[str]) -> list[tuple[str, str, str]]:
        """Return the behaviours that a conversation shows."""
        told = behaviours(activity, spoken(activity, list(choices)))
        return [(one["id"], one["level"], one["text"]) for one in told]

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
