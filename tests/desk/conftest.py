"""A graded class of invented people, made once; tests share it and change nothing in it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import TYPE_CHECKING

import pytest

from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from himaya_autograde.course import CourseDirectory
from himaya_autograde.synthetic import synthetic_journal
from himaya_server.platform import Platform, write_configuration
from tests.autograde.cohorts import ROOT, hand_in, own_settings
from tests.autograde.conftest import copy_of, released
from tests.autograde.trainers_server import Server, serving
from tests.once import once
from tests.shipped import a_module

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["released"]

MODULE = a_module("core-protection")
PEOPLE = 31  # of whom the last hands in nothing
ARABIC = 12


@dataclass(frozen=True)
class GradedClass:
    """Where it is, and what every person answered."""

    home: Path
    course: CourseDirectory

    def platform(self, folder: Path) -> Platform:
        """Return a platform in `folder` that holds a copy of the class."""
        made = Platform(folder, "core-protection")
        shutil.copytree(self.home / "core-protection", made.course)
        shutil.copytree(self.home / "exchange", made.exchange)
        for private in (made.config, made.data):
            private.mkdir()
        write_configuration(made)
        return made


def make_class(released: Path, home: Path, people: int = PEOPLE, arabic: int = ARABIC) -> None:
    """Copy a released course to `home`, hand in for all but the last of `people`, and grade."""
    with own_settings(home):
        course = copy_of(released, home)
        activities = compile_module(without_forms(load_module(ROOT / "modules" / MODULE)))
        early = {name: each for name, each in activities.items() if each["mode"] == "pretest"}
        later = {name: each for name, each in activities.items() if name not in early}
        for number in range(people):
            name = f"trainee-{number:02d}"
            with course.api.gradebook as gradebook:
                gradebook.update_or_create_student(name, first_name="Person", last_name=f"{number:02d}")
            if number == people - 1:
                continue
            rng = Random(number)
            skill = 0.35 + 0.55 * rng.random()
            journal = synthetic_journal(early, rng, skill - 0.25, 1.0) + synthetic_journal(later, rng, skill, 1.0)
            stamp = f"2026-01-11 08:{number:02d}:00.000000 UTC"
            submitted = hand_in(course.path, MODULE, name, journal.encode(), stamp)
            (submitted / "language.txt").write_text("ar\n" if number < arabic else "en\n", encoding="ascii")
        done = course.grade()
        assert not done.problems, done.problems


@pytest.fixture(scope="session")
def graded(released: Path, tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    home = once(tmp_path_factory, "desk", partial(make_class, released))
    return GradedClass(home, CourseDirectory(home / "core-protection", home / "exchange"))


@pytest.fixture(scope="module")
def platform(graded: GradedClass, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """A platform that holds a copy of the class."""
    return graded.platform(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def server(platform: Platform) -> Iterator[Server]:
    with serving(platform.home, "himaya/trainer") as running:
        yield running
