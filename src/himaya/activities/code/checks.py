"""Rules for code items: code that is Python, files that are there, checks that are data."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from himaya.activities.code.format import CodeItem, compile_item
from himaya.activities.findings import outcome_findings, source_findings
from himaya.activities.format import Figures, Format
from himaya.activities.limits import MOST_DATA_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya.activities.format import Finding, Known


def findings(item: CodeItem, known: Known) -> Iterator[Finding]:
    """Yield what is wrong with one task in code."""
    yield from outcome_findings([item.outcome], known, "outcome")
    yield from source_findings(item, known)
    yield from _files(item, known.data)
    yield from _python(item)


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
    yield from _syntax_findings(item.starter, "exec", "starter")
    yield from _syntax_findings(f"{item.starter}\n{item.solution}", "exec", "solution")
    if "###" in item.starter + item.solution:
        yield "'###' marks what is taken out of the released notebook; write comments with one #.", ("solution",)
    for position, check in enumerate(item.checks):
        yield from _syntax_findings(f"(\n{check.value}\n)", "eval", "checks", position, "value")


def _syntax_findings(source: str, mode: str, *path: str | int) -> Iterator[Finding]:
    try:
        compile(source, "code.yaml", mode, ast.PyCF_ONLY_AST)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # the last two for deep nesting
        what = "an expression" if mode == "eval" else "Python"
        yield f"this is not {what}: {getattr(error, 'msg', error)}.", path


FORMAT: Format[CodeItem] = Format(
    model=CodeItem,
    files="code.yaml",
    findings=findings,
    compile=compile_item,
    figures=Figures(columns={"Tasks in code": len}),
)
