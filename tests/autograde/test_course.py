"""A trainer's steps on a course directory, and their sentences when something is missing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from click.testing import CliRunner

from himaya.commands.main import main
from himaya.errors import CourseError
from himaya_autograde.course import CourseDirectory
from himaya_server.platform import hand_in_synthetic
from tests.autograde.cohorts import ROOT, own_settings
from tests.autograde.conftest import MODULE, copy_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Iterator[CourseDirectory]:
    """A course with an exchange of its own, built and released."""
    with own_settings(tmp_path):
        yield copy_of(released, tmp_path)


def test_released_notebook_has_no_hidden_tests(course: CourseDirectory) -> None:
    """It names no score either."""
    released = course.exchange / course.course.id / "outbound" / MODULE / f"{MODULE}.ipynb"
    text = released.read_text(encoding="utf-8")
    assert "HIDDEN TESTS" not in text
    assert "score(" not in text
    shows = [cell.source for cell in nbformat.reads(text, as_version=4).cells if cell.cell_type == "code"]
    activities = json.loads((released.parent / "activities.json").read_text(encoding="utf-8"))["activities"]
    assert sorted(shows) == sorted(
        ["from himaya_widgets import show, submit", "submit()", *(f'show("{name}")' for name in activities)]
    )


def test_course_overview_is_released_with_modules(course: CourseDirectory) -> None:
    outbound = course.exchange / course.course.id / "outbound" / "overview"
    names = ["activities.ar.json", "activities.ckb.json", "activities.json", "overview.ipynb"]
    assert sorted(path.name for path in outbound.iterdir()) == names
    assert "overview" not in course.api.get_source_assignments()


def test_released_first_page_is_there_at_each_moment(course: CourseDirectory) -> None:
    outbound = course.exchange / course.course.id / "outbound" / "overview"
    (outbound / "gone.json").write_text("{}", encoding="utf-8")
    ended = threading.Event()

    def release_again() -> None:
        for _ in range(30):
            course._release_overview()
        ended.set()

    thread = threading.Thread(target=release_again)
    thread.start()
    missing = 0
    while not ended.is_set():
        missing += not (outbound / "overview.ipynb").exists()
    thread.join()
    assert missing == 0
    assert not (outbound / "gone.json").exists()


def test_collect_and_grade_name_every_trainee(course: CourseDirectory) -> None:
    hand_in_synthetic(course, ROOT / "modules" / MODULE, range(2))
    assert course.collect(MODULE).good == [MODULE]
    assert course.grade(MODULE).good == [f"{MODULE}/trainee-01", f"{MODULE}/trainee-02"]


def test_hand_in_after_feedback_is_named(course: CourseDirectory) -> None:
    hand_in_synthetic(course, ROOT / "modules" / MODULE, range(1))
    assert course.collect(MODULE).people == {}
    (course.path / "feedback" / "trainee-01" / MODULE).mkdir(parents=True)
    hand_in_synthetic(course, ROOT / "modules" / MODULE, range(2))
    done = course.collect(MODULE)
    assert [*done.people] == [f"{MODULE}/trainee-01"]
    assert "feedback, with the right answers, was written before" in done.people[f"{MODULE}/trainee-01"]


def test_failing_submission_does_not_stop_others(course: CourseDirectory) -> None:
    hand_in_synthetic(course, ROOT / "modules" / MODULE, range(2))
    course.collect(MODULE)
    journal = course.path / "submitted" / "trainee-01" / MODULE / "responses.jsonl"
    journal.unlink()
    journal.symlink_to("/etc/hostname")
    done = course.grade(MODULE)
    assert done.good == [f"{MODULE}/trainee-02"]
    assert list(done.problems) == [f"{MODULE}/trainee-01"]


def test_folder_without_course_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"holds no course\.yaml\. Give the folder of a course"):
        CourseDirectory(tmp_path)


def test_threads_open_courses_each_with_its_own_settings(tmp_path: Path) -> None:
    courses = {}
    for size, name in ((111, "core-protection"), (222, "mainstreaming-pseah")):
        courses[size] = tmp_path / name
        shutil.copytree(ROOT / "courses" / name, courses[size])
        with (courses[size] / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            config.write(f"\nimport time\ntime.sleep(0.005)\nc.CourseDirectory.max_file_size = {size}\n")
    before = Path.cwd()
    with ThreadPoolExecutor(8) as threads:
        opened = threads.map(lambda size: (size, CourseDirectory(courses[size])), [*courses] * 20)
    wrong = [size for size, course in opened if course.api.coursedir.max_file_size != size]
    assert (len(wrong), Path.cwd()) == (0, before)


def test_changed_settings_of_a_course_count_at_once(tmp_path: Path) -> None:
    course = tmp_path / "core-protection"
    shutil.copytree(ROOT / "courses" / "core-protection", course)
    for size in (111, 2222):
        with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            config.write(f"\nc.CourseDirectory.max_file_size = {size}\n")
        assert CourseDirectory(course).api.coursedir.max_file_size == size


def test_unknown_module_lists_known_ones(course: CourseDirectory) -> None:
    with pytest.raises(CourseError, match="has no module 'case-managment'; it has: case-management"):
        course.collect("case-managment")


def test_releasing_before_building_says_which_command_builds(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "courses" / "core-protection", tmp_path / "core-protection")
    done = CliRunner().invoke(main, ["release", str(tmp_path / "core-protection")])
    assert done.exit_code == 1
    assert "not built yet. Run: himaya build" in done.output


def test_a_module_with_faults_is_not_built(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "courses" / "core-protection", tmp_path / "core-protection")
    shutil.copytree(ROOT / "modules" / MODULE, tmp_path / "modules" / MODULE)
    prose = tmp_path / "modules" / MODULE / "module.md"
    prose.write_text(
        prose.read_text(encoding="utf-8").replace('show("whose-goals")', 'show("whose-goal")'), encoding="utf-8"
    )
    done = CliRunner().invoke(
        main, ["build", str(tmp_path / "core-protection"), "--modules", str(tmp_path / "modules")]
    )
    assert done.exit_code == 1
    assert "module.md:" in done.output
    assert "whose-goals" in done.output
    assert not (tmp_path / "core-protection" / "source").exists()


@pytest.mark.parametrize("module", ["himaya_autograde.course", "himaya.publish.assignment"])
def test_step_imports_no_heavy_module(module: str) -> None:
    """Among them lark, for a grammar that jsonschema would compile."""
    code = f"import {module}, sys; print([n for n in ('lark', 'pandas', 'voila') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
