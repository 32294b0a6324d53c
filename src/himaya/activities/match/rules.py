"""Match: rows, each with the option that belongs to it."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from himaya.activities.events import ids, read_id
from himaya.activities.items import ItemActivity, ItemRules, ItemState
from himaya.activities.kind import Public, Rules


class Row(TypedDict):
    """One row; `answer` is the id of its option."""

    id: str
    text: str
    answer: NotRequired[str]
    rationale: NotRequired[str]


class Option(TypedDict):
    """One option to match with."""

    id: str
    text: str


class MatchActivity(ItemActivity):
    """A compiled match item."""

    kind: Literal["match"]
    rows: list[Row]
    options: list[Option]


class MatchState(ItemState):
    """`value`: pairs of the ids of a row and an option, each row once."""

    value: list[list[str]] | None


_PAIR = 2


class MatchRules(ItemRules[MatchActivity, MatchState]):
    """Right pairs over all pairs: our own choice."""

    public = Public(("stem",), {"rows": ("id", "text"), "options": ("id", "text")})

    def read(self, activity: MatchActivity, value: object) -> list[list[str]] | None:
        """Return the pairs; some rows may have none yet."""
        rows, options = ids(activity["rows"]), ids(activity["options"])
        if not isinstance(value, list) or len(value) > len(rows):
            return None
        seen: list[str] = []
        pairs: list[list[str]] = []
        for pair in value:
            if not isinstance(pair, list) or len(pair) != _PAIR:
                return None
            row, option = read_id(pair[0], rows), read_id(pair[1], options)
            if row is None or option is None or row in seen:
                return None
            seen.append(row)
            pairs.append([row, option])
        return pairs

    def answered(self, activity: MatchActivity, state: MatchState) -> bool:
        """Return whether every row has an option."""
        return state["value"] is not None and len(state["value"]) == len(activity["rows"])

    def score(self, activity: MatchActivity, state: MatchState) -> tuple[int, int]:
        """Return the share earned."""
        value, rows = state["value"], activity["rows"]
        if value is None:
            return 0, 1
        return sum(1 for row in rows if [row["id"], row["answer"]] in value), len(rows)


RULES: Rules[MatchActivity, MatchState] = MatchRules()
