"""Text: a reflection, which a person marks with its rubric."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from himaya.activities.items import ItemActivity, ItemRules, ItemState
from himaya.activities.kind import Public, Rules


class Level(TypedDict):
    """One level of the rubric; the exemplar is for markers."""

    level: int
    text: str
    exemplar: NotRequired[str]


class TextActivity(ItemActivity):
    """A compiled text item; `words` are the least and the most that are advised."""

    kind: Literal["text"]
    words: list[int]
    rubric: list[Level]


class TextState(ItemState):
    """`value`: the text that was written."""

    value: str | None


class TextRules(ItemRules[TextActivity, TextState]):
    """Earns nothing here: a person marks it."""

    public = Public(("stem", "words"), repeated={"rubric": ("level", "text")})

    def read(self, _activity: TextActivity, value: object) -> str | None:
        """Return the text."""
        return value if isinstance(value, str) else None

    def answered(self, _activity: TextActivity, state: TextState) -> bool:
        """Return whether anything is written."""
        return bool(state["value"])

    def score(self, _activity: TextActivity, _state: TextState) -> tuple[int, int]:
        """Return nothing."""
        return 0, 1


RULES: Rules[TextActivity, TextState] = TextRules()
