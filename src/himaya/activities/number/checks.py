"""Rules for number items: an answer and a tolerance that can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.findings import item_findings
from himaya.activities.format import Format
from himaya.activities.number.format import NumberItem, compile_item, difficulty
from himaya.activities.numbers import read_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.activities.format import Finding, Known


def findings(item: NumberItem, known: Known) -> Iterator[Finding]:
    """Yield what is wrong with one item."""
    yield from item_findings(item, known)
    if read_number(item.answer) is None:
        text = f"the answer '{item.answer}' is not a number; allowed: up to 9 digits and 4 decimals, such as '2.5'."
        yield text, ("answer",)
    tolerance = read_number(item.tolerance)
    if tolerance is None or tolerance < 0:
        text = f"the tolerance '{item.tolerance}' is not a number of 0 or more; allowed: such as '0' or '0.5'."
        yield text, ("tolerance",)


FORMAT: Format[NumberItem] = Format(NumberItem, "items.yaml", findings, compile_item, difficulty=difficulty)
