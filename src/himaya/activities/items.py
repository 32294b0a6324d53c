"""Items: choice, order, match, number, text. An answer replaces the earlier one; practice can be checked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.kinds import by_id, ids, is_count, read_id, read_ids, shuffled
from himaya.activities.numbers import read_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.activities.kinds import Activity, Event, State, View


def start(_activity: Activity, /) -> State:
    """Return the fields an item adds to a fresh state."""
    return {"phase": "answer", "value": None}


def step(activity: Activity, state: State, event: Event) -> State | None:
    """Return the next state, or None where the event is not an answer, a check or a retry that fits now."""
    kind = event.get("type")
    practice = activity["mode"] == "practice"
    if kind == "answer" and state["phase"] == "answer":
        value = read_value(activity, event.get("value"))
        if value is None:
            return None
        after = {**state, "value": value}
        return after if practice else {**after, "finished": answered(activity, after)}
    if not practice or not is_count(event.get("turn"), state["turn"]):
        return None
    if kind == "check" and state["phase"] == "answer" and answered(activity, state):
        return {**state, "phase": "checked", "finished": True}
    if kind == "retry" and state["phase"] == "checked":
        return {**state, "phase": "answer"}
    return None


def read_value(activity: Activity, value: object) -> Any:  # noqa: ANN401 - each kind has its own JSON shape
    """Return an answer in its checked shape, or None.

    Shapes: choice and order, list of option ids; match, list of [row id, option id]; number and text, string.
    """
    kind = activity["kind"]
    if kind == "choice":
        return _read_choice(activity, value)
    if kind == "order":
        found = read_ids(value, ids(activity["options"]))
        return found if found is not None and len(found) == len(activity["options"]) else None
    if kind == "match":
        return _read_match(activity, value)
    return value if isinstance(value, str) else None


def _read_choice(activity: Activity, value: object) -> list[str] | None:
    found = read_ids(value, ids(activity["options"]))
    if found is None or (activity["select"] == "one" and len(found) != 1):
        return None
    return [option for option in ids(activity["options"]) if option in found]


def _read_match(activity: Activity, value: object) -> list[list[str]] | None:
    rows, options = ids(activity["rows"]), ids(activity["options"])
    if not isinstance(value, list) or len(value) > len(rows):
        return None
    seen: list[str] = []
    pairs: list[list[str]] = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:  # noqa: PLR2004 - a pair
            return None
        row, option = read_id(pair[0], rows), read_id(pair[1], options)
        if row is None or option is None or row in seen:
            return None
        seen.append(row)
        pairs.append([row, option])
    return pairs


def answered(activity: Activity, state: State) -> bool:
    """Return whether the answer is complete enough to check: every row matched, a readable number, some text."""
    value = state["value"]
    if value is None:
        return False
    if activity["kind"] == "match":
        return len(value) == len(activity["rows"])
    if activity["kind"] == "number":
        return read_number(value) is not None
    return value not in ("", [])


def view(activity: Activity, state: State, base: View) -> View:
    """Return what to draw; correct answers and reasons only once a practice item is checked."""
    checked = state["phase"] == "checked"
    drawn = {**base, "stem": activity["stem"], "answered": answered(activity, state)}
    drawn.update(_fields(activity, state, checked=checked))
    if checked:
        drawn["share"] = list(score(activity, state))
        drawn["rationale"] = activity.get("rationale")
        drawn["source"] = activity["source"]
    practice = activity["mode"] == "practice"
    drawn["can"] = ["retry"] if checked else ["answer", "check"] if practice else ["answer"]
    return drawn


def _fields(activity: Activity, state: State, *, checked: bool) -> View:
    kind, value = activity["kind"], state["value"]
    if kind == "choice":
        shown = shuffled(activity["options"], state["seed"])
        return {
            "select": activity["select"],
            "options": [_option(o, checked=checked, picked=value is not None and o["id"] in value) for o in shown],
        }
    if kind == "order":
        order = value if value is not None else shuffled(ids(activity["options"]), state["seed"])
        known = {"options": [{"id": i, "text": _text(activity["options"], i)} for i in order]}
        return {**known, "key": _texts(activity, activity["key"])} if checked else known
    if kind == "match":
        return _match_fields(activity, state, checked=checked)
    if kind == "number":
        readable = value is None or read_number(value) is not None
        typed = {"unit": activity["unit"], "value": value, "readable": readable}
        return {**typed, "key": activity["shown"]} if checked else typed
    return {"value": value, "words": activity["words"], "rubric": activity["rubric"]}


def _text(entries: list[Mapping[str, Any]], wanted: str) -> str:
    entry = by_id(entries, wanted)
    assert entry is not None  # noqa: S101 - `read_value` lets only known ids into a state
    return str(entry["text"])


def _texts(activity: Activity, wanted: list[str]) -> list[str]:
    return [_text(activity["options"], option) for option in wanted]


def _option(option: Mapping[str, Any], *, checked: bool, picked: bool) -> View:
    shown = {"id": option["id"], "text": option["text"], "picked": picked}
    return {**shown, "correct": option["correct"], "rationale": option["rationale"]} if checked else shown


def _match_fields(activity: Activity, state: State, *, checked: bool) -> View:
    rows = []
    for row in activity["rows"]:
        picked = None
        for pair in state["value"] or []:
            if pair[0] == row["id"]:
                picked = pair[1]
        shown = {"id": row["id"], "text": row["text"], "picked": picked}
        if checked:
            key = {"correct": row["answer"], "key": _text(activity["options"], row["answer"])}
            shown = {**shown, **key, "rationale": row["rationale"]}
        rows.append(shown)
    options = shuffled(activity["options"], state["seed"])
    return {"rows": rows, "options": [{"id": o["id"], "text": o["text"]} for o in options]}


def score(activity: Activity, state: State) -> tuple[int, int]:
    """Return the share earned as (numerator, denominator), both whole numbers; needs the key.

    Source:
        Several: right picks / right options - wrong picks / wrong options, at least 0. Order: concordant minus
        discordant pairs over all pairs, at least 0. Match: right pairs / pairs. All three are our own choices.
    """
    kind, value = activity["kind"], state["value"]
    if value is None or kind == "text":
        return 0, 1
    if kind == "choice":
        return _score_choice(activity, value)
    if kind == "order":
        return _score_order(activity["key"], value)
    if kind == "match":
        rows = activity["rows"]
        right = sum(1 for row in rows if [row["id"], row["answer"]] in value)
        return right, len(rows)
    number = read_number(value)
    close = number is not None and abs(number - activity["answer"]) <= activity["tolerance"]
    return (1 if close else 0), 1


def _score_choice(activity: Activity, value: list[str]) -> tuple[int, int]:
    right_options = [o["id"] for o in activity["options"] if o["correct"]]
    right = sum(1 for option in value if option in right_options)
    if activity["select"] == "one":
        return right, 1
    wrong = len(value) - right
    # At least 1: where every option is right, or none, that half of the difference is 0, not 0 of 0.
    right_of, wrong_of = max(1, len(right_options)), max(1, len(activity["options"]) - len(right_options))
    return max(0, right * wrong_of - wrong * right_of), right_of * wrong_of


def _score_order(key: list[str], value: list[str]) -> tuple[int, int]:
    concordant = discordant = 0
    for first in range(len(key)):
        for second in range(first + 1, len(key)):
            if value.index(key[first]) < value.index(key[second]):
                concordant += 1
            else:
                discordant += 1
    return max(0, concordant - discordant), concordant + discordant
