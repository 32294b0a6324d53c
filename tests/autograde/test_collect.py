"""Collect takes honest hand-ins whole and refuses every other one by itself, by name and with a reason."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import CollectApp

from himaya_autograde import intake
from himaya_autograde.course import CourseDirectory
from himaya_server.home.state import waiting
from tests.autograde.attacks.inbound import FAULTS, FOREIGN, NAMES, OTHER
from tests.autograde.ordinary import give, only_root, run_as_nobody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
MODULE = "case-management"
STAMP = "2026-01-11 08:00:00.000000 UTC"
LATER = "2026-01-12 08:00:00.000000 UTC"
IS_ROOT = os.geteuid() == 0
HONEST = {"noor", "نور", "again", "rojin"}  # `again`'s newest one is spoilt, an earlier one is not


class Exchange:
    """A course and what lies in its inbound folder."""

    def __init__(self, home: Path, gradebook: Path) -> None:
        self.home = home
        self.gradebook = gradebook
        self.course = home / "core-protection"
        self.inbound = home / "exchange" / "core-protection" / "inbound"
        self.inbound.mkdir(parents=True)
        self.new_course()

    def new_course(self) -> None:
        shutil.rmtree(self.course, ignore_errors=True)
        shutil.copytree(ROOT / "courses" / "core-protection", self.course)
        with (self.course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            config.write(
                "c.CourseDirectory.max_file_size = 2000\nc.CourseDirectory.max_dir_size = 5000\n"
                f"c.CarefulCollect.max_files = 50\nc.Exchange.root = {str(self.home / 'exchange')!r}\n"
            )
        shutil.copy(self.gradebook, self.course)

    def hand_in(self, student: str, stamp: str = STAMP, spoil: Callable[[Path], None] | None = None) -> Path:
        folder = self.inbound / f"{student}+{MODULE}+{stamp}+{secrets.token_urlsafe(9)}"
        folder.mkdir()
        (folder / f"{MODULE}.ipynb").write_text("{}", encoding="utf-8")
        (folder / "responses.jsonl").write_text(f'{{"by": "{student}", "at": "{stamp}"}}\n', encoding="utf-8")
        (folder / "timestamp.txt").write_text(stamp, encoding="utf-8")
        (folder / "submission_secret.txt").write_text(secrets.token_hex(64), encoding="utf-8")
        if spoil:
            spoil(folder)
        return folder

    def submitted(self) -> set[str]:
        return {path.parent.name for path in self.course.glob(f"submitted/*/{MODULE}")}

    def text(self, student: str, file: str = "responses.jsonl") -> str:
        return (self.course / "submitted" / student / MODULE / file).read_text(encoding="utf-8")


def _fill(exchange: Exchange) -> dict[str, str]:
    """Hand in everything, honest and not, and return the reasons for a refusal by student."""
    expected = {}
    for fault, why in {**FAULTS, **(FOREIGN if IS_ROOT else {})}.items():
        student = fault.__name__.replace("_", "-")
        exchange.hand_in(student, spoil=fault)
        expected[student] = why
    for name, why in NAMES.items():
        folder = exchange.hand_in(name)
        expected[intake.readable(folder.name) if why == "no user name" else name] = why
    for student in HONEST:
        exchange.hand_in(student)
    newest = exchange.hand_in("again", LATER)
    (newest / "submission_secret.txt").unlink()
    expected["again"] = "submission_secret.*an earlier hand-in was collected instead"
    exchange.hand_in("tomorrow", "2126-01-11 08:00:00.000000 UTC")
    expected["tomorrow"] = "in the future, 2126-01-11"
    exchange.hand_in("no-time", "some day")
    expected["no-time"] = "does not tell when"
    if IS_ROOT:
        own = exchange.hand_in("daemon")
        for path in (own, *own.iterdir()):
            os.chown(path, 1, 1)
        forged = exchange.hand_in("daemon", LATER)
        for path in (forged, *forged.iterdir()):
            os.chown(path, OTHER, OTHER)
        expected["daemon"] = "belongs to sys, not to the person it names"
    return expected


def _by_himaya(exchange: Exchange) -> dict[str, str]:
    done = CourseDirectory(exchange.course).collect(MODULE)
    assert done.good == [MODULE]
    return {name.removeprefix(f"{MODULE}/"): why for name, why in done.problems.items()}


def _by_formgraders_button(exchange: Exchange) -> dict[str, str]:
    result = CourseDirectory(exchange.course).api.collect(MODULE)
    assert result["success"], result
    return _from_log(result["log"])


def _by_nbgrader(exchange: Exchange) -> dict[str, str]:
    before = Path.cwd()
    os.chdir(exchange.course)
    try:
        app = CollectApp()
        app.initialize([MODULE, f"--NbGrader.logfile={exchange.course}/collect.log"])
        app.start()
    finally:
        os.chdir(before)
    return _from_log((exchange.course / "collect.log").read_text(encoding="utf-8"))


def _from_log(log: str) -> dict[str, str]:
    found = re.findall(r"(?:Not collected|Collected, but look): (.*?): (.*)", log)
    return {name: "; ".join(why for who, why in found if who == name) for name, _ in found}


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook with two students in its roster; made once, since nbgrader starts a process to make one."""
    course = tmp_path_factory.mktemp("roster") / "core-protection"
    shutil.copytree(ROOT / "courses" / "core-protection", course)
    with CourseDirectory(course).api.gradebook as made:
        for student in ("noor", "نور"):
            made.add_student(student)
    return course / "gradebook.db"


