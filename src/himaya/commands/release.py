"""`himaya release`."""

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
def release(course: Path, module: str | None, exchange: Path | None) -> None:
    """Make the trainees' version (without keys) and put it where they fetch it.

    Example: himaya release core-protection
    """
    report(opened(course, exchange).release(module))
