"""The assignment notebook: the same bytes every time, no outputs, and the key in hidden tests only."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from himaya.activities.kinds import key_of, with_key, without_key
from himaya.publish.notebook import build_notebook
from tests.engine import shipped
from tests.lanes import sampled

if TYPE_CHECKING:
    from nbformat import NotebookNode

HIDDEN = re.compile(r"\n*### BEGIN HIDDEN TESTS\n(.*?)\n### END HIDDEN TESTS", re.DOTALL)
BUILD = """
import sys
from pathlib import Path
import nbformat
from himaya.publish.assignment import compile_module
from himaya.publish.notebook import build_notebook
from himaya.content.load import load_module
for path in map(Path, sys.argv[1:]):
    loaded = load_module(path)
    sys.stdout.buffer.write(nbformat.writes(build_notebook(loaded, compile_module(loaded))).encode())
"""


@cache
def _built(name: str) -> NotebookNode:
    """Return the notebook of a module; built once, since nothing changes it."""
    return build_notebook(shipped.loaded(name), shipped.compiled(name))


def _marks(cell: NotebookNode) -> dict[str, Any]:
    return dict(cell.metadata["nbgrader"])


def _cells(name: str, activity: str) -> list[NotebookNode]:
    """Return the cells that show, grade or set one activity."""
    return [c for c in _built(name).cells if f'show("{activity}")' in c.source or _marks(c)["grade_id"] == activity]


def _activities(mode: str, *, text: bool) -> list[tuple[str, str]]:
    found = [(name, activity) for name in shipped.NAMES for activity in shipped.compiled(name).values()]
    return [(name, a["id"]) for name, a in found if a["mode"] == mode and (a["kind"] == "text") == text]


@pytest.mark.parametrize("name", shipped.NAMES)
def test_two_builds_are_the_same_bytes(name: str) -> None:
    again = build_notebook(shipped.loaded(name), shipped.compiled(name))
    assert nbformat.writes(again) == nbformat.writes(_built(name))


@pytest.mark.parametrize("hash_seed", sampled(["12345"], ["0"]))
def test_hash_seed_does_not_change_bytes(hash_seed: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", BUILD, *(shipped.MODULES / name for name in shipped.NAMES)],
        env={"PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
    )
    assert ran.stdout.decode() == "".join(nbformat.writes(_built(name)) for name in shipped.NAMES)


@pytest.mark.parametrize("name", shipped.NAMES)
def test_notebook_is_valid_without_outputs(name: str) -> None:
    notebook = nbformat.reads(nbformat.writes(_built(name)), as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor >= 5) == (4, True)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.parametrize("name", shipped.NAMES)
def test_cell_ids_are_unique(name: str) -> None:
    ids = [cell.id for cell in _built(name).cells]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", shipped.NAMES)
def test_cell_id_ignores_preceding_cells(name: str) -> None:
    """So that a new paragraph does not rename the cells after it."""
    loaded = shipped.loaded(name)
    shorter = type(loaded)(**{**vars(loaded), "cells": [c for c in loaded.cells if c.kind != "markdown"]})
    notebook = build_notebook(shorter, shipped.compiled(name))
    kept = {cell.source: cell.id for cell in notebook.cells if "show(" in cell.source}
    assert kept == {cell.source: cell.id for cell in _built(name).cells if "show(" in cell.source}


@pytest.mark.parametrize("name", shipped.NAMES)
def test_grade_ids_are_unique_and_cells_locked(name: str) -> None:
    marked = [_marks(cell) for cell in _built(name).cells if _marks(cell)["grade"] or _marks(cell)["task"]]
    assert len({marks["grade_id"] for marks in marked}) == len(marked)
    assert all(_marks(cell)["locked"] and not _marks(cell)["solution"] for cell in _built(name).cells)


@pytest.mark.parametrize("name", shipped.NAMES)
def test_activity_points_are_in_one_cell(name: str) -> None:
    marked = [_marks(cell) for cell in _built(name).cells if "points" in _marks(cell)]
    worth = {a["id"]: a["points"] for a in shipped.compiled(name).values() if a["mode"] != "pretest"}
    assert {m["grade_id"]: m["points"] for m in marked} == worth
    assert len(marked) == len(worth)


@pytest.mark.parametrize("name", shipped.ASKED_BEFORE)
def test_pretest_cell_has_no_points_or_key(name: str) -> None:
    written = "\n".join(cell.source for cell in _built(name).cells)
    pretest = [activity for activity in shipped.compiled(name).values() if activity["mode"] == "pretest"]
    assert pretest
    for activity in pretest:
        (cell,) = _cells(name, activity["id"])
        assert (cell.cell_type, cell.source) == ("code", f'show("{activity["id"]}")')
        assert (_marks(cell)["grade"], _marks(cell)["task"], "points" in _marks(cell)) == (False, False, False)
        assert activity["points"] == 0
        assert not [reason for reason in _reasons(activity) if reason in written]


@pytest.mark.parametrize(("name", "activity"), _activities("graded", text=False))
def test_graded_activity_hides_its_tests(name: str, activity: str) -> None:
    (cell,) = _cells(name, activity)
    assert (cell.cell_type, _marks(cell)["grade"], _marks(cell)["task"]) == ("code", True, False)
    assert HIDDEN.sub("", cell.source) == f'show("{activity}")'


@pytest.mark.parametrize(("name", "activity"), _activities("graded", text=False))
def test_hidden_key_completes_the_activity(name: str, activity: str) -> None:
    (cell,) = _cells(name, activity)
    whole = shipped.compiled(name)[activity]
    called, key = _hidden_call(cell)
    assert called == activity
    assert key == key_of(whole)
    assert with_key(without_key(whole), key) == whole


@pytest.mark.parametrize(("name", "activity"), _activities("practice", text=False) + _activities("practice", text=True))
def test_practice_key_is_only_its_points(name: str, activity: str) -> None:
    (cell,) = _cells(name, activity)
    assert _marks(cell)["grade"]
    assert _hidden_call(cell) == (activity, {"points": shipped.compiled(name)[activity]["points"]})


@pytest.mark.parametrize(("name", "activity"), _activities("graded", text=True))
def test_graded_text_is_task_and_display_cell(name: str, activity: str) -> None:
    cells = _built(name).cells
    task, show = _cells(name, activity)
    assert (task.cell_type, _marks(task)["task"], _marks(task)["grade"]) == ("markdown", True, False)
    assert shipped.compiled(name)[activity]["stem"] in task.source
    assert (show.cell_type, show.source, _marks(show)["grade"]) == ("code", f'show("{activity}")', False)
    assert cells.index(show) == cells.index(task) + 1
    for level in shipped.compiled(name)[activity]["rubric"]:
        assert all(level["exemplar"] not in cell.source for cell in cells)


def _hidden_call(cell: NotebookNode) -> tuple[Any, Any]:
    """Return the arguments of the hidden `score` call, read as data only."""
    (hidden,) = HIDDEN.findall(cell.source)
    imported, called = ast.parse(hidden).body
    assert ast.unparse(imported) == "from himaya_autograde import score"
    assert isinstance(called, ast.Expr)
    assert isinstance(called.value, ast.Call)
    assert ast.unparse(called.value.func) == "score"
    activity, key = map(ast.literal_eval, called.value.args)
    return activity, key


@pytest.mark.parametrize("name", shipped.NAMES)
def test_released_notebook_holds_no_graded_rationale(name: str) -> None:
    released = "\n".join(HIDDEN.sub("", cell.source) for cell in _built(name).cells)
    assert "HIDDEN" not in released
    assert "score(" not in released
    for activity in shipped.graded(name):
        assert not [reason for reason in _reasons(activity) if reason in released]


def _reasons(activity: Any) -> list[str]:
    entries = [activity, *activity.get("options", []), *activity.get("rows", [])]
    entries += [choice for node in activity.get("nodes", []) for choice in node["choices"]]
    return [entry["rationale"] for entry in entries if "rationale" in entry]


@pytest.mark.parametrize("name", shipped.NAMES)
def test_activities_stand_in_the_order_of_the_prose(name: str) -> None:
    shown = re.findall(r'^show\("([^"]+)"\)$', "\n".join(cell.source for cell in _built(name).cells), re.MULTILINE)
    assert shown == [cell.activity for cell in shipped.loaded(name).cells if cell.activity]
    assert _built(name).cells[-1].source.startswith("## Sources\n")


@pytest.mark.parametrize("name", shipped.NAMES)
def test_no_citation_code_is_left_in_the_prose(name: str) -> None:
    prose = [cell.source for cell in _built(name).cells if cell.cell_type == "markdown"]
    assert not re.findall(r"\[(?:S\d+|design|verify|sop)\b[^\]]*\](?!\()", "\n".join(prose))
