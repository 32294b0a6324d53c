"""Rules for outcomes: each is promised, taught, practised in a scenario or lab, and assessed more than once.

A task in code does both: a trainee runs it as often as wanted before handing in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.findings import unknown
from himaya.activities.format import Scenario
from himaya.activities.lab.format import Lab
from himaya.content.activities import items_of as all_items
from himaya.content.places import module_problem
from himaya.content.prose import sections, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.activities.findings import Finding
    from himaya.activities.format import Outcome
    from himaya.content.load import LoadedModule, Problem

FEWEST_WORDS = 75  # of prose in a section that teaches
FEWEST_ITEMS = 2  # one right answer may be luck


def outcome_problems(loaded: LoadedModule) -> list[Problem]:
    """Return what keeps each outcome of a module from being reached and shown."""
    return [
        module_problem(loaded, text, "outcomes", position, *path)
        for position, outcome in enumerate(loaded.module.outcomes)
        for text, path in [*_promised(loaded, outcome), *_taught(loaded, outcome), *_used(loaded, outcome)]
    ]


def _promised(loaded: LoadedModule, outcome: Outcome) -> Iterator[Finding]:
    if not any(outcome.text in cell.source for cell in loaded.cells if cell.kind == "markdown"):
        yield f"module.md does not tell the outcome '{outcome.id}' in these words; copy its text.", ("text",)


def _taught(loaded: LoadedModule, outcome: Outcome) -> Iterator[Finding]:
    known = {title: body for _, title, body in sections(loaded.cells)}
    for position, title in enumerate(outcome.taught):
        path = ("taught", position)
        if title not in known:
            yield unknown(f"the outcome '{outcome.id}' is taught in the section", title, list(known)), path
        elif len(words(known[title])) < FEWEST_WORDS:
            text = f"the section '{title}' has {len(words(known[title]))} words; at least {FEWEST_WORDS} teach."
            yield text, path


def _used(loaded: LoadedModule, outcome: Outcome) -> Iterator[Finding]:
    scenarios = practised_in(loaded, outcome.id)
    if not scenarios:
        yield f"no scenario or lab practises the outcome '{outcome.id}'; add it to the 'outcomes' of one.", ("id",)
    graded = [*items_of(loaded, outcome.id, "graded"), *_tasks(loaded, outcome.id)]
    if len(graded) < FEWEST_ITEMS:
        text = f"graded items on the outcome '{outcome.id}': {len(graded)}; at least {FEWEST_ITEMS}, or luck decides."
        yield text, ("id",)


def practised_in(loaded: LoadedModule, outcome: str) -> list[str]:
    """Return the ids of the scenarios, labs and tasks in code that practise or assess an outcome."""
    found = [a.id for a in loaded.activities.values() if isinstance(a, Scenario | Lab) and outcome in a.outcomes]
    return [*found, *_tasks(loaded, outcome)]


def _tasks(loaded: LoadedModule, outcome: str) -> list[str]:
    return [item.id for item in loaded.code.values() if item.outcome == outcome]


def items_of(loaded: LoadedModule, outcome: str, mode: str) -> list[str]:
    """Return the ids of the items of one mode that ask about an outcome."""
    items = all_items(loaded.activities).values()
    return [item.id for item in items if item.outcome == outcome and item.mode == mode]
