"""Answers typed in from paper: what fits a question is kept, and no answer from a screen is ever replaced."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from himaya.answers.journal import FILE_NAME, Journal
from himaya.course.roster import Roster
from himaya.errors import HimayaError
from himaya_autograde import paper
from himaya_autograde.import_answers import take_in, type_in
from himaya_autograde.markbook import Change, Markbook
from himaya_server.desk.paper import answer_of
from tests.autograde.conftest import MODULE as SHIPPED
from tests.autograde.conftest import copy_of, released, whole
from tests.engine import examples

if TYPE_CHECKING:
    from pathlib import Path

    from himaya_autograde.course import CourseDirectory

__all__ = ["released", "whole"]  # fixtures

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
def test_typed_answer_is_read(activity: Any, sent: dict[str, list[str]], value: object) -> None:
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
def test_answer_that_does_not_fit_is_refused(activity: Any, sent: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match=r".*"):
        answer_of(activity, lambda name: sent.get(name, []))


def _event(number: int, activity: str, kind: str = "answer", **fields: Any) -> dict[str, Any]:
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


@pytest.fixture
def asked(whole: Any) -> list[dict[str, Any]]:
    """Return two graded questions."""
    return [each for each in whole.values() if (each["mode"], each["kind"]) == ("graded", "choice")][:2]


@pytest.fixture
def course(released: Path, tmp_path: Path) -> CourseDirectory:
    return copy_of(released, tmp_path / "home")


@pytest.mark.parametrize("time", ["2020-01-01T09:00:00.000Z", "2100-01-01T09:00:00.000Z"])
@pytest.mark.parametrize("first", ["paper", "screen"])
def test_screen_counts_whichever_comes_first(
    course: CourseDirectory, asked: list[dict[str, Any]], tmp_path: Path, time: str, first: str
) -> None:
    place = course.taking_in(SHIPPED)
    one, two = asked
    options = [option["id"] for option in one["options"]]
    file = tmp_path / "noor.jsonl"
    screen = _event(1, one["id"], value=[options[0]], time=time)
    file.write_text(json.dumps(screen) + "\n", encoding="utf-8")
    roster = Roster({}, frozenset({"noor"}))
    typed = {
        one["id"]: (one["hash"], [options[1]]),
        two["id"]: (two["hash"], [two["options"][0]["id"]]),
    }

    def type_in_both() -> None:
        type_in(place, "noor", typed, datetime(2026, 11, 29, 12, tzinfo=UTC), "Amal")

    if first == "paper":
        type_in_both()
    (done,) = take_in(place, roster, [file])
    assert done.good, done.text
    if first == "screen":
        type_in_both()
    rows = Journal(place.folder("noor") / FILE_NAME).rows()
    answers = {row["activity"]: row["value"] for row in rows if row["type"] == "answer"}
    assert answers == {one["id"]: [options[0]], two["id"]: [two["options"][0]["id"]]}
    assert len([row for row in rows if row["type"] == "answer"]) == 2
    assert set(paper.typed_in(course.path, SHIPPED, "noor", rows)) == {two["id"]}
    (again,) = take_in(place, roster, [file])
    assert "nothing new" in again.text


def test_typed_answers_come_back_with_the_next(
    course: CourseDirectory, asked: list[dict[str, Any]], tmp_path: Path
) -> None:
    place = course.taking_in(SHIPPED)
    one, two = asked
    file = tmp_path / "noor.jsonl"
    file.write_text(json.dumps(_event(1, one["id"], value=["a"])) + "\n", encoding="utf-8")
    roster = Roster({}, frozenset({"noor"}))
    assert [each.good for each in take_in(place, roster, [file])] == [True]
    paper.keep(course.path, SHIPPED, "noor", paper.events_of({two["id"]: (two["hash"], ["a"])}))  # and was stopped
    assert [each.good for each in take_in(place, roster, [file])] == [True]
    rows = Journal(place.folder("noor") / FILE_NAME).rows()
    assert {row["activity"] for row in rows} == {one["id"], two["id"]}


def test_nothing_is_typed_in_of_the_forgotten(course: CourseDirectory, asked: list[dict[str, Any]]) -> None:
    place = course.taking_in(SHIPPED)
    name = asked[0]["id"]
    course.forget("noor")
    with pytest.raises(HimayaError, match="was forgotten"):
        type_in(place, "noor", {name: ("0123456789abcdef", ["a"])}, datetime(2026, 11, 29, 12, tzinfo=UTC), "Amal")
    assert not (course.path / "paper").exists()
    assert not place.folder("noor").exists()
    assert Markbook(course.path).changes() == []


def test_who_typed_in_is_written_first(
    course: CourseDirectory, asked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = course.taking_in(SHIPPED)
    name = asked[0]["id"]

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "paper")

    monkeypatch.setattr(paper, "keep", full)
    with pytest.raises(HimayaError, match="No space left"):
        type_in(place, "noor", {name: ("0123456789abcdef", ["a"])}, datetime(2026, 11, 29, 12, tzinfo=UTC), "Amal")
    assert [(each.marker, each.answer) for each in Markbook(course.path).changes()] == [
        ("Amal", ("noor", SHIPPED, name))
    ]


def test_damaged_journal_is_left_to_grading(tmp_path: Path) -> None:
    paper.keep(tmp_path, MODULE, "noor", paper.events_of({"one": ("0123456789abcdef", ["a"])}))
    other = tmp_path / "elsewhere"
    other.write_text("x")
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / FILE_NAME).symlink_to(other)
    paper.put_back(tmp_path, MODULE, "noor", folder)
    assert other.read_text() == "x"
