"""`himaya build`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from himaya.commands.arguments import course_argument, module_argument, modules_option
from himaya.commands.opened import opened
from himaya.languages.facts import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@course_argument
@module_argument
@modules_option
@click.option("--lang", "languages", multiple=True, type=click.Choice(LANGUAGES), help="May be given several times.")
@click.option("--release", is_flag=True, help="Refuse what is not released in these languages.")
def build(course: Path, module: str | None, modules: Path, languages: tuple[str, ...], *, release: bool) -> None:
    """Write each module's nbgrader assignment, in the languages of the course or in those given; it opens in the first.

    Example: himaya build core-protection --lang ar --lang en
    """

    def told(path: Path) -> None:
        click.echo(f"built: {path}")

    opened(course).build(modules, module, languages, release=release, on_built=told)
