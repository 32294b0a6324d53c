"""Paths from building to the pass: each an assignment; a person is on one, and everybody reads one number for it."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from himaya.commands.import_answers import import_answers
from himaya.content.assignments import form_names
from himaya.content.forms import parts_to_build
from himaya.content.module import EVERYBODY
from himaya.course.course import Course, load_course
from himaya.course.pass_rule import Standing, Work, of_module
from himaya.course.roster import Roster, forget_trainees, read_roster
from himaya.errors import CourseError
from himaya.publish.assignment import compile_module
from himaya_autograde.arrivals import Arrivals
from himaya_autograde.course import CourseDirectory
from himaya_autograde.import_answers import place_of, take_in, type_in
from himaya_autograde.keys import read_keys
from himaya_autograde.markbook import Markbook
from himaya_autograde.paths import Paths, choose, note_hand_ins, refuse_moved
from himaya_autograde.synthetic import synthetic_journal
from himaya_server.desk import learned
from himaya_server.desk.answers import ClassAnswers, whole_title
from himaya_server.desk.people import paths_of, people_of, stuck
from himaya_server.desk.reports import donor_tables
from himaya_server.home import state
from himaya_server.home.cards import Late, cards_of
from himaya_server.home.formgrader import counted
from himaya_server.home.snapshot import Folders, Snapshot
from himaya_server.platform import hand_in_synthetic
from tests.autograde.cohorts import (
    COURSE,
    ROOT,
    STAMP,
    Rows,
    built_and_released,
    configure,
    copy_of,
    hand_in,
    own_settings,
    rows,
)
from tests.engine import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULE, ROLE = "data-protection", "information-management"
OTHER = f"{MODULE}--{ROLE}"
DUE = date(2026, 1, 31)
_WHERE = {"core": MODULE, "data": OTHER, "both": OTHER}


def _journal(assignment: str, trainee: str) -> bytes:
    parts = {part.module.id: part for part in parts_to_build(shipped.loaded(MODULE), [EVERYBODY, ROLE])}
    dice = Random(f"{assignment}/{trainee}")
    return synthetic_journal(compile_module(parts[assignment]), dice, 0.9, 1.0).encode()


def _hand_in(course: Path, assignment: str, trainee: str) -> Path:
    return hand_in(course, assignment, trainee, _journal(assignment, trainee))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseDirectory]:
    """One trainee on each path and one who handed in a second path later; all is graded, with feedback."""
    home = tmp_path_factory.mktemp("paths")
    (home / "exchange").mkdir(mode=0o777)
    folder = home / COURSE
    folder.mkdir()
    about = {"id": COURSE, "title": "Two paths", "summary": "One.", "modules": [MODULE], "pass_mark": 80}
    more = {"languages": ["en"], "paths": {MODULE: [EVERYBODY, ROLE]}}
    (folder / "course.yaml").write_text(json.dumps({**about, **more}), encoding="utf-8")
    (folder / "overview.md").write_text("# Two paths\n", encoding="utf-8")
    configure(folder, stock=False)
    with own_settings(home):
        directory = built_and_released(folder, ROOT / "modules")
        for trainee, assignment in _WHERE.items():
            _hand_in(folder, assignment, trainee)
            note_hand_ins(folder, assignment, [trainee])
        _hand_in(folder, MODULE, "both")
        note_hand_ins(folder, MODULE, ["both"])
        assert directory.grade().problems == {}
        assert directory.feedback().problems == {}
        yield directory


def test_paths_are_assignments_without_other_keys(course: CourseDirectory) -> None:
    assert course.assignments == [MODULE, *form_names(MODULE), OTHER]
    mine, theirs = (
        json.loads((course.path / "release" / name / "activities.json").read_text(encoding="utf-8"))
        for name in (MODULE, OTHER)
    )
    assert mine["module"]["title"] == "Data protection (path: Everybody)"
    assert mine["edition"] != theirs["edition"]
    left_out = theirs["activities"].keys() - mine["activities"].keys()
    assert "mean-risk" in left_out
    for path in (course.path / "release" / MODULE).iterdir():
        assert not [name for name in left_out if f'"{name}"' in path.read_text(encoding="utf-8")], path
    with course.api.gradebook as gradebook:
        cells = {
            name: {cell.name for cell in gradebook.find_notebook(name, name).grade_cells} for name in (MODULE, OTHER)
        }
    off = {"merged-groups", "from-file-to-decision"}
    assert off <= mine["activities"].keys()
    assert not off & cells[MODULE], "what is off the path can be done and is worth nothing"
    assert off <= cells[OTHER]
    assert cells[MODULE] < cells[OTHER]


def _grades(found: Rows) -> Rows:
    """Return the rows of `both`, without what stock nbgrader cannot say: that a skipped lab waits for a person."""
    flagged = ("find-me", "needs_manual_grade")
    return {
        key: {name: value for name, value in row.items() if (key[3], name) != flagged}
        for key, row in found.items()
        if key[:2] == ("grade", "both")
    }


@pytest.mark.proof
def test_stock_nbgrader_grades_paths_alike(course: CourseDirectory, tmp_path: Path) -> None:
    (tmp_path / "exchange").mkdir()
    stock = copy_of(course, tmp_path, stock=True, trainees={"both"})
    with CourseDirectory(stock).api.gradebook as gradebook:
        for name in (MODULE, OTHER):
            gradebook.remove_submission(name, "both")
            shutil.rmtree(stock / "autograded" / "both" / name)
    script = str(ROOT / "tests" / "autograde" / "stock_grader.py")
    subprocess.run([sys.executable, script, str(stock)], check=True, capture_output=True)
    ours, theirs = (_grades(rows(each)) for each in (course.path, stock))
    assert {key[2] for key in ours} == {MODULE, OTHER}
    assert theirs == ours


@pytest.mark.parametrize("trainee", _WHERE)
def test_everybody_reads_one_number(course: CourseDirectory, trainee: str, tmp_path: Path) -> None:
    mine, results = _WHERE[trainee], course.results()
    (work,) = (each for each in results.works(trainee) if each.module in (MODULE, OTHER))
    assert (work.module, work.graded) == (mine, True)
    percent = of_module(course.course, work).percent
    assert results.verdict(trainee).percent == percent > 0
    page = (course.path / "feedback" / trainee / mine / f"{mine}.html").read_text(encoding="utf-8")
    standing = state.standing_of(page)
    assert standing is not None
    assert (standing.percent, standing.worth) == (percent, work.worth)
    (row,) = counted([{"student": trainee, "name": mine}], results)
    assert (row["score"], row["max_score"]) == (standing.earned, standing.worth)
    (row,) = counted([{"id": trainee}], results)
    assert (row["score"], row["max_score"]) == (standing.earned, standing.worth)
    header, lines = results.item_table()
    table = {str(line[0]): dict(zip(header, line, strict=True)) for line in lines}[trainee]
    assert [table[f"{name}/percent"] for name in (MODULE, OTHER)] == [
        percent if name == mine else None for name in (MODULE, OTHER)
    ]
    course.export(tmp_path)
    with (tmp_path / "grades.csv").open(encoding="utf-8-sig") as file:
        listed = [line["assignment"] for line in csv.DictReader(file) if line["student_id"] == trainee]
    assert [name for name in listed if name in (MODULE, OTHER)] == [mine]


def test_first_hand_in_is_the_choice(course: CourseDirectory) -> None:
    changes = [each for each in Markbook(course.path).changes() if each.kind == "path"]
    assert [(each.trainee, each.module, each.activity, each.marker) for each in changes] == [
        ("core", MODULE, EVERYBODY, "core"),
        ("data", MODULE, ROLE, "data"),
        ("both", MODULE, ROLE, "both"),
    ]
    page = (course.path / "feedback" / "both" / MODULE / f"{MODULE}.html").read_text(encoding="utf-8")
    assert "You are on another path of this module." in page
    assert state.standing_of(page) is None
    (row,) = counted([{"student": "both", "name": MODULE, "score": 9.0, "max_score": 20.0}], course.results())
    assert (row["score"], row["max_score"]) == (0.0, 0.0)


def test_path_of_nobody_has_no_average(course: CourseDirectory) -> None:
    results = course.results()
    results.handed_in = {key: work for key, work in results.handed_in.items() if key == ("both", MODULE)}
    (row,) = counted([{"name": MODULE, "average_score": 15.0, "max_score": 20.0}], results)
    assert (row["average_score"], row["max_score"], row["average_code_score"]) == (0.0, 0.0, 0.0)


def test_late_on_another_path_is_late(course: CourseDirectory) -> None:
    with _somebody(course, "slow"):
        choose(course.path, "slow", MODULE, ROLE, "trainer")
        known, here = Snapshot(course), Folders.of(course)
        cards = replace(cards_of(course, known, here, [], DUE), late=(Late("slow", OTHER, DUE),))
        people = people_of(course, known, here, cards)
        assert [each.states for each in people if each.id == "slow"] == [{OTHER: "late"}]


def test_path_on_the_desk_has_its_title(course: CourseDirectory) -> None:
    known, here = Snapshot(course), Folders.of(course)
    rows = state.waiting(course, known, here)
    mine, both, title = paths_of(course, known, rows, "data")[MODULE]
    assert (mine, both) == (ROLE, [EVERYBODY, ROLE])
    assert title == "Data protection (path: Staff who work with data)"


@contextmanager
def _somebody(course: CourseDirectory, trainee: str) -> Iterator[None]:
    with course.api.gradebook as gradebook:
        gradebook.update_or_create_student(trainee)
    try:
        yield
    finally:
        Markbook(course.path).forget(trainee)
        with course.api.gradebook as gradebook:
            gradebook.remove_student(trainee)


def _stuck(
    course: CourseDirectory, folders: Folders | None = None, on: date = date(2026, 2, 1)
) -> set[tuple[str, ...]]:
    """Return who is stuck, why and over what, on a day after the last one to hand in."""
    known, here = Snapshot(course), folders or Folders.of(course)
    course.course = course.course.model_copy(update={"due": {MODULE: DUE}})
    try:
        cards = cards_of(course, known, here, [], on)
        people = people_of(course, known, here, cards)
        found = stuck(known, here, cards, people, datetime(2026, 3, 1))  # noqa: DTZ001 - as the gradebook has it
    finally:
        course.course = load_course(course.path)
    return {(each.person.id, each.why, str(each.values.get("module", ""))) for each in found}


def test_who_is_late_hears_of_their_own_path(course: CourseDirectory) -> None:
    with _somebody(course, "slow"):
        assert ("slow", "stuck-late", MODULE) in _stuck(course)
        choose(course.path, "slow", MODULE, ROLE, "trainer")
        assert ("slow", "stuck-late", OTHER) in _stuck(course)
        assert ("slow", "stuck-late", OTHER) not in _stuck(course, on=DUE)


def test_hand_in_of_another_path_leaves_somebody_late(course: CourseDirectory) -> None:
    assert "core" not in {who for who, *_ in _stuck(course)}
    choose(course.path, "core", MODULE, ROLE, "trainer")
    try:
        assert ("core", "stuck-late", OTHER) in _stuck(course)
    finally:
        choose(course.path, "core", MODULE, EVERYBODY, "trainer")


def test_nobody_is_stuck_off_their_path(course: CourseDirectory) -> None:
    """Neither over a path that waits to be brought in, nor over a refused hand-in that would count nowhere."""
    sent = f"waits+{OTHER}+{STAMP}+aaaa"
    refused = f"data+{MODULE}+{STAMP}+bbbb"
    lying = Folders.of(course)
    inbound = {
        **lying.inbound,
        OTHER: {**lying.inbound[OTHER], sent: ("waits", f"{STAMP}+aaaa")},
        MODULE: {**lying.inbound[MODULE], refused: ("data", f"{STAMP}+bbbb")},
    }
    folders = replace(lying, inbound=inbound, seen={**lying.seen, MODULE: Arrivals(refused=[refused])})
    with _somebody(course, "waits"):
        found = _stuck(course, folders)
        assert ("data", "stuck-refused", MODULE) not in found
        assert "waits" not in {who for who, why, module in found if module == MODULE}
        assert "stuck-late" not in {why for who, why, _ in found if who == "waits"}
        choose(course.path, "data", MODULE, EVERYBODY, "trainer")
        try:
            assert ("data", "stuck-refused", MODULE) in _stuck(course, folders)
        finally:
            choose(course.path, "data", MODULE, ROLE, "trainer")


def test_missed_safety_names_the_own_path(course: CourseDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Snapshot, "missed_safety", {"core": MODULE, "data": MODULE})
    assert {("core", "stuck-safety", MODULE), ("data", "stuck-safety", OTHER)} <= _stuck(course)


def test_safety_is_counted_on_each_path() -> None:
    form = form_names(MODULE)[0]
    results = SimpleNamespace(
        keys={OTHER: {}, form: {}},
        trainees=[SimpleNamespace(id=str(number)) for number in range(5)],
        works=lambda _: [Work(form, ())],
    )
    known: Any = SimpleNamespace(results=results)
    assert learned._safety(known, OTHER) == learned._safety(known, MODULE)
    assert learned._safety(known, OTHER) is not None


def test_hyphens_of_a_module_name_no_path() -> None:
    name = "career-path-basics"
    course = Course(id="c", title="C", summary="C.", modules=[name], pass_mark=80, languages=["en"])
    assert Paths(course, {}, ()).counts("noor", name)


def test_roster_puts_somebody_on_a_path(course: CourseDirectory, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(f"trainee,path\nboth,{EVERYBODY}\ncore,\n", encoding="utf-8")
    assert read_roster(file).paths == {"both": EVERYBODY}
    file.write_text(f"trainee,path\nboth,{EVERYBODY}\nboth,{ROLE}\n", encoding="utf-8")
    with pytest.raises(CourseError, match=r"roster\.csv:3: both is on the path 'everybody'"):
        read_roster(file)
    with pytest.raises(CourseError, match="has no path 'police'"):
        choose(course.path, "both", MODULE, "police", "roster")
    choose(course.path, "both", MODULE, EVERYBODY, "roster")
    try:
        assert course.results().paths.assigned("both", MODULE) == MODULE
        note_hand_ins(course.path, OTHER, ["both"])
        assert course.results().paths.assigned("both", MODULE) == MODULE
    finally:
        choose(course.path, "both", MODULE, ROLE, "trainer")
    assert course.results().paths.assigned("both", MODULE) == OTHER


def test_import_and_collect_note_the_choice(course: CourseDirectory, tmp_path: Path) -> None:
    saved = tmp_path / "by-file.jsonl"
    saved.write_bytes(_journal(OTHER, "by-file"))
    (taken,) = take_in(place_of(course.path, OTHER), Roster({saved.name: "by-file"}, frozenset()), [saved])
    assert taken.good, taken.text
    sent = course.exchange / course.course.id / "inbound" / f"by-exchange+{OTHER}+{STAMP}+aaaa"
    shutil.copytree(course.path / "submitted" / "data" / OTHER, sent)
    done = course.collect(OTHER)
    assert done.problems == {}, done.problems
    chosen: dict[Any, str] = Markbook(course.path).paths()
    assert {who: chosen.get((who, MODULE)) for who in ("by-file", "by-exchange")} == dict.fromkeys(
        ("by-file", "by-exchange"), ROLE
    )


def test_import_reads_the_course_once(course: CourseDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def load(folder: Path) -> Course:
        read.append(folder)
        return load_course(folder)

    monkeypatch.setattr("himaya_autograde.paths.load_course", load)
    files = []
    for trainee in ("once", "twice"):
        files.append(tmp_path / f"{trainee}.jsonl")
        files[-1].write_bytes(_journal(OTHER, trainee))
    names = {each.name: each.stem for each in files}
    try:
        done = list(take_in(place_of(course.path, OTHER), Roster(names, frozenset()), files))
        assert [each.good for each in done] == [True, True]
        assert read == [course.path]
        assert Markbook(course.path).paths()["once", MODULE] == ROLE
    finally:
        for trainee in ("once", "twice"):
            Markbook(course.path).forget(trainee)
            shutil.rmtree(course.path / "submitted" / trainee, ignore_errors=True)


def test_home_hides_what_counts_nowhere_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def listed(mine: str, standing: Standing | None = None) -> list[str]:
        states = {
            MODULE: state.ModuleState(MODULE, "Everybody", "not-started"),
            OTHER: state.ModuleState(OTHER, "Data", mine, answered=3, total=9, standing=standing),
        }
        monkeypatch.setattr(state, "released_modules", lambda *_: [MODULE, OTHER])
        monkeypatch.setattr(state, "_module_state", lambda path, *_: states[path.name])
        return [each.id for each in state.trainee_modules(tmp_path, tmp_path, COURSE)]

    assert listed("begun") == [MODULE, OTHER]
    assert listed("submitted") == [MODULE, OTHER], "a trainer may have chosen the other one"
    assert listed("feedback") == [MODULE, OTHER], "feedback without a number is of a path that counts nowhere"
    assert listed("feedback", Standing(9, 10, 80)) == [OTHER]


def test_import_refuses_another_path(course: CourseDirectory, tmp_path: Path) -> None:
    saved = tmp_path / "data.jsonl"
    saved.write_bytes(_journal(MODULE, "data"))
    roster = Roster({}, frozenset({"data"}))
    (taken,) = take_in(place_of(course.path, MODULE), roster, [saved], own_path=True)
    assert not taken.good
    assert f"import into {OTHER}" in taken.text
    assert not (course.path / "submitted" / "data" / MODULE).exists()


def test_class_is_told_of_another_path(course: CourseDirectory, tmp_path: Path) -> None:
    """A class takes in what its people hand in, and says what counts nowhere."""
    saved = tmp_path / "data.jsonl"
    saved.write_bytes(_journal(MODULE, "data"))
    (taken,) = take_in(place_of(course.path, MODULE), Roster({}, frozenset({"data"})), [saved])
    try:
        assert taken.good
        assert f"data is on another path of this module, {OTHER}: this counts nowhere" in taken.text
    finally:
        shutil.rmtree(course.path / "submitted" / "data" / MODULE)


def test_changed_roster_sends_feedback_again(course: CourseDirectory, tmp_path: Path) -> None:
    page = course.path / "feedback" / "core" / MODULE / f"{MODULE}.html"
    roster, saved = tmp_path / "roster.csv", tmp_path / "none.jsonl"
    roster.write_text(f"trainee,path\ncore,{ROLE}\n", encoding="utf-8")
    arguments = [str(course.path), MODULE, "--roster", str(roster), str(saved)]
    try:
        assert state.standing_of(page.read_text(encoding="utf-8")) is not None
        CliRunner().invoke(import_answers, arguments)
        assert state.standing_of(page.read_text(encoding="utf-8")) is None
    finally:
        choose(course.path, "core", MODULE, EVERYBODY, "trainer")
        course.feedback_of("core", MODULE)
    assert state.standing_of(page.read_text(encoding="utf-8")) is not None


def test_reports_name_the_whole_module(course: CourseDirectory) -> None:
    about = read_keys(course.path, MODULE)
    assert about["module"]["title"] == "Data protection (path: Everybody)"
    assert whole_title(about) == "Data protection"
    form = read_keys(course.path, form_names(MODULE)[0])
    assert whole_title(form) == form["module"]["title"]
    known = ClassAnswers(course.results(), {}, {}, frozenset())
    assert [each.title for each in donor_tables(known, "en")] == ["Data protection"]


def test_roster_changes_paths_and_says_so(course: CourseDirectory, tmp_path: Path) -> None:
    forget_trainees(course.path, ["gone"])
    choose(course.path, "moved", MODULE, EVERYBODY, "trainer")
    roster, saved = tmp_path / "roster.csv", tmp_path / "none.jsonl"
    roster.write_text(f"trainee,path\nmoved,{ROLE}\ngone,{ROLE}\n", encoding="utf-8")
    try:
        arguments = [str(course.path), MODULE, "--roster", str(roster), str(saved)]
        told = CliRunner().invoke(import_answers, arguments).output
        assert f"moved: path {EVERYBODY} -> {ROLE}" in told
        paths = Markbook(course.path).paths()
        assert paths["moved", MODULE] == ROLE
        assert ("gone", MODULE) not in paths
    finally:
        Markbook(course.path).forget("moved")


def _put(course: CourseDirectory, name: str, trainee: str, stamp: str) -> None:
    folder = course.path / "submitted" / trainee / name
    shutil.copytree(course.path / "submitted" / "data" / OTHER, folder)
    (folder / "timestamp.txt").write_text(stamp, encoding="utf-8")


def test_earliest_hand_in_is_the_choice(course: CourseDirectory) -> None:
    """Of two that are collected together, and of one from before the course named paths."""
    _put(course, OTHER, "early", "2026-01-05 08:00:00.0 UTC")
    _put(course, MODULE, "early", "2026-01-06 08:00:00.0 UTC")
    _put(course, OTHER, "since", "2026-01-05 08:00:00.0 UTC")
    _put(course, MODULE, "since", "no time")
    graded = course.path / "autograded" / "since" / MODULE
    graded.mkdir(parents=True)
    try:
        note_hand_ins(course.path, MODULE)
        paths = Markbook(course.path).paths()
        assert (paths["early", MODULE], paths["since", MODULE]) == (ROLE, EVERYBODY)
    finally:
        for trainee in ("early", "since"):
            Markbook(course.path).forget(trainee)
            shutil.rmtree(course.path / "submitted" / trainee)
        shutil.rmtree(graded.parent)


def test_class_with_edition_from_before_paths_is_on_none(course: CourseDirectory, tmp_path: Path) -> None:
    """Nobody chooses while one path alone is built, so `paths` can still be taken out of course.yaml."""
    shutil.copy(course.path / "course.yaml", tmp_path)
    for place in (f"source/{MODULE}", f"release/{MODULE}", f"submitted/early/{MODULE}"):
        (tmp_path / place).mkdir(parents=True)
    note_hand_ins(tmp_path, MODULE)
    assert Markbook(tmp_path).paths() == {}
    refuse_moved(tmp_path, course.course.model_copy(update={"paths": {}}))
    (tmp_path / "source" / OTHER).mkdir()
    note_hand_ins(tmp_path, MODULE)
    assert Markbook(tmp_path).paths() == {("early", MODULE): EVERYBODY}


def test_collect_notes_what_came_first(course: CourseDirectory) -> None:
    inbound = course.exchange / course.course.id / "inbound"
    for name, day in ((OTHER, 5), (MODULE, 6)):
        sent = inbound / f"both-sent+{name}+2026-01-0{day} 08:00:00 UTC+bbbb"
        shutil.copytree(course.path / "submitted" / "data" / OTHER, sent)
        (sent / f"{OTHER}.ipynb").rename(sent / f"{name}.ipynb")
        (sent / "timestamp.txt").write_text(f"2026-01-0{day} 08:00:00.0 UTC", encoding="utf-8")
    course.collect()
    assert Markbook(course.path).paths()["both-sent", MODULE] == ROLE


def test_synthetic_trainee_hands_in_one_path(course: CourseDirectory) -> None:
    inbound = course.exchange / course.course.id / "inbound"
    before = {*inbound.iterdir()}
    hand_in_synthetic(course, ROOT / "modules" / MODULE, range(3))
    made = {*inbound.iterdir()} - before
    try:
        paths = sorted(path.name.split("+")[:2] for path in made if f"{MODULE}-safety" not in path.name)
        assert paths == [["trainee-01", MODULE], ["trainee-02", OTHER], ["trainee-03", MODULE]]
        assert len(made) == 6, "the open safety form is everybody's"
    finally:
        for path in made:
            shutil.rmtree(path)


def test_typed_in_paper_is_the_choice(course: CourseDirectory) -> None:
    place = place_of(course.path, OTHER)
    asked = next(each for each in read_keys(course.path, OTHER)["activities"].values() if each["mode"] == "graded")
    type_in(place, "on-paper", {asked["id"]: (asked["hash"], "x")}, datetime(2026, 1, 5, tzinfo=UTC), "Hana")
    try:
        assert Markbook(course.path).paths()["on-paper", MODULE] == ROLE
    finally:
        course.forget("on-paper")


def test_only_released_paths_are_chosen(course: CourseDirectory) -> None:
    about = course.path / "course.yaml"
    text = about.read_text(encoding="utf-8")
    document = json.loads(text)
    document["paths"][MODULE].append("management")
    about.write_text(json.dumps(document), encoding="utf-8")
    try:
        with pytest.raises(CourseError, match="is not released here"):
            choose(course.path, "data", MODULE, "management", "trainer")
    finally:
        about.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ({MODULE: [EVERYBODY, ROLE, "management"]}, ""),
        ({MODULE: [ROLE, EVERYBODY]}, "neither remove nor reorder"),
        ({MODULE: [EVERYBODY]}, "neither remove nor reorder"),
        ({}, "neither remove nor reorder"),
        ({MODULE: [EVERYBODY, ROLE, ROLE]}, f"names a path of '{MODULE}' twice. Name each once"),
        ({MODULE: [EVERYBODY, ROLE], "pseah": [EVERYBODY]}, "names paths of 'pseah', which is none of its modules"),
    ],
)
def test_build_refuses_moved_paths(course: CourseDirectory, paths: dict[str, list[str]], said: str) -> None:
    changed = course.course.model_copy(update={"paths": paths})
    with pytest.raises(CourseError, match=said) if said else nullcontext():
        refuse_moved(course.path, changed)


def test_changed_path_changes_feedback(course: CourseDirectory) -> None:
    choose(course.path, "core", MODULE, ROLE, "trainer")
    page = course.path / "feedback" / "core" / MODULE / f"{MODULE}.html"
    try:
        assert state.standing_of(page.read_text(encoding="utf-8")) is not None
        assert course.feedback_of("core", MODULE).problems == {}
        assert state.standing_of(page.read_text(encoding="utf-8")) is None
    finally:
        choose(course.path, "core", MODULE, EVERYBODY, "trainer")
        course.feedback_of("core", MODULE)
    assert state.standing_of(page.read_text(encoding="utf-8")) is not None
