"""What an author may write of a choice item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from himaya.activities.format import Id, Item, Model, Note, Text, item_fields, mixed
from himaya.activities.limits import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.activities.format import Writer


class Option(Model):
    """One option of a choice item; every option says why it is right or how it harms."""

    id: Id
    text: Annotated[Text, Note("an option", sisters=True)]
    correct: bool = False
    rationale: Text


class ChoiceItem(Item):
    """One or several right options."""

    kind: Literal["choice"]
    select: Literal["one", "several"] = "one"
    options: list[Option] = Field(min_length=2, max_length=OPTIONS)


def compile_item(item: ChoiceItem, write: Writer) -> dict[str, Any]:
    """Return the fields of a compiled item, with its key."""
    options = mixed(option.model_dump() for option in item.options)
    return {**item_fields(item, write), "select": item.select, "options": options}


def difficulty(item: ChoiceItem) -> Mapping[str, object]:
    """Return what a pretest's twin has to have equal."""
    return {
        "select": item.select,
        **({"the number of right options": sum(o.correct for o in item.options)} if item.select == "several" else {}),
        "the number of options": len(item.options),
    }
