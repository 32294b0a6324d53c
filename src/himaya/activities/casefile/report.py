"""What is told of a case file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.casefile.rules import CasefileActivity, CasefileState, chosen, complete, current
from himaya.activities.events import by_id
from himaya.activities.kind import Counted, Picked, Report, Response
from himaya.activities.plain import lines
from himaya.activities.simulations import QUALITY_POINTS, SimulationReport

if TYPE_CHECKING:
    from random import Random

    from himaya.activities.casefile.rules import Entry, Line
    from himaya.activities.kind import Event
    from himaya.activities.plain import Plain
    from himaya.languages.facts import Digits

_LONGEST_FILE = 200  # steps of a synthetic trainee


class CasefileReport(SimulationReport[CasefileActivity, CasefileState]):
    """The papers in the file, line by line."""

    counted: Counted = "labs"
    voted = False

    def done(self, activity: CasefileActivity, state: CasefileState, say: Plain) -> str:
        """Return HTML of every line that is filled in."""
        papers = []
        for paper in activity["papers"]:
            told = [
                f"<strong>{lines(line['label'])}</strong>: {lines(option['text'])}"
                for line, option in chosen(paper, state["filled"])
            ]
            if told:
                papers.append(f"<strong>{lines(paper['title'])}</strong>{say.listed(told)}")
        return say.listed(papers, "ol") if papers else ""

    def debrief(self, activity: CasefileActivity, state: CasefileState, _digits: Digits) -> dict[str, Any]:
        """Return each paper with its lines and reasons, and the debrief once the file is complete."""
        papers = [
            {
                "title": paper["title"],
                "rows": [{"label": line["label"], **option} for line, option in chosen(paper, state["filled"])],
            }
            for paper in activity["papers"]
        ]
        told = [paper for paper in papers if paper["rows"]]
        return {"papers": told, "debrief": activity["debrief"]}

    def response(
        self, activity: CasefileActivity, _before: CasefileState, _after: CasefileState, event: Event
    ) -> Response | None:
        """Return each line that was filled in with its quality, and where the file was skipped."""
        if event["type"] in ("skip", "answer"):
            return Response()
        if event["type"] != "choose":
            return None
        _, option = _taken(activity, str(event["at"]), str(event["choice"]))
        quality = option["quality"]
        points = QUALITY_POINTS[quality], QUALITY_POINTS["best"]
        return Response(str(event["at"]), option["id"], quality, *points)

    def picked(self, activity: CasefileActivity, at: str | None, choice: str) -> list[Picked]:
        """Return what was put into a line."""
        line, option = _taken(activity, at or "", choice)
        return [Picked(option["text"], option["quality"] == "best", option["rationale"], line["label"])]

    def synthetic(
        self, activity: CasefileActivity, state: CasefileState, draw: Random, skill: float
    ) -> dict[str, Any] | None:
        """Return the next step: with the chance `skill` a best line, and none that can harm."""
        if state["phase"] == "ended" or state["turn"] >= _LONGEST_FILE:
            return None
        if state["phase"] == "checked":
            return {"type": "continue"}
        if complete(activity, state):
            return {"type": "check"}
        paper = current(activity, state)
        line = paper["rows"][len(chosen(paper, state["filled"]))]
        wanted = ("best",) if draw.random() < skill else ("best", "acceptable")
        options = [option for option in line["options"] if option["quality"] in wanted]
        return {"type": "choose", "at": line["id"], "choice": draw.choice(options)["id"]}


def _taken(activity: CasefileActivity, at: str, choice: str) -> tuple[Line, Entry]:
    line = next(line for paper in activity["papers"] for line in paper["rows"] if line["id"] == at)
    option = by_id(line["options"], choice)
    assert option is not None  # noqa: S101 - the rules took it
    return line, option


REPORT: Report[CasefileActivity, CasefileState] = CasefileReport()
