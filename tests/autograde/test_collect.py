"""Collect takes honest hand-ins whole and refuses every other one by itself, by name and with a reason."""

from __future__ import annotations

import json
import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook
from nbgrader.apps import CollectApp

from himaya.commands.main import main
from himaya_autograde import intake
from himaya_autograde.course import CourseDirectory, Done
from himaya_server.home.snapshot import Folders, Snapshot
from himaya_server.home.state import waiting
from tests.autograde.attacks.inbound import (
    FAULTS,
    FOREIGN,
    NAMES,
    OTHER,
    a_file_instead_of_a_folder,
    named_pipe,
    secret_missing,
    the_folder_itself_is_a_link,
)
from tests.autograde.unprivileged import give, only_root, run_as_nobody
from tests.shipped import a_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
MODULE = a_module("core-protection")
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
def test_faulty_handins_are_named_and_skipped(
    exchange: tuple[Exchange, dict[str, str]], collect: Callable[[Exchange], dict[str, str]]
) -> None:
    made, expected = exchange
    made.new_course()
    _assert_right(made, collect(made), expected)


@only_root
def test_faulty_handins_are_skipped_without_root(exchange: tuple[Exchange, dict[str, str]]) -> None:
    """The same for a trainer who is an ordinary user."""
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


def test_newer_handin_replaces_the_earlier_one(small: Exchange) -> None:
    (small.hand_in("noor") / "old.txt").touch()
    _by_himaya(small)
    small.hand_in("noor", LATER)
    assert _by_himaya(small) == {}
    assert LATER in small.text("noor")
    assert not (small.course / "submitted" / "noor" / MODULE / "old.txt").exists()
    assert small.text("noor", "timestamp.txt") == LATER


def _waiting(small: Exchange) -> list[dict[str, Any]]:
    course = CourseDirectory(small.course)
    return waiting(course, Snapshot(course), Folders.of(course))


def test_refused_handin_stops_waiting(small: Exchange) -> None:
    """Until the trainee hands in something newer."""

    def waits() -> int:
        row = next(row for row in _waiting(small) if row["module"] == MODULE)
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


def test_missing_notebook_is_replaced_by_released_one(small: Exchange) -> None:
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


def test_disk_error_keeps_the_earlier_copy(small: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_last_handin_in_time_is_collected(small: Exchange) -> None:
    """The last one before the due date; where none is in time, the last of all."""
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


def test_owner_check_can_be_switched_off(small: Exchange) -> None:
    """For file systems that do not tell owners apart."""
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
def test_backdated_folder_is_reported_as_late(small: Exchange) -> None:
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
def test_file_swapped_during_copy_is_refused(
    small: Exchange, monkeypatch: pytest.MonkeyPatch, swap: Callable[[Path], None]
) -> None:
    """Between the check and the copy."""
    folder = small.hand_in("noor")
    small.hand_in("rojin")
    real = os.stat

    def look(path: object, **options: Any) -> os.stat_result:
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


def test_invalid_collected_timestamp_is_replaced(small: Exchange) -> None:
    small.hand_in("noor")
    _by_himaya(small)
    (small.course / "submitted" / "noor" / MODULE / "timestamp.txt").write_bytes(b"\xff no time")
    assert _by_himaya(small) == {}
    assert small.text("noor", "timestamp.txt") == STAMP


def test_submission_without_secret_blocks_no_feedback(small: Exchange) -> None:
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


def _at(hours: float) -> str:
    """Return a time so many hours from now, as a hand-in tells it."""
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


def _hand_in(exchange: Exchange, says: float, arrived: float, student: str = "rojin") -> Path:
    """Hand in what says one time, while the disk tells another; both in hours from now."""
    folder = exchange.hand_in(student, _at(says))
    when = datetime.now(UTC).timestamp() + 3600 * arrived
    os.utime(folder, (when, when))
    return folder


def _collected(exchange: Exchange, student: str = "rojin") -> str:
    """Return which hand-in lies in the course."""
    return json.loads(exchange.text(student))["at"]


def _said(folder: Path) -> str:
    return json.loads((folder / "responses.jsonl").read_text(encoding="utf-8"))["at"]


def _collect(exchange: Exchange) -> Done:
    return CourseDirectory(exchange.course).collect(MODULE)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        pytest.param((20, -3), (-2, -2), id="clock ahead"),
        pytest.param((0.5, -3), (-2, -2), id="clock a little ahead"),
        pytest.param((20, -3), (15, -2), id="both ahead"),
        pytest.param((48, -3), (-2, -2), id="clock two days ahead"),
        pytest.param((-3, -3), (-30, -2), id="later clock behind"),
        pytest.param((-100, -3), (-200, -2), id="both behind"),
        pytest.param((20, 20), (-2, -2), id="clock of the disk ahead, too"),
        pytest.param((-3, -3), (-2, -2), id="right clocks"),
    ],
)
@pytest.mark.parametrize("between", [False, True], ids=["at once", "collected in between"])
def test_later_handin_wins_despite_wrong_clocks(
    small: Exchange, earlier: tuple[float, float], later: tuple[float, float], *, between: bool
) -> None:
    first = _hand_in(small, *earlier)
    if between:
        _collect(small)
    second = _hand_in(small, *later)
    _collect(small)
    assert _collected(small) == _said(second)
    for _ in range(2):
        _collect(small)
        assert _collected(small) == _said(second), "a later look must not turn back"
    os.utime(first)  # its owner touches it: what was seen first came first
    _collect(small)
    assert _collected(small) == _said(second)


