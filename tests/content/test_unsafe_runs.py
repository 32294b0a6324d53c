"""No way through a scenario holds a harmful act and still ends as if nothing had happened."""

from __future__ import annotations

import pytest

from himaya.activities.lab import model as labs
from himaya.activities.lab.complaint import model as complaint
from himaya.activities.scenario.format import Scenario
from himaya.activities.scenario.rules import END
from himaya.activities.scenario.walks import after, beginning, ending_at, holds
from tests.engine.shipped import compiled, loaded
from tests.labs.test_complaint import key_decisions

GOOD = {
    ("data-protection", "list-for-the-ministry"): "supported-choice",
    ("data-protection", "lost-tablet"): "closed-with-learning",
    ("data-protection", "good-photo"): "supported-choice",
    ("mainstreaming", "empty-box"): "open-and-safe",
    ("pseah", "warehouse-line"): "supported-choice",
    ("pseah", "friendly-message"): "supported-choice",
    ("pseah", "partners-driver"): "supported-choice",
}


def _endings(scenario: Scenario) -> set[tuple[str, bool]]:
    """Return each ending that some way reaches, and whether that way holds a harmful act."""
    found = set()
    waiting = [(scenario.start, tuple(beginning(scenario).items()), False)]
    seen = set(waiting)
    while waiting:
        node, values, harmed = waiting.pop()
        if node == END:
            found.add((ending_at(scenario, dict(values)).id, harmed))
            continue
        for choice in scenario.nodes[node].choices:
            if holds(choice.when, dict(values)):
                changed = tuple(after(scenario, dict(values), choice).items())
                state = (choice.goto, changed, harmed or choice.quality == "harmful")
                if state not in seen:
                    seen.add(state)
                    waiting.append(state)
    return found


@pytest.mark.parametrize(("module", "name"), GOOD)
def test_harmful_run_misses_the_good_ending(module: str, name: str) -> None:
    scenario = loaded(module).activities[name]
    assert isinstance(scenario, Scenario)
    found = _endings(scenario)
    assert (GOOD[module, name], False) in found
    assert (GOOD[module, name], True) not in found


@pytest.mark.parametrize("card", ["tell-management", "referral"])
def test_help_after_six_loses_a_part(card: str) -> None:
    """Layla comes at 14:05 and the guard waits at six: four hours later is too late for her."""
    lab = compiled("pseah")["first-day"]
    late = {"concern": "gate", "card": card, "at": "four-hours"}
    part, of = complaint.score(labs.data_of(lab), labs.run(lab, [*key_decisions(), late]))
    assert of - part == 1