@pytest.fixture(scope="module")
def exchange(gradebook: Path) -> Iterator[tuple[Exchange, dict[str, str]]]:
    """One exchange for all paths; not under pytest's own folder, which nobody else may enter."""
    with tempfile.TemporaryDirectory(prefix="himaya-collect-") as name:
        Path(name).chmod(0o755)
        made = Exchange(Path(name).resolve(), gradebook)
        yield made, _fill(made)


def _assert_right(exchange: Exchange, refused: dict[str, str], expected: dict[str, str]) -> None:
    honest = HONEST | ({"daemon"} if IS_ROOT else set())
    assert exchange.submitted() == honest
    for who, why in expected.items():
        assert re.search(why, refused.pop(who, "never named")), who
    assert refused == {}, "somebody was refused who had done nothing"
    assert STAMP in exchange.text("again"), "the earlier hand-in takes the place of the spoilt one"
    if IS_ROOT:
        assert STAMP in exchange.text("daemon"), "a forged newer one does not push the trainee's own one out"
    assert not list(exchange.course.glob(".collecting-*"))


@pytest.mark.parametrize("collect", [_by_himaya, _by_formgraders_button, _by_nbgrader])
def test_every_faulty_hand_in_is_named_with_its_reason_and_stops_no_other(
    exchange: tuple[Exchange, dict[str, str]], collect: Callable[[Exchange], dict[str, str]]
) -> None:
    made, expected = exchange
    made.new_course()
    _assert_right(made, collect(made), expected)


@only_root
def test_the_same_holds_for_a_trainer_who_is_an_ordinary_user(exchange: tuple[Exchange, dict[str, str]]) -> None:
    made, expected = exchange
    made.new_course()
    give(made.home)
    code = """
import json, os, sys
from himaya_autograde.course import CourseDirectory
from pathlib import Path
assert os.geteuid() != 0
print("found", json.dumps(CourseDirectory(Path(sys.argv[1])).collect(sys.argv[2]).problems))
"""
    told = json.loads(run_as_nobody(code, str(made.course), MODULE).partition("found ")[2])
    _assert_right(made, {name.removeprefix(f"{MODULE}/"): why for name, why in told.items()}, expected)


@pytest.fixture
def small(tmp_path: Path, gradebook: Path) -> Exchange:
    return Exchange(tmp_path, gradebook)


