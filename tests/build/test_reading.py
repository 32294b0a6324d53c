"""Prose as a trainee reads it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from content.sound import loaded_sound_module
from himaya.build.assignment import compile_module
from himaya.build.notebook import build_notebook
from himaya.build.reading import readable

if TYPE_CHECKING:
    from nbformat import NotebookNode


def _prose(notebook: NotebookNode) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_a_picture_travels_inside_the_notebook_with_its_words() -> None:
    loaded = loaded_sound_module()
    drawing = (loaded.path / "media/chairs.svg").read_bytes()
    prose = _prose(build_notebook(loaded, compile_module(loaded)))
    before, _, after = prose.partition("![Two chairs at a small table](data:image/svg+xml;base64,")
    assert base64.b64decode(after.partition(")")[0]) == drawing
    assert "media/" not in before + after


def test_a_picture_that_is_missing_leaves_its_line() -> None:
    assert readable("![Two](media/none.svg)", loaded_sound_module()) == "![Two](media/none.svg)"
