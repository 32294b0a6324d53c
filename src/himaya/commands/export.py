"""`himaya export`."""

from __future__ import annotations

from pathlib import Path

import click

from himaya.commands.arguments import FOLDER, course_argument
from himaya.commands.opened import opened
from himaya.commands.report import tell


@click.command()
@course_argument
@click.option("--to", "target", type=FOLDER, default=Path("exports"), show_default=True, help="Made if need be.")
def export(course: Path, target: Path) -> None:
    """Write three tables (CSV): grades as nbgrader has them, a column for each item, a row for each response.

    Example: himaya export core-protection --to exports
    """
    for path in opened(course).export(target.resolve()):
        tell(f"written: {path}")
