"""The list of lessons in a notebook: every cell in a part, titles in each language, nothing in the cells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from himaya.languages.interface import sentence
from himaya.publish.assignment import write_assignment, write_practice_app
from himaya.publish.lesson_list import lesson_list
from himaya.translation.translated import translated
from tests.engine import shipped
from tests.shipped import a_module

if TYPE_CHECKING:
    from pathlib import Path

_MODULE = a_module("core-protection")


def _notebook(name: str, folder: Path) -> Any:
    return nbformat.read(write_assignment(shipped.loaded(name), folder, "course") / f"{name}.ipynb", 4)


@pytest.mark.parametrize("name", shipped.NAMES)
def test_every_cell_is_in_a_part(name: str, tmp_path: Path) -> None:
    notebook = _notebook(name, tmp_path)
    parts = notebook.metadata["himaya"]["lessons"]["parts"]
    listed = {cell for part in parts for cell in part["cells"]}
    left = [cell for cell in notebook.cells if cell.id not in listed]
    assert [cell.source for cell in left if cell.cell_type == "code"] == ["from himaya_widgets import show, submit"]
    assert len([cell for cell in left if cell.cell_type == "markdown"]) <= 1, "the notice of a draft stays in sight"
    titles = [part["titles"]["en"] for part in parts]
    assert all(lesson.title in titles for lesson in shipped.loaded(name).module.lessons)
    assert all(titles)


@pytest.mark.parametrize("name", shipped.NAMES)
def test_practice_app_lists_the_same_lessons(name: str, tmp_path: Path) -> None:
    loaded = shipped.loaded(name)
    notebook = nbformat.read(write_practice_app(loaded, tmp_path) / f"{name}.ipynb", 4)
    parts = notebook.metadata["himaya"]["lessons"]["parts"]
    listed = {cell for part in parts for cell in part["cells"]}
    assert [part["titles"] for part in parts] == [part["titles"] for part in lesson_list(loaded)["parts"]]
    left = [cell for cell in notebook.cells if cell.id not in listed]
    assert [cell.source for cell in left if cell.cell_type == "code"] == ["from himaya_widgets import show, submit"]
    assert len([cell for cell in left if cell.cell_type == "markdown"]) <= 1


def test_parts_follow_the_activities_of_lessons() -> None:
    loaded = shipped.loaded(_MODULE)
    found = lesson_list(loaded)["parts"]
    assert found[0]["titles"] == {"en": loaded.module.title}
    assert found[1]["titles"] == {"en": sentence("pretest")}
    assert found[-1]["titles"] == {"en": sentence("sources")}


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_list_speaks_each_language(language: str) -> None:
    loaded = shipped.loaded(_MODULE)
    other = translated(loaded, language)
    found = lesson_list(loaded, [other])
    assert found["say"][language]["lessons"] == sentence("lessons", language)
    lessons = [lesson.title for lesson in other.module.lessons]
    said = [part["titles"][language] for part in found["parts"]]
    assert [title for title in said if title in lessons] == lessons
    assert all(part["titles"]["en"] != part["titles"][language] for part in found["parts"])


def test_module_without_lessons_has_no_list() -> None:
    loaded = shipped.loaded(_MODULE)
    uncut = replace(loaded, module=loaded.module.model_copy(update={"lessons": [], "reference": []}))
    assert lesson_list(uncut) == {}
