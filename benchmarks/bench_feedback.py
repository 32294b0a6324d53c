"""Feedback for a cohort of 300, as nbgrader writes it and as Himaya does, in one run on the same graded course.

Prints `ratio: N` (how many times as many pages a second) and the sizes of the pages.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from nbgrader.apps import NbGraderAPI
from short import SHORT
from traitlets.config import Config

from himaya_autograde.course import CourseDirectory
from himaya_server.platform import hand_in_synthetic

ROOT = Path(__file__).parents[1]
MODULE = "case-management"
COHORT = 12 if SHORT else 300
STOCK_SAMPLE = 3 if SHORT else 30  # of the same cohort; stock takes the same time for each page


def _graded_course(home: Path) -> CourseDirectory:
    os.environ.update(JUPYTER_CONFIG_DIR=str(home / "config"), JUPYTER_DATA_DIR=str(home / "data"))
    shutil.copytree(ROOT / "courses" / "core-protection", home / "core-protection")
    (home / "exchange").mkdir(mode=0o777)
    course = CourseDirectory(home / "core-protection", home / "exchange")
    course.build(ROOT / "modules", MODULE)
    course.release(MODULE)
    hand_in_synthetic(course, ROOT / "modules" / MODULE, range(COHORT))
    course.collect(MODULE)
    done = course.grade(MODULE)
    assert len(done.good) == COHORT, done.problems
    return course


def _sizes(course: CourseDirectory) -> list[int]:
    return [page.stat().st_size for page in (course.path / "feedback").glob(f"*/{MODULE}/{MODULE}.html")]


def _stock(course: CourseDirectory) -> tuple[float, list[int]]:
    """Return seconds a page and the sizes, with nbgrader's own exporter and preprocessors."""
    config = Config()
    config.CourseDirectory.root = str(course.path)
    config.CourseDirectory.course_id = course.course.id
    chosen = sorted(course.api.get_autograded_students(MODULE))[:STOCK_SAMPLE]
    config.CourseDirectory.student_id_exclude = ",".join(course.api.get_autograded_students(MODULE) - set(chosen))
    began = time.perf_counter()
    assert NbGraderAPI(config=config).generate_feedback(MODULE)["success"]
    seconds = time.perf_counter() - began
    sizes = _sizes(course)
    assert len(sizes) == STOCK_SAMPLE
    shutil.rmtree(course.path / "feedback")
    return seconds / STOCK_SAMPLE, sizes


def _ours(course: CourseDirectory) -> tuple[float, list[int]]:
    began = time.perf_counter()
    assert course.api.generate_feedback(MODULE)["success"]
    seconds = time.perf_counter() - began
    sizes = _sizes(course)
    assert len(sizes) == COHORT
    return seconds / COHORT, sizes


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as home:
        course = _graded_course(Path(home))
        stock, stock_sizes = _stock(course)
        ours, sizes = _ours(course)
    print(f"nbgrader: {1000 * stock:.1f} ms a page ({STOCK_SAMPLE} of the cohort), {_kb(stock_sizes)}")
    print(f"Himaya:   {1000 * ours:.1f} ms a page ({COHORT}), {_kb(sizes)}")
    print(f"ratio: {stock / ours:.1f}")


def _kb(sizes: list[int]) -> str:
    return f"{statistics.median(sizes) / 1000:.1f} kB, at most {max(sizes) / 1000:.1f} kB"


if __name__ == "__main__":
    main()
