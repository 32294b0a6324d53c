"""Rules for module.md: cells in order, each activity shown once, known sources, plain Markdown, no outside link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.findings import unknown
from himaya.activities.limits import UNCITED_WORDS
from himaya.content.load import prose_file
from himaya.content.markdown import markdown_dangers
from himaya.content.prose import CITATION, OUTCOMES, SETUP, SUBMIT, sections, words
from himaya.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from himaya.content.load import LoadedModule
    from himaya.content.prose import Cell

_NEEDS_NO_SOURCE = (
    "Before you begin", "A moment at work", OUTCOMES, "Words you need", "Practise",
    "Check what you learned", "Reflect", "Summary", "Further reading",
)  # fmt: skip
_ALSO_NOT = ("Job aid", "Before you start", "How to take this course")  # whatever follows in the title


def prose_problems(loaded: LoadedModule) -> list[Problem]:
    """Return what is wrong with the prose of a module."""
    problems = [
        *_order(loaded),
        *shown_once(
            loaded, "activity", "show", loaded.activities, ((cell.line, cell.activity) for cell in loaded.cells)
        ),
        *shown_once(loaded, "code item", "code", loaded.code, ((cell.line, cell.code) for cell in loaded.cells)),
    ]
    for cell in loaded.cells:
        if cell.kind == "markdown":
            found = [*markdown_dangers(cell.source), *citation_faults(cell.source, list(loaded.module.sources))]
            problems += [Problem(prose_file(loaded), cell.line + below, text) for below, text in found]
    return problems


def prose_hints(loaded: LoadedModule) -> list[Problem]:
    """Return what an author may want to look at in the prose of a module."""
    return [Problem(prose_file(loaded), line, text) for line, text in uncited(loaded.cells)]


def _order(loaded: LoadedModule) -> Iterator[Problem]:
    code = [cell for cell in loaded.cells if cell.kind != "markdown"]
    line = code[0].line if code else 1
    if not code or code[0].kind != "setup":
        yield Problem(prose_file(loaded), line, f"the first code cell must be the setup cell, '{SETUP}'.")
    for cell in code[1:]:
        if cell.kind == "setup":
            yield Problem(prose_file(loaded), cell.line, "this is a second setup cell; allowed: one, the first.")
    last = loaded.cells[-1] if loaded.cells else None
    if last is None or last.kind != "submit":
        text = f"the last cell must be '{SUBMIT}', so that a trainee can hand in at the end."
        yield Problem(prose_file(loaded), last.line if last else 1, text)
    for cell in loaded.cells[:-1]:
        if cell.kind == "submit":
            yield Problem(
                prose_file(loaded), cell.line, f"'{SUBMIT}' stands before the end; allowed: one, the last cell."
            )


def shown_once(
    loaded: LoadedModule, what: str, call: str, known: Collection[str], shown: Iterable[tuple[int, str | None]]
) -> Iterator[Problem]:
    """Yield what is shown but unknown, shown twice, or never shown.

    Args:
        loaded: The module.
        what: How a sentence calls one, such as "activity".
        call: The function that shows one in module.md.
        known: The ids there are.
        shown: The line and the id of each cell; None for a cell that shows no such thing.
    """
    seen: set[str] = set()
    for line, name in shown:
        if name is None:
            continue
        if name not in known:
            yield Problem(prose_file(loaded), line, unknown(f"this shows the {what}", name, list(known)))
        elif name in seen:
            yield Problem(prose_file(loaded), line, f"the {what} '{name}' is shown twice; show each once.")
        seen.add(name)
    for name in known:
        if name not in seen:
            text = f"the {what} '{name}' is never shown; add {call}(\"{name}\") to module.md, or remove the {what}."
            yield loaded.problem(name, text, "id")


def citation_faults(source: str, known: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the line, below the first, of each citation of a source that is not `known`."""
    for found in CITATION.finditer(source):
        if found[1] not in known:
            yield source.count("\n", 0, found.start()), unknown("this cites the source", found[1], known)


def uncited(cells: list[Cell]) -> Iterator[tuple[int, str]]:
    """Yield the line of each `##` section that says much and cites nothing."""
    for line, title, body in sections(cells):
        said = len(words(body))
        if title in _NEEDS_NO_SOURCE or title.startswith(_ALSO_NOT) or said <= UNCITED_WORDS:
            continue
        if not CITATION.search(body):
            text = (
                f"the section '{title}' has {said} words and no citation; cite a source of module.yaml, such as "
                "[S1: Part II], if it makes a claim, or mark a teaching choice [design]."
            )
            yield line, text
