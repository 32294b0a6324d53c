"""The desk keeps what a gradebook says only while nothing changes: no page can show an older number."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from datetime import date, datetime
from random import Random
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import event

from himaya.answers.journal import FILE_NAME
from himaya.content.assignments import form_names
from himaya.errors import CourseError
from himaya_autograde.course import CourseDirectory
from himaya_autograde.gradebook import Gradebook
from himaya_autograde.markbook import Change, Markbook
from himaya_autograde.marks import ChangedError, Given, given
from himaya_server.desk import answers
from himaya_server.desk.answers import ClassAnswers, Classes
from himaya_server.desk.people import people_of, stuck
from himaya_server.desk.questions import numbers_of
from himaya_server.home import snapshot
from himaya_server.home.cards import cards_of
from himaya_server.home.snapshot import Folders, Snapshot, Snapshots
from himaya_server.home.state import waiting
from tests.autograde.cohorts import own_settings
from tests.browser.user_actions import until
from tests.desk.conftest import MODULE, PEOPLE
from tests.lanes import sampled
from tests.shipped import a_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from himaya_autograde.export import Results
    from tests.desk.conftest import GradedClass

OTHER = a_module("core-protection", but=MODULE)  # in the course, without forms
_LATER = 60_000_000_000  # nanoseconds after which no change is new any more


@pytest.fixture
def course(graded: GradedClass, tmp_path: Path) -> Iterator[CourseDirectory]:
    """A copy of the class, which a test may change."""
    for name in ("core-protection", "exchange"):
        shutil.copytree(graded.home / name, tmp_path / name)
    with own_settings(tmp_path):
        yield CourseDirectory(tmp_path / "core-protection", tmp_path / "exchange")


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every change seem to be a minute old."""
    now = time.time_ns
    monkeypatch.setattr(snapshot.time, "time_ns", lambda: now() + _LATER)


def _give_a_point(course: Path) -> None:
    with closing(sqlite3.connect(course / "gradebook.db")) as book, book:
        book.execute(
            "UPDATE grade SET manual_score = coalesce(manual_score, 100) + 1 WHERE id = (SELECT min(id) FROM grade)"
        )


def _grade_another(course: Path) -> None:
    """Grade what somebody handed in who was never graded, as the first who was."""
    with closing(sqlite3.connect(course / "gradebook.db", timeout=0)) as book, book:
        book.executescript(
            """
            BEGIN;
            INSERT OR IGNORE INTO student (id) VALUES ('another');
            CREATE TEMP TABLE one AS SELECT * FROM submitted_assignment ORDER BY id LIMIT 1;
            CREATE TEMP TABLE work AS SELECT * FROM submitted_notebook WHERE assignment_id = (SELECT id FROM one);
            CREATE TEMP TABLE points AS SELECT * FROM grade WHERE notebook_id IN (SELECT id FROM work);
            UPDATE one SET id = id || '-another', student_id = 'another';
            UPDATE work SET id = id || '-another', assignment_id = assignment_id || '-another';
            UPDATE points SET id = id || '-another', notebook_id = notebook_id || '-another';
            INSERT INTO submitted_assignment SELECT * FROM one;
            INSERT INTO submitted_notebook SELECT * FROM work;
            INSERT INTO grade SELECT * FROM points;
            COMMIT;
            """
        )


def _lower_the_mark(course: Path) -> None:
    about = course / "course.yaml"
    about.write_text(re.sub(r"pass_mark: \d+", "pass_mark: 1", about.read_text("utf-8")), encoding="utf-8")


def _ask_about_safety(course: Path) -> None:
    """Build keys in which everything is about safety."""
    keys = course / "keys" / f"{MODULE}.json"
    content = json.loads(keys.read_text("utf-8"))
    for activity in content["activities"].values():
        activity["safety_critical"] = True
    keys.write_text(json.dumps(content), encoding="utf-8")


