"""The safety set of a module: two forms of four questions, each built as an assignment of its own beside the module.

Passing either form counts, see `himaya.course.pass_rule`. The questions are written and signed in the module, whose
text shows where they belong; `parts_to_build` alone decides what of it goes into which assignment.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from himaya.activities.choice.format import ChoiceItem
from himaya.activities.findings import unknown
from himaya.activities.format import Item
from himaya.content.assignments import FIRST, form_names
from himaya.content.load import module_problem
from himaya.content.paths import paths_of
from himaya.content.prose import SETUP, SUBMIT, Cell
from himaya.languages.interface import interface

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from himaya.content.load import LoadedModule
    from himaya.errors import Problem

_MINUTES = 10


def parts_to_build(loaded: LoadedModule, paths: Sequence[str] = ()) -> list[LoadedModule]:
    """Return what of a module is built as assignments: itself without the questions of its forms, then each form.

    Where a course names paths, the module is the first of them, and the others follow. A safety set is everybody's.

    Raises:
        ContentError: If no lesson is for such a path.
    """
    return [*paths_of(without_forms(loaded), paths), *forms_of(loaded)]


def without_forms(loaded: LoadedModule) -> LoadedModule:
    """Return a module without the questions of its safety forms."""
    taken = {name for form in loaded.module.safety for name in form}
    if not taken:
        return loaded
    return replace(
        loaded,
        activities={name: activity for name, activity in loaded.activities.items() if name not in taken},
        cells=[cell for cell in loaded.cells if cell.activity not in taken],
        english=loaded.english and without_forms(loaded.english),
        whole=loaded.whole or loaded,
    )


def forms_of(loaded: LoadedModule) -> list[LoadedModule]:
    """Return the forms of a module's safety set as modules of their own; none where it has no such set."""
    return [_form(loaded, number) for number, _ in enumerate(loaded.module.safety, FIRST)]


def _form(loaded: LoadedModule, number: int) -> LoadedModule:
    module = loaded.module
    asked = module.safety[number - 1]
    activities = {name: loaded.activities[name] for name in asked}
    say = interface(loaded.language, loaded.digits)
    title = say["safety-form-title"].format(module=module.title, n=number)
    about = str(say["safety-form-about"])
    outcomes = {item.outcome for item in activities.values() if isinstance(item, Item)}
    changed = {
        "id": form_names(module.id)[number - 1],
        "title": title,
        "summary": about,
        "minutes": _MINUTES,
        "outcomes": [outcome for outcome in module.outcomes if outcome.id in outcomes],
        "lessons": [],
        "reference": [],
        "safety": [],
    }
    cells = [
        Cell("setup", SETUP, 1),
        Cell("markdown", f"# {title}\n\n{about}", 1),
        *(Cell("show", f'show("{name}")', 1, name) for name in asked),
        Cell("submit", SUBMIT, 1),
    ]
    return replace(
        loaded,
        module=module.model_copy(update=changed),
        activities=activities,
        code={},
        cells=cells,
        english=loaded.english and _form(loaded.english, number),
        whole=loaded.whole or loaded,
    )


def form_problems(loaded: LoadedModule) -> Iterator[Problem]:
    """Yield what is wrong with the safety set of a module: two forms of single-choice questions, all required."""
    seen: set[str] = set()
    for at, form in enumerate(loaded.module.safety):
        for position, name in enumerate(form):
            for text in _faults(loaded, name, seen):
                yield module_problem(loaded, text, "safety", at, position)
            seen.add(name)
    for number, lesson in enumerate(loaded.module.lessons):
        if lesson.starts in seen:
            text = f"the lesson '{lesson.id}' starts at '{lesson.starts}', a question of 'safety'; name the next one."
            yield module_problem(loaded, text, "lessons", number, "starts")
    for name, item in loaded.activities.items() if seen else ():
        if isinstance(item, Item) and item.safety_critical and item.mode == "graded" and name not in seen:
            text = "this is safety-critical and in no form of 'safety' in module.yaml; add it, or remove the field."
            yield loaded.problem(name, text, "safety_critical")


def _faults(loaded: LoadedModule, name: str, seen: set[str]) -> Iterator[str]:
    item = loaded.activities.get(name)
    if item is None:
        yield unknown("'safety' names the question", name, list(loaded.activities))
    elif name in seen:
        yield f"'safety' names '{name}' twice; each question is in one form."
    elif not isinstance(item, ChoiceItem) or item.select != "one" or item.mode != "graded" or not item.safety_critical:
        yield f"'{name}' is in 'safety'; allowed there: graded single-choice items with 'safety_critical: true'."
