"""Event lists as a trainee, a stale tab or a hostile page could send them: fitting ones and unfitting ones mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.fold import start, step
from himaya.activities.interview.rules import open_moves
from himaya.activities.scenario.rules import node_of, open_choices
from tests.engine.stable_random import below, between, chance, mixed, pick

if TYPE_CHECKING:
    from random import Random

ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, 1.0, -0.0, 0.5, 1e-7, -1, 2**53 + 1, 10**30, "", "0", " ", "end", "a", "__proto__",
    "constructor", "toString", [], [[]], [None], [["a"]], [["a", "b", "c"]], [[["a"]]], {}, {"id": "a"},
    {"__proto__": {"turn": 0}}, "\ud83d", "a\ud800b", "👩🏽‍⚕️", "\u2028", '\x00\x1f"\\', "لا", "[object Object]",
)  # fmt: skip
NUMBERS = (
    "12", "2.5", "٨٩", "۹۸٫۷", "89.0001", "-3", "0", "-0", "٤٢", "۴۲", "٣٫٥", "1,500", "1٬500", "12 000",
    "١٢٣٤٥٦٧٨٩٫١٢٣٤", "1234567890", "0.12345",
    "1.", ".5", "1.2.3", "--1", "1-", "−7", "\u200e5\u200f", "\u061c٧", "१२", "１２", "²", "1e3",
    "0x10", "NaN", "twelve", "000000001", "12\n", "1\u00a0000", "\ud835\udfd0", "\ud800",
)  # fmt: skip
SCRIPTS = tuple(str.maketrans("0123456789", digits) for digits in ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"))
TEXTS = (
    "",
    "I would ask first.",
    "سأسأل أولاً",
    "👩🏽‍⚕️ \ud83d",
    "<script>alert(1)</script>",
    "line\nline\u2028line",
    "0",
)
# As large as a lab takes and one more, in characters of which JavaScript counts some twice; as deep, and deeper.
DECISIONS: tuple[Any, ...] = (
    {}, {"card": "listen", "at": 1}, {"field": "summary", "value": "سأسأل أولاً"}, {"a": [[1]]},
    {"a": [[[1]]]}, {"a": [{}]},
    {"a": "x" * 1_497}, {"a": "x" * 1_498}, {"a": "👩" * 1_497}, {"a": "👩" * 1_498}, {"🏽": "\ud83d" * 1_497},
    {"a": [0] * 1_497}, {"a": [0] * 1_498}, {str(at): at for at in range(300)}, {"__proto__": 1, "constructor": None},
    ["decide"], "decide", None, 7,
)  # fmt: skip
TYPES = ("begin", "choose", "continue", "back", "restart", "skip", "unskip", "answer", "check", "retry", "undo", "")
LAB_TYPES = (*TYPES, "decide", "finish", "finish")


def walk(activity: Any, dice: Random, length: int, *, fitting: int = 70) -> list[Any]:
    """Return `length` events, each fitting the place that the earlier ones led to with `fitting` percent."""
    state, events = start(activity), []
    for number in range(length):
        fits = chance(dice, fitting)
        event = _fitting(activity, state, dice) if fits else _unfitting(activity, state, dice)
        if number == 0 and fits:
            event = {"activity": activity["id"], "type": "begin", "content": pick(dice, (activity["hash"], "older"))}
        events.append(event)
        state = step(activity, state, event)
    return events


def _fitting(activity: Any, state: dict[str, Any], dice: Random) -> dict[str, Any]:
    event = {"activity": activity["id"], "turn": state["turn"]}
    if activity["kind"] == "lab":
        return {**event, **_lab_move(state, dice)}
    if activity["kind"] == "scenario":
        return {**event, **_scenario_move(activity, state, dice)}
    if activity["kind"] == "interview":
        return {**event, **_interview_move(activity, state, dice)}
    if activity["kind"] == "casefile":
        return {**event, **_casefile_move(activity, state, dice)}
    move = pick(dice, ("answer", "answer", "check")) if state["phase"] == "answer" else "retry"
    return {**event, "type": move, **({"value": answer(activity, dice)} if move == "answer" else {})}


def _casefile_move(activity: Any, state: dict[str, Any], dice: Random) -> dict[str, Any]:
    if state["phase"] == "skipped":
        return pick(dice, ({"type": "answer", "value": pick(dice, TEXTS)}, {"type": "unskip"}))
    if state["phase"] == "ended":
        return {"type": "restart"}
    if state["phase"] == "checked":
        return {"type": pick(dice, ("continue", "continue", "continue", "retry", "restart"))}
    if chance(dice, 5):
        return {"type": pick(dice, ("skip", "restart", "check"))}
    rows = activity["papers"][state["kept"]]["rows"]
    filled = [pair[0] for pair in state["filled"]]
    empty = [line for line in rows if line["id"] not in filled]
    if not empty and chance(dice, 70):
        return {"type": "check"}
    line = pick(dice, empty or rows)
    return {"type": "choose", "at": line["id"], "choice": pick(dice, line["options"])["id"]}


def _lab_move(state: dict[str, Any], dice: Random) -> dict[str, Any]:
    if state["phase"] == "skipped":
        return {"type": "unskip"} if chance(dice, 50) else {"type": "answer", "value": pick(dice, TEXTS)}
    if state["phase"] == "finished":
        return {"type": "restart"}
    move = pick(dice, ("decide", "decide", "decide", "finish", "skip", "restart"))
    return {"type": move, **({"value": pick(dice, DECISIONS)} if move == "decide" else {})}


def _scenario_move(activity: Any, state: dict[str, Any], dice: Random) -> dict[str, Any]:
    phase = state["phase"]
    if phase == "decide":
        choices = open_choices(activity, state)
        if not choices or chance(dice, 8):
            return {"type": "skip"}
        if chance(dice, 10):  # one that may be closed
            choices = node_of(activity, state["node"])["choices"]
        return {"type": "choose", "at": state["node"], "choice": pick(dice, choices)["id"]}
    if phase == "consequence":
        return {"type": "back" if chance(dice, 15) else "continue"}
    if phase == "skipped":
        return {"type": "unskip"} if chance(dice, 50) else {"type": "answer", "value": pick(dice, TEXTS)}
    return pick(dice, ({"type": "restart"}, {"type": "back", "value": pick(dice, _places(state))}))


def _places(state: dict[str, Any]) -> list[Any]:
    """Return what a value may be that leads back into a path, and some that lead nowhere."""
    return [*range(len(state["path"])), 0.0, -1, True, len(state["path"])]


def _interview_move(activity: Any, state: dict[str, Any], dice: Random) -> dict[str, Any]:
    phase, again = state["phase"], _places(state)
    if phase == "skipped":
        return {"type": "unskip"} if chance(dice, 50) else {"type": "answer", "value": pick(dice, TEXTS)}
    if phase == "ended" or chance(dice, 8):
        return pick(dice, ({"type": "restart"}, {"type": "back", "value": pick(dice, again)}))
    moves = open_moves(activity, state["path"])
    if not moves or chance(dice, 6):
        return {"type": "skip"}
    return {"type": "choose", "choice": pick(dice, moves)[0]["id"]}


def answer(activity: Any, dice: Random) -> Any:
    """Return an answer of the right shape, complete or not."""
    kind = activity["kind"]
    if kind == "number":
        known = "shown" in activity and chance(dice, 50)
        return str(activity["shown"]).translate(pick(dice, SCRIPTS)) if known else pick(dice, NUMBERS)
    if kind == "text":
        return pick(dice, TEXTS)
    options = [option["id"] for option in activity["options"]]
    if kind == "match":
        rows = mixed(dice, [row["id"] for row in activity["rows"]])
        return [
            [row, pick(dice, options)] for row in rows[: len(rows) if chance(dice, 60) else below(dice, len(rows) + 1)]
        ]
    order = mixed(dice, options)
    if kind == "order":
        return order
    return order[:1] if activity["select"] == "one" else order[: below(dice, len(order) + 1)]


def _unfitting(activity: Any, state: dict[str, Any], dice: Random) -> Any:
    """Return an event that is stale, foreign, half right or not an event at all."""
    if chance(dice, 6):
        return pick(dice, ODD_VALUES)
    event = _fitting(activity, state, dice)
    if chance(dice, 30):
        event["type"] = pick(dice, LAB_TYPES if activity["kind"] == "lab" else TYPES)
    if chance(dice, 20):
        event["turn"] = pick(dice, (state["turn"] - 1, state["turn"] + 1, float(state["turn"]), str(state["turn"])))
    field = pick(dice, ("value", "turn", "at", "choice", "type", "activity", "content", "__proto__", "value"))
    if chance(dice, 15):
        event.pop(field, None)
    elif chance(dice, 60):
        event[field] = pick(dice, ODD_VALUES)
    elif isinstance(event.get("value"), list) and event["value"]:
        event["value"] = _spoiled(event["value"], dice)
    return event


def _spoiled(value: list[Any], dice: Random) -> list[Any]:
    """Return a list answer with one entry repeated, lost, or made something else."""
    spoiled, place = list(value), between(dice, 0, len(value) - 1)
    spoil = below(dice, 4)
    if spoil == 0:
        return [*spoiled, spoiled[place]]
    if spoil == 1:
        return spoiled[:place] + spoiled[place + 1 :]
    spoiled[place] = spoiled[-1] if spoil == 2 else pick(dice, ODD_VALUES)
    return spoiled