def _rewrite(name: str) -> Callable[[Path], None]:
    def change(course: Path) -> None:
        path = course / name
        text = path.read_bytes()
        path.write_bytes(text)

    return change


def _set_aside(course: Path) -> None:
    Markbook(course).write(Change("a" * 32, "2026-01-12T08:00:00+00:00", "t", "aside", "trainee-00", MODULE, "x"))


def _tick(folder: Path) -> None:
    """Wait until the clock of the file system has moved on."""
    file = folder / "tick"
    file.touch()
    before = file.stat().st_ctime_ns
    while file.stat().st_ctime_ns == before:
        file.touch()
    file.unlink()


@pytest.mark.usefixtures("settled")
def test_unchanged_class_is_read_once(course: CourseDirectory) -> None:
    known = Snapshots()
    assert known.of(course) is known.of(course)


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("gradebook.db", _give_a_point),
        ("markbook.db", _set_aside),
        ("course.yaml", _rewrite("course.yaml")),
        ("editions/editions.json", _rewrite("editions/editions.json")),
        (f"keys/{MODULE}.json", _rewrite(f"keys/{MODULE}.json")),
    ],
)
def test_change_is_read_whatever_its_time(course: CourseDirectory, name: str, change: Callable[[Path], None]) -> None:
    known, file = Snapshots(), course.path / name
    Markbook(course.path).write(Change("c" * 32, "2026-01-12T07:00:00+00:00", "t", "aside", "trainee-01", MODULE, "x"))
    file.parent.mkdir(exist_ok=True)
    file.open("ab").close()
    before, times = known.of(course), file.stat()
    assert known.of(course) is before
    _tick(course.path.parent)
    change(course.path)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert known.of(course) is not before


