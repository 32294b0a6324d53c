"""Rules for text items: a length that can be kept, and one rubric level for each of four."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.findings import item_findings
from himaya.activities.format import Format
from himaya.activities.text.format import TextItem, compile_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.activities.format import Finding, Known


def findings(item: TextItem, known: Known) -> Iterator[Finding]:
    """Yield what is wrong with one item."""
    yield from item_findings(item, known)
    if item.words.min >= item.words.max:
        text = f"words has min {item.words.min} and max {item.words.max}; min must be below max."
        yield text, ("words",)
    levels = sorted(level.level for level in item.rubric)
    if levels != [1, 2, 3, 4]:
        text = f"the rubric has the levels {', '.join(map(str, levels))}; allowed: 1, 2, 3 and 4, each once."
        yield text, ("rubric",)


FORMAT: Format[TextItem] = Format(TextItem, "items.yaml", findings, compile_item)
