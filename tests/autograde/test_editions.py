"""A class keeps the edition of a module until its trainer moves on; hand-ins are graded by the keys of theirs."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from himaya.languages.interface import interface, sentence
from himaya_autograde import editions
from himaya_autograde.course import CourseDirectory
from himaya_server.home import state
from himaya_server.home.formgrader import counted
from tests.autograde.cohorts import built_and_released, configure, copy_of, hand_in, own_settings, rows
from tests.autograde.pages import Reader
from tests.content.sound import FIXTURES
from tests.courses import one_module_repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.proof

COURSE, MODULE = "every-module", "sound-module"
WORDS = "I am a worker here. May I sit with you for a while?"
FIRST = {
    "who-first": ["your-name"],
    "say-which": ["able", "unable"],
    "in-order": ["name", "ask", "agree"],
    "how-many": "1.5",
    "your-words": WORDS,
}
"""Right in the first edition; in the second `who-first` has another key, and `say-which` is gone."""
SECOND = {**FIRST, "who-first": ["their-name"], "how-many": "2", "how-much": "3.5"}
"""Right in the second edition, which asks another number, and one more."""
_NEW = """
  - id: how-much
    kind: number
    mode: graded
    outcome: next-step
    source: ["design: exercise settings"]
    stem: You hold 7 talks of half an hour each. How many hours is that?
    answer: "3.5"
    tolerance: "0.1"
    unit: hours
    rationale: Seven halves are three and a half.
