"""Read module.md, a MyST notebook: Markdown cells, and code cells that show one activity or code item each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import jupytext

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SETUP = "from himaya_widgets import show, submit"
SUBMIT = "submit()"
_SHOW = re.compile(r'^show\("([^"\n]*)"\)$')
_CODE_ITEM = re.compile(r'^code\("([^"\n]*)"\)$')
CITATION = re.compile(r"\[(S\d+|design)(?::\s*([^\]]+))?\]")
COUNTRY = re.compile(r"\[country:\s*([^\]]*?)\s*\]")
IMAGE = re.compile(r"!\[([^\]]*)\]\(\s*([^)\s]*)[^)]*\)")
_FENCE = re.compile(r"^(`{3,}|~{3,}|:{3,})(.*?)^\1\s*$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"(`+)(?:(?!\1).)+\1", re.DOTALL)
MARK = re.compile(r"\[(verify|sop|design)\]", re.IGNORECASE)


@dataclass(frozen=True)
class Cell:
    """One cell of a module.

    Attributes:
        kind: markdown, or what a code cell does.
        source: The text of the cell.
        line: Where it begins in module.md, from 1.
        activity: The id that a `show` cell shows.
        code: The id of the code item that a `code` cell stands for.
    """

    kind: Literal["markdown", "setup", "show", "code", "submit"]
    source: str
    line: int
    activity: str | None = None
    code: str | None = None


def read_prose(path: Path, shown: str) -> tuple[list[Cell], list[tuple[str, int, str]]]:
    """Return the cells of module.md and what is wrong with them as (file, line, sentence)."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return [], [(shown, 1, "this file is missing.")]
    except UnicodeDecodeError:
        return [], [(shown, 1, "this file is not UTF-8 text; save it as UTF-8.")]
    notebook = jupytext.reads(text, fmt="md:myst")
    cells: list[Cell] = []
    problems = []
    position = 0
    for cell in notebook.cells:
        found = text.find(cell.source, position)
        position = found if found >= 0 else position
        line = text.count("\n", 0, position) + 1
        position += len(cell.source) if found >= 0 else 0
        if cell.cell_type == "markdown":
            cells.append(Cell("markdown", cell.source, line))
            continue
        source = cell.source.strip()
        match = _SHOW.match(source)
        if match:
            cells.append(Cell("show", source, line, match[1]))
        elif match := _CODE_ITEM.match(source):
            cells.append(Cell("code", source, line, code=match[1]))
        elif source in (SETUP, SUBMIT):
            cells.append(Cell("setup" if source == SETUP else "submit", source, line))
        else:
            sentence = f"a code cell may hold only '{SETUP}', 'show(\"an-activity\")' or '{SUBMIT}'; this one does not."
            problems.append((shown, line, sentence))
    return cells, problems


def without_code(source: str) -> str:
    """Return Markdown in which code is blank, with every line where it was."""
    for pattern in (_FENCE, _CODE):
        source = pattern.sub(lambda found: "\n" * found[0].count("\n"), source)
    return source


def words(markdown: str) -> list[str]:
    """Return the words that a reader reads: no marks, no bare signs."""
    return [word for word in MARK.sub("", markdown).split() if any(map(str.isalnum, word))]


def sections(cells: list[Cell]) -> Iterator[tuple[int, str, str]]:
    """Yield each `##` section's line, title and text, across cells."""
    line, title, body = 0, "", [""]
    for cell in cells:
        if cell.kind != "markdown":
            continue
        for number, text in enumerate(cell.source.split("\n"), cell.line):
            if re.match(r"##?\s", text):
                if title:
                    yield line, title, "\n".join(body)
                line, title, body = number, text[2:].strip() if text.startswith("## ") else "", []
            elif not text.startswith("#"):
                body.append(text)
    if title:
        yield line, title, "\n".join(body)
