"""Module -> nbgrader notebook: prose, locked grade cells with the key in hidden tests, marked task cells."""

from __future__ import annotations

import hashlib
import pprint
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from himaya.activities.format import Item
from himaya.activities.kinds import key_of, report, report_of
from himaya.content.markdown import markdown
from himaya.languages.facts import direction
from himaya.languages.interface import interface, sentence
from himaya.languages.isolates import marked_up, without_isolates
from himaya.publish.compile import compile_code
from himaya.publish.drafts import drafts_of, marked_cells
from himaya.publish.reading import Reader
from himaya.signoff.standing import facts_to_show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from himaya.activities.code.format import CodeItem
    from himaya.activities.kind import Compiled
    from himaya.content.load import LoadedModule
    from himaya.content.module import Module

_HIDDEN = """show("{id}")
### BEGIN HIDDEN TESTS
from himaya_autograde import score
score("{id}", {key})
### END HIDDEN TESTS"""

_ANSWER = """{starter}
### BEGIN SOLUTION
{solution}
### END SOLUTION"""
_BEFORE_THE_PLAYER = ("quick-exit", "quick-exit-help", "training-notice", "exit-honest", "app-opening", "no-script")
"""What an app says before its player is there to say it."""
_CODE_TESTS = """# {said}
### BEGIN HIDDEN TESTS
from himaya_autograde.codecells import score_code
score_code({key})
### END HIDDEN TESTS"""


def build_notebook(
    loaded: LoadedModule, activities: Mapping[str, Compiled], on: date | None = None
) -> nbformat.NotebookNode:
    """Return the source notebook of an assignment, the same bytes for the same module and day.

    Args:
        loaded: The module.
        activities: Its compiled activities with their keys, by id.
        on: The day of the build, which decides which country settings are fresh; without one, none is.
    """
    reader = reader_of(loaded, on)
    drafts = drafts_of(loaded)
    cells = [_locked_markdown(loaded.module, _quoted(drafts.notes), "draft")] if drafts else []
    for number, cell in enumerate(marked_cells(loaded, drafts)):
        if cell.kind == "markdown":
            cells.append(_locked_markdown(loaded.module, reader.read(cell.source), f"text-{number}"))
        elif cell.code is not None:
            cells += _code_cells(loaded, loaded.code[cell.code])
        elif cell.activity is None:
            cells.append(_locked_code(loaded.module, cell.source, cell.kind))
        else:
            cells += _activity_cells(loaded, activities[cell.activity])
    cells.append(_locked_markdown(loaded.module, reader.bibliography(), "sources"))
    module, language = loaded.module, loaded.language
    himaya = {"module": module.id, "version": module.version, "language": language, "digits": loaded.digits}
    return finished(cells, himaya)


def prose_html(loaded: LoadedModule, on: date | None = None) -> dict[str, str]:
    """Return the prose as HTML by the id of its cell, which is the same in every language."""
    reader = reader_of(loaded, on)
    drafts = drafts_of(loaded)
    cells = enumerate(marked_cells(loaded, drafts))
    texts = {f"text-{at}": reader.read(cell.source) for at, cell in cells if cell.kind == "markdown"}
    if drafts:
        texts["draft"] = _quoted(drafts.notes)
    texts["sources"] = reader.bibliography()
    for activity in loaded.activities.values():
        if activity.mode == "graded" and isinstance(activity, Item) and report_of(activity.kind).by_hand:
            texts[f"{activity.id}-task"] = f"{sentence('graded', loaded.language)}: {activity.stem}"
    render = markdown(html=False).render
    return {cell_id(loaded.module, name): marked_up(render(text)) for name, text in texts.items()}


def _quoted(notes: Sequence[str]) -> str:
    return "\n>\n".join(f"> {note}" for note in notes)


def reader_of(loaded: LoadedModule, on: date | None) -> Reader:
    """Return what turns the prose of a module into what a trainee reads; `on` as in `build_notebook`."""
    local = facts_to_show(loaded.path.parent.parent, on, loaded.language, loaded.digits)
    english = None if loaded.english is None else loaded.english.module.sources
    return Reader(loaded.path, loaded.module.sources, local, loaded.language, loaded.digits, english)


