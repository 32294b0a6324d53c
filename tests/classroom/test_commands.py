"""`himaya class` says what it did, and what it will not do."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from himaya.commands.main import main
from himaya_autograde.course import CourseDirectory
from himaya_server.classroom.backup import DATABASE
from himaya_server.classroom.store import open_store
from tests.classroom.running import BUILD, MODULE, NO_MODULES, PASSPHRASE
from tests.classroom.test_store import made
from tests.shipped import a_module

COURSE = Path(__file__).parents[2] / "courses" / "core-protection"


@pytest.fixture
def folder(server: str, tmp_path: Path) -> Path:
    """Return a folder with the class `north`, whose pages are empty, and which one of the two servers served last."""
    folder = tmp_path / "class"
    course = tmp_path / "core-protection"
    course.mkdir()
    for name in ("course.yaml", "nbgrader_config.py"):
        (course / name).write_bytes((COURSE / name).read_bytes())
    store = open_store(folder / DATABASE)
    store.make_class("north", "North", str(course))
    store.close()
    if server == "site":
        (folder / "site").touch()
    build = folder / "pages" / "core-protection" / BUILD
    build.mkdir(parents=True)
    about: dict[str, Any] = {"languages": ["en", "ar"], "digits": None, "modules": [MODULE], "activities": {MODULE: {}}}
    (build / "about.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def run(folder: Path, *arguments: str) -> Result:
    """Take a step of `himaya class`."""
    return CliRunner().invoke(main, ["class", *arguments, "--folder", str(folder)])


def test_refused_line_is_named_and_ends_with_1(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("name,language\nNoor,ar\nDilan,xx\n", encoding="utf-8")
    done = run(folder, "enrol", "north", str(tmp_path / "list.csv"), "--out", str(tmp_path / "out.csv"))
    assert done.exit_code == 1
    assert "added: 1; changed: 0; passed over: 1" in done.output
    assert "list.csv:3: 'xx' is no language of this course" in done.output
    assert "Noor" in (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert (tmp_path / "out.csv").stat().st_mode & 0o077 == 0


def test_class_without_names_keeps_none(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("name,language\nNoor,ar\n", encoding="utf-8")
    assert run(folder, "enrol", "north", str(tmp_path / "list.csv"), "--no-names").exit_code == 0
    store = open_store(folder / DATABASE)
    assert store.sealed_names("north") == {}
    store.close()


def test_card_is_made_once_unless_asked_for(folder: Path, tmp_path: Path) -> None:
    run(folder, "enrol", "north", "--number", "2")
    sheet = ["cards", "north", "--address", "http://192.168.4.1:8600", "--out", str(tmp_path / "cards.html")]
    assert "2 cards" in run(folder, *sheet).output
    page = (tmp_path / "cards.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "script" not in page
    assert "Everybody has a card" in run(folder, *sheet).output
    store = open_store(folder / DATABASE)
    one = store.people("north")[0].pseudonym
    store.close()
    assert "1 cards" in run(folder, *sheet[:2], one, *sheet[2:]).output


def test_forgotten_person_leaves_store_and_course(folder: Path, tmp_path: Path) -> None:
    run(folder, "enrol", "north", "--number", "1")
    store = open_store(folder / DATABASE)
    (person,) = store.people("north")
    store.put(person.id, MODULE, [made(1, value="planted-jasmine")])
    course = tmp_path / "core-protection"
    for name in ("submitted", "autograded", "feedback"):
        (course / name / person.pseudonym / MODULE).mkdir(parents=True)
        (course / name / person.pseudonym / MODULE / "answers").write_text("planted-jasmine", encoding="utf-8")
    with CourseDirectory(course).api.gradebook as gradebook:
        gradebook.add_student(person.pseudonym)
        gradebook.add_student("t-stays12")
    assert run(folder, "forget", "north", person.pseudonym, "--yes").exit_code == 0
    kept = [path for place in (folder, course) for path in place.rglob("*") if path.is_file()]
    assert [path for path in kept if b"planted-jasmine" in path.read_bytes()] == []
    assert [path for path in kept if person.pseudonym.encode() in path.read_bytes()] == []
    with CourseDirectory(course).api.gradebook as gradebook:
        assert [student.id for student in gradebook.students] == ["t-stays12"]
    assert list((course / "submitted").iterdir()) == []
    assert store.forgotten(person.pseudonym)
    store.close()


def test_erased_answer_leaves_store_course_and_backups(folder: Path, tmp_path: Path) -> None:
    run(folder, "enrol", "north", "--number", "1")
    store = open_store(folder / DATABASE)
    (person,) = store.people("north")
    store.put(person.id, MODULE, [made(1, value="planted-jasmine"), made(2, activity="other", value="planted-olive")])
    activity = store.rows(person.id, MODULE).rows[0]["activity"]
    store.give_feedback(person.pseudonym, MODULE, "planted-jasmine")
    course = tmp_path / "core-protection"
    journal = course / "submitted" / person.pseudonym / MODULE / "responses.jsonl"
    journal.parent.mkdir(parents=True)
    journal.write_text("".join(f"{json.dumps(row)}\n" for row in store.rows(person.id, MODULE).rows), encoding="utf-8")
    for name in ("autograded", "feedback"):
        (course / name / person.pseudonym / MODULE).mkdir(parents=True)
        (course / name / person.pseudonym / MODULE / "answers").write_text("planted-jasmine", encoding="utf-8")
    backup = tmp_path / "stick"
    run(folder, "backup", str(backup), "--passphrase", PASSPHRASE)
    done = run(folder, "erase", "north", person.pseudonym, MODULE, activity, "--yes")
    assert done.exit_code == 0, done.output
    assert "delete the old ones" in done.output
    store.close()
    for again in (False, True):
        if again:
            assert run(folder, "restore", str(backup), "--passphrase", PASSPHRASE).exit_code == 0
        kept = [path for place in (folder, course) for path in place.rglob("*") if path.is_file()]
        assert [path for path in kept if b"planted-jasmine" in path.read_bytes()] == []
        store = open_store(folder / DATABASE)
        rows = store.rows(person.id, MODULE).rows
        assert [row.get("value") for row in rows] == [None, "planted-olive"]
        assert store.put(person.id, MODULE, [made(1, value="planted-jasmine")]).total == 2  # a phone sends it again
        store.close()
    assert run(folder, "erase", "north", person.pseudonym, MODULE, "nothing", "--yes").exit_code == 1


def test_notebooks_are_refused_while_keys_can_be_read(folder: Path, tmp_path: Path) -> None:
    modules = Path(tempfile.mkdtemp(dir="/tmp"))
    (modules / MODULE).mkdir()
    (modules / MODULE / "items.yaml").touch()
    for each in (modules, modules / MODULE):
        each.chmod(0o755)
    (modules / MODULE / "items.yaml").chmod(0o644)
    step = ["notebooks", "north", "--modules", str(modules), "--state", str(tmp_path / "hub")]
    assert "could read the right answers" in run(folder, *step).output
    (modules / MODULE).chmod(0o750)
    assert "could read the right answers" not in run(folder, *step).output
    shutil.rmtree(modules)


@pytest.mark.parametrize("pseudonym", ["../../etc", "t-nobody1", "-x"])
def test_nobody_is_not_forgotten(folder: Path, pseudonym: str) -> None:
    assert run(folder, "forget", "north", "--yes", "--", pseudonym).exit_code in (1, 2)


@pytest.mark.parametrize("step", ["forget", "end"])
def test_damaged_gradebook_is_no_fault_of_the_class(folder: Path, tmp_path: Path, step: str) -> None:
    run(folder, "enrol", "north", "--number", "1")
    (tmp_path / "core-protection" / "gradebook.db").write_text("no gradebook, " * 100, encoding="utf-8")
    store = open_store(folder / DATABASE)
    (person,) = store.people("north")
    more = [person.pseudonym] if step == "forget" else ["--early"]
    done = run(folder, step, "north", *more, "--yes")
    assert done.exit_code == 1
    assert "gradebook.db is no gradebook" in done.output
    assert "the database of this class" not in done.output
    assert store.people("north")
    store.close()


@pytest.mark.parametrize("damaged", [True, False])
def test_damaged_module_stops_no_pages(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: bool
) -> None:
    """What the class is graded by is only looked at for a hint."""
    source = tmp_path / "core-protection" / "source" / MODULE
    source.mkdir(parents=True)
    if damaged:
        (source / f"{MODULE}.ipynb").write_text("{", encoding="utf-8")
        (source / "activities.json").write_text("{", encoding="utf-8")
    written = SimpleNamespace(folder=folder / "pages", modules=[MODULE], languages=["en"], activities={MODULE: {}})
    monkeypatch.setattr("himaya_server.classroom.pages.write_class_pages", lambda *_: written)
    monkeypatch.setattr("himaya.content.check.check_module", lambda _: [])
    done = run(folder, "pages", "north")
    assert done.exit_code == 0
    assert f"{MODULE}: {source} {'is damaged' if damaged else 'holds no built module'}" in done.output


def test_backup_goes_and_comes(folder: Path, tmp_path: Path) -> None:
    run(folder, "enrol", "north", "--number", "3")
    assert "never" in run(folder, "status").output
    done = run(folder, "backup", str(tmp_path / "stick"), "--passphrase", PASSPHRASE)
    assert done.exit_code == 0, done.output
    assert run(folder, "backup", str(tmp_path / "weak"), "--passphrase", "short").exit_code == 2
    assert "last backup: 0 days ago" in run(folder, "status").output
    assert "Restored" in run(tmp_path / "new", "restore", str(tmp_path / "stick"), "--passphrase", PASSPHRASE).output
    assert "north: 3 people" in run(tmp_path / "new", "status").output


def test_notebooks_are_of_what_was_built(folder: Path, tmp_path: Path) -> None:
    """A class that keeps its edition of a module from before it had paths has notebooks, too."""
    course = tmp_path / "core-protection"
    gbv = a_module("core-protection", but=MODULE)
    path = f"{gbv}--caseworker"

    def built(name: str, *places: str) -> None:
        for place in places:
            (course / place / name).mkdir(parents=True)
            (course / place / name / "activities.json").write_text("{}", encoding="utf-8")

    built(MODULE, "source", "release")
    assert f"not built yet: {gbv}. Build" in run(folder, "notebooks", "north", "--modules", NO_MODULES).output
    built(gbv, "source", "release")
    done = run(folder, "notebooks", "north", "--modules", NO_MODULES, "--state", str(tmp_path / "hub"))
    assert done.exit_code == 0, done.output
    assert {each.name for each in (folder / "released" / "core-protection").iterdir()} == {MODULE, gbv}
    built(path, "source")
    assert f"not built yet: {path}. Build" in run(folder, "notebooks", "north", "--modules", NO_MODULES).output


@pytest.mark.parametrize("host", ["0.0.0.0", "8.8.8.8", "::", "example.org"])  # noqa: S104 - refused
def test_public_address_is_refused(folder: Path, host: str) -> None:
    done = run(folder, "serve", "--host", host)
    assert done.exit_code == 2
    assert "address" in done.output


@pytest.mark.parametrize(
    "arguments", [["status"], ["enrol", "north", "--number", "1"], ["collect", "north"], ["serve"], ["pages", "north"]]
)
def test_missing_class_is_told(tmp_path: Path, arguments: list[str]) -> None:
    done = run(tmp_path / "nothing", *arguments)
    assert done.exit_code == 1
    assert "there is no class" in done.output
