"""The group mode's own rules, run in V8: the best run, the hands of the path that was taken, who leads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import py_mini_racer
import pytest

from himaya.activities.interview.rules import open_moves
from himaya.publish.apps import write_apps
from himaya.publish.assignment import compile_module
from tests.engine.shipped import NAMES, loaded
from tests.javascript import sources
from tests.shipped import a_scenario, an_interview

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.content.load import LoadedModule

_NEEDED = ("fold", "kinds/scenario", "kinds/scenario_group")


@pytest.fixture(scope="module")
def modules() -> list[LoadedModule]:
    """Every shipped module."""
    return [loaded(name) for name in NAMES]


@pytest.fixture(scope="module")
def room() -> py_mini_racer.MiniRacer:
    """The group mode without a page."""
    racer = py_mini_racer.MiniRacer()
    racer.eval(
        f"{sources(*_NEEDED)} Object.assign(globalThis, player); useKinds({{ scenario: {{ rules, drawing }} }});"
    )
    return racer


def _run(room: py_mini_racer.MiniRacer, call: str) -> Any:
    return json.loads(str(room.eval(f"JSON.stringify({call})")))


def test_best_runs_arrive_without_harmful_choice(modules: list[LoadedModule], room: py_mini_racer.MiniRacer) -> None:
    scenarios = [
        {**activity, "mode": "practice"}
        for module in modules
        for activity in compile_module(module).values()
        if activity["kind"] == "scenario"
    ]
    assert scenarios
    for scenario in scenarios:
        best = _run(room, f"bestRun({json.dumps(scenario)})")
        assert best["phase"] == "ended", scenario["id"]
        assert {decided["quality"] for decided in best["debrief"]} == {"best"}, scenario["id"]


def test_vote_counts_follow_the_final_path(room: py_mini_racer.MiniRacer) -> None:
    scenario: dict[str, Any] = {**a_scenario().activity, "mode": "practice"}
    first, second = (choice["id"] for choice in scenario["nodes"][0]["choices"][:2])
    events = [
        {"type": "begin", "content": "x"},
        {"type": "choose", "turn": 0, "at": scenario["start"], "choice": first, "votes": [[first, 9]]},
        {"type": "choose", "turn": 0, "at": scenario["start"], "choice": second, "votes": [[second, 1]]},  # stale
        {"type": "back", "turn": 1},
        {"type": "choose", "turn": 2, "at": scenario["start"], "choice": second},
        {"type": "continue", "turn": 3},
    ]
    told = [{"activity": scenario["id"], **event} for event in events]
    assert _run(room, f"handsOf({json.dumps(scenario)}, {json.dumps(told)})") == [None]
    assert _run(room, f"handsOf({json.dumps(scenario)}, {json.dumps(told[:2])})") == [[[first, 9]]]
    restarted = [*told, {"activity": scenario["id"], "type": "restart", "turn": 4}]
    assert _run(room, f"handsOf({json.dumps(scenario)}, {json.dumps(restarted)})") == []


def test_hands_follow_the_moves_of_an_interview() -> None:
    racer = py_mini_racer.MiniRacer()
    bundled = sources("fold", "kinds/interview", "kinds/scenario_group")
    racer.eval(f"{bundled} Object.assign(globalThis, player); useKinds({{ interview: {{ rules, drawing }} }});")
    _module, name, interview = an_interview()
    first, second = (move["id"] for move, _reply in open_moves(interview, [])[:2])
    events = [
        {"type": "begin", "content": "x"},
        {"type": "choose", "turn": 0, "choice": first, "votes": [[first, 9], [second, 2]]},
        {"type": "choose", "turn": 0, "choice": second, "votes": [[second, 1]]},  # stale
        {"type": "choose", "turn": 1, "choice": second},
    ]
    told = [{"activity": name, **event} for event in events]
    assert _run(racer, f"handsOf({json.dumps(interview)}, {json.dumps(told)})") == [[[first, 9], [second, 2]], None]
    back = [*told, {"activity": name, "type": "back", "value": 1, "turn": 2}]
    assert _run(racer, f"handsOf({json.dumps(interview)}, {json.dumps(back)})") == [[[first, 9], [second, 2]]]


@pytest.mark.parametrize(
    ("counts", "leads"),
    [([3, 12, 7], 1), ([0, 0, 1], 2), ([4, 4, 1], "tie"), ([0, 0, 0], None), ([3, None, 1], None), ([999, 998], 0)],
)
def test_most_voted_option_leads_and_ties_do_not(
    counts: list[int | None], leads: int | str | None, room: py_mini_racer.MiniRacer
) -> None:
    assert _run(room, f"leading({json.dumps(counts)})") == leads


def test_every_activity_has_a_practice_app(modules: list[LoadedModule], tmp_path: Path) -> None:
    apps = write_apps(modules, tmp_path)
    wanted = {each.module.id for each in modules}
    for module in modules:
        alone = [
            each.id for each in module.activities.values() if each.kind in ("scenario", "interview", "lab", "casefile")
        ]
        wanted |= {f"{module.module.id}/{name}" for name in alone}
    assert {app.name for app in apps} == wanted
    for app in apps:
        assert app.teaches
        assert app.minutes > 0
        assert app.note
        assert (app.notebook_for("group") is not None) == (app.kind in ("scenario", "interview"))
        for notebook in filter(None, (app.notebook, app.group)):
            content = json.loads((notebook.parent / "activities.json").read_text(encoding="utf-8"))
            assert content["keeps"] is False
            assert {activity["mode"] for activity in content["activities"].values()} == {"practice"}
            assert content.get("group", False) is (notebook == app.group)
            cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
            assert not [cell for cell in cells if "nbgrader" in cell["metadata"]]
            assert not [cell for cell in cells if "score(" in "".join(cell["source"]) and cell["cell_type"] == "code"]
