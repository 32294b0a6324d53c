"""A path through a module: what is graded for one role, cut out of the whole. Lessons say for whom they are.

Lessons for everybody and for the role are on the path. The others stay readable and count nowhere: their graded
questions are left out with their keys, and what is for practice there is worth no points.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from himaya.activities.findings import unknown
from himaya.content.assignments import path_names
from himaya.content.lessons import outline
from himaya.content.load import module_problem
from himaya.content.module import EVERYBODY
from himaya.content.prose import Cell
from himaya.errors import ContentError
from himaya.languages.interface import interface

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from himaya.content.lessons import Part
    from himaya.content.load import LoadedModule
    from himaya.content.module import Lesson
    from himaya.languages.interface import Sentence


def paths_of(loaded: LoadedModule, paths: Sequence[str]) -> list[LoadedModule]:
    """Return a module on each of these paths, as modules of their own; the module itself where there is none.

    Args:
        loaded: The module; whoever cuts its safety forms out does so before.
        paths: Roles; the first is built in the place of the module.

    Raises:
        ContentError: If no lesson is for such a role.
    """
    names = path_names(loaded.module.id, paths)
    return [_on_path(loaded, role, name) for role, name in names.items()] or [loaded]


def _on_path(loaded: LoadedModule, role: str, name: str) -> LoadedModule:
    known = sorted({role for lesson in loaded.module.lessons for role in lesson.roles})
    if role not in known:
        text = unknown(f"a course has the module '{loaded.module.id}' on the path", role, known)
        raise ContentError([module_problem(loaded, text, "lessons")])
    say = interface(loaded.language, loaded.digits)
    off = [part for part in outline(loaded).lessons if part.lesson and not {EVERYBODY, role} & {*part.lesson.roles}]
    names = {block.activity for part in off for block in part.blocks if block.activity}
    gone = {name for name in names if name in loaded.code or loaded.activities[name].mode == "graded"}
    title = _title(loaded, say, role)
    left_out = {part.lesson.id: part.lesson.minutes for part in off if part.lesson}
    lessons = []
    for lesson, english in zip(loaded.module.lessons, (loaded.english or loaded).module.lessons, strict=True):
        # A lesson that begins with a question that is left out begins with the heading in its place.
        starts = _marked(english, interface()) if english.starts in gone else lesson.starts
        # It takes none of the path's time.
        marked = {"title": _marked(lesson, say), "starts": starts, "minutes": 0} if lesson.id in left_out else {}
        lessons.append(lesson.model_copy(update=marked))
    changed = {
        "id": name,
        "title": title,
        "lessons": lessons,
        "minutes": loaded.module.minutes - sum(left_out.values()),
    }
    return replace(
        loaded,
        module=loaded.module.model_copy(update=changed),
        activities={
            name: activity.model_copy(update={"points": 0}) if name in names else activity
            for name, activity in loaded.activities.items()
            if name not in gone
        },
        code={name: item for name, item in loaded.code.items() if name not in gone},
        cells=list(_cells(loaded, off, gone, say, role)),
        english=loaded.english and _on_path(loaded.english, role, name),
        whole=loaded.whole or loaded,
    )


def _title(loaded: LoadedModule, say: Mapping[str, Sentence], role: str) -> str:
    return say["path-title"].format(module=loaded.module.title, path=say[f"for-{role}"])


def _marked(lesson: Lesson, say: Mapping[str, Sentence]) -> str:
    return say["path-lesson"].format(lesson=lesson.title)


def _cells(
    loaded: LoadedModule, off: Sequence[Part], gone: AbstractSet[str], say: Mapping[str, Sentence], role: str
) -> Iterator[Cell]:
    """Yield the cells of a path: its name on top, and one note for what is left out of each lesson."""
    first = {}
    for part in off:
        block = next((block for block in part.blocks if block.activity in gone), None)
        if block is not None and part.lesson is not None:
            english = next(each for each in (loaded.english or loaded).module.lessons if each.id == part.lesson.id)
            heading = f"### {_marked(part.lesson, say)}\n\n" if english.starts in gone else ""
            first[block.cell] = f"{heading}{say['path-left-out']}"
    named = False
    for at, cell in enumerate(loaded.cells):
        if at in first:
            yield Cell("markdown", first[at], cell.line)
        elif (cell.activity or cell.code) in gone:
            continue
        elif cell.kind == "markdown" and not named:
            named = True
            _, _, rest = cell.source.partition("\n")
            about = say["path-about"].format(path=say[f"for-{role}"])
            yield replace(cell, source=f"# {_title(loaded, say, role)}\n\n{about}\n{rest}")
        else:
            yield cell
