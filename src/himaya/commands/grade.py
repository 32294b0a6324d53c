"""`himaya grade`."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from himaya.commands.arguments import course_argument, exchange_option, module_argument
from himaya.commands.opened import opened
from himaya.commands.report import tell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from himaya_autograde.batch.run import Progress

_QUIET = 5  # seconds between two lines of progress in a log


@click.command()
@course_argument
@module_argument
@exchange_option
@click.option("--force", is_flag=True, help="Grade what is graded and unchanged, too.")
def grade(course: Path, module: str | None, exchange: Path | None, *, force: bool) -> None:
    """Grade what was collected; reflections then wait to be marked in formgrader.

    You may stop it with Control-C and run it again: it goes on from there. What is graded and unchanged is passed over.

    Example: himaya grade core-protection
    """
    done = opened(course, exchange).grade(module, force=force, say=progress_lines())
    for name, why in done.people.items():
        tell(f"needs a person: {name}: {why}")
    for name, why in done.problems.items():
        tell(f"not graded: {name}: {why}", err=True)
    counts = f"graded: {len(done.good)}; unchanged: {len(done.unchanged)}"
    click.echo(f"{counts}; need a person: {len(done.people)}; not graded: {len(done.problems)}")
    if done.stopped:
        click.echo("Stopped. What was graded is kept; the next run goes on from there.", err=True)
        sys.exit(130)
    if done.problems:
        sys.exit(1)


def progress_lines() -> Callable[[Progress], None]:
    """Return what prints how far a run is: one line that changes on a screen, a line every few seconds elsewhere."""
    screen = sys.stderr.isatty()
    last = time.monotonic()

    def on_progress(progress: Progress) -> None:
        nonlocal last
        text = f"{progress.module}: {progress.done} of {progress.total}, {progress.rate:.0f} a second, "
        text += f"{progress.left:.0f} s left"
        ended = progress.done == progress.total
        if screen:
            click.echo(f"\r{text}   ", err=True, nl=ended)
        elif ended or time.monotonic() - last > _QUIET:
            last = time.monotonic()
            click.echo(text, err=True)

    return on_progress
