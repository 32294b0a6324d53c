"""Answers typed in from paper: what fits a question is kept, and no answer from a screen is ever replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from himaya.answers.journal import FILE_NAME, Journal
from himaya_autograde import paper
from himaya_autograde.markbook import Change, Markbook
from himaya_server.desk.paper import answer_of
from tests.engine import examples

if TYPE_CHECKING:
    from pathlib import Path

MODULE = "a-module"
ORDER = {f"the-order.{step}": [str(at)] for at, step in enumerate("bacdef", 1)}


@pytest.mark.parametrize(
    ("activity", "sent", "value"),
    [
        (examples.choice(), {"the-choice": ["b"]}, ["b"]),
        (examples.choice("ab", select="several"), {"the-choice": ["b", "a"]}, ["b", "a"]),
        (examples.order(), ORDER, list("bacdef")),
        (
            examples.match(),
            {"the-match.r1": ["a"], "the-match.r2": ["d"], "the-match.r3": ["b"]},
            [["r1", "a"], ["r2", "d"], ["r3", "b"]],
        ),
        (examples.number(), {"the-number": [" ١٢٫٥ "]}, "١٢٫٥"),
        (examples.text(), {"the-text": ["I listened."]}, "I listened."),
        (examples.text(), {"the-text": ["  "]}, None),
        (examples.choice(), {}, None),
        (examples.order(), {f"the-order.{step}": [""] for step in "abcdef"}, None),
    ],
)
def test_typed_answer_is_read(activity: dict[str, Any], sent: dict[str, list[str]], value: object) -> None:
    assert answer_of(activity, lambda name: sent.get(name, [])) == value


@pytest.mark.parametrize(
    ("activity", "sent"),
    [
        (examples.choice(), {"the-choice": ["z"]}),
        (examples.choice(), {"the-choice": ["a", "b"]}),
        (examples.order(), ORDER | {"the-order.a": ["1"]}),
        (examples.order(), ORDER | {"the-order.a": [""]}),
        (examples.order(), ORDER | {"the-order.a": ["first"]}),
        (examples.match(), {"the-match.r1": ["a"]}),
        (examples.match(), {"the-match.r1": ["a"], "the-match.r2": ["a"], "the-match.r3": ["z"]}),
        (examples.number(), {"the-number": ["about twelve"]}),
    ],
)
def test_answer_that_does_not_fit_is_refused(activity: dict[str, Any], sent: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match=r".*"):
        answer_of(activity, lambda name: sent.get(name, []))


def _event(number: int, activity: str, kind: str = "answer", **fields: object) -> dict[str, Any]:
    return {"id": f"screen-{number:06}", "activity": activity, "type": kind, **fields}


def test_screen_answer_is_never_replaced(tmp_path: Path) -> None:
    events = paper.events_of({"one": ("0123456789abcdef", ["a"]), "two": ("0123456789abcdef", ["b"])})
    paper.keep(tmp_path, MODULE, "noor", events)
    assert (tmp_path / "paper").stat().st_mode & 0o077 == 0
    later = tmp_path / "later"  # a hand-in that was made on a screen afterwards
    later.mkdir()
    Journal(later / FILE_NAME).put([_event(1, "one", value=["c"]), _event(2, "two", "begin", content="0123")])
    for _ in range(2):
        paper.put_back(tmp_path, MODULE, "noor", later)
    rows = Journal(later / FILE_NAME).rows()
    assert [(row["activity"], row["value"]) for row in rows if row["type"] == "answer"] == [
        ("one", ["c"]),
        ("two", ["b"]),
    ]
    for activity in ("one", "two"):
        line = Change(f"change-{activity}", "2026-11-29T08:00:00+00:00", "Amal", "paper", "noor", MODULE, activity)
        Markbook(tmp_path).write(line)
    told = paper.typed_in(tmp_path, MODULE, "noor", rows)
    assert {name: each.marker for name, each in told.items()} == {"two": "Amal"}
    assert paper.typed_in(tmp_path, MODULE, "hana", rows) == {}


def test_damaged_journal_is_left_to_grading(tmp_path: Path) -> None:
    paper.keep(tmp_path, MODULE, "noor", paper.events_of({"one": ("0123456789abcdef", ["a"])}))
    other = tmp_path / "elsewhere"
    other.write_text("x")
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / FILE_NAME).symlink_to(other)
    paper.put_back(tmp_path, MODULE, "noor", folder)
    assert other.read_text() == "x"
