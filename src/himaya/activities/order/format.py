"""What an author may write of an order item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from himaya.activities.format import Item, Step, Text, item_fields, mixed
from himaya.activities.limits import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.activities.format import Writer


class OrderItem(Item):
    """Steps written in their right order."""

    kind: Literal["order"]
    options: list[Step] = Field(min_length=3, max_length=OPTIONS)
    rationale: Text


def compile_item(item: OrderItem, write: Writer) -> dict[str, Any]:
    """Return the fields of a compiled item, with its key."""
    options = [option.model_dump() for option in item.options]
    key = [option["id"] for option in options]
    return {**item_fields(item, write), "options": mixed(options), "key": key, "rationale": item.rationale}


def difficulty(item: OrderItem) -> Mapping[str, object]:
    """Return what a pretest's twin has to have equal."""
    return {"the number of options": len(item.options)}