def test_a_newer_hand_in_replaces_the_whole_earlier_one(small: Exchange) -> None:
    (small.hand_in("noor") / "old.txt").touch()
    _by_himaya(small)
    small.hand_in("noor", LATER)
    assert _by_himaya(small) == {}
    assert LATER in small.text("noor")
    assert not (small.course / "submitted" / "noor" / MODULE / "old.txt").exists()
    assert small.text("noor", "timestamp.txt") == LATER


def test_what_was_refused_waits_no_more_until_something_newer_comes(small: Exchange) -> None:
    def waits() -> int:
        row = next(row for row in waiting(CourseDirectory(small.course)) if row["module"] == MODULE)
        return int(row["collect"])

    small.hand_in("noor")
    (small.hand_in("rojin") / "submission_secret.txt").unlink()
    small.hand_in("tomorrow", "2126-01-11 08:00:00.000000 UTC")
    assert waits() == 3
    assert set(_by_himaya(small)) == {"rojin", "tomorrow"}
    assert small.submitted() == {"noor"}
    assert waits() == 0
    small.hand_in("rojin", LATER)
    assert waits() == 1
    assert set(_by_himaya(small)) == {"tomorrow"}
    assert waits() == 0


def test_where_no_notebook_came_back_the_released_one_takes_its_place(small: Exchange) -> None:
    released = small.course / "release" / MODULE
    released.mkdir(parents=True)
    (released / f"{MODULE}.ipynb").write_text("as released", encoding="utf-8")
    small.hand_in("noor", spoil=lambda folder: (folder / f"{MODULE}.ipynb").unlink())
    small.hand_in("rojin")
    assert _by_himaya(small) == {}
    assert small.text("noor", f"{MODULE}.ipynb") == "as released"
    assert small.text("rojin", f"{MODULE}.ipynb") == "{}"


def test_without_update_what_was_collected_stays(small: Exchange) -> None:
    small.hand_in("noor")
    _by_nbgrader(small)
    small.hand_in("noor", LATER)
    assert _by_nbgrader(small) == {}
    assert STAMP in small.text("noor")