def test_skipped_handin_is_named_with_reason(small: Exchange) -> None:
    ahead = _hand_in(small, 20, -3)
    _hand_in(small, -2, -2)
    _hand_in(small, -2, -2, "noor")
    done = _collect(small)
    assert list(done.people) == [f"{MODULE}/rojin"]
    assert f"says {_said(ahead)[:16]} was passed over: it came before" in done.people[f"{MODULE}/rojin"]
    assert done.problems == {}
    said = CliRunner().invoke(main, ["collect", str(small.course), MODULE])
    assert "passed over" not in said.output, "what was told once is not told for ever"
    _hand_in(small, 20, -1)
    said = CliRunner().invoke(main, ["collect", str(small.course), MODULE])
    assert f"needs a person: {MODULE}/rojin: says it was handed in at" in said.output


def test_future_timestamp_is_corrected_and_reported(small: Exchange) -> None:
    _hand_in(small, 20, 0)
    done = _collect(small)
    assert small.text("rojin", "timestamp.txt") <= _at(0)
    assert re.search(r"lay there before; what counts is 20\d\d-", done.people[f"{MODULE}/rojin"])
    assert _collect(small).people == {}, "it is not collected a second time"


def test_later_handin_collected_after_exchange_reset(small: Exchange) -> None:
    folder = _hand_in(small, 20, -3)
    _collect(small)
    shutil.rmtree(folder)
    later = _hand_in(small, -1, 0.01)
    _collect(small)
    assert _collected(small) == _said(later)


def test_imported_answers_stay_until_later_handin(small: Exchange) -> None:
    folder = small.course / "submitted" / "rojin" / MODULE
    folder.mkdir(parents=True)
    (folder / "responses.jsonl").write_text('{"at": "brought in"}', encoding="utf-8")
    (folder / "timestamp.txt").write_text(_at(-2), encoding="utf-8")
    _hand_in(small, 5, -3)
    done = _collect(small)
    assert _collected(small) == "brought in"
    assert "was passed over" in done.people[f"{MODULE}/rojin"]
    later = _hand_in(small, -5, -1)
    _collect(small)
    assert _collected(small) == _said(later)


def test_later_handin_waits_whatever_its_timestamp(small: Exchange) -> None:
    def waits() -> int:
        row = next(row for row in _waiting(small) if row["module"] == MODULE)
        return int(row["collect"])

    _hand_in(small, 20, -3)
    assert waits() == 1
    _collect(small)
    assert waits() == 0
    _hand_in(small, -2, -2)
    assert waits() == 1
    _collect(small)
    assert waits() == 0


def test_a_damaged_record_of_arrivals_stops_nothing(small: Exchange) -> None:
    for damage in (
        b"",
        b"\xff",
        b"[]",
        b"{",
        b'{"%s": 7}' % MODULE.encode(),
        b'{"%s": {"order": null}}' % MODULE.encode(),
    ):
        later = _hand_in(small, -1, -1)
        (small.course / ".arrivals.json").write_bytes(damage)
        assert _collect(small).problems == {}
        assert small.submitted() == {"rojin"}
        shutil.rmtree(later)
        shutil.rmtree(small.course / "submitted")


