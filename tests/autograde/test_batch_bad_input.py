"""What a trainer is told when grading cannot go on, and that nothing is lost."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from himaya.commands.main import main
from himaya.content.load import load_module
from himaya.publish.assignment import write_assignment
from himaya_autograde import gradebook
from himaya_autograde.batch import cohort, run
from himaya_autograde.course import CourseDirectory
from tests.autograde.cohorts import change, hand_in, rows
from tests.autograde.conftest import MODULE, ROOT, copy_of

if TYPE_CHECKING:
    from himaya_autograde.batch.run import Progress

pytestmark = pytest.mark.proof


@pytest.fixture
def course(released: Path, tmp_path: Path) -> CourseDirectory:
    """A released course with two submissions, none graded."""
    made = copy_of(released, tmp_path)
    for trainee in ("noor", "dilan"):
        hand_in(made.path, MODULE, trainee, b"")
    return made


def _told(course: CourseDirectory) -> str:
    """Grade, expect that the module could not be graded, and return the sentence."""
    done = course.grade()
    assert done.good == []
    assert list(done.problems) == [MODULE]
    return done.problems[MODULE]


def test_a_folder_without_a_course_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["grade", str(tmp_path)])
    assert done.exit_code == 2
    assert "holds no course.yaml. Give the id or the folder of a course" in done.output


def test_unknown_module_lists_known_ones(course: CourseDirectory) -> None:
    done = CliRunner().invoke(main, ["grade", str(course.path), "case-managment"])
    assert done.exit_code == 1
    assert "has no module 'case-managment'; it has: case-management" in done.output


def test_unbuilt_course_names_command_to_run(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "courses" / "core-protection", tmp_path / "core-protection")
    course = CourseDirectory(tmp_path / "core-protection")
    assert "holds no built module. Run: himaya build" in course.grade(MODULE).problems[MODULE]
    write_assignment(load_module(ROOT / "modules" / MODULE), course.path / "source", "core-protection", None)
    assert "nothing was released yet. Run: himaya release" in course.grade(MODULE).problems[MODULE]
    assert not (course.path / "gradebook.db").exists()


def test_nothing_collected_is_told_which_command_to_run(released: Path, tmp_path: Path) -> None:
    course = copy_of(released, tmp_path)
    assert "nothing was collected yet. Run: himaya collect" in course.grade(MODULE).problems[MODULE]


def test_module_rebuilt_after_release_is_refused(course: CourseDirectory) -> None:
    notebook = course.path / "source" / MODULE / f"{MODULE}.ipynb"
    text = notebook.read_text(encoding="utf-8")
    assert "'correct': True" in text
    notebook.write_text(text.replace("'correct': True", "'correct': False", 1), encoding="utf-8")
    assert "was built anew after it was released" in _told(course)
    assert "Run: himaya release" in _told(course)


def test_damaged_source_names_command_to_run(course: CourseDirectory) -> None:
    notebook = course.path / "source" / MODULE / f"{MODULE}.ipynb"
    notebook.write_bytes(notebook.read_bytes()[:5000])
    assert "is damaged" in _told(course)
    assert "Run: himaya build" in _told(course)


def test_missing_nbgrader_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['nbgrader'] = None\n"
        "from himaya.commands.main import main; main(['grade', 'core-protection'])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"this Python ({sys.executable}) has no nbgrader" in done.stderr
    assert "pip install 'himaya[platform]'" in done.stderr


def test_locked_gradebook_is_graded_once_free(course: CourseDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradebook, "PATIENCE", 0.1)
    other = sqlite3.connect(course.path / "gradebook.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "is in use by another program, such as formgrader" in _told(course)
    other.execute("ROLLBACK")
    other.close()
    assert len(course.grade().good) == 2


def test_unwritable_gradebook_is_reported(course: CourseDirectory) -> None:
    program = (
        "import os, sys\n"
        "from himaya_autograde.gradebook import ReleasedModule\n"
        "from himaya.errors import CourseError\n"
        "ReleasedModule(*sys.argv[1:]).close()\n"  # as root, who may write everything, and may read Python's own files
        "os.chmod(sys.argv[1].removeprefix('sqlite:///'), 0o444)\n"
        "if os.geteuid() == 0:\n    os.setgid(65534); os.setuid(65534)\n"
        "try:\n    ReleasedModule(*sys.argv[1:])\nexcept CourseError as error:\n    print(error)"
    )
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        database = shutil.copy(course.path / "gradebook.db", place)
        command = [sys.executable, "-c", program, f"sqlite:///{database}", MODULE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "cannot be written. Ask whoever set up the course" in done.stdout, done.stderr[-2000:]


def test_outdated_gradebook_asks_for_upgrade(course: CourseDirectory) -> None:
    change(course.path, "UPDATE alembic_version SET version_num = '167914646830'")
    before = (course.path / "gradebook.db").read_bytes()
    assert "nbgrader db upgrade" in _told(course)
    assert "Copy it to a safe place" in _told(course)
    assert (course.path / "gradebook.db").read_bytes() == before


def test_gradebook_before_versions_asks_for_upgrade(course: CourseDirectory) -> None:
    change(course.path, "DROP TABLE alembic_version")
    assert "nbgrader db upgrade" in _told(course)


def test_invalid_gradebook_file_is_reported(course: CourseDirectory) -> None:
    (course.path / "gradebook.db").write_bytes(b"This is a letter, not a gradebook. " * 100)
    assert "is no gradebook. Put back your last copy" in _told(course)


def test_concurrent_grading_is_told_to_wait(course: CourseDirectory) -> None:
    with cohort.cohort_of(course.api, MODULE):
        assert "is being graded right now" in _told(course)
    assert len(course.grade().good) == 2


def test_full_disk_keeps_finished_grades(course: CourseDirectory) -> None:
    """Files may not grow past a size that only the gradebook reaches, half-way through: the error of a full disk."""
    for number in range(60):
        hand_in(course.path, MODULE, f"trainee-{number:02d}", b"")
    size = (course.path / "gradebook.db").stat().st_size
    program = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from himaya_autograde.batch import cohort, run\n"
        "from himaya_autograde.course import CourseDirectory\n"
        "import himaya_autograde.course as steps\n"
        "steps.workers = lambda _: cohort.Here()\n"
        "run.CHUNK = 5\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "course = CourseDirectory(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))\n"
        "print(course.grade().problems)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(course.path), str(size + 700_000)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Free some space, then run again. Nothing is lost" in done.stdout, done.stderr[-2000:]
    kept = {key[1] for key in rows(course.path) if key[0] == "grade"}
    assert 0 < len(kept) < 62
    rest = course.grade()
    assert (rest.problems, len(rest.good) + len(rest.unchanged)) == ({}, 62)
    assert len(rest.unchanged) >= len(kept) - run.CHUNK


def test_interrupt_keeps_finished_grades(course: CourseDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "CHUNK", 1)

    def stop(_: Progress) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("himaya.commands.grade.progress_lines", lambda: stop)
    # A shell without job control starts `make test &` with SIGINT ignored; Python then installs no handler.
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        done = CliRunner().invoke(main, ["grade", str(course.path)])
    finally:
        signal.signal(signal.SIGINT, inherited)
    assert done.exit_code == 130
    assert "graded: 1; unchanged: 0" in done.output
    assert "Stopped. What was graded is kept" in done.output
    monkeypatch.undo()
    again = CliRunner().invoke(main, ["grade", str(course.path)])
    assert again.exit_code == 0
    assert "graded: 1; unchanged: 1; need a person: 2; not graded: 0" in again.output


def test_unchanged_submission_is_not_regraded(course: CourseDirectory) -> None:
    """Until anything changes."""
    assert len(course.grade().good) == 2
    assert course.grade().unchanged == [f"{MODULE}/dilan", f"{MODULE}/noor"]
    (course.path / "submitted" / "noor" / MODULE / "responses.jsonl").unlink()
    assert course.grade().good == [f"{MODULE}/noor"]
    assert len(course.grade(force=True).good) == 2
    shutil.rmtree(course.path / "autograded" / "dilan")
    assert course.grade().good == [f"{MODULE}/dilan"]
    change(course.path, "DELETE FROM submitted_assignment WHERE student_id = 'noor'")
    assert course.grade().good == [f"{MODULE}/noor"]


def test_summary_names_who_needs_marking(course: CourseDirectory) -> None:
    folder = hand_in(course.path, MODULE, "rojin", b'{"broken\n', stamp="yesterday")
    (folder / "photo.jpg").symlink_to("/etc/hostname")
    said = course.grade().people[f"{MODULE}/rojin"]
    assert "to mark: " in said
    assert "handed in without any answer" in said
    assert "1 lines of the journal are damaged" in said
    assert "handed in at an unreadable time, 'yesterday'" in said
    assert "no plain file and left out: photo.jpg" in said
    assert not (course.path / "autograded" / "rojin" / MODULE / "photo.jpg").exists()
    assert "to mark: " in course.grade().people[f"{MODULE}/rojin"], "a second run names them, too"


def test_any_standard_executor_grades_alike(course: CourseDirectory) -> None:
    with ThreadPoolExecutor(2) as threads, cohort.cohort_of(course.api, MODULE) as whole:
        summary = run.grade_cohort(whole, threads, lambda _: None)
    assert sorted(summary.graded) == ["dilan", "noor"]
