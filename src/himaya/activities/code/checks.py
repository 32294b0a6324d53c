"""Rules for code items: each shown once, code that is Python, files that are there, checks that are data."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from himaya.activities.findings import outcome_findings, source_findings
from himaya.activities.limits import MOST_DATA_BYTES
from himaya.content.checks.prose import shown_once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya.activities.code.format import CodeItem
    from himaya.activities.findings import Finding
    from himaya.content.load import LoadedModule, Problem


def code_problems(loaded: LoadedModule) -> list[Problem]:
    """Return what is wrong with the code items of a module and with the cells that show them."""
    shown = ((cell.line, cell.code) for cell in loaded.cells)
    problems = list(shown_once(loaded, "code item", "code", loaded.code, shown))
    for item in loaded.code.values():
        found = [
            *outcome_findings([item.outcome], loaded.module, "outcome"),
            *source_findings(item, loaded.module),
            *_files(item, loaded.path / "data"),
            *_python(item),
        ]
        problems += [loaded.problem(item.id, text, *path) for text, path in found]
    return problems


def _files(item: CodeItem, data: Path) -> Iterator[Finding]:
    for position, name in enumerate(item.files):
        try:
            size = (data / name).stat().st_size if (data / name).is_file() else None
        except OSError:  # it vanished just now
            size = None
        if size is None:
            yield f"the file '{name}' does not exist; put it into the module's data/.", ("files", position)
        elif size > MOST_DATA_BYTES:
            yield f"the file '{name}' is larger than {MOST_DATA_BYTES} bytes; leave out rows.", ("files", position)


def _python(item: CodeItem) -> Iterator[Finding]:
    yield from _parsed(item.starter, "exec", "starter")
    yield from _parsed(f"{item.starter}\n{item.solution}", "exec", "solution")
    if "###" in item.starter + item.solution:
        yield "'###' marks what is taken out of the released notebook; write comments with one #.", ("solution",)
    for position, check in enumerate(item.checks):
        yield from _parsed(f"(\n{check.value}\n)", "eval", "checks", position, "value")


def _parsed(source: str, mode: str, *path: str | int) -> Iterator[Finding]:
    try:
        compile(source, "code.yaml", mode, ast.PyCF_ONLY_AST)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # the last two for deep nesting
        what = "an expression" if mode == "eval" else "Python"
        yield f"this is not {what}: {getattr(error, 'msg', error)}.", path
