"""What an author may write of a number item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from himaya.activities.format import Item, Text, item_fields
from himaya.activities.numbers import read_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.activities.format import Writer


class NumberItem(Item):
    """A number in a stated unit. Decimals are written as text ("2.5") with at most four places."""

    kind: Literal["number"]
    answer: Text
    tolerance: Text = "0"
    unit: Text
    rationale: Text


def compile_item(item: NumberItem, write: Writer) -> dict[str, Any]:
    """Return the fields of a compiled item, with its key."""
    answer, tolerance = read_number(item.answer), read_number(item.tolerance)
    if answer is None or tolerance is None:
        message = (
            f"{item.id}: answer {item.answer!r} and tolerance {item.tolerance!r} must be numbers such as 12 or 2.5"
        )
        raise ValueError(message)
    right = {"answer": answer, "tolerance": tolerance, "shown": write.digits(item.answer)}
    return {**item_fields(item, write), "unit": item.unit, **right, "rationale": item.rationale}


def difficulty(_item: NumberItem) -> Mapping[str, object]:
    """Return what a pretest's twin has to have equal."""
    return {}
