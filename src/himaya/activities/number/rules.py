"""Number: one number in a stated unit."""

from __future__ import annotations

from typing import Literal, NotRequired

from himaya.activities.items import ItemActivity, ItemRules, ItemState
from himaya.activities.kind import Public, Rules
from himaya.activities.numbers import read_number


class NumberActivity(ItemActivity):
    """A compiled number item; `answer` and `tolerance` are whole ten-thousandths, `shown` is the answer as written."""

    kind: Literal["number"]
    unit: str
    answer: NotRequired[int]
    tolerance: NotRequired[int]
    shown: NotRequired[str]
    rationale: NotRequired[str]


class NumberState(ItemState):
    """`value`: the text that was typed."""

    value: str | None


class NumberRules(ItemRules[NumberActivity, NumberState]):
    """Right within the tolerance."""

    public = Public(("stem", "unit"))

    def read(self, _activity: NumberActivity, value: object) -> str | None:
        """Return the text."""
        return value if isinstance(value, str) else None

    def answered(self, _activity: NumberActivity, state: NumberState) -> bool:
        """Return whether the text is one clear number."""
        return state["value"] is not None and read_number(state["value"]) is not None

    def score(self, activity: NumberActivity, state: NumberState) -> tuple[int, int]:
        """Return the share earned."""
        number = None if state["value"] is None else read_number(state["value"])
        close = number is not None and abs(number - activity["answer"]) <= activity["tolerance"]
        return (1 if close else 0), 1


RULES: Rules[NumberActivity, NumberState] = NumberRules()
