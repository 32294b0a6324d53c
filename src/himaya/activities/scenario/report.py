"""What is told of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.events import by_id, texts
from himaya.activities.kind import Picked, Report, Response
from himaya.activities.plain import lines
from himaya.activities.scenario.rules import (
    ScenarioActivity,
    ScenarioState,
    by_principle,
    debrief,
    node_of,
    open_choices,
)
from himaya.activities.simulations import QUALITY_POINTS, SimulationReport

if TYPE_CHECKING:
    from random import Random

    from himaya.activities.kind import Event
    from himaya.activities.plain import Plain
    from himaya.languages.facts import Digits

_LONGEST_RUN = 40  # steps of a synthetic trainee; a loop in a scenario must not keep us


class ScenarioReport(SimulationReport[ScenarioActivity, ScenarioState]):
    """The path that was taken, decision by decision."""

    def done(self, activity: ScenarioActivity, state: ScenarioState, say: Plain) -> str:
        """Return HTML of the path."""
        steps = []
        for node_id, choice_id in state["path"]:
            node = node_of(activity, node_id)
            steps.append(f"<strong>{lines(node['title'])}</strong>: {lines(texts(node['choices'])[choice_id])}")
        return say.listed(steps, "ol") if steps else ""

    def debrief(self, activity: ScenarioActivity, state: ScenarioState, _digits: Digits) -> dict[str, Any]:
        """Return each decision, the first harmful one, and what the path shows of each principle."""
        decisions = debrief(activity, state["path"])
        harmful = [decision for decision in decisions if decision["quality"] == "harmful"]
        return {
            "decisions": decisions,
            "first_harmful": harmful[0] if harmful else None,
            "principles": by_principle(decisions),
        }

    def response(
        self, activity: ScenarioActivity, before: ScenarioState, after: ScenarioState, event: Event
    ) -> Response | None:
        """Return each choice with its quality, and where the scenario was skipped."""
        if event["type"] in ("skip", "answer"):
            return Response(before["node"])
        if event["type"] != "choose":
            return None
        node_id, choice_id = after["path"][-1]
        choice = by_id(node_of(activity, node_id)["choices"], choice_id)
        assert choice is not None  # noqa: S101 - the rules took it
        quality = choice["quality"]
        return Response(node_id, choice_id, quality, QUALITY_POINTS[quality], QUALITY_POINTS["best"])

    def picked(self, activity: ScenarioActivity, at: str | None, choice: str) -> list[Picked]:
        """Return the choice with its decision and its principle."""
        node = node_of(activity, at or "")
        one = by_id(node["choices"], choice)
        assert one is not None  # noqa: S101 - it comes from a response
        return [Picked(one["text"], one["quality"] == "best", one["rationale"], node["title"], one["principle"])]

    def synthetic(
        self, activity: ScenarioActivity, state: ScenarioState, draw: Random, skill: float
    ) -> dict[str, Any] | None:
        """Return the next choice: with the chance `skill` a best one."""
        if state["phase"] == "ended" or state["turn"] >= _LONGEST_RUN:
            return None
        if state["phase"] == "consequence":
            return {"type": "continue"}
        choices = open_choices(activity, state)
        best = [choice for choice in choices if choice["quality"] == "best"]
        chosen = draw.choice(best if best and draw.random() < skill else choices)
        return {"type": "choose", "at": state["node"], "choice": chosen["id"]}


REPORT: Report[ScenarioActivity, ScenarioState] = ScenarioReport()
