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
@click.option("--move-on", is_flag=True, help="Let the class go on to changed modules; old hand-ins keep their keys.")
def build(
    course: Path, module: str | None, modules: Path, languages: tuple[str, ...], *, release: bool, move_on: bool
) -> None:
    """Write each module's nbgrader assignment, in the languages of the course or in those given; it opens in the first.

    A class keeps the edition of a module that was released to it until you say --move-on.

    Example: himaya build core-protection --lang ar --lang en
    """

    def told(path: Path) -> None:
        click.echo(f"built: {path}")

    asked = {"release": release, "move_on": move_on}
    opened(course).build(modules, module, languages, **asked, on_built=told, on_kept=click.echo)
