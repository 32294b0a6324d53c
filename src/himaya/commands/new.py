"""`himaya new`: what an author begins with."""

from __future__ import annotations

from pathlib import Path

import click

from himaya.commands.arguments import modules_option


@click.group()
def new() -> None:
    """Write something to begin with.

    Example: himaya new module return-and-reintegration
    """


@new.command()
@click.argument("name")
@modules_option
def module(name: str, modules: Path) -> None:
    """Write a small module that passes the check: two lessons, a scenario, four questions in twins.

    Example: himaya new module return-and-reintegration
    """
    from himaya.content.starter import write_starter  # only this command needs it

    target = write_starter(modules, name)
    click.echo(f"{target}: written. Change it piece by piece, and run: himaya check {target}")
    click.echo("A course takes it once it is named under 'modules' in courses/<course>/course.yaml.")
