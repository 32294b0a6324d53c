"""`himaya feedback`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from himaya.commands.arguments import course_argument, exchange_option, module_argument
from himaya.commands.opened import opened, report

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@course_argument
@module_argument
@exchange_option
def feedback(course: Path, module: str | None, exchange: Path | None) -> None:
    """Write the feedback of graded work and release it.

    Example: himaya feedback core-protection
    """
    report(opened(course, exchange).feedback(module))
