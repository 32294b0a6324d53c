"""`himaya dossier` and `himaya review`: one file for a reader who judges a module or its translation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from himaya.commands.arguments import FOLDER, MODULES, Folder
from himaya.languages.facts import SOURCE, TRANSLATED

if TYPE_CHECKING:
    from himaya.publish.dossier import Written

_out = click.option("--out", type=FOLDER, default=Path("_build/reading"), show_default=True, help="Where to write.")


@click.command()
@click.argument("module", type=Folder(module=MODULES))
@_out
def dossier(module: Path, out: Path) -> None:
    """Write one file in which a specialist reads and judges a module: dangers, keys, sources, decisions, local facts.

    It opens on any phone or computer without a server. The reader sends back a file of findings: see himaya findings.
    Where dossier.yaml has questions for people, a sheet to print lies beside it, in MODULE-people.html.

    Example: himaya dossier case-management
    """
    _write(module, SOURCE, out)


@click.command()
@click.argument("language", type=click.Choice(TRANSLATED))
@click.argument("module", type=Folder(module=MODULES))
@_out
def review(language: str, module: Path, out: Path) -> None:
    """Write one file in which a native reader judges a translation beside the English, and terms to decide.

    Example: himaya review ar case-management
    """
    _write(module, language, out)


def _write(module: Path, language: str, out: Path) -> None:
    from himaya.content.check import check_module  # only these commands need them
    from himaya.content.load import load_module
    from himaya.errors import ContentError
    from himaya.publish.dossier import write_page
    from himaya.publish.people import people_sheet
    from himaya.signoff.people import people_problems
    from himaya.signoff.seal import key_of, new_issue, secret_of
    from himaya_widgets.player import reading_code

    problems = check_module(module)
    if problems:
        raise ContentError(problems)
    loaded = load_module(module)
    if problems := people_problems(loaded):
        raise ContentError(problems)
    issue = new_issue()
    secret = secret_of(module.resolve().parent.parent, make=True)
    made = write_page(loaded, language, reading_code(), issue=issue, key=key_of(secret or b"", issue))
    if made.words == 0:
        msg = (
            f"modules/{loaded.module.id} has no text in '{language}' to judge. Run: himaya translate {loaded.module.id}"
        )
        raise click.ClickException(msg)
    kind = "dossier" if language == SOURCE else f"review-{language}"
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{kind}-{loaded.module.id}.html"
    path.write_text(made.html, encoding="utf-8")
    click.echo(_told(path, made))
    sheet = people_sheet(loaded) if language == SOURCE else None
    if sheet is not None:
        path = out / f"{loaded.module.id}-people.html"
        path.write_text(sheet, encoding="utf-8")
        click.echo(f"{path}: questions for people, to print on two pages.")


def _told(path: Path, made: Written) -> str:
    sittings = " + ".join(str(each.minutes) for each in made.sittings)
    parted = f"{len(made.sittings)} sittings ({sittings} minutes)" if len(made.sittings) > 1 else "one sitting"
    size = len(made.html.encode()) / 1000
    return (
        f"{path}: {size:.0f} kB, {made.words:,} words, about {made.minutes} minutes at {made.rate} words a minute, "
        f"in {parted}. It holds the keys: give it to its reader alone."
    )
