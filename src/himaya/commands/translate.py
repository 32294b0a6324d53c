"""`himaya translate`: PO files out and up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from himaya.languages.facts import TRANSLATED

if TYPE_CHECKING:
    from himaya.errors import Problem
    from himaya.translation.domains import Domain


def domains_named(given: tuple[str, ...]) -> list[Domain]:
    """Return what can be translated, by id or by folder; everything if nothing is given."""
    from himaya.translation.domains import all_domains  # starting a server needs no models

    known = {domain.name: domain for domain in all_domains(Path())}
    names = [Path(name).name for name in given]
    for name in names:
        if name not in known:
            msg = f"there is nothing called '{name}' to translate; there are: {', '.join(known)}."
            raise click.UsageError(msg)
    return [known[name] for name in names or known]


def translation_faults() -> list[Problem]:
    """Return everything that must be mended in the PO files of this repository, sorted."""
    from himaya.translation.check import check_all

    return sorted(fault for report in check_all(domains_named(())) for fault in report.faults)


def _show_languages(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    """Print the table of docs/languages.md; faults and what ought to be looked at go to the other stream."""
    from himaya.translation.check import check_all, table

    if not wanted:
        return
    reports = check_all(domains_named(()))
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
    from himaya.translation.po_file import is_translated

    for domain in domains_named(names):
        for each in [language] if language else TRANSLATED:
            messages = domain.update(each).messages()
            done = sum(is_translated(message) and not message.fuzzy for message in messages)
            fuzzy = sum(message.fuzzy for message in messages)
            click.echo(f"{domain.shown(each)}: {len(messages)} texts, {done} translated, {fuzzy} fuzzy")
