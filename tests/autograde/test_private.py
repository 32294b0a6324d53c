"""Another Unix user of the machine reads nothing of a course, also while it is being made, whatever the umask."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from himaya.answers.journal import FILE_NAME, Journal
from himaya.answers.private import private_folder, write_whole
from himaya.commands.main import main
from himaya_autograde import editions
from himaya_autograde.arrivals import Arrivals, remember
from himaya_autograde.course import CourseDirectory
from himaya_server import platform as platform_module
from himaya_server.classroom.notebooks import write_settings
from himaya_server.platform import Platform, hand_in_synthetic, prepare
from tests.autograde.unprivileged import NOBODY, only_root
from tests.journal.events import event
from tests.shipped import a_module, an_activity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
MODULE = a_module("core-protection")


@contextlib.contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def _look(top: Path, found: set[str]) -> None:
    """Add every folder that can be listed and every file that can be read, without the exchange."""
    for folder, folders, files in os.walk(top):
        if Path(folder) == top:
            folders[:] = [name for name in folders if name != "exchange"]
        found.add(folder)
        for name in files:
            with contextlib.suppress(OSError), open(os.path.join(folder, name), "rb") as file:
                file.read(1)
                found.add(os.path.join(folder, name))


@contextlib.contextmanager
def _watched(top: Path, found: set[str]) -> Iterator[None]:
    """Let another user look at everything, again and again, while something is made; what they saw is in `found`."""
    report = top.parent / "seen.json"
    report.touch()
    report.chmod(0o666)
    child = os.fork()
    if child == 0:
        stop: list[int] = []
        signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            seen: set[str] = set()
            while not stop:
                _look(top, seen)
            _look(top, seen)
            report.write_text(json.dumps(sorted(seen)), encoding="utf-8")
        finally:
            os._exit(0)
    try:
        yield
    finally:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        found |= set(json.loads(report.read_text(encoding="utf-8")))


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that everybody may enter; not under pytest's own, which nobody else may."""
    with tempfile.TemporaryDirectory(prefix="himaya-private-") as name:
        Path(name).chmod(0o755)
        yield Path(name).resolve() / "platform"


def _class(platform: Platform, modules: Path) -> None:
    """Do with one module what a trainer and a trainee do, up to tables and feedback."""
    course = CourseDirectory(platform.course, platform.exchange)
    course.build(modules, MODULE)
    assert course.release(MODULE).problems == {}
    hand_in_synthetic(course, modules / MODULE, range(2))
    assert course.collect(MODULE).problems == {}
    assert course.grade(MODULE).problems == {}
    assert course.feedback(MODULE).problems == {}
    course.export(platform.home / "exports")
    trainee = platform.desk / "trainee" / MODULE
    shutil.copytree(platform.exchange / course.course.id / "outbound" / MODULE, trainee)
    Journal(trainee / FILE_NAME).put([event(1)])
    saved = platform.home / "saved"
    private_folder(saved)
    (saved / "noor.jsonl").write_text(
        json.dumps({**event(2), "activity": an_activity("text", MODULE).id}) + "\n", encoding="utf-8"
    )
    (saved / "roster.csv").write_text("trainee\nnoor\n", encoding="utf-8")
    run = ["import", str(platform.course), MODULE, "--roster", str(saved / "roster.csv"), str(saved / "noor.jsonl")]
    done = CliRunner().invoke(main, run)
    assert done.exit_code == 0, done.output
    command = [sys.executable, "-m", "himaya_autograde.submit", "submit", course.course.id, str(trainee)]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(platform.config),
        "JUPYTER_DATA_DIR": str(platform.home / "own-data"),  # a trainee's, whose data folder we did not make
        "HIMAYA_TRAINEE": "trainee",
    }
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert "receipt" in json.loads(answer)["answer"], answer
    (journal,) = (platform.exchange / course.course.id / "inbound").glob(f"trainee+*/{FILE_NAME}")
    assert stat.S_IMODE(journal.stat().st_mode) == 0o644, "a trainer who is another user collects it"


_SECRETS = (
    f"desk/trainer/core-protection/keys/{MODULE}.json",
    f"desk/trainer/core-protection/source/{MODULE}/{MODULE}.ipynb",
    "desk/trainer/core-protection/gradebook.db",
    f"desk/trainer/core-protection/submitted/trainee-01/{MODULE}/responses.jsonl",
    f"desk/trainer/core-protection/submitted/noor/{MODULE}/responses.jsonl",
    f"desk/trainer/core-protection/autograded/trainee-01/{MODULE}/responses.jsonl",
    f"desk/trainer/core-protection/feedback/trainee-01/{MODULE}/{MODULE}.html",
    "desk/trainer/core-protection/.arrivals.json",
    f"desk/trainee/{MODULE}/responses.jsonl",
    "own-data/nbgrader_cache/core-protection/*/submission_secret.txt",
    "exports/responses.csv",
)


@pytest.mark.proof
@only_root
@pytest.mark.parametrize("mask", [0, 0o022])
def test_other_users_never_read_the_platform(home: Path, mask: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_module, "_demonstrate", lambda made, modules, *_: _class(made, modules))
    found: set[str] = set()
    with _umask(mask), _watched(home, found):
        platform = prepare(home, [ROOT / "courses" / "core-protection"], ROOT / "modules", lambda _: None)
    for secret in _SECRETS:
        assert list(home.glob(secret)), f"{secret} was not made"
    own = str(home / "own-data")
    seen = {path for path in found if path not in (str(home), own) and not path.endswith("ready")}
    assert seen == set()
    _look(home, later := set[str]())
    assert len(later) > 20, "who made it can look"
    _assert_exchange_is_usable(platform)


