"""Rules for outcomes: each is promised, taught and practised in a scenario or lab.

A task in code does both: a trainee runs it as often as wanted before handing in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.findings import unknown
from himaya.activities.format import Simulation
from himaya.activities.limits import ITEMS_FOR_OUTCOME, TEACHING_WORDS
from himaya.content.load import items_of as all_items
from himaya.content.load import module_problem
from himaya.content.prose import sections, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from himaya.activities.format import Finding
    from himaya.content.load import LoadedModule
    from himaya.content.module import Outcome
    from himaya.errors import Problem


def outcome_problems(loaded: LoadedModule) -> list[Problem]:
    """Return what keeps each outcome of a module from being reached and shown."""
    return _of_each(loaded, _promised, _taught, _practised)


def outcome_hints(loaded: LoadedModule) -> list[Problem]:
    """Return what an author may want to look at in the outcomes of a module."""
    return _of_each(loaded, _short_teaching, _few_items)


def _of_each(loaded: LoadedModule, *rules: Callable[[LoadedModule, Outcome], Iterator[Finding]]) -> list[Problem]:
    return [
        module_problem(loaded, text, "outcomes", position, *path)
        for position, outcome in enumerate(loaded.module.outcomes)
        for rule in rules
        for text, path in rule(loaded, outcome)
    ]


def _promised(loaded: LoadedModule, outcome: Outcome) -> Iterator[Finding]:
    if not any(outcome.text in cell.source for cell in loaded.cells if cell.kind == "markdown"):
        yield f"module.md does not tell the outcome '{outcome.id}' in these words; copy its text.", ("text",)


def _taught(loaded: LoadedModule, outcome: Outcome) -> Iterator[Finding]:
    known = {title: body for _, title, body in sections(loaded.cells)}
    for position, title in enumerate(outcome.taught):
        if title not in known:
            text = unknown(f"the outcome '{outcome.id}' is taught in the section", title, list(known))
            yield text, ("taught", position)


def _short_teaching(loaded: LoadedModule, outcome: Outcome) -> Iterator[Finding]:
    known = {title: len(words(body)) for _, title, body in sections(loaded.cells)}
    for position, title in enumerate(outcome.taught):
        if title in known and known[title] < TEACHING_WORDS:
            text = f"the section '{title}' teaches the outcome '{outcome.id}' in {known[title]} words; is it enough?"
            yield text, ("taught", position)


def _practised(loaded: LoadedModule, outcome: Outcome) -> Iterator[Finding]:
    scenarios = practised_in(loaded, outcome.id)
    if not scenarios:
        yield f"no scenario or lab practises the outcome '{outcome.id}'; add it to the 'outcomes' of one.", ("id",)


def _few_items(loaded: LoadedModule, outcome: Outcome) -> Iterator[Finding]:
    if not loaded.code and all(item.mode == "practice" for item in all_items(loaded.activities).values()):
        return  # a module for practice only
    graded = len(items_of(loaded, outcome.id, "graded")) + len(_tasks(loaded, outcome.id))
    if graded < ITEMS_FOR_OUTCOME:
        text = f"graded items on the outcome '{outcome.id}': {graded}; below {ITEMS_FOR_OUTCOME} luck decides."
        yield text, ("id",)


def practised_in(loaded: LoadedModule, outcome: str) -> list[str]:
    """Return the ids of the scenarios, labs and tasks in code that practise or assess an outcome."""
    found = [a.id for a in loaded.activities.values() if isinstance(a, Simulation) and outcome in a.outcomes]
    return [*found, *_tasks(loaded, outcome)]


def _tasks(loaded: LoadedModule, outcome: str) -> list[str]:
    return [item.id for item in loaded.code.values() if item.outcome == outcome]


def items_of(loaded: LoadedModule, outcome: str, mode: str) -> list[str]:
    """Return the ids of the items of one mode that ask about an outcome."""
    items = all_items(loaded.activities).values()
    return [item.id for item in items if item.outcome == outcome and item.mode == mode]
