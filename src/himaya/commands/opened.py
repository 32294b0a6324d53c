"""The course that a trainer's command works on, and what a step did."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from himaya.commands.report import tell

if TYPE_CHECKING:
    from pathlib import Path

    from himaya_autograde.course import CourseDirectory, Done


def opened(course: Path, exchange: Path | None = None) -> CourseDirectory:
    """Return the nbgrader course in a folder.

    Raises:
        ClickException: If this Python has no nbgrader.
        CourseError: If there is no course.
    """
    try:
        from himaya_autograde.course import CourseDirectory  # only these commands need nbgrader
    except ModuleNotFoundError as error:
        missing = (error.name or "nbgrader").split(".")[0]
        python = f"this Python ({sys.executable}) has no {missing}"
        message = f"{python}. Run himaya from the .venv that `make setup` makes, or: pip install 'himaya[platform]'"
        raise click.ClickException(message) from error
    return CourseDirectory(course, exchange)


def report(done: Done) -> None:
    """Print what a step did, and end with 1 where a part of it could not be done."""
    for name in done.good:
        tell(f"done: {name}")
    for name, why in done.people.items():
        tell(f"needs a person: {name}: {why}")
    for name, why in done.problems.items():
        tell(f"not done: {name}: {why}", err=True)
    if done.problems:
        sys.exit(1)
