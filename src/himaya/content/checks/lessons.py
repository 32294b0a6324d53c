"""Rules for lessons: each starts once, in order, at a place that exists, and every activity is in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.findings import repeated, unknown
from himaya.activities.limits import LESSON, LESSON_CLAIM
from himaya.content.forms import without_forms
from himaya.content.lessons import minutes_of, outline
from himaya.content.load import module_problem, prose_file
from himaya.content.module import EVERYBODY
from himaya.errors import Problem
from himaya.languages.interface import interface

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.content.lessons import Block, Part
    from himaya.content.load import LoadedModule

ROLE = "for-"
"""How the names of the interface sentences begin that say for whom a lesson is: what follows is the role."""


def roles() -> list[str]:
    """Return for whom a lesson may be."""
    return [key.removeprefix(ROLE) for key in interface() if key.startswith(ROLE)]


def lesson_problems(loaded: LoadedModule) -> Iterator[Problem]:
    """Yield what is wrong with the lessons of a module; one without lessons is a single long page."""
    module = loaded.module
    parts = outline(loaded)
    for text, path in parts.faults:
        yield module_problem(loaded, text, *path)
    for text, path in repeated([lesson.id for lesson in module.lessons], "lesson", "lessons"):
        yield module_problem(loaded, text, *path)
    for number, lesson in enumerate(module.lessons):
        for position, role in enumerate(lesson.roles):
            if role not in roles():
                text = unknown(f"the lesson '{lesson.id}' is for", role, roles())
                yield module_problem(loaded, text, "lessons", number, "roles", position)
        if len(lesson.roles) > 1 and EVERYBODY in lesson.roles:
            text = f"the lesson '{lesson.id}' is for everybody, so remove the other roles, or remove '{EVERYBODY}'."
            yield module_problem(loaded, text, "lessons", number, "roles")
    if parts.lessons and not parts.faults:
        yield from _contents(loaded, parts.opening, parts.lessons, parts.reference)


def _contents(
    loaded: LoadedModule, opening: Part, lessons: tuple[Part, ...], reference: tuple[Part, ...]
) -> Iterator[Problem]:
    for part in lessons:
        lesson = part.lesson
        assert lesson is not None  # noqa: S101 - for mypy: a part of `lessons` has one
        if all(block.level or block.submit for block in part.blocks):
            text = f"the lesson '{lesson.id}' is empty: nothing stands before the next lesson; remove it."
            yield module_problem(loaded, text, "lessons", loaded.module.lessons.index(lesson))
    for block in opening.blocks:
        if block.acts:
            text = f"'{_name(block)}' stands before the first lesson; move it, or start a lesson before it."
            yield _at(loaded, block, text)
    for part in reference:
        for block in part.blocks:
            if block.acts:
                text = f"'{_name(block)}' stands in '{part.title}', which module.yaml names in 'reference'; "
                yield _at(loaded, block, text + "move it into a lesson, or remove the section from 'reference'.")


def lesson_hints(loaded: LoadedModule) -> Iterator[Problem]:
    """Yield what an author may want to look at in the lessons of a module, which are done without its safety set."""
    loaded = without_forms(loaded)
    shortest, longest = LESSON
    for number, part in enumerate(outline(loaded).lessons):
        counted = minutes_of(loaded, part.blocks)
        claimed = loaded.module.lessons[number].minutes
        name = loaded.module.lessons[number].id
        for block in part.blocks:
            activity = loaded.activities.get(block.activity or "")
            if activity is not None and activity.mode == "pretest":
                text = f"the pretest item '{block.activity}' stands in the lesson '{name}'; "
                yield _at(loaded, block, text + "the warm-up is offered only before the first lesson.")
        activities = sum(block.activity is not None for block in part.blocks)
        if counted < shortest or (counted > longest and activities > 1):  # one activity lasts as long as it lasts
            text = f"the lesson '{name}' takes {counted} minutes as counted; {shortest} to {longest} are one sitting."
            yield module_problem(loaded, text, "lessons", number)
        if abs(claimed - counted) > max(LESSON_CLAIM * counted, shortest):
            text = f"the lesson '{name}' claims {claimed} minutes and takes {counted} as counted; is that honest?"
            yield module_problem(loaded, text, "lessons", number, "minutes")


def _name(block: Block) -> str:
    return block.activity or "submit()"


def _at(loaded: LoadedModule, block: Block, text: str) -> Problem:
    return Problem(prose_file(loaded), loaded.cells[block.cell].line, text)
