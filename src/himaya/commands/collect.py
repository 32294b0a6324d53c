"""`himaya collect`."""

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
def collect(course: Path, module: str | None, exchange: Path | None) -> None:
    """Fetch what trainees handed in.

    Example: himaya collect core-protection
    """
    report(opened(course, exchange).collect(module))
