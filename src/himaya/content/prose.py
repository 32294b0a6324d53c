"""Read module.md, a MyST notebook: Markdown cells, and code cells that show one activity or code item each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import jupytext

from himaya.content.source import LARGEST_PROSE, LARGEST_TEXT, read_text
from himaya.content.yaml import YamlError, parsed
from himaya.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SETUP = "from himaya_widgets import show, submit"
SUBMIT = "submit()"
OUTCOMES = "What you will be able to do"
"""Title of the section that says what a module teaches."""
_SHOW = re.compile(r'^show\("([^"\n]*)"\)$')
_CODE_ITEM = re.compile(r'^code\("([^"\n]*)"\)$')
CITATION = re.compile(r"\[(S\d+|design)(?::\s*([^\]]+))?\]")
COUNTRY = re.compile(r"\[country:\s*([^\]]*?)\s*\]")
_HEADER = re.compile(r"\A---\n(.*?)^---\s*$", re.DOTALL | re.MULTILINE)
_CELL_DATA = re.compile(
    r"^ {0,3}\+\+\+[ \t]*\S.*$|^ {0,3}[`~:]{3,}[ \t]*\{(?:code-cell|raw-cell).*\n\s*(?:---|:).*$", re.MULTILINE
)
IMAGE = re.compile(r"!\[([^\]]*)\]\(\s*([^)\s]*)[^)]*\)")
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
        text = read_text(path, shown, LARGEST_PROSE)
    except ContentError as error:
        return [], [(problem.file, problem.line, problem.text) for problem in error.problems]
    problems = [(shown, line, fault) for line, fault in _metadata_faults(text)]
    if problems:
        return [], problems
    try:
        notebook = jupytext.reads(text, fmt="md:myst")
    except Exception as error:  # noqa: BLE001 - whatever it meets in an author's file
        return [], [(shown, 1, f"this is not a MyST notebook: {f'{error}'.splitlines()[0][:200]}.")]
    cells: list[Cell] = []
    position = 0
    for cell in notebook.cells:
        found = text.find(cell.source, position)
        position = found if found >= 0 else position
        line = text.count("\n", 0, position) + 1
        position += len(cell.source) if found >= 0 else 0
        if len(cell.source) > LARGEST_TEXT:
            problems.append((shown, line, f"this cell has {len(cell.source):,} letters; allowed: {LARGEST_TEXT:,}."))
            continue
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


def _metadata_faults(text: str) -> Iterator[tuple[int, str]]:
    """Yield what is more than the header that every module has: its reader would follow any alias and nesting."""
    header = _HEADER.match(text)
    if header is None and text.lstrip().startswith("---"):
        yield 1, "the header has no end; it ends with a line '---'."
    if header:
        try:
            parsed(header[1])
        except YamlError as error:
            yield error.line + 1, str(error)
    for found in _CELL_DATA.finditer(text):
        yield (
            text.count("\n", 0, found.start()) + 1,
            f"'{found[0][:80].strip()}' sets metadata; allowed: none on a cell.",
        )


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