def test_new_change_is_never_kept(course: CourseDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two changes in one tick of the file system's clock leave the same times."""
    known, about = Snapshots(), course.path / "course.yaml"
    _rewrite("course.yaml")(course.path)
    monkeypatch.setattr(snapshot.time, "time_ns", lambda: about.stat().st_ctime_ns + 1)
    assert snapshot.mark(about) != snapshot.mark(about)
    assert known.of(course) is not known.of(course)


@pytest.mark.usefixtures("settled")
def test_gradebook_in_wal_mode_is_read_anew(course: CourseDirectory) -> None:
    known = Snapshots()
    with closing(sqlite3.connect(course.path / "gradebook.db")) as another:
        another.execute("PRAGMA journal_mode = WAL")
        before = known.of(course)
        assert known.of(course) is before
        _give_a_point(course.path)
        assert known.of(course) is not before


@pytest.mark.usefixtures("settled")
def test_gradebook_in_its_place_is_read_anew(course: CourseDirectory) -> None:
    """Another file with the same history, as a backup is put back."""
    known, book = Snapshots(), course.path / "gradebook.db"
    other = book.with_suffix(".other")
    shutil.copyfile(book, other)
    before = known.of(course)
    assert before.handed_in
    with closing(sqlite3.connect(other)) as opened, opened:
        opened.execute("UPDATE grade SET manual_score = 77 WHERE id = (SELECT min(id) FROM grade)")
    os.replace(other, book)
    assert known.of(course).handed_in == course.gradebook().handed_in() != before.handed_in


def test_handed_in_agrees_with_nbgrader(course: CourseDirectory) -> None:
    with course.api.gradebook as book:
        for each in book.find_assignment(MODULE).submissions[:2]:
            each.notebooks[0].late_submission_penalty = 1.5
            each.notebooks[0].grades[0].manual_score, each.notebooks[0].grades[0].extra_credit = 0.1, 0.2
        book.db.commit()
        wanted = {
            (each.student.id, MODULE): (
                each.score,
                each.late_submission_penalty,
                each.needs_manual_grade,
                each.timestamp,
            )
            for each in book.find_assignment(MODULE).submissions
        }
    found = course.gradebook().handed_in()
    assert len(wanted) == PEOPLE - 1
    assert {key: (work.score, work.late_penalty, work.waits, work.time) for key, work in found.items()} == wanted


def test_answers_of_one_submission_agree(course: CourseDirectory) -> None:
    book = course.gradebook()
    judged = book.judged()
    assert len({each.activity for each in judged}) > 1
    one = judged[0].submission
    assert book.judged([one]) == [each for each in judged if each.submission == one]
    assert {each.answer for each in judged if each.waits} >= {
        (trainee, module, cell)
        for (trainee, module), work in book.handed_in().items()
        for cell, points in work.cells.items()
        if points is None
    }


@pytest.mark.parametrize(
    ("question", "statement"), [("handed_in", 2), ("handed_in", 3), ("handed_in", 4), ("judged", 2), ("judged", 3)]
)
def test_gradebook_is_read_at_one_moment(course: CourseDirectory, question: str, statement: int) -> None:
    """Grading may write between any two statements that a page asks."""
    book = course.gradebook()
    read = getattr(book, question)
    before, selects = read(), []

    @event.listens_for(book._engine, "before_cursor_execute")
    def grade(_connection: object, _cursor: object, said: str, *_: object) -> None:
        selects.append(said.startswith("SELECT"))
        if sum(selects) == statement and selects[-1]:
            with suppress(sqlite3.OperationalError):  # a reader may hold writers up instead
                _grade_another(course.path)

    assert read() == before
    event.remove(book._engine, "before_cursor_execute", grade)
    _grade_another(course.path)
    assert len(read()) > len(before)


def test_folders_name_whose_work_lies_there(course: CourseDirectory) -> None:
    (course.path / "submitted" / "trainee-00" / f".{MODULE}.left-over").mkdir()
    inbound = course.exchange / course.course.id / "inbound"
    inbound.mkdir(exist_ok=True)
    for name in (f"a+b+{MODULE}+2026-01-11 08:00:00 UTC+xyz", f"c+{MODULE}+2026-01-11 08:00:00 UTC", "c+other+2026"):
        (inbound / name).mkdir()
    found = Folders.of(course)
    people = {f"trainee-{number:02d}" for number in range(PEOPLE - 1)}
    assert found.submitted[MODULE] == people == found.autograded[MODULE]
    assert found.arrived(MODULE) == {"a+b": "2026-01-11 08:00:00 UTC+xyz", "c": "2026-01-11 08:00:00 UTC"}
    assert not found.submitted["other"]


def test_snapshot_without_keys_still_counts(course: CourseDirectory) -> None:
    (course.path / "keys" / f"{MODULE}.json").unlink()
    known = Snapshot(course)
    assert known.results is None
    assert len(known.handed_in) == PEOPLE - 1
    assert known.passed == 0


@pytest.mark.usefixtures("settled")
def test_mark_keeps_what_answers_say(course: CourseDirectory) -> None:
    """What a module's answers say is worked out again after a changed answer or word, and not after a mark."""
    classes, snapshots = Classes(), Snapshots()

    def now() -> ClassAnswers:
        return classes.of(course.path, lambda: snapshots.of(course).results or course.results())

    first = now()
    told = first.once(numbers_of, MODULE, "en")
    _tick(course.path.parent)
    _give_a_point(course.path)
    marked = now()
    assert marked is not first
    assert marked.results.handed_in != first.results.handed_in
    assert marked.once(numbers_of, MODULE, "en") is told
    one = next(each for each in told.questions if each.mode == "graded" and each.people == PEOPLE - 1)
    Markbook(course.path).write(
        Change("b" * 32, "2026-01-12T08:00:00+00:00", "t", "aside", "trainee-00", MODULE, one.id)
    )
    without = now().once(numbers_of, MODULE, "en")
    assert next(each.people for each in without.questions if each.id == one.id) == one.people - 1
    keys = course.path / "keys" / f"{MODULE}.json"
    keys.write_text(keys.read_text("utf-8").replace("Case management", "Other words"), encoding="utf-8")
    assert now().once(numbers_of, MODULE, "en").title != told.title


@pytest.mark.usefixtures("settled")
def test_journal_is_read_once_it_is_asked_for(course: CourseDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    classes, read = Classes(), []
    whole = answers._submission
    monkeypatch.setattr(answers, "_submission", lambda *about: [read.append(about[1]), whole(*about)][1])
    first = classes.of(course.path, course.results)
    assert not read
    told = dict(first.of(MODULE))
    assert sorted(read) == sorted(told) == [f"trainee-{number:02d}" for number in range(PEOPLE - 1)]
    read.clear()
    _tick(course.path.parent)
    journal = course.path / "autograded" / "trainee-00" / MODULE / FILE_NAME
    journal.write_text("".join(journal.read_text("utf-8").splitlines(keepends=True)[:3]), encoding="utf-8")
    Markbook(course.path).write(Change("d" * 32, "2026-01-12T08:00:00+00:00", "t", "aside", "trainee-01", MODULE, "x"))
    now = classes.of(course.path, course.results)
    assert dict(now.of(MODULE)) == dict(Classes().of(course.path, course.results).of(MODULE)) != told
    assert read[:2] == ["trainee-00", "trainee-01"]
    assert len(read) == 2 + PEOPLE - 1
    assert now.submissions != first.submissions


@pytest.mark.usefixtures("settled")
def test_others_may_add_while_a_mark_is_taken_over(course: CourseDirectory) -> None:
    """What was worked out is carried over while pages of other people work out more."""
    classes, snapshots = Classes(), Snapshots()

    def now() -> ClassAnswers:
        return classes.of(course.path, lambda: snapshots.of(course).results or course.results())

    first = now()

    class Meanwhile(str):
        """The name of something that is looked at when somebody else's page adds to the same class."""

        __slots__ = ()

        def __hash__(self) -> int:
            first.kept[f"other {len(first.kept)}",] = None
            return super().__hash__()

    first.kept[Meanwhile(numbers_of.__name__), MODULE] = told = object()
    _tick(course.path.parent)
    _give_a_point(course.path)
    assert any(each is told for each in now().kept.values())


def _told(results: Results) -> list[object]:
    return [(each.id, results.works(each.id), results.verdict(each.id)) for each in results.trainees]


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("change", [_give_a_point, _grade_another, _lower_the_mark, _ask_about_safety])
def test_later_moment_equals_a_fresh_reading(course: CourseDirectory, change: Callable[[Path], None]) -> None:
    """What is the same since an earlier moment is taken over, and nothing else."""
    known = Snapshots()
    before = known.of(course).results
    assert before is not None
    told = _told(before)
    _tick(course.path.parent)
    change(course.path)
    course = CourseDirectory(course.path, course.exchange)
    now, fresh = known.of(course).results, course.results()
    assert now is not None
    assert _told(now) == _told(fresh) != told


class _Everybody:
    """Those who change a class: the desk, formgrader, another process, grading, whoever leaves."""

    def __init__(self, course: CourseDirectory, known: Snapshots, rng: Random) -> None:
        self.course, self.known, self.rng = course, known, rng
        self.book = course.path / "gradebook.db"

    def marks_at_the_desk(self) -> None:
        each = self.rng.choice(self.course.gradebook().judged())
        seen = given(self.course.api.coursedir.db_url, each.submission, each.activity)
        score = self.rng.choice([None, 0.0, each.most / 2, each.most])
        self.known.give(self.course, each.submission, each.activity, Given(score, "A comment."), [seen])
        Markbook(self.course.path).write(
            Change(uuid4().hex, "2026-01-12T08:00:00+00:00", "t", "mark", *each.answer, score)
        )

    def is_too_late_at_the_desk(self) -> None:
        each = self.rng.choice(self.course.gradebook().judged())
        with suppress(ChangedError):
            self.known.give(self.course, each.submission, each.activity, Given(each.most), [Given(77.0)])

    def marks_in_formgrader(self) -> None:
        with self.course.api.gradebook as book:
            grade = self.rng.choice(self.rng.choice(book.find_assignment(MODULE).submissions).notebooks[0].grades)
            grade.manual_score = float(self.rng.randrange(5))
            book.db.commit()

    def another_process_writes(self) -> None:
        write = (
            "import sqlite3, sys; book = sqlite3.connect(sys.argv[1]); given = sys.argv[2:]; "
            "book.execute('UPDATE grade SET extra_credit = ? WHERE id LIKE ?', given); book.commit(); book.close()"
        )
        given = [str(self.rng.random()), f"{self.rng.randrange(9)}%"]
        subprocess.run([sys.executable, "-c", write, self.book, *given], check=True)

    def hands_in_no_more(self) -> None:
        with self.course.api.gradebook as book:
            here = book.find_assignment(MODULE).submissions
            if len(here) > PEOPLE // 2:
                book.remove_submission(MODULE, self.rng.choice(here).student.id)

    def is_graded_anew(self) -> None:
        with closing(sqlite3.connect(self.book)) as book, book:
            (one,) = self.rng.choice(book.execute("SELECT id FROM submitted_notebook ORDER BY id").fetchall())
            book.execute("UPDATE grade SET manual_score = NULL, auto_score = 0.5 WHERE notebook_id = ?", [one])
            book.execute("UPDATE grade SET notebook_id = notebook_id || 'n' WHERE notebook_id = ?", [one])
            book.execute("UPDATE submitted_notebook SET id = id || 'n' WHERE id = ?", [one])

    def somebody_joins(self) -> None:
        with suppress(sqlite3.IntegrityError):
            _grade_another(self.course.path)

    def somebody_is_renamed(self) -> None:
        with self.course.api.gradebook as book:
            book.update_or_create_student("trainee-01", first_name="New", last_name=str(self.rng.random()))

    def the_pass_mark_is_lowered(self) -> None:
        _lower_the_mark(self.course.path)

    def a_backup_is_put_back(self) -> None:
        shutil.copyfile(self.book, self.book.with_suffix(".kept"))
        self.marks_at_the_desk()
        os.replace(self.book.with_suffix(".kept"), self.book)


_CHANGES = [name for name in vars(_Everybody) if not name.startswith("_")]


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("seed", sampled([0, 1], range(2, 6)))
def test_snapshot_equals_a_fresh_reading(course: CourseDirectory, seed: int) -> None:
    """Whoever changes the class, in whatever order, and whatever of it was looked at before."""
    rng, known = Random(seed), Snapshots()
    everybody = _Everybody(course, known, rng)
    for change in [rng.choice([*_CHANGES, "marks_at_the_desk"]) for _ in range(20)]:
        _tick(course.path.parent)
        getattr(everybody, change)()
        course = CourseDirectory(course.path, course.exchange)
        now, fresh = known.of(course), Snapshot(course)
        for name in rng.sample(["handed_in", "judged", "trainees", "passed", "second_forms", "missed_safety"], 3):
            assert getattr(now, name) == getattr(fresh, name), (change, name)
        if rng.random() < 0.5:
            assert now.results
            assert fresh.results
            assert _told(now.results) == _told(fresh.results), change


@pytest.mark.parametrize("desk_first", [True, False])
def test_mark_between_those_of_others_is_read(course: CourseDirectory, desk_first: bool) -> None:
    known, rng = Snapshots(), Random(0)
    everybody = _Everybody(course, known, rng)
    before = known.of(course)
    assert before.handed_in
    assert before.judged
    steps = [everybody.marks_at_the_desk, everybody.marks_in_formgrader]
    for step in steps if desk_first else reversed(steps):
        step()
    now, fresh = known.of(course), Snapshot(course)
    assert (now.handed_in, now.judged) == (fresh.handed_in, fresh.judged)


def test_only_the_marked_submission_is_read(course: CourseDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Snapshots()
    before = known.of(course)
    each = next(one for one in before.judged if one.waits)
    old = before.handed_in[each.trainee, MODULE]
    read: list[object] = []
    for name in ("handed_in", "judged"):
        whole = getattr(Gradebook, name)
        monkeypatch.setattr(Gradebook, name, lambda self, of=None, whole=whole: [read.append(of), whole(self, of)][1])
    known.give(course, each.submission, each.activity, Given(each.most), [Given(None)])
    now = known.of(course)
    assert now.handed_in[each.trainee, MODULE] != old
    assert sum(one is not two for one, two in zip(now.judged, before.judged, strict=True)) == len(
        [one for one in before.judged if one.submission == each.submission]
    )
    assert now.results
    assert read == [{each.submission}, {each.submission}]


def test_mark_that_waits_holds_up_no_page(course: CourseDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else writes into the gradebook for long."""
    known, tried, give = Snapshots(), threading.Event(), snapshot.give
    before = known.of(course)
    each = next(one for one in before.judged if one.waits)
    old = before.handed_in[each.trainee, MODULE]
    monkeypatch.setattr(snapshot, "PATIENCE", 3600)
    monkeypatch.setattr(snapshot, "give", lambda *about: [tried.set(), give(*about)])
    about = (course, each.submission, each.activity, Given(each.most), [Given(None)])
    marking = threading.Thread(target=known.give, args=about)
    with closing(sqlite3.connect(course.path / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        marking.start()
        until(tried.is_set, "the mark waits")
        assert known.of(course).handed_in[each.trainee, MODULE] == old
        assert marking.is_alive(), "the page came first"
        other.execute("ROLLBACK")
    marking.join()
    assert known.of(course).handed_in[each.trainee, MODULE] != old


def test_mark_that_waits_in_vain_is_told(course: CourseDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Snapshots()
    each = known.of(course).judged[0]
    monkeypatch.setattr(snapshot, "PATIENCE", 0)
    with closing(sqlite3.connect(course.path / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CourseError, match="in use by another program"):
            known.give(course, each.submission, each.activity, Given(each.most), [Given(None)])


def test_class_waits_for_no_other(course: CourseDirectory, tmp_path: Path) -> None:
    classes, results, asked = Classes(), course.results(), list[ClassAnswers]()
    other = tmp_path / "other"
    shutil.copytree(course.path, other)

    def meanwhile() -> Results:
        asking = threading.Thread(target=lambda: asked.append(classes.of(other, lambda: results)), daemon=True)
        asking.start()
        asking.join(60)
        assert asked, "the other class is answered first"
        return results

    assert [*classes.of(course.path, meanwhile).submissions] == [*asked[0].submissions]


def test_form_built_between_two_looks_waits_for_the_next(course: CourseDirectory) -> None:
    """What lies in folders and which of them there are come from one look."""
    form, _ = form_names(OTHER)
    folders = Folders.of(course)
    assert form not in course.assignments
    (course.path / "source" / form).mkdir()
    (course.path / "release" / form).mkdir()
    assert form in course.assignments
    known = Snapshot(course)
    rows = waiting(course, known, folders)
    assert form not in {row["module"] for row in rows}
    cards = cards_of(course, known, folders, rows, date(2026, 1, 12))
    people = people_of(course, known, folders, cards)
    assert stuck(known, folders, cards, people, datetime(2026, 1, 12)) is not None  # noqa: DTZ001 - as the gradebook has it
    assert form in {row["module"] for row in waiting(course, known, Folders.of(course))}


@pytest.mark.usefixtures("settled")
def test_mark_leaves_works_of_others(course: CourseDirectory) -> None:
    known = Snapshots()
    before = known.of(course).results
    assert before is not None
    works = {each.id: before.works(each.id) for each in before.trainees}
    _tick(course.path.parent)
    _give_a_point(course.path)
    now = known.of(course).results
    assert now is not None
    assert sum(now.works(who) is not mine for who, mine in works.items()) == 1
