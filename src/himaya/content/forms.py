"""The safety set of a module: two forms of four questions, each built as an assignment of its own beside the module.

Its questions stand in four cells, such as thoughts of suicide. Each form takes one question of each cell, never the
same one, and the version of the module says which: a new edition asks other questions of the same cells.

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
    from himaya.content.module import Module
    from himaya.errors import Problem

_MINUTES = 10


def questions(module: Module) -> list[str]:
    """Return the ids of all questions of a module's safety set, cell after cell."""
    return [name for cell in module.safety.values() for name in cell]


def forms_asked(module: Module) -> list[list[str]]:
    """Return the ids of the four questions of each form in this edition; no forms where there is no safety set."""
    if not module.safety:
        return []
    return [[cell[(module.version + at) % len(cell)] for cell in module.safety.values()] for at in range(2)]


def parts_to_build(loaded: LoadedModule, paths: Sequence[str] = ()) -> list[LoadedModule]:
    """Return what of a module is built as assignments: itself without the questions of its forms, then each form.

    Where a course names paths, the module is the first of them, and the others follow. A safety set is everybody's.

    Raises:
        ContentError: If no lesson is for such a path.
    """
    return [*paths_of(without_forms(loaded), paths), *forms_of(loaded)]


def without_forms(loaded: LoadedModule) -> LoadedModule:
    """Return a module without the questions of its safety set, with those that this edition does not ask."""
    taken = {*questions(loaded.module)}
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
    return [_form(loaded, number) for number, _ in enumerate(forms_asked(loaded.module), FIRST)]


def _form(loaded: LoadedModule, number: int) -> LoadedModule:
    module = loaded.module
    asked = forms_asked(module)[number - 1]
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
        "safety": {},
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
    """Yield what is wrong with the safety set of a module: cells of single-choice questions, all required."""
    seen: set[str] = set()
    for cell, names in loaded.module.safety.items():
        for position, name in enumerate(names):
            for text in _faults(loaded, name, seen):
                yield module_problem(loaded, text, "safety", cell, position)
            seen.add(name)
    for number, lesson in enumerate(loaded.module.lessons):
        if lesson.starts in seen:
            text = f"the lesson '{lesson.id}' starts at '{lesson.starts}', a question of 'safety'; name the next one."
            yield module_problem(loaded, text, "lessons", number, "starts")
    for name, item in loaded.activities.items() if seen else ():
        if isinstance(item, Item) and item.safety_critical and item.mode == "graded" and name not in seen:
            text = "this is safety-critical and in no cell of 'safety' in module.yaml; add it, or remove the field."
            yield loaded.problem(name, text, "safety_critical")
        if isinstance(item, Item) and item.twin in seen:
            text = f"its twin '{item.twin}' is a question of 'safety', which is asked nowhere else; name another twin."
            yield loaded.problem(name, text, "twin")


def _faults(loaded: LoadedModule, name: str, seen: set[str]) -> Iterator[str]:
    item = loaded.activities.get(name)
    if item is None:
        yield unknown("'safety' names the question", name, list(loaded.activities))
    elif name in seen:
        yield f"'safety' names '{name}' twice; each question is in one cell."
    elif not isinstance(item, ChoiceItem) or item.select != "one" or item.mode != "graded" or not item.safety_critical:
        yield f"'{name}' is in 'safety'; allowed there: graded single-choice items with 'safety_critical: true'."
    elif not any(_is_public(loaded, source) for source in item.source) or "verify" in item.marks:
        yield (
            f"'{name}' is in 'safety', and no source that anybody read stands behind its key; "
            "cite one whose status is 'seen' or 'seen-in-part', without the mark 'verify'."
        )


def _is_public(loaded: LoadedModule, cited: str) -> bool:
    """Tell whether a reader can open what is cited, such as "S4: Look"; own teaching choices and titles are none."""
    source = loaded.module.sources.get(cited.split(":")[0])
    return source is not None and source.status in {"seen", "seen-in-part"}
