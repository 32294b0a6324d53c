"""`himaya sign`: who has reviewed the translation of the interface or of a course."""

from __future__ import annotations

import click

from himaya.commands.translate import domains_named
from himaya.languages.facts import TRANSLATED


@click.command()
@click.argument("domain")
@click.argument("language", type=click.Choice(TRANSLATED))
@click.option("--by", required=True, help="Who has read it against the English, with the role.")
@click.option("--date", required=True, help="Such as 2026-11-24.")
@click.option("--release", is_flag=True, help="It may go out to trainees.")
def sign(domain: str, language: str, by: str, date: str, *, release: bool) -> None:
    """Sign the translation of the interface or of a course as reviewed, exactly as it stands; a later change undoes it.

    A module is signed by the findings of its readers alone: see himaya review.

    Example: himaya sign interface ar --by "Noor, native reader" --date 2026-11-24
    """
    found = domains_named((domain,))[0]
    if (found.base / "modules" / found.name).is_dir():
        msg = f"a module is signed by its readers alone. Run: himaya review {language} {found.name}"
        raise click.UsageError(msg)
    try:
        found.sign(language, by=by, date=date, release=release)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{found.shown(language)}: signed as {'released' if release else 'reviewed'} by {by}")
