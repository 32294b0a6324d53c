"""No way through a scenario holds a harmful act and still ends as if nothing had happened."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from himaya.activities.lab import model as labs
from himaya.activities.lab.complaint import model as complaint
from himaya.activities.scenario.format import Scenario
from himaya.activities.scenario.rules import END
from himaya.activities.scenario.walks import after, beginning, ending_at, holds
from tests.engine.shipped import MODULES, NAMES, loaded
from tests.labs.test_complaint import key_decisions
from tests.shipped import a_lab

ENDINGS = {
    name: YAML(typ="safe").load((MODULES / name / "endings.yaml").read_text(encoding="utf-8"))
    for name in NAMES
    if (MODULES / name / "endings.yaml").exists()
}
"""What each author says of the endings of their stories, beside them."""
GOOD = {(module, name): ending for module, said in ENDINGS.items() for name, ending in said["good"].items()}
UNDONE = {harm: {*repairs} for said in ENDINGS.values() for harm, repairs in said.get("undone", {}).items()}
BORNE = {harm for said in ENDINGS.values() for harm in said.get("borne", [])}

_Harms = frozenset[str]


def _endings(scenario: Scenario) -> set[tuple[str, _Harms]]:
    """Return each ending that some way reaches, with the harmful acts on that way that nothing has undone."""
    found = set()
    waiting = [(scenario.start, tuple(beginning(scenario).items()), _Harms())]
    seen = set(waiting)
    while waiting:
        node, values, harms = waiting.pop()
        if node == END:
            found.add((ending_at(scenario, dict(values)).id, harms))
            continue
        for choice in scenario.nodes[node].choices:
            if holds(choice.when, dict(values)):
                changed = tuple(after(scenario, dict(values), choice).items())
                left = {one for one in harms if choice.id not in UNDONE.get(one, ())}
                done = {choice.id} - BORNE if choice.quality == "harmful" else set()
                state = (choice.goto, changed, _Harms(left | done))
                if state not in seen:
                    seen.add(state)
                    waiting.append(state)
    return found


def test_every_scenario_is_searched() -> None:
    every = [(name, one) for name in NAMES for one in loaded(name).activities.values()]
    stories = {(name, one.id) for name, one in every if isinstance(one, Scenario)}
    assert stories == {*GOOD}, "name the good ending of each in endings.yaml of its module"


@pytest.mark.parametrize(("module", "name"), GOOD)
def test_harmful_run_misses_the_good_ending(module: str, name: str) -> None:
    scenario = loaded(module).activities[name]
    assert isinstance(scenario, Scenario)
    assert {harms for ending, harms in _endings(scenario) if ending == GOOD[module, name]} == {_Harms()}


@pytest.mark.parametrize("card", ["tell-management", "referral"])
def test_help_after_six_loses_a_part(card: str) -> None:
    """Layla comes at 14:05 and the guard waits at six: four hours later is too late for her."""
    lab = a_lab("complaint").activity
    late = {"concern": "gate", "card": card, "at": "four-hours"}
    part, of = complaint.score(labs.data_of(lab), labs.run(lab, [*key_decisions(), late]))
    assert of - part == 1
