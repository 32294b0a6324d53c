"""Random activities of every kind, whole or as a graded trainee gets them, with random event lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from himaya.activities.kinds import KINDS, without_key
from himaya.activities.numbers import read_number
from tests.engine.stable_random import below, between, chance, mixed, pick
from tests.engine.walks import NUMBERS, walk

if TYPE_CHECKING:
    from random import Random

    from tests.engine.two_engines import Case

# "constructor" is a lawful id, and in JavaScript every object has one.
IDS = ("a", "b", "constructor", "c-1", "end-of-day", "to-string", "value-of", "proto", "d")
TEXTS = ("Noor waits.", "نور تنتظر", '👩🏽‍⚕️ "quoted" \\ </script>', "line\nline\u2028\x7f\x01", "a", "0", "چاوەڕوانە")
QUALITIES = ("best", "acceptable", "harmful")
SEEDS = (0, 1, 7, 48_271, 2**31 - 2, 2**31 - 1)


def cases(length: int = 15) -> st.SearchStrategy[Case]:
    """Return random cases that Hypothesis can shrink."""
    return st.randoms(use_true_random=False).map(lambda dice: random_case(dice, length))


def random_case(dice: Random, length: int = 15) -> Case:
    """Return a random activity, up to `length` events and a seed."""
    activity = random_activity(dice)
    if activity["mode"] == "graded" and chance(dice, 40):
        activity = without_key(activity)
    return activity, walk(activity, dice, between(dice, 1, length)), pick(dice, SEEDS)


def random_activity(dice: Random, kind: str | None = None) -> dict[str, Any]:
    """Return a random activity with its key, as `himaya.publish.compile` would write it."""
    kind = kind or pick(dice, (*KINDS, "scenario", "scenario", "scenario"))
    common = {
        "id": pick(dice, IDS),
        "kind": kind,
        "mode": pick(dice, ("practice", "graded")),
        "version": 1,
        "language": "en",
        "points": between(dice, 1, 6),
        "hash": "0123456789abcdef",
    }
    made = {"scenario": _scenario, "lab": _lab}.get(kind)
    return {**common, **(made(dice) if made else _item(dice, kind))}


def _text(dice: Random) -> str:
    return pick(dice, TEXTS)


def _ids(dice: Random, least: int, most: int) -> list[str]:
    return mixed(dice, IDS)[: between(dice, least, most)]


def _scenario(dice: Random) -> dict[str, Any]:
    meters = [_meter(dice, name) for name in _ids(dice, 0, 3)]
    nodes = _ids(dice, 1, 5)
    endings = [
        {"id": i, "title": _text(dice), "text": _text(dice), "when": _when(dice, meters)} for i in _ids(dice, 1, 3)
    ]
    endings[-1]["when"] = [] if chance(dice, 80) else endings[-1]["when"]
    return {
        "title": _text(dice),
        "minutes": 5,
        "outcomes": ["a"],
        "content_note": _text(dice),
        "alternative": _text(dice),
        "setting": _text(dice),
        "meters": meters,
        "start": nodes[0],
        "nodes": [_node(dice, name, nodes, meters) for name in nodes],
        "endings": endings,
    }


def _lab(dice: Random) -> dict[str, Any]:
    shown = {"title": _text(dice), "minutes": 5, "outcomes": ["a"], "alternative": _text(dice), "seed": 1}
    return {**shown, "lab": "complaint", "least": between(dice, 1, 3), "words": {}, "data": {}, "key": {"a": 1}}


def _meter(dice: Random, name: str) -> dict[str, Any]:
    least = between(dice, 0, 2)
    most = between(dice, least + 1, least + 4)
    words = [_text(dice) for _ in range(least, most + 1)] if chance(dice, 50) else []
    fields = {"start": between(dice, least, most), "min": least, "max": most, "levels": words}
    return {"id": name, "label": _text(dice), **fields, "sticky": chance(dice, 50)}


def _when(dice: Random, meters: list[dict[str, Any]]) -> list[list[Any]]:
    chosen = [meter for meter in meters if chance(dice, 35)]
    return [[meter["id"], between(dice, 0, meter["max"]), between(dice, meter["min"], 10)] for meter in chosen]


def _node(dice: Random, name: str, nodes: list[str], meters: list[dict[str, Any]]) -> dict[str, Any]:
    choices = [_choice(dice, choice, nodes, meters) for choice in _ids(dice, 2, 5)]
    return {"id": name, "title": _text(dice), "text": _text(dice), "prompt": _text(dice), "choices": choices}


def _choice(dice: Random, name: str, nodes: list[str], meters: list[dict[str, Any]]) -> dict[str, Any]:
    effects = [[meter["id"], between(dice, -2, 2)] for meter in meters if chance(dice, 60)]
    return {
        "id": name,
        "text": _text(dice),
        "consequence": _text(dice),
        "to": pick(dice, ("end", *nodes)),  # loops and choices that lead to their own node are allowed here
        "when": _when(dice, meters) if chance(dice, 50) else [],
        "effects": effects,
        "quality": pick(dice, QUALITIES),
        "rationale": _text(dice),
        "principle": _text(dice),
        "source": [_text(dice)],
    }


def _item(dice: Random, kind: str) -> dict[str, Any]:
    common = {"stem": _text(dice), "outcome": "a", "principle": None, "safety_critical": False, "source": [_text(dice)]}
    if kind == "choice":
        options = [{**o, "correct": chance(dice, 40), "rationale": _text(dice)} for o in _entries(dice, 2, 6)]
        return {**common, "select": pick(dice, ("one", "several")), "options": options}
    if kind == "order":
        options = _entries(dice, 3, 7)
        key = mixed(dice, [option["id"] for option in options])
        return {**common, "options": options, "key": key, "rationale": _text(dice)}
    if kind == "match":
        options = _entries(dice, 3, 6)
        rows = [{**r, "answer": pick(dice, options)["id"], "rationale": _text(dice)} for r in _entries(dice, 2, 5)]
        return {**common, "rows": rows, "options": options}
    if kind == "number":
        readable = [text for text in NUMBERS if read_number(text) is not None]
        shown = pick(dice, readable)
        right = {"answer": read_number(shown), "tolerance": below(dice, 3) * 5_000, "shown": shown}
        return {**common, "unit": _text(dice), **right, "rationale": _text(dice)}
    levels = [{"level": level, "text": _text(dice), "exemplar": _text(dice)} for level in range(1, 5)]
    return {**common, "words": [80, 120], "rubric": levels}


def _entries(dice: Random, least: int, most: int) -> list[dict[str, Any]]:
    return [{"id": name, "text": _text(dice)} for name in _ids(dice, least, most)]
