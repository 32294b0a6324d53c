"""Every lab against `responses.jsonl` as a file: cut, spliced, foreign, contradictory. None breaks or earns more."""

from __future__ import annotations

import json
import random
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.fold import replay, start, step
from himaya.activities.lab import model as labs
from himaya.answers.journal import FILE_NAME, Journal
from himaya.publish.plain import answered_html
from himaya_autograde.scoring import earned
from tests.labs.test_hostile_texts import DECISIONS
from tests.shipped import activities_of

if TYPE_CHECKING:
    from pathlib import Path

LABS = {found.activity["lab"]: found.activity for found in activities_of("lab")}
PIECES = [
    *(
        b'"',
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"null",
        b"true",
        b"1e308",
        b"-0",
        b"9" * 4_400,
        b'"\\ud800"',
        b"\\u0000",
    ),
    *(b"\xff", b"\n", b"NaN", b"Infinity", b'{"a":1}', b"[[]]", b'""', b"\xe2\x80\xae", b'"__proto__"', b"1.0"),
]
VALUES: list[Any] = [
    *(None, True, 1, 1.0, -1, 10**300, float("nan"), "x" * 1_400, "\u202e", "\ud800", [], {}, [[]], ["a"] * 50),
    {"a": {"b": {"c": 1}}},
]


def _events(name: str, drawn: random.Random) -> list[dict[str, Any]]:
    """Return an honest trainee's events with some of them spoilt, foreign, contradictory or from an older module."""
    decisions = list(DECISIONS[name]) * drawn.choice([1, 1, 3, 12])
    spoilt = drawn.choice([0.02, 0.4])
    content = LABS[name]["hash"] if drawn.random() < 0.5 else "0" * 16
    events: list[dict[str, Any]] = [{"type": "begin", "content": content}]
    for decision in decisions:
        value, chance = dict(decision), drawn.random()
        if chance < spoilt:
            value[drawn.choice(list(value))] = drawn.choice(VALUES)
        elif chance < spoilt + 0.03:
            value = drawn.choice(DECISIONS[drawn.choice(list(LABS))])
        events.append({"type": "decide", "value": value})
        if drawn.random() < 0.03:
            other = drawn.choice(["restart", "skip", "unskip", "finish", "begin", "answer", "nothing"])
            events.append({"type": other, "value": drawn.choice(VALUES)})
    return [*events, {"type": "finish"}]


def _written(name: str, drawn: random.Random) -> bytes:
    """Return a journal with these events, then damaged byte by byte, piece by piece, or not at all."""
    lines, state = [], start(LABS[name])
    for at, event in enumerate(_events(name, drawn)):
        whose = name if drawn.random() < 0.97 else drawn.choice(list(LABS))
        row = {"id": f"{at:032x}", "activity": LABS[whose]["id"], "turn": state["turn"], **event}
        state = step(LABS[name], state, row)
        lines.append(json.dumps(row, ensure_ascii=drawn.random() < 0.5))
    data = bytearray("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass"))
    for _ in range(drawn.choice([0, 0, 1, 3, 20])):
        at, what = drawn.randrange(len(data)), drawn.random()
        if what < 0.3:
            data[at] = drawn.randrange(256)
        elif what < 0.7:
            data[at : at + drawn.randrange(4)] = drawn.choice(PIECES)
        elif what < 0.85:
            del data[at : at + drawn.randrange(1, 60)]
        else:
            other = drawn.randrange(len(data))
            data[at:at] = data[other : other + 200]
    return bytes(data)


@pytest.mark.parametrize("mode", ["practice", "graded"])
@pytest.mark.parametrize("name", LABS)
def test_damaged_journal_never_exceeds_points(tmp_path: Path, name: str, mode: str) -> None:
    lab, points = {**LABS[name], "mode": mode}, []
    for seed in range(20):
        (tmp_path / FILE_NAME).write_bytes(_written(name, random.Random(f"{name} {seed}")))
        state = replay(lab, Journal(tmp_path / FILE_NAME).rows(lab["id"]))
        points.append(earned(lab, state))
        told = [*labs.told(lab, state["decisions"]), *labs.judged(lab, state["decisions"])]
        "".join((*told, answered_html(lab, state))).encode()
        drawn = labs.model(lab["lab"]).view(labs.data_of(lab), labs.run(lab, state["decisions"]))
        json.dumps([state, drawn], allow_nan=False).encode()
    assert 0 <= min(points) <= max(points) <= lab["points"]
    assert max(points) > 0


@pytest.mark.parametrize("name", LABS)
def test_decisions_of_another_lab_earn_nothing(name: str) -> None:
    """Where the lab counts."""
    lab = {**LABS[name], "mode": "graded"}
    foreign = [value for other, values in DECISIONS.items() if other != name for value in values]
    done = [*({"type": "decide", "value": value} for value in (foreign * 4)[: lab["least"] + 50]), {"type": "finish"}]
    state = replay(lab, [{"activity": lab["id"], "turn": turn, **event} for turn, event in enumerate(done)])
    assert state["phase"] == "finished"
    assert labs.run(lab, state["decisions"])["ignored"] == len(state["decisions"])
    assert earned(lab, state) == 0


@pytest.mark.parametrize("name", LABS)
def test_counted_lab_scores_its_first_finish(name: str) -> None:
    lab = {**LABS[name], "mode": "graded"}
    honest = [{"type": "decide", "value": value} for value in DECISIONS[name]]
    junk = [{"type": "decide", "value": {"n": at}} for at in range(lab["least"])]
    end = [{"type": "finish"}, {"type": "restart"}, *junk, {"type": "finish"}]
    first = replay(
        lab, [{"activity": lab["id"], "turn": turn, **event} for turn, event in enumerate([*honest, *end[:1]])]
    )
    later = [*honest, *end[:1]]
    for event in end[1:]:  # whatever turn they claim, they come too late
        later += [event, event]
    rows = [{"activity": lab["id"], "turn": min(turn, len(honest) + 1), **event} for turn, event in enumerate(later)]
    assert earned(lab, replay(lab, rows)) == earned(lab, first) > 0


@pytest.mark.parametrize("name", LABS)
def test_heaviest_500_decisions_need_little_memory(name: str) -> None:
    lab = {**LABS[name], "mode": "graded"}
    heavy = [
        {**DECISIONS[name][0], "more": ["x"] * 600},
        {str(at): [at] * 20 for at in range(50)},
        {"a": "\u202e" * 1_400},
    ]
    done = [{"activity": lab["id"], "type": "decide", "turn": at, "value": heavy[at % 3]} for at in range(600)]
    tracemalloc.start()
    state = replay(lab, done)
    labs.score(lab, state["decisions"])
    labs.told(lab, state["decisions"])
    labs.judged(lab, state["decisions"])
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(state["decisions"]) == 500
    assert most < 5_000_000
