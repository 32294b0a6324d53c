"""A module as the trainer built it: its cells, its keys, what it hands out. Nothing a trainee wrote is read here."""

from __future__ import annotations

import ast
import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from himaya.activities.kinds import with_key
from himaya.errors import CourseError
from himaya_autograde import editions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from himaya.activities.kind import Compiled

ACTIVITIES = "activities.json"
_IMPORT = "from himaya_autograde import score"


@dataclass(frozen=True)
class Declared:
    """What a cell says as data.

    Attributes:
        shown: The activity that `show("id")` draws.
        key: The second argument of `score("id", {...})`; None where the cell only shows.
    """

    shown: str
    key: dict[str, Any] | None


@dataclass(frozen=True, eq=False)
class Source:
    """One module to grade, the same for the whole cohort.

    Attributes:
        module: Its id.
        folder: Where it lies; its files are laid over what a trainee sent.
        notebook: The notebook as JSON data, locked as nbgrader locks it.
        declared: What cells declare, by their position.
        activities: Every activity as a trainee's copy has it, by id.
        whole: Every scored activity with its key, by id.
        digest: Changes when anything that can change a grade changes.
        edition: As the trainee's copy names it; None in a release from before editions.
        earlier: Editions that the class had before, the newest first.
    """

    module: str
    folder: Path
    notebook: dict[str, Any]
    declared: dict[int, Declared]
    activities: dict[str, Compiled]
    whole: dict[str, Compiled]
    digest: str
    edition: str | None = None
    earlier: tuple[Source, ...] = ()

    def of(self, pinned: Mapping[str, str], edition: str | None) -> Source:
        """Return the edition that a hand-in is of.

        What was answered says it: each activity's first event names the content that was on the screen. Where several
        editions fit alike, since only a key was changed, the hand-in's own copy decides, and then the newest.

        Args:
            pinned: By activity, the content that was answered.
            edition: What the copy of the module that was handed in names.
        """

        def fit(source: Source) -> tuple[int, bool]:
            same = sum(
                name in source.activities and source.activities[name]["hash"] == content
                for name, content in pinned.items()
            )
            return same, source.edition == edition

        return max((self, *self.earlier), key=fit) if self.earlier else self

    @cached_property
    def worth(self) -> dict[str, float]:
        """What each scored cell is worth, by name."""
        marked = (cell["metadata"].get("nbgrader", {}) for cell in self.notebook["cells"])
        return {about["grade_id"]: float(about["points"]) for about in marked if about.get("points") is not None}

    @cached_property
    def tasks(self) -> frozenset[str]:
        """The cells that a person marks."""
        marked = (cell["metadata"].get("nbgrader", {}) for cell in self.notebook["cells"])
        return frozenset(about["grade_id"] for about in marked if about.get("task"))

    @cached_property
    def unlocked(self) -> list[tuple[int, str]]:
        """Position and name of each cell that no journal answers: unlocked cells and the tests of their code."""
        found = []
        for position, cell in enumerate(self.notebook["cells"]):
            marked = cell["metadata"].get("nbgrader", {})
            if marked.get("solution") or (marked.get("grade") and position not in self.declared):
                found.append((position, marked["grade_id"]))
        return found

    def fresh_notebook(self) -> dict[str, Any]:
        """Return a copy whose cells may be given outputs; what lies deeper is shared and stays as it is."""
        return {**self.notebook, "cells": [dict(cell) for cell in self.notebook["cells"]]}


def read_source(folder: Path) -> Source:
    """Return the module in `folder`, an nbgrader source assignment that `himaya build` wrote, with earlier editions.

    Raises:
        CourseError: If one of them is missing, damaged or at odds with itself.
    """
    course = folder.parent.parent
    earlier = tuple(_read(each / "source" / folder.name) for each in editions.earlier(course, folder.name))
    return replace(_read(folder), earlier=earlier)


def _read(folder: Path) -> Source:
    module = folder.name
    try:
        raw = (folder / f"{module}.ipynb").read_bytes()
        activities_raw = (folder / ACTIVITIES).read_bytes()
        notebook = json.loads(raw)
        content = json.loads(activities_raw)
        activities, edition = content["activities"], content.get("edition")
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            _lock(cell)
        _without_solutions(notebook)
        declared = _declarations(notebook["cells"])
        whole = {}
        for one in declared.values():
            if one.key is not None:
                public = activities[one.shown]
                whole[one.shown] = with_key(public, one.key) if public["mode"] == "graded" else public
    except OSError as error:
        message = f"{folder} holds no built module. Run: himaya build {folder.parent.parent} {module}"
        raise CourseError(message) from error
    except (ValueError, KeyError, TypeError) as error:
        message = f"{folder} is damaged ({error!r}). Run: himaya build {folder.parent.parent} {module}"
        raise CourseError(message) from error
    digest = hashlib.sha256(raw + activities_raw).hexdigest()
    return Source(module, folder, notebook, declared, activities, whole, digest, edition)


def _lock(cell: dict[str, Any]) -> None:
    """Lock a cell as nbgrader does when it makes the trainees' version (preprocessors/lockcells.py)."""
    marked = cell["metadata"].get("nbgrader")
    if not marked:
        return
    marked["cell_type"] = cell["cell_type"]
    cell["metadata"]["deletable"] = False
    if not marked.get("solution"):
        cell["metadata"]["editable"] = False


def _without_solutions(notebook: dict[str, Any]) -> None:
    """Leave of unlocked cells what was released: who hands in none must not be graded for the author's."""
    if any(cell["metadata"].get("nbgrader", {}).get("solution") for cell in notebook["cells"]):
        from nbformat import from_dict
        from nbgrader.preprocessors import ClearSolutions  # few modules have code

        cleared, _ = ClearSolutions().preprocess(from_dict(notebook), {})
        for cell, released in zip(notebook["cells"], cleared.cells, strict=True):
            cell["source"] = released.source


def _declarations(cells: list[dict[str, Any]]) -> dict[int, Declared]:
    return {
        position: found
        for position, cell in enumerate(cells)
        if cell["cell_type"] == "code" and (found := declaration(cell["source"])) is not None
    }


def declaration(source: str) -> Declared | None:
    """Return what a cell of ours declares, or None for any other code. Nothing is run."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    shown = _arguments(body[0], "show") if body else None
    if shown is None or len(shown) != 1 or not isinstance(shown[0], str):
        return None
    if len(body) == 1:
        return Declared(shown[0], None)
    if len(body) != 3 or ast.unparse(body[1]) != _IMPORT:  # show, import, score
        return None
    scored = _arguments(body[2], "score")
    if scored is None or len(scored) != 2 or scored[0] != shown[0] or not isinstance(scored[1], dict):
        return None
    return Declared(shown[0], scored[1])


def _arguments(statement: ast.stmt, function: str) -> list[Any] | None:
    """Return the literal arguments of a statement that is nothing but a call of `function`."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or call.keywords:
        return None
    if not isinstance(call.func, ast.Name) or call.func.id != function:
        return None
    try:
        return [ast.literal_eval(argument) for argument in call.args]
    except ValueError:
        return None
