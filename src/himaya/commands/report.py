"""Lines of a report in which names from outside stand: of trainees, files, folders."""

from __future__ import annotations

import click

from himaya.languages.readable import LINE, readable


def tell(line: str, *, err: bool = False) -> None:
    """Print one line; nothing in it can reach the terminal as a command or as a second line."""
    click.echo(readable(line, LINE), err=err)
