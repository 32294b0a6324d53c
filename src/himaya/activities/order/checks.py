"""Rules for order items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.findings import item_findings, option_findings
from himaya.activities.format import Format
from himaya.activities.order.format import OrderItem, compile_item, difficulty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.activities.format import Finding, Known


def findings(item: OrderItem, known: Known) -> Iterator[Finding]:
    """Yield what is wrong with one item."""
    yield from item_findings(item, known)
    yield from option_findings([option.id for option in item.options])


FORMAT: Format[OrderItem] = Format(OrderItem, "items.yaml", findings, compile_item, difficulty=difficulty)
