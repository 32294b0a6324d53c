"""What a class hands in is graded like all other work, and its feedback comes back to its owner alone."""

from __future__ import annotations

import json
import shutil
import time
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from himaya.commands.main import main
from himaya.content.assignments import form_names
from himaya.content.forms import without_forms
from himaya.languages.interface import interface
from himaya.publish.assignment import compile_module
from himaya_autograde.course import CourseDirectory
from himaya_autograde.synthetic import synthetic_journal
from himaya_server.classroom.backup import DATABASE
from himaya_server.classroom.built_pages import read_pages
from himaya_server.classroom.store import open_store
from himaya_server.desk import practice
from tests.autograde.cohorts import ROOT, compiled_assignments
from tests.autograde.conftest import MODULE, copy_of, released
from tests.classroom.running import BUILD, NO_MODULES
from tests.engine.shipped import compiled, in_edition, loaded

if TYPE_CHECKING:
    from pathlib import Path

    from himaya_server.classroom.store import Store

__all__ = ["released"]  # a fixture


def run(*arguments: str) -> str:
    """Run a command that goes well, and return what it printed."""
    done = CliRunner().invoke(main, [*arguments])
    assert done.exit_code == 0, f"{done.output}{done.exception!r}"
    return done.output


@pytest.fixture
def folder(server: str, tmp_path: Path, released: Path) -> Path:
    """Return a folder with a class of two that takes a released course, and which one of the servers served last."""
    copy_of(released, tmp_path / "home")
    folder = tmp_path / "class"
    store = open_store(folder / DATABASE)
    store.make_class("north", "North", str(tmp_path / "home" / "core-protection"))
    for _ in range(2):
        store.enrol("north", "en")
    store.close()
    if server == "site":
        (folder / "site").touch()
    build = folder / "pages" / "core-protection" / BUILD
    build.mkdir(parents=True)
    about: dict[str, Any] = {"languages": ["en"], "digits": None, "modules": [MODULE], "activities": {MODULE: {}}}
    (build / "about.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def hand_in(store: Store, person: int, lines: list[str], request: str) -> None:
    """Put events, and hand in."""
    store.put(person, MODULE, [json.loads(line) for line in lines])
    store.hand_in(person, MODULE, request, len)


def test_half_a_description_is_no_build(tmp_path: Path) -> None:
    about: dict[str, Any] = {"languages": ["en"], "digits": None, "modules": [MODULE], "activities": {MODULE: {}}}
    whole, cut = tmp_path / "north" / ("a" * 12), tmp_path / "north" / ("b" * 12)
    for folder, text in ((whole, json.dumps(about)), (cut, "")):
        folder.mkdir(parents=True)
        (folder / "about.json").write_text(text, encoding="utf-8")
    assert read_pages(tmp_path, "north").build == whole.name
    shutil.rmtree(whole)
    with pytest.raises(FileNotFoundError):
        read_pages(tmp_path, "north")


def test_hand_in_of_a_class_is_graded(folder: Path, tmp_path: Path) -> None:
    course = tmp_path / "home" / "core-protection"
    store = open_store(folder / DATABASE)
    one, other = store.people("north")
    lines = synthetic_journal(in_edition(MODULE), Random(5), 0.7, 1).splitlines()
    hand_in(store, one.id, lines[:40], "request-1")
    at = ["--folder", str(folder)]
    assert "taken in: 1; not taken in: 0" in run("class", "collect", "north", *at)
    hand_in(store, one.id, lines, "request-2")
    assert "taken in: 1; not taken in: 0" in run("class", "collect", "north", *at)
    assert "taken in: 0; not taken in: 0" in run("class", "collect", "north", *at)
    submitted = course / "submitted" / one.pseudonym / MODULE / "responses.jsonl"
    kept = [json.loads(line) for line in submitted.read_text(encoding="utf-8").splitlines()]
    practised = {name for name, each in compiled(MODULE).items() if each["mode"] == "practice"}
    there = [row["id"] for row in kept if row["activity"] not in practised]
    rows = store.rows(one.id, MODULE).rows
    assert there == [row["id"] for row in rows if row["activity"] not in practised]  # in the order of the class
    assert {row["type"] for row in kept if row["activity"] in practised} == {"begin", "practised"}
    run("grade", str(course), MODULE)
    assert "new feedback: 1" in run("class", "feedback", "north", *at)
    assert "new feedback: 0" in run("class", "feedback", "north", *at)
    page = store.feedback_page(one.id, MODULE) or ""
    assert "Case management" in page
    assert store.feedback_page(other.id, MODULE) is None
    store.close()


def test_answers_after_feedback_count_only_when_asked_for(folder: Path, tmp_path: Path) -> None:
    course = tmp_path / "home" / "core-protection"
    later = [0]
    store = open_store(folder / DATABASE, lambda: time.time() + later[0])
    one = store.people("north")[0]
    at = ["--folder", str(folder)]
    lines = synthetic_journal(in_edition(MODULE), Random(5), 0.7, 1).splitlines()
    hand_in(store, one.id, lines[:40], "request-1")
    run("class", "collect", "north", *at)
    run("grade", str(course), MODULE)
    run("class", "feedback", "north", *at)
    submitted = course / "submitted" / one.pseudonym / MODULE / "responses.jsonl"
    first = submitted.read_text(encoding="utf-8")
    later[0] = 3600
    hand_in(store, one.id, lines, "request-2")
    said = run("class", "collect", "north", *at)
    own = compile_module(without_forms(loaded(MODULE)))  # a safety form closes by itself
    graded = {name for name, each in own.items() if each["mode"] == "graded"}

    def answers(text: str) -> list[str]:
        rows = map(json.loads, text.splitlines())
        return [row["id"] for row in rows if row["activity"] in graded and row["type"] != "begin"]

    assert "came after feedback was given, and do not count" in said
    assert answers(submitted.read_text(encoding="utf-8")) == answers(first)
    assert "came after feedback" not in run("class", "collect", "north", "--late", one.pseudonym, *at)
    assert answers(submitted.read_text(encoding="utf-8")) == answers("\n".join(lines))
    assert [note.what for note in store.notes(one.id)] == []
    store.close()


def test_one_hand_in_stops_no_other(folder: Path, tmp_path: Path) -> None:
    store = open_store(folder / DATABASE)
    one, other = store.people("north")
    graded = next(name for name, each in compiled(MODULE).items() if each["mode"] == "graded")
    deep = {"activity": graded, "type": "answer", "value": "[" * 99_000}  # more of it than a journal is read with
    store.put(one.id, MODULE, [{"id": f"event-{number:02}", **deep} for number in range(16)])
    store.hand_in(one.id, MODULE, "request-1", len)
    lines = synthetic_journal(in_edition(MODULE), Random(5), 0.7, 1).splitlines()
    hand_in(store, other.id, lines, "request-1")
    store.close()
    done = CliRunner().invoke(main, ["class", "collect", "north", "--folder", str(folder)])
    assert f"{MODULE}: {one.pseudonym}: {interface()['journal-too-large']}" in done.output
    assert "taken in: 1; not taken in: 1" in done.output
    assert (tmp_path / "home" / "core-protection" / "submitted" / other.pseudonym / MODULE).is_dir()


def test_practice_that_cannot_be_written_stops_nothing(folder: Path, tmp_path: Path) -> None:
    course = tmp_path / "home" / "core-protection"
    target = course / "practice" / f"{MODULE}.north.json"
    (target / "in the way").mkdir(parents=True)
    store = open_store(folder / DATABASE)
    one, _ = store.people("north")
    lines = synthetic_journal(in_edition(MODULE), Random(5), 0.7, 1).splitlines()
    hand_in(store, one.id, lines, "request-1")
    done = CliRunner().invoke(main, ["class", "collect", "north", "--folder", str(folder)])
    assert done.exit_code == 1
    assert f"{MODULE}: what the class chose in practice is not counted yet: " in done.output
    assert "taken in: 1; not taken in: 0" in done.output
    shutil.rmtree(target)
    assert "taken in: 0; not taken in: 0" in run("class", "collect", "north", "--folder", str(folder))
    assert target.stat().st_mode & 0o777 == 0o600
    store.close()


def test_practice_cut_off_is_written_next(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "home" / "core-protection" / "practice" / f"{MODULE}.north.json"
    store = open_store(folder / DATABASE)
    for _ in range(3):
        store.enrol("north", "en")
    for person in store.people("north"):
        lines = synthetic_journal(compiled(MODULE), Random(person.id), 0.0, 1).splitlines()
        hand_in(store, person.id, lines, "request-1")

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(practice, "write_practice", cut)
        assert CliRunner().invoke(main, ["class", "collect", "north", "--folder", str(folder)]).exit_code == 130
    assert not target.exists()
    assert "taken in: 0; not taken in: 0" in run("class", "collect", "north", "--folder", str(folder))
    assert {len(runs) for runs in json.loads(target.read_bytes()).values()} == {5}
    target.unlink()
    run("class", "collect", "north", "--folder", str(folder))
    assert not target.exists()  # only what is missing is counted, so that no five shifts, see 0044
    store.close()


def test_answers_to_newer_pages_wait(folder: Path, tmp_path: Path) -> None:
    course, at = tmp_path / "home" / "core-protection", ["--folder", str(folder)]
    store = open_store(folder / DATABASE)
    one, _ = store.people("north")
    newer = {"id": "new-question", "activity": "new-question", "content": "0123456789abcdef"}
    hand_in(
        store,
        one.id,
        [
            *synthetic_journal(in_edition(MODULE), Random(5), 0.7, 1).splitlines(),
            json.dumps({**newer, "type": "begin"}),
            json.dumps({"id": "the-answer", "activity": "new-question", "type": "answer", "value": ["a"]}),
        ],
        "request-1",
    )
    about = folder / "pages" / "core-protection" / BUILD / "about.json"
    content = json.loads(about.read_text(encoding="utf-8"))
    content["activities"][MODULE]["new-question"] = {"mode": "practice", "hash": newer["content"]}
    about.write_text(json.dumps(content), encoding="utf-8")
    for _ in range(2):  # it waits, and what is known of it is in
        assert "himaya build --move-on" in run("class", "collect", "north", *at)
        assert [each.pseudonym for each in store.handed_in("north")] == [one.pseudonym]
    kept = (course / "submitted" / one.pseudonym / MODULE / "responses.jsonl").read_text(encoding="utf-8")
    assert "the-answer" not in kept
    store.close()


def test_safety_form_of_a_class_counts(folder: Path, tmp_path: Path) -> None:
    course, at = tmp_path / "home" / "core-protection", ["--folder", str(folder)]
    first, second = form_names(MODULE)
    about = course / "course.yaml"
    content = yaml.safe_load(about.read_text(encoding="utf-8")) | {"modules": [MODULE], "languages": ["en"]}
    content.pop("paths")
    about.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert "--move-on" not in run("class", "pages", "north", "--modules", str(ROOT / "modules"), *at)
    pages = read_pages(folder / "pages", "core-protection")
    assert pages.modules == [MODULE, first], "the second one is not opened yet"
    assert not pages.activities[first].keys() & pages.activities[MODULE].keys()
    store = open_store(folder / DATABASE)
    one, _ = store.people("north")
    run("release", str(course), first)
    run("class", "notebooks", "north", "--modules", NO_MODULES, "--state", str(tmp_path / "hub"), *at)
    assert {path.name for path in (folder / "released" / "core-protection").iterdir()} == {MODULE, first}
    lines = synthetic_journal(compiled_assignments()[first], Random(5), 1, 1).splitlines()
    store.put(one.id, first, [json.loads(line) for line in lines])
    store.hand_in(one.id, first, "request-1", len)
    assert "taken in: 1; not taken in: 0" in run("class", "collect", "north", *at)
    run("grade", str(course), first)
    with CourseDirectory(course).api.gradebook as gradebook:
        assert gradebook.find_submission(first, one.pseudonym).score == 4
    assert "new feedback: 1" in run("class", "feedback", "north", *at)
    store.close()
    run("release", str(course), second)
    run("class", "pages", "north", "--modules", str(ROOT / "modules"), *at)
    assert read_pages(folder / "pages", "core-protection").modules == [MODULE, first, second]


@pytest.mark.proof
def test_pages_of_another_edition_are_told(folder: Path, tmp_path: Path) -> None:
    course, at = tmp_path / "home" / "core-protection", ["--folder", str(folder), "--modules", str(ROOT / "modules")]
    about = course / "course.yaml"
    content = yaml.safe_load(about.read_text(encoding="utf-8")) | {"modules": [MODULE], "languages": ["en"]}
    content.pop("paths")
    about.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert "--move-on" not in run("class", "pages", "north", *at)
    about.write_text(yaml.safe_dump(content | {"leave_out": {MODULE: ["six-steps"]}}), encoding="utf-8")
    assert f"himaya build --move-on {course} {MODULE}" in run("class", "pages", "north", *at)
    run("build", str(course), MODULE, "--modules", str(ROOT / "modules"), "--move-on")
    assert "--move-on" not in run("class", "pages", "north", *at)


def test_ended_class_leaves_numbers_only(folder: Path, tmp_path: Path) -> None:
    course, at = tmp_path / "home" / "core-protection", ["--folder", str(folder)]
    store = open_store(folder / DATABASE)
    for _ in range(4):
        store.enrol("north", "en")
    people = store.people("north")
    for person in people:
        lines = synthetic_journal(compiled(MODULE), Random(person.id), 0.0, 1).splitlines()
        hand_in(store, person.id, lines, "request-1")
    run("class", "collect", "north", *at)
    run("grade", str(course), MODULE)
    assert list((course / "practice").glob("*.north.json"))
    (folder / "ended").mkdir()  # an earlier end was stopped before anybody was forgotten
    (folder / "ended" / "north.csv").write_text("of then", encoding="utf-8")
    early = CliRunner().invoke(main, ["class", "end", "north", "--yes", *at])
    assert early.exit_code == 1
    assert "'north' ends on 20" in early.output
    assert len(store.people("north")) == 6
    assert "'north' has ended. Left of 6 people" in run("class", "end", "north", "--yes", "--early", *at)
    store.close()
    kept = b"".join(path.read_bytes() for top in (folder, course) for path in top.rglob("*") if path.is_file())
    assert not [person.pseudonym for person in people if person.pseudonym.encode() in kept]
    table = (folder / "ended" / "north.csv").read_text(encoding="utf-8-sig").splitlines()
    assert f"{MODULE},below,all,5" in table
    assert [path.name for path in (folder / "ended").iterdir()] == ["north.csv"]
    assert not list((course / "practice").iterdir())
    again = CliRunner().invoke(main, ["class", "end", "north", "--yes", "--early", *at])
    assert again.exit_code == 1
    assert "'north' has ended already." in again.output
    assert (folder / "ended" / "north.csv").read_text(encoding="utf-8-sig").splitlines() == table
    assert "north: has ended" in run("class", "status", *at)
    saved = tmp_path / f"{people[0].pseudonym}.jsonl"
    saved.write_text("\n".join(synthetic_journal(compiled(MODULE), Random(1), 0.7, 1).splitlines()), encoding="utf-8")
    (tmp_path / "roster.csv").write_text(f"file,trainee\n{saved.name},{people[0].pseudonym}\n", encoding="utf-8")
    again = CliRunner().invoke(
        main, ["import", str(course), MODULE, "--roster", str(tmp_path / "roster.csv"), str(saved)]
    )
    assert again.exit_code == 1
    assert "was forgotten" in again.output
    assert not (course / "submitted" / people[0].pseudonym).exists()


def test_end_that_was_stopped_keeps_its_numbers(folder: Path, tmp_path: Path) -> None:
    course = CourseDirectory(tmp_path / "home" / "core-protection")
    store = open_store(folder / DATABASE)
    (folder / "ended").mkdir()
    (folder / "ended" / "north.csv").write_text("of before", encoding="utf-8")
    course.forget(store.people("north")[0].pseudonym)  # the next step after the numbers
    store.close()
    run("class", "end", "north", "--yes", "--early", "--folder", str(folder))
    assert (folder / "ended" / "north.csv").read_text(encoding="utf-8") == "of before"


def test_paths_come_as_notebooks_too(folder: Path, tmp_path: Path) -> None:
    course = tmp_path / "home" / "core-protection"
    about = course / "course.yaml"
    content = yaml.safe_load(about.read_text(encoding="utf-8")) | {"modules": [MODULE]}
    content |= {"paths": {MODULE: ["caseworker", "police"]}}
    about.write_text(yaml.safe_dump(content), encoding="utf-8")
    shutil.copytree(course / "release" / MODULE, course / "release" / f"{MODULE}--police")
    run(
        "class",
        "notebooks",
        "north",
        "--folder",
        str(folder),
        "--modules",
        NO_MODULES,
        "--state",
        str(tmp_path / "hub"),
    )
    there = {path.parent.name for path in (folder / "released").glob("*/*/activities.json")}
    assert there == {MODULE, f"{MODULE}--police"}


def test_copied_answers_are_refused_and_named(folder: Path) -> None:
    store = open_store(folder / DATABASE)
    one, other = store.people("north")
    lines = synthetic_journal(in_edition(MODULE), Random(5), 0.7, 1).splitlines()
    hand_in(store, one.id, lines, "request-1")
    hand_in(store, other.id, lines, "request-1")  # whoever copies a saved file pushes nobody out
    done = CliRunner().invoke(main, ["class", "collect", "north", "--folder", str(folder)])
    assert done.exit_code == 1
    assert "taken in: 1; not taken in: 1" in done.output
    assert f"{other.pseudonym}: the same answers were handed in by {one.pseudonym}" in done.output
    store.close()
