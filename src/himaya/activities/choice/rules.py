"""Choice: one right option, or several."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict, assert_never

from himaya.activities.events import ids, read_ids
from himaya.activities.items import ItemActivity, ItemRules, ItemState
from himaya.activities.kind import Public, Rules


class Option(TypedDict):
    """One option; `correct` and `rationale` are part of the key."""

    id: str
    text: str
    correct: NotRequired[bool]
    rationale: NotRequired[str]


class ChoiceActivity(ItemActivity):
    """A compiled choice item."""

    kind: Literal["choice"]
    select: Literal["one", "several"]
    options: list[Option]


class ChoiceState(ItemState):
    """`value`: ids of options, in the order of the options."""

    value: list[str] | None


class ChoiceRules(ItemRules[ChoiceActivity, ChoiceState]):
    """Several: right picks / right options - wrong picks / wrong options, at least 0: our own choice."""

    public = Public(("stem", "select"), {"options": ("id", "text")})

    def read(self, activity: ChoiceActivity, value: object) -> list[str] | None:
        """Return the picked options in the order of the options."""
        known = ids(activity["options"])
        found = read_ids(value, known)
        if found is None or (activity["select"] == "one" and len(found) != 1):
            return None
        return [option for option in known if option in found]

    def answered(self, _activity: ChoiceActivity, state: ChoiceState) -> bool:
        """Return whether anything is picked."""
        return bool(state["value"])

    def score(self, activity: ChoiceActivity, state: ChoiceState) -> tuple[int, int]:
        """Return the share earned."""
        value = state["value"]
        if value is None:
            return 0, 1
        right_options = [option["id"] for option in activity["options"] if option["correct"]]
        right = sum(1 for option in value if option in right_options)
        match activity["select"]:
            case "one":
                return right, 1
            case "several":
                wrong = len(value) - right
                # At least 1: where every option is right, or none, that half of the difference is 0, not 0 of 0.
                right_of = max(1, len(right_options))
                wrong_of = max(1, len(activity["options"]) - len(right_options))
                return max(0, right * wrong_of - wrong * right_of), right_of * wrong_of
            case other:
                assert_never(other)


RULES: Rules[ChoiceActivity, ChoiceState] = ChoiceRules()
