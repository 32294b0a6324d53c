"""What an author may write of a text item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from himaya.activities.format import Item, Model, Note, Text, item_fields
from himaya.activities.limits import RUBRIC_LEVELS

if TYPE_CHECKING:
    from himaya.activities.format import Writer


class Level(Model):
    """One rubric level with an exemplar answer, seen only by markers."""

    level: int = Field(ge=1, le=RUBRIC_LEVELS)
    text: Annotated[Text, Note("a level of the rubric")]
    exemplar: Text


class Words(Model):
    """How long an answer should be. Advice, never enforced."""

    min: int = Field(ge=1)
    max: int = Field(ge=1)


class TextItem(Item):
    """A reflection, marked by a person with the rubric."""

    kind: Literal["text"]
    words: Words
    rubric: list[Level] = Field(min_length=RUBRIC_LEVELS, max_length=RUBRIC_LEVELS)


def compile_item(item: TextItem, write: Writer) -> dict[str, Any]:
    """Return the fields of a compiled item, with its key."""
    rubric = [level.model_dump() for level in item.rubric]
    return {**item_fields(item, write), "words": [item.words.min, item.words.max], "rubric": rubric}
