"""A course that is built and released, made once; tests take copies of it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.forms import without_forms
from himaya.publish.assignment import compile_module
from himaya_autograde.course import CourseDirectory
from himaya_autograde.import_answers import Place, place_of
from himaya_autograde.sandbox import run as sandbox
from tests.autograde.cohorts import ROOT as ROOT
from tests.autograde.cohorts import built_and_released, course_in
from tests.engine.shipped import loaded
from tests.once import once
from tests.shipped import a_module

if TYPE_CHECKING:
    from pathlib import Path

MODULE = a_module("core-protection")
needs_sandbox = pytest.mark.skipif(
    sandbox.missing() is not None, reason="no sandbox; as an administrator: apt-get install bubblewrap"
)


@pytest.fixture(scope="session")
def whole() -> dict[str, Any]:
    """The module's activities with their keys."""
    return compile_module(without_forms(loaded(MODULE)))


@pytest.fixture(scope="module")
def course(released: Path, tmp_path_factory: pytest.TempPathFactory) -> CourseDirectory:
    """A course that the tests of a file share, where they have none of their own."""
    return copy_of(released, tmp_path_factory.mktemp("course") / "home")


@pytest.fixture
def place(course: CourseDirectory) -> Place:
    """Where saved answers are imported to: the course without anybody's work."""
    for work in ("submitted", "autograded", "feedback"):
        shutil.rmtree(course.path / work, ignore_errors=True)
    return place_of(course.path, MODULE)


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the course `core-protection` and its `exchange`, one module released."""

    def make(home: Path) -> None:
        with course_in(home) as course:
            built_and_released(course, ROOT / "modules", MODULE)

    return once(tmp_path_factory, "released", make)


def copy_of(released: Path, home: Path) -> CourseDirectory:
    """Return a copy of the released course in `home`, with an exchange of its own; the gradebook comes along."""
    shutil.copytree(released, home, dirs_exist_ok=True)
    home.chmod(0o755)
    with (home / "core-protection" / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"\nc = get_config()\nc.Exchange.root = {os.fspath(home / 'exchange')!r}\n")
    return CourseDirectory(home / "core-protection")
