"""Write a module as an nbgrader assignment: the notebook with its keys, and the activities without them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import nbformat

from himaya.content.lessons import outline
from himaya.publish.compile import compile_activity, visible
from himaya.publish.drafts import drafts_of
from himaya.publish.lesson_list import lesson_list
from himaya.publish.main import app_steps
from himaya.publish.module_edition import edition_of
from himaya.publish.notebook import build_notebook, prose_html

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from himaya.activities.kind import Compiled
    from himaya.content.load import LoadedModule


def compile_module(loaded: LoadedModule) -> dict[str, Compiled]:
    """Return every activity of a module with its key, by id, in the order of the prose.

    The hash is that of the English in every language: it says which version was answered, not in which words.
    """
    module, language, digits = loaded.module, loaded.language, loaded.digits
    compiled = {
        name: compile_activity(activity, module, language, digits, loaded.path)
        for name, activity in loaded.activities.items()
    }
    if loaded.english is not None:
        english = compile_module(loaded.english)
        compiled = {name: {**activity, "hash": english[name]["hash"]} for name, activity in compiled.items()}
    return compiled


def activities_file(loaded: LoadedModule, course: str | None = None, *, practice: bool = False) -> dict[str, Any]:
    """Return `activities.json`: what a trainee's folder may know.

    Args:
        loaded: The module.
        course: The nbgrader course that takes submissions, if any.
        practice: Ship every activity as practice and keep no answers: for an author's preview or a mentor's app.
    """
    compiled = compile_module(loaded)
    if practice:
        compiled = {name: {**activity, "mode": "practice"} for name, activity in compiled.items()}
    drafts = drafts_of(loaded)
    return {
        "module": {"id": loaded.module.id, "version": loaded.module.version, "title": loaded.module.title},
        "course": course,
        "keeps": not practice,
        "language": loaded.language,
        "digits": loaded.digits,
        "draft": bool(drafts),
        "draft_lessons": drafts.lessons if drafts.in_part else (),  # where all is a draft, the cover says so once
        "lessons": _lessons(loaded),
        "activities": {name: visible(activity) for name, activity in compiled.items()},
    }


def _lessons(loaded: LoadedModule) -> list[dict[str, Any]]:
    """Return the lessons in which something is to do: title and what stands in them."""
    found = [
        {"title": part.lesson.title, "activities": [block.activity for block in part.blocks if block.activity]}
        for part in outline(loaded).lessons
        if part.lesson is not None
    ]
    return [lesson for lesson in found if lesson["activities"]]


def write_assignment(
    loaded: LoadedModule, source: Path, course: str, on: date | None = None, others: Sequence[LoadedModule] = ()
) -> Path:
    """Write `source/<module>/` anew and return it. Only this folder is touched.

    Args:
        loaded: The module.
        source: The course's source directory.
        course: The nbgrader course id.
        on: The day of the build, which decides which country settings are fresh; without one, none is.
        others: The same module in the other languages that a trainee may switch to.
    """
    folder = source / loaded.module.id
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    notebook = build_notebook(loaded, compile_module(loaded), on)
    content = {**activities_file(loaded, course), **_languages(loaded, others), "steps": app_steps(loaded, on)}
    if lessons := lesson_list(loaded, others):
        notebook.metadata["himaya"]["lessons"] = lessons
    content["edition"] = notebook.metadata["himaya"]["edition"] = edition_of(notebook, content)
    (folder / f"{loaded.module.id}.ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    _write_activities(folder, content)
    for other in others:
        _write_activities(folder, other_language(other, on), other.language)
    for name in {name for item in loaded.code.values() for name in item.files}:
        shutil.copyfile(loaded.path / "data" / name, folder / name)
    return folder


def write_practice_app(
    loaded: LoadedModule, target: Path, on: date | None = None, others: Sequence[LoadedModule] = ()
) -> Path:
    """Write a mentor's edition of a module to `target/<module>/`: all practice, no grading, no answers kept."""
    folder = target / loaded.module.id
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    # An app shows no code, and a phone is no place to write any.
    without_code = _without_code(loaded)
    notebook = build_notebook(without_code, compile_module(loaded), on)
    if lessons := lesson_list(without_code, [_without_code(each) for each in others]):
        notebook.metadata["himaya"]["lessons"] = lessons
    # A task that a trainer marks is asked once more by its activity, which here is practice.
    notebook.cells = [cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("task")]
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
        cell.source = cell.source.split("\n### BEGIN HIDDEN TESTS")[0]
    notebook.cells = [cell for cell in notebook.cells if cell.source != "submit()"]
    (folder / f"{loaded.module.id}.ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    steps = {"steps": app_steps(without_code, on, practice=True)}
    _write_activities(folder, {**activities_file(loaded, practice=True), **_languages(loaded, others), **steps})
    for other in others:
        _write_activities(folder, other_language(other, on, practice=True), other.language)
    return folder


def _without_code(loaded: LoadedModule) -> LoadedModule:
    english = None if loaded.english is None else _without_code(loaded.english)
    return replace(loaded, cells=[cell for cell in loaded.cells if cell.kind != "code"], english=english)


def other_language(loaded: LoadedModule, on: date | None = None, *, practice: bool = False) -> dict[str, Any]:
    """Return `activities.<language>.json`: what a page needs to show the module in another language than its own.

    `prose` is HTML by the id of the notebook's cell: nothing in it is markup but what Markdown makes.
    """
    content = activities_file(loaded, practice=practice)
    return {
        "module": content["module"],
        "language": loaded.language,
        "digits": loaded.digits,
        "draft": content["draft"],
        "draft_lessons": content["draft_lessons"],
        "lessons": content["lessons"],
        "activities": content["activities"],
        "prose": prose_html(loaded, on),
        "steps": app_steps(_without_code(loaded) if practice else loaded, on, practice=practice),
    }


def _languages(loaded: LoadedModule, others: Sequence[LoadedModule]) -> dict[str, Any]:
    return {"languages": [each.language for each in (loaded, *others)]} if others else {}


def _write_activities(folder: Path, content: dict[str, Any], language: str | None = None) -> None:
    name = "activities.json" if language is None else f"activities.{language}.json"
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / name).write_text(text + "\n", encoding="utf-8")
