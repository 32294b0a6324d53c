"""What somebody chose in practice stays with the class: hand-ins say that they practised, numbers what five chose."""

from __future__ import annotations

import json
import shutil
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from himaya.answers.journal import FILE_NAME, Journal
from himaya.content.assignments import form_names
from himaya_autograde.grading import Answers, grade
from himaya_autograde.practice import held_back, without_choices
from himaya_autograde.source import Source, read_source
from himaya_autograde.synthetic import synthetic_journal
from himaya_server.desk.practice import write_practice
from tests.autograde.conftest import MODULE, copy_of, released
from tests.engine.shipped import in_edition

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["released"]  # a fixture
Rows = list[dict[str, Any]]


def journal(seed: int) -> Rows:
    """Return what somebody did, all of it."""
    text = synthetic_journal(in_edition(MODULE), Random(seed), 0.5, 1.0)
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def source(released: Path) -> Source:
    return read_source(released / "core-protection" / "source" / MODULE)


@pytest.fixture
def forms(source: Source) -> list[Source]:
    """Return the module's safety forms: assignments of their own in the course, one page with it in a class."""
    return [read_source(source.folder.with_name(name)) for name in form_names(MODULE)]


@pytest.fixture
def practice(source: Source) -> set[str]:
    """Return the ids of what is practised in the module."""
    return {name for name, each in source.activities.items() if each["mode"] == "practice"}


def test_practice_choices_are_kept_out(source: Source, forms: list[Source], practice: set[str]) -> None:
    rows = journal(1)
    kept = without_choices(source, rows, "t-aaaaaaa", forms)
    assert [row for row in kept if row["activity"] not in practice] == [
        row for row in rows if row["activity"] not in practice
    ]
    told = [row for row in kept if row["activity"] in practice]
    assert {row["activity"] for row in told} == practice
    assert {row["type"] for row in told} == {"begin", "practised"}
    assert {name for row in told for name in row} <= {
        "id",
        "activity",
        "type",
        "content",
        "value",
        "turn",
        "time",
        "seq",
    }
    assert {type(row["value"]) for row in told if "value" in row} == {bool}


@pytest.mark.parametrize("until", [60, None])
def test_points_are_those_of_the_whole_journal(source: Source, until: int | None) -> None:
    rows = journal(2)[:until]
    kept = without_choices(source, rows, "t-aaaaaaa")
    assert len(kept) < len(rows)
    assert grade(source, Answers(kept)).grades == grade(source, Answers(rows)).grades
    assert "Practice was done" in json.dumps(grade(source, Answers(kept)).notebook)


def test_events_are_one_persons_and_the_same_each_time(source: Source) -> None:
    first, again, other = (without_choices(source, journal(3), f"t-{who}") for who in ("aaaaaaa", "aaaaaaa", "bbbbbbb"))
    assert first == again
    ids = [{row["id"] for row in kept if row["type"] == "practised"} for kept in (first, other)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_nobody_else_can_make_an_events_id(source: Source) -> None:
    rows = journal(3)
    others = [row | {"id": f"x{row['id']}"} for row in rows]  # the same answers and the same name: all that is known
    ids = [
        {row["id"] for row in without_choices(source, each, "t-aaaaaaa") if row["type"] == "practised"}
        for each in (rows, others)
    ]
    assert not ids[0] & ids[1]
    longer = [*rows, *(row | {"id": f"later-{row['id']}"} for row in rows)]
    again = {row["id"] for row in without_choices(source, longer, "t-aaaaaaa") if row["type"] == "practised"}
    assert again == ids[0]


def test_what_no_edition_knows_is_held_back(source: Source, forms: list[Source], practice: set[str]) -> None:
    rows = journal(4)
    newer = [{**row, "activity": f"new-{row['activity']}"} for row in rows if row["activity"] in practice]
    kept = without_choices(source, [*rows, *newer], "t-aaaaaaa", forms)
    assert {row["type"] for row in kept if row["activity"].startswith("new-")} == {"begin"}
    asked = source.activities | {f"new-{name}": source.activities[name] for name in practice}
    assert held_back([source, *forms], newer, asked) == {f"new-{name}" for name in practice}
    assert held_back([source, *forms], newer, source.activities) == set()  # no page asks it any more
    assert held_back([source, *forms], rows, asked) == set()


def test_practice_that_is_graded_now_waits(source: Source, practice: set[str]) -> None:
    name = min(practice)
    content = "0123456789abcdef"
    rows = [
        {"id": "event-01", "activity": name, "type": "begin", "content": content},
        {"id": "event-02", "activity": name, "type": "answer", "value": ["a"]},
    ]
    asked = source.activities | {name: {**source.activities[name], "mode": "graded", "hash": content}}
    assert held_back([source], rows, asked) == {name}
    earlier = [{**rows[0], "content": source.activities[name]["hash"]}, rows[1]]
    assert held_back([source], earlier, asked) == set()  # it was practice when it was answered


def test_said_to_be_practised_counts_for_nothing(source: Source, practice: set[str]) -> None:
    rows = [{"id": f"forged-{name}", "activity": name, "type": "practised", "value": True} for name in practice]
    assert without_choices(source, rows, "t-aaaaaaa") == []


def test_class_is_counted_in_fives_without_names(released: Path, tmp_path: Path) -> None:
    course = copy_of(released, tmp_path).path
    handed = [(f"t-{number}", journal(number)) for number in range(7)]

    def counted(*more: tuple[str, Rows], people: int = 7) -> dict[str, list[Any]]:
        write_practice(course, MODULE, "north", [*handed[:people], *more])
        (file,) = (course / "practice").iterdir()
        found: dict[str, list[Any]] = json.loads(file.read_text(encoding="utf-8"))
        return found

    assert counted(people=4) == {}
    five = counted(people=5)
    assert {len(runs) for runs in five.values()} == {5}
    assert counted() == five
    assert counted(("t-1", journal(11))) == five  # whoever comes again changes nothing
    assert "t-1" not in json.dumps(five)
    kept = course / "submitted" / "t-0" / MODULE / FILE_NAME  # collected before practice stayed with the class
    kept.parent.mkdir(parents=True)
    Journal(kept).put(journal(0))
    assert counted(people=5) == {}
    shutil.rmtree(kept.parent)
    shuffled = [handed[at] for at in (3, 1, 4, 0, 2)]
    write_practice(course, MODULE, "north", shuffled)
    assert json.loads((course / "practice" / f"{MODULE}.north.json").read_text(encoding="utf-8")) == five
