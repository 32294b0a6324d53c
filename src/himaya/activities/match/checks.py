"""Rules for match items: each row has its own option, and the last pair is not free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.findings import item_findings, option_findings, unknown
from himaya.activities.format import Format
from himaya.activities.match.format import MatchItem, compile_item, difficulty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.activities.format import Finding, Known


def findings(item: MatchItem, known: Known) -> Iterator[Finding]:
    """Yield what is wrong with one item."""
    yield from item_findings(item, known)
    yield from option_findings([option.id for option in item.options])
    yield from option_findings([row.id for row in item.rows], "rows", "row")
    yield from _rows(item)


def _rows(item: MatchItem) -> Iterator[Finding]:
    options = [option.id for option in item.options]
    used: set[str] = set()
    for position, row in enumerate(item.rows):
        path = ("rows", position, "answer")
        if row.answer not in options:
            yield unknown(f"row '{row.id}' is answered by the option", row.answer, options), path
        elif row.answer in used:
            yield f"option '{row.answer}' already answers an earlier row; each option answers one row at most.", path
        used.add(row.answer)
    if len(options) <= len(item.rows):
        text = (
            f"{len(item.rows)} rows have {len(options)} options; at least one option more than rows is needed, "
            "or the last pair is free."
        )
        yield text, ("options",)


FORMAT: Format[MatchItem] = Format(MatchItem, "items.yaml", findings, compile_item, difficulty=difficulty)
