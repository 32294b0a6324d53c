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
_RARE = ("interview", "casefile")
SEEDS = (0, 1, 7, 48_271, 2**31 - 2, 2**31 - 1)


def cases(length: int = 15) -> st.SearchStrategy[Case]:
    """Return random cases that Hypothesis can shrink."""
    return st.randoms(use_true_random=False).map(lambda dice: random_case(dice, length))


def random_case(dice: Random, length: int = 15, kind: str | None = None) -> Case:
    """Return a random activity, up to `length` events and a seed; interviews and case files only where asked for."""
    activity: Any = random_activity(dice, kind)
    if activity["mode"] == "graded" and chance(dice, 40):
        activity = without_key(activity)
    return activity, walk(activity, dice, between(dice, 1, length)), pick(dice, SEEDS)


def random_activity(dice: Random, kind: str | None = None) -> dict[str, Any]:
    """Return a random activity with its key, as `himaya.publish.compile` would write it."""
    kind = kind or pick(dice, (*(kind for kind in KINDS if kind not in _RARE), "scenario", "scenario", "scenario"))
    common = {
        "id": pick(dice, IDS),
        "kind": kind,
        "mode": pick(dice, ("practice", "graded")),
        "version": 1,
        "language": "en",
        "points": between(dice, 1, 6),
        "hash": "0123456789abcdef",
    }
    made = {"scenario": _scenario, "interview": _interview, "lab": _lab, "casefile": _casefile}.get(kind)
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


def _interview(dice: Random) -> dict[str, Any]:
    stages, facts, agreements = _ids(dice, 1, 2), _ids(dice, 1, 4), [f"say-{n}" for n in range(below(dice, 3))]
    marks = [*facts, *agreements, "note", "left", "closed"]
    behaviours = _ids(dice, 0, 3)
    moves = [_move(dice, name, stages, facts, agreements, behaviours) for name in _ids(dice, 2, 6)]
    endings = [
        {"id": i, "title": _text(dice), "text": _text(dice), "level": "good", "when": _marks(dice, marks)}
        for i in _ids(dice, 1, 3)
    ]
    needs = ("must", "must", "may", "private")
    return {
        "title": _text(dice),
        "minutes": 5,
        "outcomes": ["a"],
        "content_note": _text(dice),
        "alternative": _text(dice),
        "setting": _text(dice),
        "person": {"name": _text(dice), "gender": "woman", "age": 30, "life": _text(dice)},
        "opening": _text(dice),
        "leaving": _text(dice),
        "trust": {"start": between(dice, 1, 3), "max": between(dice, 3, 5)},
        "strain": {"start": between(dice, 0, 2), "max": between(dice, 3, 5)},
        "stages": [{"id": name, "text": _text(dice)} for name in stages],
        "facts": [
            {
                "id": name,
                "text": _text(dice),
                "need": pick(dice, needs),
                "planned": agreements if chance(dice, 40) else [],
            }
            for name in facts
        ],
        "agreements": [{"id": name, "text": _text(dice), "need": pick(dice, ("must", "may"))} for name in agreements],
        "moves": moves,
        "endings": endings,
        "behaviours": [
            {"id": name, "level": pick(dice, ("harmful", "basic")), "text": _text(dice)} for name in behaviours
        ],
        "friend": [{"when": _marks(dice, [*marks, *behaviours]), "text": _text(dice)} for _ in range(below(dice, 4))],
        "questions": [_text(dice)],
        "example": mixed(dice, [move["id"] for move in moves]),
    }


def _marks(dice: Random, marks: list[str]) -> dict[str, Any]:
    def some(percent: int) -> list[str]:
        return [name for name in marks if chance(dice, percent)]

    trust = [between(dice, 0, 4), between(dice, 1, 5)] if chance(dice, 30) else [0, 99]
    strain = [0, between(dice, 1, 4)] if chance(dice, 20) else [0, 99]
    return {"trust": trust, "strain": strain, "has": some(10), "any": some(10), "lacks": some(15)}


def _move(
    dice: Random, name: str, stages: list[str], facts: list[str], agreements: list[str], behaviours: list[str]
) -> dict[str, Any]:
    marks = [*facts, *agreements, "note"]
    always = {"trust": [0, 99], "strain": [0, 99], "has": [], "any": [], "lacks": []}
    replies = [
        {
            "id": str(number),
            "when": _marks(dice, marks) if chance(dice, 70) else always,
            "says": _text(dice),
            "tells": [fact for fact in facts if chance(dice, 30)],
            "trust": between(dice, -2, 2),
            "strain": between(dice, -1, 2),
            "sets": [one for one in (*agreements, "note") if chance(dice, 25)],
            "clears": [one for one in (*agreements, "note") if chance(dice, 15)],
            "stage": pick(dice, ("", "", "", *stages)),
            "ends": chance(dice, 12),
            "quality": pick(dice, QUALITIES),
            "shows": [one for one in behaviours if chance(dice, 40)],
        }
        for number in range(1, between(dice, 1, 4) + 1)
    ]
    return {
        "id": name,
        "group": pick(dice, ("welcome", "listen", "silence", "close")),
        "text": _text(dice),
        "stages": stages[:1] if chance(dice, 15) else [],
        "available": _marks(dice, marks) if chance(dice, 20) else always,
        "replies": replies,
    }


def _lab(dice: Random) -> dict[str, Any]:
    shown = {"title": _text(dice), "minutes": 5, "outcomes": ["a"], "alternative": _text(dice), "seed": 1}
    return {**shown, "lab": "complaint", "least": between(dice, 1, 3), "words": {}, "data": {}, "key": {"a": 1}}


def _casefile(dice: Random) -> dict[str, Any]:
    """Return a case file: always practice, and each line has a way that is no harm."""
    names = iter(mixed(dice, IDS))
    papers = [
        {
            "id": f"paper-{number}",
            "title": _text(dice),
            "text": _text(dice),
            "rows": [_line(dice, next(names)) for _ in range(between(dice, 1, 2))],
        }
        for number in range(between(dice, 1, 3))
    ]
    texts = {name: _text(dice) for name in ("title", "content_note", "alternative", "setting")}
    more = {"papers": papers, "debrief": [_text(dice)], "source": [_text(dice)]}
    return {**texts, "mode": "practice", "minutes": 5, "outcomes": ["a"], **more}


def _line(dice: Random, name: str) -> dict[str, Any]:
    options = [
        {"id": option, "text": _text(dice), "quality": pick(dice, QUALITIES), "rationale": _text(dice)}
        for option in _ids(dice, 2, 4)
    ]
    options[0]["quality"] = "best"
    return {"id": name, "label": _text(dice), "options": options}


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
