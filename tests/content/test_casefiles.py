"""Case files of the modules: what an author may get wrong, and that no way through one holds a line that can harm."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from himaya.activities.casefile.checks import findings, hints
from himaya.activities.casefile.format import Casefile
from himaya.activities.casefile.rules import chosen
from himaya.activities.fold import start, step
from himaya.activities.format import Known
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from tests.courses import ROOT

if TYPE_CHECKING:
    pass

FILES = sorted((ROOT / "modules").glob("*/casefiles/*.yaml"))
SIX_STEPS = ("introduction and consent", "risk", "the plan", "the referral", "follow-up", "closing")


def _written(name: str) -> dict[str, Any]:
    path = next(path for path in FILES if path.stem == name)
    found: dict[str, Any] = YAML(typ="safe").load(path.read_text("utf-8"))
    return found


def _known() -> Known:
    module = load_module(ROOT / "modules" / "case-management").module
    outcomes = [outcome.id for outcome in module.outcomes]
    return Known(outcomes, [each.id for each in module.principles], list(module.sources), ROOT)


def _messages(data: Any) -> str:
    return "\n".join(text for text, _ in findings(Casefile.model_validate(data), _known()))


def _first_line(data: Any) -> dict[str, Any]:
    line: dict[str, Any] = data["papers"][0]["rows"][0]
    return line


def test_casefile_is_practice_only() -> None:
    with pytest.raises(ValidationError, match="practice"):
        Casefile.model_validate({**_written("zainabs-file"), "mode": "graded"})


def test_line_used_twice_is_found() -> None:
    data = _written("zainabs-file")
    data["papers"][1]["rows"][0]["id"] = _first_line(data)["id"]
    assert "the line id 'consent-given' is used twice in this file" in _messages(data)


def test_line_without_best_is_found() -> None:
    data = _written("zainabs-file")
    for option in _first_line(data)["options"]:
        option["quality"] = "acceptable"
    assert "the line 'consent-given' has no option with the quality 'best'" in _messages(data)


def test_telling_option_and_unknown_outcome_are_found() -> None:
    data = _written("zainabs-file")
    _first_line(data)["options"][0]["id"] = "best-words"
    found = _messages({**data, "outcomes": ["closing"]})
    assert "the id 'best-words' hints at the key" in found
    assert "this measures the outcome 'closing'" in found


def test_option_of_another_length_is_a_hint() -> None:
    data = _written("zainabs-file")
    _first_line(data)["options"][0]["text"] = "Yes."
    assert any("Does its length tell?" in text for text, _ in hints(Casefile.model_validate(data)))


def _compiled(name: str) -> dict[str, Any]:
    path = next(path for path in FILES if path.stem == name)
    return dict(compile_module(load_module(path.parents[1]))[name])


@pytest.mark.parametrize("name", [path.stem for path in FILES])
def test_no_unsafe_line_passes(name: str) -> None:
    """Each harmful option alone, among best ones, keeps its paper out; without it the paper goes in."""
    activity = _compiled(name)
    state = start(activity)

    def do(before: dict[str, Any], kind: str, **fields: str) -> dict[str, Any]:
        return step(activity, before, {"activity": name, "type": kind, "turn": before["turn"], **fields})

    tried = 0
    for paper in activity["papers"]:
        for line in paper["rows"]:
            best = next(option["id"] for option in line["options"] if option["quality"] == "best")
            state = do(state, "choose", at=line["id"], choice=best)
        for line in paper["rows"]:
            for option in line["options"]:
                changed = do(do(state, "choose", at=line["id"], choice=option["id"]), "check")
                kept = do(changed, "continue")
                unsafe = option["quality"] == "harmful"
                assert kept["kept"] - changed["kept"] == (0 if unsafe else 1), (line["id"], option["id"])
                tried += unsafe
        state = do(do(state, "check"), "continue")
    assert state["finished"]
    assert tried >= 15
    lines = [option for paper in activity["papers"] for _, option in chosen(paper, state["filled"])]
    assert {option["quality"] for option in lines} == {"best"}


def test_zainabs_file_has_a_paper_for_each_step() -> None:
    titles = [paper["title"] for paper in _compiled("zainabs-file")["papers"]]
    assert titles == [f"Step {number}: {words}" for number, words in enumerate(SIX_STEPS, 1)]


@pytest.mark.parametrize("name", [path.stem for path in FILES])
def test_every_line_has_one_of_each_quality(name: str) -> None:
    """So that neither the number of options nor a missing kind tells which of them can harm."""
    for paper in _compiled(name)["papers"]:
        for line in paper["rows"]:
            qualities = sorted(option["quality"] for option in line["options"])
            assert qualities == ["acceptable", "best", "harmful"], line["id"]


def test_plan_names_no_number_and_no_office() -> None:
    texts = [
        option["text"]
        for paper in _compiled("risk-and-safety-plan")["papers"]
        for line in paper["rows"]
        for option in line["options"]
    ]
    assert not [text for text in texts if re.search(r"\d|police|ministry|district", text, re.IGNORECASE)]
