"""The list of lessons in a notebook: which cells each part has, and its title in each language.

Titles and words only: it stands in the notebook's metadata, and no cell of the notebook knows of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.content.lessons import blocks_of, outline
from himaya.content.prose import CITATION, MARK
from himaya.languages.facts import direction
from himaya.languages.interface import interface
from himaya.languages.isolates import without_isolates
from himaya.publish.notebook import cell_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from himaya.content.lessons import Block, Part
    from himaya.content.load import LoadedModule

_SAID = ("lessons", "app-kind-module", "go-back", "continue", "done")


def lesson_list(loaded: LoadedModule, others: Sequence[LoadedModule] = ()) -> dict[str, Any]:
    """Return `parts` (`cells`: ids, `titles`: text by language) in the order of the module, and by language what it can
    `say`; nothing for a module without lessons.

    Args:
        loaded: The module in the language that its notebook opens in.
        others: The same module in the other languages of the notebook.
    """
    if not loaded.module.lessons:
        return {}
    spoken = [loaded, *others]
    titles = [_titles(each) for each in spoken]
    parts = [
        {"cells": ids, "titles": {each.language: told[at] for each, told in zip(spoken, titles, strict=True)}}
        for at, ids in enumerate(_cells(loaded))
    ]
    return {"parts": parts, "say": {each.language: _said(each.language) for each in spoken}}


def _said(language: str) -> dict[str, str]:
    say = interface(language)
    return {"direction": direction(language), **{key: without_isolates(say[key]) for key in _SAID}}


def _parts(loaded: LoadedModule) -> list[tuple[Part, str]]:
    """Return each part of a module with its title, in the module's language."""
    outlined = outline(loaded)
    parts = [(outlined.opening, loaded.module.title), (outlined.warm_up, interface(loaded.language)["pretest"])]
    parts += [(part, part.lesson.title) for part in outlined.lessons if part.lesson is not None]
    parts += [(part, _heading(loaded, part.blocks[0])) for part in outlined.reference]
    return [(part, title) for part, title in parts if part.blocks]


def _cells(loaded: LoadedModule) -> list[list[str]]:
    """Return the ids of the cells of each part; the last one is the sources. Two parts may share a cell."""
    found = []
    for part, _ in _parts(loaded):
        numbers = dict.fromkeys(block.cell for block in part.blocks)
        names = [name for number in numbers for name in _names(loaded, number)]
        found.append([cell_id(loaded.module, name) for name in names])
    return [*found, [cell_id(loaded.module, "sources")]]


def _names(loaded: LoadedModule, number: int) -> Iterator[str]:
    """Yield what the notebook's cells that a cell of a module becomes may be called."""
    cell = loaded.cells[number]
    match cell.kind:
        case "markdown":
            yield f"text-{number}"
        case "submit":
            yield cell.kind
        case "show" | "code":
            name = cell.activity or cell.code
            yield from (f"{name}", f"{name}-task", f"{name}-show", f"{name}-answer")
        case "setup":
            pass


def _titles(loaded: LoadedModule) -> list[str]:
    titles = [*(title for _, title in _parts(loaded)), interface(loaded.language)["sources"]]
    return [without_isolates(title) for title in titles]


def _heading(loaded: LoadedModule, block: Block) -> str:
    """Return the words of a heading in the module's language: blocks have the same numbers in each."""
    text = blocks_of(loaded.cells[block.cell].source)[block.number][1].lstrip("#")
    return MARK.sub("", CITATION.sub("", text)).strip()
