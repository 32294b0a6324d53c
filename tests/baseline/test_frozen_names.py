"""Names that stand in files and browsers which outlive a release: they may be added to, never renamed."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager

from tests.baseline.groups import ROOT, build, built
from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

IMPORTED = [
    ("himaya_widgets", "show"),  # the first cell of every released notebook
    ("himaya_widgets", "submit"),
    ("himaya_autograde", "score"),  # hidden tests
    ("himaya_autograde.codecells", "score_code"),  # hidden tests of tasks in code
    ("himaya_autograde.configuration", "configure"),  # nbgrader_config.py of every course folder
]
ACTIVITIES_FILE = {"module", "course", "keeps", "language", "languages", "digits", "draft", "activities"}
OTHER_LANGUAGE = {"module", "language", "digits", "draft", "activities", "prose"}
KEYS_FILE = {"module", "activities", "code"}
IN_BROWSERS = [
    "`himaya:${",  # a journal's database, unsent answers, answers of a scenario's own file
    "himaya:alone/$",
    ":seed`",
    ":version`",
    ":progress`",
    ":place`",
    "himaya:language",
    "himaya-practice:",
    "himaya-draft",
]
FILES = ["activities.json", "responses.jsonl", "language.txt", "receipts.jsonl", "graded.json"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "every-course", build)


@pytest.mark.parametrize(("module", "name"), IMPORTED)
def test_import_of_released_notebooks_works(module: str, name: str) -> None:
    assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.proof
def test_kernel_of_released_notebooks_is_installed(home: Path) -> None:
    assert "himaya" in KernelSpecManager().find_kernel_specs()
    for _, module, folder in built(home):
        notebook = nbformat.read(folder / "source" / module / f"{module}.ipynb", 4)
        assert notebook.metadata.kernelspec.name == "himaya", module


def test_released_notebook_imports_show_and_submit(home: Path) -> None:
    for _, module, folder in built(home):
        if module != "overview":
            notebook = nbformat.read(folder / "source" / module / f"{module}.ipynb", 4)
            code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
            assert code[0] == "from himaya_widgets import show, submit", module


def _top(path: Path) -> Mapping[str, Any]:
    content: Any = json.loads(path.read_text(encoding="utf-8"))
    return content


def test_activity_files_keep_their_fields(home: Path) -> None:
    for language, module, folder in built(home):
        if module == "overview":
            continue
        own = _top(folder / "source" / module / "activities.json")
        assert ACTIVITIES_FILE - {"languages"} <= own.keys(), module
        assert own["language"] == language
        assert {"id", "version", "title"} <= own["module"].keys()
        others = sorted((folder / "source" / module).glob("activities.*.json"))
        assert len(others) == len(own.get("languages", [language])) - 1
        for other in others:
            assert _top(other).keys() >= OTHER_LANGUAGE, other
        assert _top(folder / "keys" / f"{module}.json").keys() >= KEYS_FILE, module


@pytest.mark.parametrize("name", IN_BROWSERS)
def test_browser_storage_keeps_its_names(name: str) -> None:
    suffixes = {".js", ".mjs", ".html", ".j2"}
    sources = [path for path in ROOT.glob("[!.]*/himaya_*/**/*") if path.suffix in suffixes and path.is_file()]
    assert any(name in path.read_text(encoding="utf-8") for path in sources if "node_modules" not in path.parts)


@pytest.mark.parametrize("name", FILES)
def test_files_beside_a_notebook_keep_their_names(name: str) -> None:
    sources = [path for room in ("src", "widgets", "autograde", "server") for path in (ROOT / room).rglob("*.py")]
    assert any(f'"{name}"' in path.read_text(encoding="utf-8") for path in sources)
