"""What an author may write of a match item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from himaya.activities.format import Id, Item, Model, Note, Step, Text, item_fields, mixed
from himaya.activities.limits import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.activities.format import Writer


class Row(Model):
    """One row of a matching item and the option that belongs to it."""

    id: Id
    text: Annotated[Text, Note("a line to match")]
    answer: Id
    rationale: Text


class MatchItem(Item):
    """Rows, each with one option; one option more than rows, so that the last pair is not free."""

    kind: Literal["match"]
    rows: list[Row] = Field(min_length=2, max_length=OPTIONS)
    options: list[Step] = Field(min_length=3, max_length=OPTIONS + 1)


def compile_item(item: MatchItem, write: Writer) -> dict[str, Any]:
    """Return the fields of a compiled item, with its key."""
    rows = [row.model_dump() for row in item.rows]
    return {**item_fields(item, write), "rows": rows, "options": mixed(o.model_dump() for o in item.options)}


def difficulty(item: MatchItem) -> Mapping[str, object]:
    """Return what a pretest's twin has to have equal."""
    return {"the number of options": len(item.options), "the number of rows": len(item.rows)}