"""


def _second_edition(module: Path) -> None:
    """Change a key without a word, a question with its key, take one away and add one."""
    items = (module / "items.yaml").read_text(encoding="utf-8")
    start, end = items.index("  - id: say-which"), items.index("  - id: in-order")
    items = items[:start] + items[end:] + _NEW
    for old, new in (
        ("who you are here., correct: true,", "who you are here.,"),
        ("ask Noor for a name., rationale", "ask Noor for a name., correct: true, rationale"),
        ("You hold 3 talks", "You hold 4 talks"),
        ('answer: "1.5"', 'answer: "2.0"'),
        ("stem: Put the talk in order.", "stem: Put the talk in order.\n    points: 2"),
    ):
        assert old in items
        items = items.replace(old, new, 1)
    (module / "items.yaml").write_text(items, encoding="utf-8")
    prose = (module / "module.md").read_text(encoding="utf-8")
    (module / "module.md").write_text(prose.replace('show("say-which")', 'show("how-much")'), encoding="utf-8")


def _journal(course: Path, answers: dict[str, Any]) -> bytes:
    """Return a journal of these answers, begun on what the course has released now."""
    released = json.loads((course / "release" / MODULE / "activities.json").read_text(encoding="utf-8"))["activities"]
    events: list[dict[str, Any]] = []
    for name, value in answers.items():
        if name not in released:
            continue
        begun = {"type": "begin", "turn": 0, "content": released[name]["hash"]}
        events += [{"activity": name, **event} for event in (begun, {"type": "answer", "turn": 0, "value": value})]
    return "".join(json.dumps({"id": f"event-{n:06d}", **event}) + "\n" for n, event in enumerate(events)).encode()


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return one_module_repository(tmp_path_factory.mktemp("repository"), FIXTURES / MODULE)


@pytest.fixture(scope="module")
def course(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseDirectory]:
    """A class half of which answered before a change of edition; one of them was graded before it."""
    home = tmp_path_factory.mktemp("editions")
    folder = home / COURSE
    folder.mkdir()
    (home / "exchange").mkdir()
    about = {"id": COURSE, "title": "One", "summary": "One.", "modules": [MODULE], "pass_mark": 80}
    (folder / "course.yaml").write_text(json.dumps({**about, "languages": ["en"]}), encoding="utf-8")
    (folder / "overview.md").write_text("# One\n", encoding="utf-8")
    configure(folder, stock=False)
    with own_settings(home), pytest.MonkeyPatch.context() as patch:
        patch.setattr("himaya_autograde.course.check_module", lambda _: [])  # a good module is not the point
        directory = built_and_released(folder, modules)
        for trainee in ("graded-before", "handed-in-before"):
            hand_in(folder, MODULE, trainee, _journal(folder, FIRST))
        hand_in(folder, MODULE, "wrong-before", _journal(folder, {**FIRST, "who-first": ["their-name"]}))
        # Of a page: the answers are from before, and import adds the copy of the module that is released then.
        saved = _journal(folder, FIRST)
        assert directory.grade(trainee="graded-before").problems == {}
        first = rows(folder)
        _second_edition(modules / MODULE)
        said: list[str] = []
        directory.build(modules, on_kept=said.append)
        assert rows(folder) == first
        (kept,) = said
        assert "kept: sound-module has changed since it was released" in kept
        assert "--move-on" in kept
        assert directory.grade(trainee="graded-before").unchanged == [f"{MODULE}/graded-before"]
        directory.build(modules, move_on=True)
        done = directory.release()
        assert done.problems == {}
        hand_in(folder, MODULE, "after", _journal(folder, SECOND))
        hand_in(folder, MODULE, "old-answers-after", _journal(folder, {**SECOND, "who-first": ["your-name"]}))
        hand_in(folder, MODULE, "imported", saved)
        inside = copy_of(directory, home / "inside")
        assert directory.grade().problems == {}
        assert CourseDirectory(inside).api.autograde(MODULE, "*", force=True)["success"]
        yield directory


def _points(course: Path) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    for (table, trainee, _, cell, _), row in rows(course).items():
        if table == "grade":
            found.setdefault(trainee, {})[cell] = row["auto_score"]
    return found


RIGHT = {"who-first": 1.0, "say-which": 1.0, "in-order": 2.0, "how-many": 1.0, "how-much": 1.0}
"""In the points that the second edition gives: `in-order` is worth 2 in it, and was 1."""


def _earned(points: dict[str, float | None]) -> dict[str, float]:
    return {name: points[name] for name in RIGHT if points.get(name) is not None}


def test_each_half_is_graded_by_its_own_keys(course: CourseDirectory) -> None:
    points = _points(course.path)
    worth = {name: RIGHT[name] for name in RIGHT if name != "how-much"}
    for trainee in ("graded-before", "handed-in-before"):
        assert _earned(points[trainee]) == worth, trainee
    assert _earned(points["wrong-before"]) == {**worth, "who-first": 0.0}, "only its own copy says which key is meant"
    worth = {name: RIGHT[name] for name in RIGHT if name != "say-which"}
    assert _earned(points["after"]) == worth
    assert _earned(points["old-answers-after"]) == {**worth, "who-first": 0.0}
    assert points["imported"]["how-many"] == 1.0, "what was on the screen says the edition, not the copy beside it"
    assert points["imported"]["say-which"] == 1.0


def test_nbgrader_with_our_parts_gives_the_same_rows(course: CourseDirectory) -> None:
    batch, inside = rows(course.path), rows(course.path.parent / "inside" / COURSE)
    assert inside.keys() == batch.keys()
    assert {key: (inside[key], row) for key, row in batch.items() if row != inside[key]} == {}


def test_summary_names_the_edition_to_mark(course: CourseDirectory) -> None:
    people = course.grade(force=True).people
    early, late = people[f"{MODULE}/handed-in-before"], people[f"{MODULE}/after"]
    assert "graded by the keys of an earlier edition of the module" in early
    assert "answered, and not in every edition of the module: say-which" in early
    assert "edition" not in late


def test_percent_is_of_possible_handin_points(course: CourseDirectory, tmp_path: Path) -> None:
    with course.api.gradebook as gradebook:
        for trainee in ("graded-before", "after"):
            for grade in gradebook.find_submission_notebook(MODULE, MODULE, trainee).grades:
                if grade.name == "your-words":
                    grade.manual_score, grade.needs_manual_grade = grade.max_score, False
        gradebook.db.commit()
    assert course.feedback().problems == {}
    _, items, _ = course.export(tmp_path)
    with items.open(encoding="utf-8-sig", newline="") as file:
        table = {row["student_id"]: row for row in csv.DictReader(file)}
    for trainee in ("graded-before", "after"):
        assert (table[trainee]["percent"], table[trainee]["passed"]) == ("100", "yes"), trainee
        page = Reader((course.path / "feedback" / trainee / MODULE / f"{MODULE}.html").read_text(encoding="utf-8"))
        assert "100 % of the points that count" in page.text
        assert sentence("changed") not in page.text
        assert ("say-which" in page.articles) is (trainee == "graded-before")
        assert ("how-much" in page.articles) is (trainee == "after")
    assert table["graded-before"][f"{MODULE}/how-much"] == ""
    assert table["after"][f"{MODULE}/say-which"] == ""
    waits = course.results().verdict("handed-in-before")
    assert (waits.passed, waits.reasons[-1]) == (False, f"A trainer has yet to mark: {MODULE}/your-words.")


def test_course_names_the_editions_of_a_module(course: CourseDirectory) -> None:
    names = json.loads((course.path / "editions" / "editions.json").read_text(encoding="utf-8"))[MODULE]
    (kept,) = editions.earlier(course.path, MODULE)
    assert names["earlier"] == [kept.name] == [editions.edition_in(kept / "source" / MODULE)]
    assert names["current"] == [editions.edition_in(course.path / "source" / MODULE)] != names["earlier"]
    released = json.loads((course.path / "release" / MODULE / "activities.json").read_text(encoding="utf-8"))
    assert [released["edition"]] == names["current"]


def test_earlier_keys_reach_no_trainee(course: CourseDirectory) -> None:
    reachable = [course.exchange, course.path / "release", course.path / "feedback"]
    assert not [path for place in reachable for path in place.rglob("*") if path.name in ("editions", "keys")]
    assert (course.path / "editions").stat().st_mode & 0o077 == 0


def test_prose_alone_is_no_new_edition(course: CourseDirectory, modules: Path) -> None:
    prose = modules / MODULE / "module.md"
    prose.write_text(prose.read_text(encoding="utf-8").replace("# ", "# Anew: ", 1), encoding="utf-8")
    said: list[str] = []
    course.build(modules, on_kept=said.append)
    assert said == []


def test_damaged_list_of_editions_stops_grading(course: CourseDirectory) -> None:
    path = course.path / "editions" / "editions.json"
    kept = path.read_bytes()
    path.write_bytes(b"{")
    try:
        assert "Put back your last copy" in course.grade().problems[MODULE]
    finally:
        path.write_bytes(kept)


def test_every_reader_gets_one_number(course: CourseDirectory, tmp_path: Path) -> None:
    """Pages, tables and formgrader's lists say the points that count, late ones less, over those of one's edition."""
    late = ("graded-before", "after")
    with course.api.gradebook as gradebook:
        for submission in gradebook.assignment_submissions(MODULE):
            (notebook,) = submission.notebooks
            for grade in notebook.grades:
                if grade.name == "your-words" and grade.needs_manual_grade:
                    grade.manual_score, grade.needs_manual_grade = 1, False
            notebook.late_submission_penalty = 2 if submission.student.id in late else None
        gradebook.db.commit()
    assert course.feedback().problems == {}
    _, items, _ = course.export(tmp_path)
    with items.open(encoding="utf-8-sig", newline="") as file:
        table = {row["student_id"]: row for row in csv.DictReader(file)}
    results = course.results()
    by_nbgrader = {row["student"]: row for row in course.api.get_submissions(MODULE)}
    listed = {row["student"]: row for row in counted(course.api.get_submissions(MODULE), results)}
    students = {row["id"]: row for row in counted(course.api.get_students(), results)}
    trainees = ("graded-before", "handed-in-before", "wrong-before", "after", "old-answers-after", "imported")
    for trainee in trainees:
        html = (course.path / "feedback" / trainee / MODULE / f"{MODULE}.html").read_text(encoding="utf-8")
        page, home = Reader(html), state.standing_of(html)
        assert home is not None
        assert home.in_words(interface("en")) in page.text
        assert f"{home.percent} %" in page.text
        number = (home.earned, home.worth)
        assert (listed[trainee]["score"], listed[trainee]["max_score"]) == number, trainee
        assert (students[trainee]["score"], students[trainee]["max_score"]) == number, trainee
        (notebook,) = counted(course.api.get_student_notebook_submissions(trainee, MODULE), results)
        assert (notebook["score"], notebook["max_score"]) == number, trainee
        parts = [listed[trainee][f"{part}_score"] for part in ("code", "written", "task")]
        assert sum(parts) == pytest.approx(home.earned)
        assert table[trainee]["percent"] == table[trainee][f"{MODULE}/percent"] == str(home.percent)
        assert (results.verdict(trainee).percent, home.needed) == (home.percent, 80)
    worth = {trainee: listed[trainee]["max_score"] for trainee in trainees}
    assert set(worth.values()) == {6.0}
    assert {row["max_score"] for row in by_nbgrader.values()} == {8.0, 9.0}, "with practice, and cells of any edition"
    assert listed["after"]["score"] < listed["after"]["max_score"], "it was late"
    for (row,) in (counted(course.api.get_assignments(), results), counted(course.api.get_notebooks(MODULE), results)):
        assert row["average_score"] == pytest.approx(sum(listed[each]["score"] for each in trainees) / len(trainees))
        assert row["max_score"] == pytest.approx(sum(worth.values()) / len(trainees))


def test_grades_table_measures_by_the_own_edition(course: CourseDirectory, tmp_path: Path) -> None:
    with course.api.gradebook as gradebook:
        gradebook.update_or_create_student("nobody-yet")
    grades, _, _ = course.export(tmp_path)
    with grades.open(encoding="utf-8-sig", newline="") as file:
        most = {row["student_id"]: float(row["max_score"]) for row in csv.DictReader(file)}
    whole = course.api.get_assignment(MODULE)["max_score"]
    assert most["graded-before"] == most["after"] == most["nobody-yet"] == whole - 1
