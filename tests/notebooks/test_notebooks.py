"""Built notebooks run cell by cell, and a trainer may open and save module.md in JupyterLab."""

from __future__ import annotations

import difflib
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest

from himaya.content.load import load_module
from himaya.publish.assignment import write_assignment

ROOT = Path(__file__).parents[2]
_MODULES = sorted(path for path in (ROOT / "modules").iterdir() if (path / "module.yaml").exists())


@pytest.mark.proof
def test_nbval_runs_every_cell_of_every_built_notebook(tmp_path: Path) -> None:
    for module in _MODULES:
        write_assignment(load_module(module), tmp_path, "a-course")
    # One process for all: starting pytest with nbval takes longer than a module.
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-W", "ignore", "-c", "/dev/null", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    cells = [cell for path in tmp_path.glob("*/*.ipynb") for cell in nbformat.read(path, as_version=4).cells]
    assert f"{sum(cell.cell_type == 'code' for cell in cells)} passed" in done.stdout


@pytest.mark.parametrize("module", _MODULES, ids=lambda path: path.name)
def test_jupyterlab_round_trip_barely_changes_prose(module: Path, tmp_path: Path) -> None:
    before = (module / "module.md").read_text(encoding="utf-8")
    # What JupyterLab's jupytext extension does: read the text as a notebook, hold it as .ipynb, write it back.
    held = tmp_path / "held.ipynb"
    nbformat.write(jupytext.reads(before, fmt="md:myst"), held)
    after = jupytext.writes(nbformat.read(held, as_version=4), fmt="md:myst")
    changed = [
        line
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert [line for line in changed if "jupytext_version" not in line and "format_version" not in line] == []
