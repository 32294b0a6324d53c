"""A graded class of invented people, made once; tests share it and change nothing in it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import pytest

from himaya_autograde.course import CourseDirectory
from himaya_autograde.synthetic import synthetic_journal
from himaya_server.platform import Platform, write_configuration
from tests.autograde.cohorts import ROOT, built_and_released, compiled_assignments, course_in, hand_in
from tests.autograde.trainers_server import Server, serving
from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULE = "case-management"
PEOPLE = 31  # of whom the last hands in nothing
ARABIC = 12


@dataclass(frozen=True)
class GradedClass:
    """Where it is, and what every person answered."""

    home: Path
    course: CourseDirectory


def make_class(home: Path, people: int = PEOPLE, arabic: int = ARABIC) -> None:
    """Build and release a course in `home`, hand in for all but the last of `people`, and grade."""
    with course_in(home) as folder:
        course = built_and_released(folder, ROOT / "modules", MODULE)
        activities = compiled_assignments()[MODULE]
        early = {name: each for name, each in activities.items() if each["mode"] == "pretest"}
        for number in range(people):
            name = f"trainee-{number:02d}"
            with course.api.gradebook as gradebook:
                gradebook.update_or_create_student(name, first_name="Person", last_name=f"{number:02d}")
            if number == people - 1:
                continue
            rng = Random(number)
            skill = 0.35 + 0.55 * rng.random()
            later = {key: each for key, each in activities.items() if key not in early}
            journal = synthetic_journal(early, rng, skill - 0.25, 1.0) + synthetic_journal(later, rng, skill, 1.0)
            stamp = f"2026-01-11 08:{number:02d}:00.000000 UTC"
            submitted = hand_in(folder, MODULE, name, journal.encode(), stamp)
            (submitted / "language.txt").write_text("ar\n" if number < arabic else "en\n", encoding="ascii")
        done = course.grade()
        assert not done.problems, done.problems


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    home = once(tmp_path_factory, "desk", make_class)
    return GradedClass(home, CourseDirectory(home / "core-protection", home / "exchange"))


@pytest.fixture(scope="module")
def platform(graded: GradedClass, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """A platform that holds a copy of the class."""
    made = Platform(tmp_path_factory.mktemp("page"), "core-protection")
    shutil.copytree(graded.home / "core-protection", made.course)
    shutil.copytree(graded.home / "exchange", made.exchange)
    for folder in (made.config, made.data):
        folder.mkdir()
    write_configuration(made)
    return made


@pytest.fixture(scope="module")
def server(platform: Platform) -> Iterator[Server]:
    with serving(platform.home, "himaya/trainer") as running:
        yield running