def finished(cells: list[nbformat.NotebookNode], himaya: dict[str, Any]) -> nbformat.NotebookNode:
    """Return a notebook of these cells that our kernel runs and our extension draws; `himaya` says what it is."""
    say = interface(himaya["language"])
    words = {key: str(say[key]) for key in _BEFORE_THE_PLAYER}
    himaya = {**himaya, "direction": direction(himaya["language"]), "say": words}
    metadata = {
        "kernelspec": {"display_name": "Himaya", "language": "python", "name": "himaya"},
        "language_info": {"name": "python"},
        "himaya": himaya,
    }
    notebook = new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(notebook)
    return notebook


def _activity_cells(loaded: LoadedModule, activity: Compiled) -> list[nbformat.NotebookNode]:
    module, name = loaded.module, activity["id"]
    if not activity["points"]:  # a pretest, or off the path: no cell of it is a grade cell or holds a key
        return [_locked_code(module, f'show("{name}")', name)]
    if activity["mode"] == "graded" and report(activity).by_hand:
        task = marked_up(f"{sentence('graded', loaded.language)}: {activity['stem']}")
        # A task cell holds the marks and must be Markdown; the answer itself is an event, shown by the next cell.
        marked = _nbgrader(name, grade=False, solution=False, task=True, points=activity["points"])
        prompt = new_markdown_cell(task, id=cell_id(module, f"{name}-task"), metadata={"nbgrader": marked})
        return [prompt, _locked_code(module, f'show("{name}")', f"{name}-show")]
    key = {"points": activity["points"]} if activity["mode"] == "practice" else key_of(activity)
    text = pprint.pformat(key, width=110, sort_dicts=False)
    cell = _locked_code(module, _HIDDEN.format(id=name, key=text), name)
    cell.metadata["nbgrader"] = _nbgrader(name, grade=True, solution=False, task=False, points=activity["points"])
    return [cell]


def _code_cells(loaded: LoadedModule, item: CodeItem) -> list[nbformat.NotebookNode]:
    """Return the task, the unlocked cell that is answered in, and the locked cell that declares how it is graded."""
    module, say = loaded.module, interface(loaded.language, loaded.digits)
    looks = "\n".join(f"- {check.says}" for check in item.checks)
    task = f"{say['graded']}: {item.stem}\n\n{say['code-looked-at']}\n\n{looks}"
    answered = _nbgrader(f"{item.id}-answer", grade=False, solution=True, task=False)
    answer = new_code_cell(
        _ANSWER.format(starter=item.starter, solution=item.solution),
        id=cell_id(module, f"{item.id}-answer"),
        metadata={"nbgrader": answered},
    )
    key = pprint.pformat(compile_code(item, module, loaded.language), width=110, sort_dicts=False)
    tests = _locked_code(module, _CODE_TESTS.format(said=without_isolates(say["code-graded-later"]), key=key), item.id)
    tests.metadata["nbgrader"] = _nbgrader(item.id, grade=True, solution=False, task=False, points=item.points)
    return [_locked_markdown(module, task, f"{item.id}-task"), answer, tests]


def _nbgrader(name: str, *, grade: bool, solution: bool, task: bool, points: int | None = None) -> dict[str, Any]:
    metadata = {
        "grade": grade,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": task,
    }
    return metadata if points is None else {**metadata, "points": points}


def _locked_code(module: Module, source: str, name: str) -> nbformat.NotebookNode:
    metadata = {
        "jupyter": {"source_hidden": True},
        "nbgrader": _nbgrader(name, grade=False, solution=False, task=False),
        "tags": ["himaya"],
    }
    return new_code_cell(source, id=cell_id(module, name), metadata=metadata)


def _locked_markdown(module: Module, source: str, name: str) -> nbformat.NotebookNode:
    metadata = {"nbgrader": _nbgrader(name, grade=False, solution=False, task=False)}
    return new_markdown_cell(marked_up(source), id=cell_id(module, name), metadata=metadata)


def cell_id(module: Module, name: str) -> str:
    """Return a cell id that is the same in every build; jupytext and nbformat would draw a random one."""
    return hashlib.sha256(f"{module.id}/{name}".encode()).hexdigest()[:12]
