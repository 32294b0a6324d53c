"""`himaya translate` and `himaya sign`: PO files out and up to date, and who has reviewed one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from himaya.languages.facts import TRANSLATED

if TYPE_CHECKING:
    from himaya.content.load import Problem
    from himaya.translation.domains import Domain


def _domains(names: tuple[str, ...]) -> list[Domain]:
    from himaya.translation.domains import all_domains  # noqa: PLC0415 - starting a server needs no models

    known = {domain.name: domain for domain in all_domains(Path())}
    for name in names:
        if name not in known:
            msg = f"there is nothing called '{name}' to translate; there are: {', '.join(known)}."
            raise click.UsageError(msg)
    return [known[name] for name in names or known]


def translation_faults() -> list[Problem]:
    """Return everything that must be mended in the PO files of this repository, sorted."""
    from himaya.translation.check import check_all  # noqa: PLC0415 - as above

    return sorted(fault for report in check_all(_domains(())) for fault in report.faults)


def _show_languages(context: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's
    """Print the table of docs/languages.md; faults and what ought to be looked at go to the other stream."""
    from himaya.translation.check import check_all, table  # noqa: PLC0415 - as above

    if not wanted:
        return
    reports = check_all(_domains(()))
    for report in reports:
        for problem in report.faults:
            click.echo(f"{problem}", err=True)
        for problem in report.notes:
            click.echo(f"{problem} (look at it)", err=True)
    click.echo(table(reports))
    context.exit(int(any(report.faults for report in reports)))


languages_option = click.option(
    "--languages",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_languages,
    help="Show how far each translation is, as in docs/languages.md, and what is odd in it.",
)


@click.command()
@click.argument("names", nargs=-1)
@click.option("--language", type=click.Choice(TRANSLATED), help="One language instead of all.")
def translate(names: tuple[str, ...], language: str | None) -> None:
    """Write or update the PO files of modules, courses and the interface; translations are kept.

    Example: himaya translate case-management --language ar
    """
    from himaya.translation.po_file import is_translated  # noqa: PLC0415 - as above

    for domain in _domains(names):
        for each in [language] if language else TRANSLATED:
            messages = domain.update(each).messages()
            done = sum(is_translated(message) and not message.fuzzy for message in messages)
            fuzzy = sum(message.fuzzy for message in messages)
            click.echo(f"{domain.shown(each)}: {len(messages)} texts, {done} translated, {fuzzy} fuzzy")


@click.command()
@click.argument("domain")
@click.argument("language", type=click.Choice(TRANSLATED))
@click.option("--by", required=True, help="Who has read it against the English, with the role.")
@click.option("--date", required=True, help="Such as 2026-11-24.")
@click.option("--release", is_flag=True, help="It may go out to trainees.")
def sign(domain: str, language: str, by: str, date: str, *, release: bool) -> None:
    """Sign one translation as reviewed, exactly as it stands now; a later change undoes it.

    Example: himaya sign case-management ar --by "Noor, native reader" --date 2026-11-24
    """
    found = _domains((domain,))[0]
    try:
        found.sign(language, by=by, date=date, release=release)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{found.shown(language)}: signed as {'released' if release else 'reviewed'} by {by}")
