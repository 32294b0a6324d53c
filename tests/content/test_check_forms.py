"""Rules for a safety set: two forms of four required single-choice questions, none twice, no lesson begun by one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.forms import form_problems
from tests.engine import shipped

if TYPE_CHECKING:
    from himaya.content.load import LoadedModule

MODULE = "case-management"
SET = shipped.loaded(MODULE).module.safety


def _with(**changed: Any) -> LoadedModule:
    loaded = shipped.loaded(MODULE)
    return replace(loaded, module=loaded.module.model_copy(update=changed))


@pytest.mark.parametrize("name", shipped.NAMES)
def test_shipped_safety_sets_are_in_order(name: str) -> None:
    assert list(form_problems(shipped.loaded(name))) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("if-i-were-gon", "'safety' names the question 'if-i-were-gon'"),
        (SET[1][0], f"'safety' names '{SET[1][0]}' twice"),
        ("before-she-leaves", "'before-she-leaves' is in 'safety'; allowed there: graded single-choice items"),
        ("the-six-steps", "'the-six-steps' is in 'safety'; allowed there: graded single-choice items"),
        ("reach-safely", "'reach-safely' is in 'safety'; allowed there: graded single-choice items"),
    ],
)
def test_unfit_question_is_named(other: str, said: str) -> None:
    first, *rest = SET[0]
    problems = list(form_problems(_with(safety=[[other, *rest], SET[1]])))
    assert said in " ".join(problem.text for problem in problems)
    assert any(problem.file.endswith("module.yaml") for problem in problems)
    left = [problem.text for problem in problems if problem.file.endswith("items.yaml")]
    assert left == [
        "this is safety-critical and in no form of 'safety' in module.yaml; add it, or remove the field.",
    ], first


def test_lesson_begins_with_no_form_question() -> None:
    lessons = shipped.loaded(MODULE).module.lessons
    moved = [lessons[0].model_copy(update={"starts": SET[0][0]}), *lessons[1:]]
    (problem,) = form_problems(_with(lessons=moved))
    assert problem.text.endswith("a question of 'safety'; name the next one.")


def test_module_without_a_set_has_no_problem() -> None:
    assert list(form_problems(_with(safety=[]))) == []