def test_a_disk_error_leaves_the_earlier_copy_whole_and_goes_on(
    small: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.hand_in("noor")
    _by_himaya(small)
    small.hand_in("noor", LATER)
    small.hand_in("rojin")
    real = intake.take

    def full(inbound: int, name: str, *rest: Any) -> os.stat_result:
        status = real(inbound, name, *rest)
        if name.startswith("noor"):
            raise OSError(28, "No space left on device")
        return status

    monkeypatch.setattr("himaya_autograde.collect.take", full)
    assert _by_himaya(small) == {"noor": "could not be copied: No space left on device"}
    assert STAMP in small.text("noor")
    assert small.submitted() == {"noor", "rojin"}


def test_before_the_due_date_the_last_one_in_time_is_collected_and_else_the_last(small: Exchange) -> None:
    with Gradebook(f"sqlite:///{small.course}/gradebook.db", "core-protection") as gradebook:
        gradebook.update_or_create_assignment(MODULE, duedate="2026-01-11 20:00:00")
    with (small.course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("c.ExchangeCollect.before_duedate = True\n")
    small.hand_in("noor")
    small.hand_in("noor", LATER)
    small.hand_in("rojin", LATER)
    assert _by_himaya(small) == {}
    assert STAMP in small.text("noor")
    assert LATER in small.text("rojin")


def test_where_owners_tell_nothing_the_check_can_be_switched_off(small: Exchange) -> None:
    if not IS_ROOT:
        pytest.skip("only an administrator can give a file away")
    folder = small.hand_in("dilan")
    for path in (folder, *folder.iterdir()):
        os.chown(path, OTHER, OTHER)
    assert list(_by_himaya(small)) == ["dilan"]
    with (small.course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("c.ExchangeCollect.check_owner = False\n")
    assert _by_himaya(small) == {}
    assert small.submitted() == {"dilan"}


@only_root
def test_a_folder_that_is_younger_than_it_says_and_so_late_is_named(small: Exchange) -> None:
    with Gradebook(f"sqlite:///{small.course}/gradebook.db", "core-protection") as gradebook:
        gradebook.update_or_create_assignment(MODULE, duedate="2026-01-11 20:00:00")
    small.hand_in("rojin")  # put there by the trainer, who need not be doubted
    backdated = small.hand_in("daemon")
    late = small.hand_in("bin", LATER)
    for folder, user in ((backdated, 1), (late, 2)):
        for path in (folder, *folder.iterdir()):
            os.chown(path, user, user)
    told = _by_himaya(small)
    assert small.submitted() == {"rojin", "daemon", "bin"}
    assert list(told) == ["daemon"], "who says that it is late is believed"
    assert "says it was handed in at 2026-01-11 08:00, before the due date, but was last changed at" in told["daemon"]


def _to_a_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/shadow")


def _to_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _to_a_second_name(path: Path) -> None:
    path.unlink()
    path.hardlink_to(path.with_name("timestamp.txt"))


def _to_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("swap", [_to_a_link, _to_a_pipe, _to_a_second_name, _to_a_folder])
def test_a_file_swapped_between_the_look_and_the_copy_is_still_refused(
    small: Exchange, monkeypatch: pytest.MonkeyPatch, swap: Callable[[Path], None]
) -> None:
    folder = small.hand_in("noor")
    small.hand_in("rojin")
    real = os.stat

    def look(path: object, **options: object) -> os.stat_result:
        seen = real(path, **options)
        if path == "responses.jsonl" and not swapped:
            swapped.append(path)
            swap(folder / "responses.jsonl")
        return seen

    swapped: list[object] = []
    directory = CourseDirectory(small.course)
    monkeypatch.setattr("himaya_autograde.intake.os.stat", look)
    done = directory.collect(MODULE)
    monkeypatch.undo()
    assert swapped
    assert list(done.problems) == [f"{MODULE}/noor"]
    assert small.submitted() == {"rojin"}


def test_a_hostile_or_missing_timestamp_in_what_was_collected_before_is_replaced(small: Exchange) -> None:
    small.hand_in("noor")
    _by_himaya(small)
    (small.course / "submitted" / "noor" / MODULE / "timestamp.txt").write_bytes(b"\xff no time")
    assert _by_himaya(small) == {}
    assert small.text("noor", "timestamp.txt") == STAMP


def test_feedback_reaches_everybody_else_when_one_submission_has_no_secret(small: Exchange) -> None:
    for student in ("noor", "dilan", "rojin", "jian"):
        folder = small.course / "feedback" / student / MODULE
        folder.mkdir(parents=True)
        (folder / f"{MODULE}.html").write_text(student, encoding="utf-8")
        (folder / "timestamp.txt").write_text(STAMP, encoding="utf-8")
        (folder / "submission_secret.txt").write_text(secrets.token_hex(64), encoding="utf-8")
    (small.course / "feedback" / "dilan" / MODULE / "submission_secret.txt").unlink()
    (small.course / "feedback" / "jian" / MODULE / "submission_secret.txt").write_bytes(b"")
    (small.course / "feedback" / "noor" / MODULE / "submission_secret.txt").write_bytes(b"\xff\xfe")
    course = CourseDirectory(small.course)
    result = course.api.release_feedback(MODULE)
    assert result["success"], result
    released = (small.home / "exchange" / "core-protection" / "feedback").glob("*.html")
    assert [page.read_text(encoding="utf-8") for page in released] == ["rojin"]
    for student in ("noor", "dilan", "jian"):
        assert f"Feedback not released: {student}: the submission has no readable secret" in result["log"]
    told = course.feedback(MODULE).problems
    assert {name.removeprefix(f"{MODULE}/") for name in told} >= {"noor", "dilan", "jian"}
    assert "could not be released: the submission has no readable secret" in told[f"{MODULE}/noor"]
