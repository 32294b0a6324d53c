"""Write a module as an nbgrader assignment: the notebook with its keys, and the activities without them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import nbformat

from himaya.build.compile import compile_activity, visible
from himaya.build.notebook import build_notebook

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from himaya.content.load import LoadedModule


def compile_module(loaded: LoadedModule) -> dict[str, dict[str, Any]]:
    """Return every activity of a module with its key, by id, in the order of the prose."""
    return {name: compile_activity(activity, loaded.module) for name, activity in loaded.activities.items()}


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
    return {
        "module": {"id": loaded.module.id, "version": loaded.module.version, "title": loaded.module.title},
        "course": course,
        "keeps": not practice,
        "activities": {name: visible(activity) for name, activity in compiled.items()},
    }


def write_assignment(loaded: LoadedModule, source: Path, course: str, on: date | None = None) -> Path:
    """Write `source/<module>/` anew and return it. Only this folder is touched.

    Args:
        loaded: The module.
        source: The course's source directory.
        course: The nbgrader course id.
        on: The day of the build, which decides which country settings are fresh; without one, none is.
    """
    folder = source / loaded.module.id
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    notebook = build_notebook(loaded, compile_module(loaded), on)
    (folder / f"{loaded.module.id}.ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    _write_activities(folder, activities_file(loaded, course))
    for name in {name for item in loaded.code.values() for name in item.files}:
        shutil.copyfile(loaded.path / "data" / name, folder / name)
    return folder


def write_practice_app(loaded: LoadedModule, target: Path, on: date | None = None) -> Path:
    """Write a mentor's edition of a module to `target/<module>/`: all practice, no grading, no answers kept."""
    folder = target / loaded.module.id
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    # An app shows no code, and a phone is no place to write any.
    without_code = replace(loaded, cells=[cell for cell in loaded.cells if cell.kind != "code"])
    notebook = build_notebook(without_code, compile_module(loaded), on)
    # A task that a trainer marks is asked once more by its activity, which here is practice.
    notebook.cells = [cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("task")]
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
        cell.source = cell.source.split("\n### BEGIN HIDDEN TESTS")[0]
    notebook.cells = [cell for cell in notebook.cells if cell.source != "submit()"]
    (folder / f"{loaded.module.id}.ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    _write_activities(folder, activities_file(loaded, practice=True))
    return folder


def _write_activities(folder: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / "activities.json").write_text(text + "\n", encoding="utf-8")
