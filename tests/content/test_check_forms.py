"""Rules for a safety set: four cells of required single-choice questions, none twice, none elsewhere, none unread."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.choice.format import ChoiceItem
from himaya.activities.format import Item
from himaya.content.forms import form_problems, questions
from himaya.content.load import load_module
from himaya.errors import ContentError
from tests.courses import one_module_repository
from tests.engine import shipped

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.content.load import LoadedModule

MODULE = next(name for name in shipped.NAMES if shipped.loaded(name).module.safety)
CELLS = shipped.loaded(MODULE).module.safety
FIRST, *OTHERS = CELLS
UNSAFE = "this is safety-critical and in no cell of 'safety' in module.yaml; add it, or remove the field."


def _with(cells: dict[str, list[str]] | None = None, **changed: Any) -> LoadedModule:
    """Return the module with other cells, or with a changed first question of the first cell."""
    loaded = shipped.loaded(MODULE)
    name = CELLS[FIRST][0]
    return replace(
        loaded,
        module=loaded.module.model_copy(update={"safety": CELLS if cells is None else cells}),
        activities=loaded.activities | {name: loaded.activities[name].model_copy(update=changed)},
    )


def _first_question_is(name: str) -> list[str]:
    problems = list(form_problems(_with(CELLS | {FIRST: [name, *CELLS[FIRST][1:]]})))
    assert any(problem.file.endswith("module.yaml") for problem in problems)
    assert [problem.text for problem in problems if problem.file.endswith("items.yaml")] == [UNSAFE]
    return [problem.text for problem in problems if problem.text != UNSAFE]


def _other(**wanted: Any) -> str:
    """Return the id of an item in no cell, and no twin of another, whose fields have these values."""
    items = shipped.loaded(MODULE).activities
    twins = {item.twin for item in items.values() if isinstance(item, Item)}
    return next(
        name
        for name, item in items.items()
        if isinstance(item, Item)
        and not item.safety_critical
        and name not in twins
        and all(getattr(item, k, None) == v for k, v in wanted.items())
    )


@pytest.mark.parametrize("name", shipped.NAMES)
def test_shipped_safety_sets_are_in_order(name: str) -> None:
    assert list(form_problems(shipped.loaded(name))) == []


def test_unknown_question_is_named() -> None:
    (said,) = _first_question_is(CELLS[FIRST][0] + "x")
    assert f"'safety' names the question '{CELLS[FIRST][0]}x'" in said


def test_question_in_two_cells_is_named() -> None:
    twice = CELLS[OTHERS[0]][0]
    (said,) = _first_question_is(twice)
    assert f"'safety' names '{twice}' twice" in said


@pytest.mark.parametrize("wanted", [{"mode": "practice"}, {"kind": "order"}, {"mode": "graded", "kind": "choice"}])
def test_unfit_question_is_named(wanted: dict[str, str]) -> None:
    other = _other(**wanted)
    (said,) = _first_question_is(other)
    assert f"'{other}' is in 'safety'; allowed there: graded single-choice items" in said


@pytest.mark.parametrize("changed", [{"source": ["design: example"]}, {"marks": ["verify"]}])
def test_key_without_a_read_source_is_named(changed: dict[str, list[str]]) -> None:
    (problem,) = form_problems(_with(**changed))
    assert f"'{CELLS[FIRST][0]}' is in 'safety', and no source that anybody read stands behind its key" in problem.text


def test_twin_elsewhere_is_named() -> None:
    loaded = shipped.loaded(MODULE)
    name, item = next(
        (k, v) for k, v in loaded.activities.items() if isinstance(v, ChoiceItem) and not v.safety_critical
    )
    twin = item.model_copy(update={"twin": CELLS[FIRST][0]})
    (problem,) = form_problems(replace(loaded, activities=loaded.activities | {name: twin}))
    assert problem.text.startswith(f"its twin '{CELLS[FIRST][0]}' is a question of 'safety'")
    assert problem.file.endswith("items.yaml")


def test_lesson_begins_with_no_form_question() -> None:
    loaded = _with()
    lessons = loaded.module.lessons
    moved = [lessons[0].model_copy(update={"starts": questions(loaded.module)[0]}), *lessons[1:]]
    (problem,) = form_problems(replace(loaded, module=loaded.module.model_copy(update={"lessons": moved})))
    assert problem.text.endswith("a question of 'safety'; name the next one.")


@pytest.mark.parametrize("fewer", ["cells", "questions"])
def test_fewer_cells_or_questions_are_refused(fewer: str, tmp_path: Path) -> None:
    folder = one_module_repository(tmp_path, shipped.MODULES / MODULE) / MODULE
    about = folder / "module.yaml"
    text = about.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith(f"  {FIRST}: "))
    left = "" if fewer == "cells" else line.replace(f"{CELLS[FIRST][0]}, ", "")
    about.write_text(text.replace(line, left), encoding="utf-8")
    with pytest.raises(ContentError, match="safety"):
        load_module(folder)


def test_module_without_a_set_has_no_problem() -> None:
    loaded = shipped.loaded(MODULE)
    activities = {name: each for name, each in loaded.activities.items() if name not in questions(loaded.module)}
    module = loaded.module.model_copy(update={"safety": {}})
    assert list(form_problems(replace(loaded, module=module, activities=activities))) == []
