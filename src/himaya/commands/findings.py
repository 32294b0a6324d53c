"""`himaya findings`: what a reader found, shown as a diff, and taken in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from himaya.commands.arguments import FILE

if TYPE_CHECKING:
    from himaya.signoff.taking import Taken


@click.command()
@click.argument("file", type=FILE)
@click.option("--take", is_flag=True, help="Write corrections and signatures.")
@click.option("--by", help="Your name: you know the reader, and this file came from them.")
@click.option("--rest", is_flag=True, help="Take what still stands, where something has changed since it was read.")
@click.option("--without", multiple=True, help="An entry whose corrections are left out; its part is not signed.")
def findings(file: Path, by: str | None, without: tuple[str, ...], *, take: bool, rest: bool) -> None:
    """Show a reader's file of findings as a diff; with --take, write its corrections and its signatures.

    A file is no proof of who wrote it. Take it in only if you know the reader and had it from them.

    Example: himaya findings findings-case-management-en-2026-11-28.json --take --by "Sara, maintainer"
    """
    from himaya.content.source import read_bytes  # only this command needs them
    from himaya.signoff.findings import LARGEST, read_findings
    from himaya.signoff.seal import secret_of
    from himaya.signoff.taking import take as taken_in

    if take and not (by or "").strip():
        msg = "say who takes the findings in and knows the reader, with --by."
        raise click.UsageError(msg)
    raw = read_bytes(file, str(file), LARGEST)
    read = read_findings(raw, secret_of(Path()), today=datetime.now(UTC).date())
    taken = taken_in(read, Path(), by=" ".join(by.split()) if take and by else None, rest=rest, without=without)
    for line in _report(taken, written=take):
        click.echo(line)


def _report(taken: Taken, *, written: bool) -> list[str]:
    from himaya.languages.readable import readable

    found = taken.findings
    counts = {
        verdict: sum(one.verdict == verdict for one in found.entries) for verdict in ("accept", "correct", "reject")
    }
    about = found.about
    reader = f"{readable(found.name)}, {readable(found.reader.role)}, {found.reader.date}"
    lines = [
        f"{about.name}, {about.language}: read by {reader}",
        f"{counts['accept']} accepted, {counts['correct']} corrected, {counts['reject']} rejected",
        "",
        *(readable(line, 4000) for line in taken.diff),
    ]
    lines += [f"rejected {readable(one.entry)}: {readable(one.note, 4000)}" for one in taken.objections]
    lines += [f"term {name}: {decision.choice}" for name, decision in taken.terms.items()]
    if taken.places:
        lines.append(f"the terms change {taken.places} texts")
    lines += [f"left out, changed since it was read: {readable(name)}" for name in taken.outdated.entries]
    verb = "signed" if written else "would be signed"
    lines.append(f"{verb}: {', '.join(taken.signed)}" if taken.signed else "no part is signed")
    if not written:
        lines.append(
            "Nothing was written. A file is no proof of who wrote it: add --take --by NAME if you know the reader."
        )
    return lines