def _owned(folder: Path, uid: int) -> Path:
    for path in (folder, *folder.iterdir()):
        os.chown(path, uid, uid, follow_symlinks=False)
    return folder


def _link(folder: Path) -> None:
    the_folder_itself_is_a_link(folder)
    os.chown(folder, OTHER, OTHER, follow_symlinks=False)


@only_root
@pytest.mark.parametrize("by_trainer", [False, True])
@pytest.mark.parametrize(
    ("name", "stamp", "times"),
    [
        ("Games", STAMP, 1),
        ("GAMES", LATER, 1),
        ("gAMES", "2126-01-11 08:00:00.000000 UTC", 1),
        ("Games", "no time", 1),
        ("games", LATER, 1),
        ("games", "no time", 1),
        ("Games", STAMP, 40),
        (f"games+{MODULE}+x", STAMP, 1),
        ("ｇames", STAMP, 1),
        ("gameſ", STAMP, 1),
    ],
)
def test_forged_folder_does_not_block_its_victim(
    small: Exchange, name: str, stamp: str, times: int, *, by_trainer: bool
) -> None:
    victim = small.hand_in("games")
    if not by_trainer:
        _owned(victim, 5)  # the Unix user `games`, on every Linux
    for _ in range(times):
        _owned(small.hand_in(name, stamp), OTHER)
    done = _collect(small)
    assert small.submitted() == {"games"}
    assert STAMP in small.text("games")
    (why,) = done.problems.values()
    assert len(why) < 200, "named once, however many"
    assert re.search("belongs to sys, not to the person it names|no user name", why)


@only_root
@pytest.mark.parametrize("spoil", [_link, a_file_instead_of_a_folder, named_pipe, secret_missing])
def test_forged_contents_do_not_block_their_victim(small: Exchange, spoil: Callable[[Path], None]) -> None:
    _owned(small.hand_in("games"), 5)
    folder = _owned(small.hand_in("Games"), OTHER)
    spoil(folder)
    os.chown(folder, OTHER, OTHER, follow_symlinks=False)
    _collect(small)
    assert small.submitted() == {"games"}


@only_root
def test_user_names_differing_in_case_both_collected(small: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    real = pwd.getpwnam
    known = {"Games": real("sys")}
    monkeypatch.setattr("himaya_autograde.collect.pwd.getpwnam", lambda name: known.get(name) or real(name))
    _owned(small.hand_in("games"), 5)
    _owned(small.hand_in("Games"), OTHER)
    assert _collect(small).problems == {}
    assert small.submitted() == {"games", "Games"}


@pytest.fixture
def full_disk(small: Exchange) -> Iterator[Path]:
    """A small disk of its own under `submitted/`, nearly full."""
    submitted = small.course / "submitted"
    submitted.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(submitted)]
    if not IS_ROOT or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only an administrator can mount a disk")
    try:
        yield submitted
    finally:
        subprocess.run([shutil.which("umount") or "", str(submitted)], check=True)


@pytest.mark.parametrize("size", [300_000, 200_000, 100_000])
def test_a_full_disk_leaves_no_half_copy(small: Exchange, full_disk: Path, size: int) -> None:
    """Some of the sizes fit once, and none fits twice: neither a first hand-in nor a replacement is ever half there."""

    def large(folder: Path) -> None:
        for name in ("a.bin", "z.bin"):
            (folder / name).write_bytes(b"x" * (size // 2))

    def whole() -> None:
        for folder in full_disk.glob(f"*/{MODULE}"):
            names = {path.name: path.stat().st_size for path in folder.iterdir()}
            assert {"responses.jsonl", "timestamp.txt", "submission_secret.txt"} <= set(names)
            assert all(length == size // 2 for name, length in names.items() if name.endswith(".bin"))
        assert not list(full_disk.glob(".*"))

    small.hand_in("noor")
    assert _collect(small).problems == {}
    for stamp in (STAMP, LATER):
        for student in ("rojin", "noor"):
            small.hand_in(student, stamp, large)
        problems = _collect(small).problems
        whole()
        assert all("No space left on device" in why for why in problems.values())
        assert "noor" in small.submitted(), "what was there stays"