def _assert_exchange_is_usable(platform: Platform) -> None:
    """Another user fetches a module and hands something in, and cannot list what others handed in."""
    code = """
import os, sys
from pathlib import Path
os.setgroups([]); os.setgid(65534); os.setuid(65534)
exchange = Path(sys.argv[1])
assert (exchange / "outbound" / sys.argv[2] / f"{sys.argv[2]}.ipynb").read_bytes()
assert all(path.read_bytes() for path in (exchange / "outbound").glob("*/*.ipynb"))
(exchange / "inbound" / "nobody+case-management+2026-01-01 00:00:00 UTC+x").mkdir()
try:
    os.listdir(exchange / "inbound")
except PermissionError:
    print("usable")
"""
    exchange = platform.exchange / "core-protection"
    done = subprocess.run(
        [sys.executable, "-c", code, str(exchange), MODULE], capture_output=True, text=True, check=False
    )
    if done.returncode and "Permission" in done.stderr and "encodings" in done.stderr:
        pytest.skip("the other user cannot start this Python")
    assert done.stdout == "usable\n", done.stderr
    assert len(list((exchange / "outbound").glob("*/*.ipynb"))) == 2


@only_root
@pytest.mark.parametrize("mask", [0, 0o022])
def test_folders_of_an_earlier_version_are_closed(home: Path, mask: int) -> None:
    """Also for who entered a folder before it was closed, and goes on from there."""
    with _umask(mask):
        course = home / "core-protection"
        shutil.copytree(ROOT / "courses" / "core-protection", course)
        for name in ("keys", "source", "submitted"):
            (course / name).mkdir(exist_ok=True)
            (course / name / "secret").write_text("x", encoding="utf-8")
        entered = [os.open(path, os.O_RDONLY | os.O_DIRECTORY) for path in (course, course / "keys")]
        CourseDirectory(course, home / "exchange")
    for folder in (course, course / "keys", course / "source", course / "submitted"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        opened = 0
        for descriptor, name in zip(entered, ("course.yaml", "secret"), strict=True):
            with contextlib.suppress(PermissionError):
                os.open(name, os.O_RDONLY, dir_fd=descriptor)
                opened += 1
        os._exit(opened)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_shared_group_keeps_its_rights(tmp_path: Path) -> None:
    course = tmp_path / "core-protection"
    shutil.copytree(ROOT / "courses" / "core-protection", course)
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("c.CourseDirectory.groupshared = True\n")
    course.chmod(0o2775)
    CourseDirectory(course, tmp_path / "exchange")
    assert stat.S_IMODE(course.stat().st_mode) == 0o2770


@only_root
def test_foreign_folder_keeps_its_modes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o755)
    os.chown(folder, NOBODY, NOBODY)
    monkeypatch.setattr("himaya.answers.private.os.geteuid", lambda: 1)
    private_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


def test_file_is_written_whole_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "list.json"
    with _umask(0):
        write_whole(target, b"before")
        assert stat.S_IMODE(target.stat().st_mode) == 0o600

        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr("himaya.answers.private.os.fsync", full)
            with pytest.raises(OSError, match="No space"):
                write_whole(target, b"half")
        assert target.read_bytes() == b"before"
        assert list(tmp_path.iterdir()) == [target]
        write_whole(target, b"after", 0o644)
    assert target.read_bytes() == b"after"
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [target]


def test_two_who_write_do_not_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, sync = tmp_path / "list.json", os.fsync
    (tmp_path / ".list.json.new").mkdir()  # nor does what somebody else put there

    def meanwhile(descriptor: int) -> None:
        monkeypatch.setattr("himaya.answers.private.os.fsync", sync)
        write_whole(target, b"the other")
        sync(descriptor)

    monkeypatch.setattr("himaya.answers.private.os.fsync", meanwhile)
    write_whole(target, b"the one")
    assert target.read_bytes() == b"the one"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".list.json.new", "list.json"]


_LISTS: dict[str, tuple[str, Callable[[Path, int], object]]] = {
    "editions": ("editions/editions.json", lambda folder, n: editions._write(folder, {MODULE: {"current": [f"{n}"]}})),
    "arrivals": (".arrivals.json", lambda folder, n: remember(folder, MODULE, Arrivals([f"a+{MODULE}+{n}"]))),
    "notebooks": ("notebooks.json", lambda folder, n: write_settings(folder, n, 8700, folder)),
}


@pytest.mark.parametrize("name", _LISTS)
def test_list_is_on_the_disk_before_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """After a power cut there is the earlier list or the later one, never an empty one."""
    file, write = _LISTS[name]
    write(tmp_path, 1)
    before = (tmp_path / file).read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("himaya.answers.private.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path, 2)
    assert (tmp_path / file).read_bytes() == before
    assert stat.S_IMODE((tmp_path / file).stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / file).parent.iterdir()] == [(tmp_path / file).name]


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_journal_is_readable_by_owner_only(tmp_path: Path, mask: int) -> None:
    path = tmp_path / FILE_NAME
    with _umask(mask):
        Journal(path).put([event(1)])
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o664)  # of an earlier version
        Journal(path).put([event(2)])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(Journal(path).rows()) == 2
