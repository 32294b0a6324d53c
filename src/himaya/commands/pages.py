"""`himaya pages` and `himaya import`: a course without a server, and the way back into the gradebook."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from himaya.commands.report import tell
from himaya.languages.facts import LANGUAGES

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)
_SAVED = click.Path(path_type=Path, readable=False)  # what is no regular file is named, and stops no other


@click.command()
@click.argument("course", type=_FOLDER, default=Path("courses/core-protection"))
@click.option("--language", multiple=True, type=click.Choice(LANGUAGES), help="One language instead of the course's.")
@click.option("--practice", is_flag=True, help="A mentor's edition: everything is practice, nothing is handed in.")
@click.option("--out", type=_FOLDER, help="Where to write; _build/pages/<course> if not given.")
@click.option("--modules", type=_FOLDER, default=Path("modules"), show_default=True, help="Folder of the modules.")
def pages(course: Path, language: tuple[str, ...], out: Path | None, modules: Path, *, practice: bool) -> None:
    """Write a course as files that need no server: an index, each module, each scenario.

    Trainees open them on a phone, save their answers as a file and give you that file: see himaya import.

    Example: himaya pages courses/core-protection --language en
    """
    from himaya.content.check import check_module  # noqa: PLC0415 - as above
    from himaya.content.load import ContentError, load_course  # noqa: PLC0415 - as above
    from himaya.publish.pages import write_pages  # noqa: PLC0415 - other commands need no models
    from himaya_widgets.player import page_code  # noqa: PLC0415 - as above

    loaded = load_course(course)
    problems = [problem for name in loaded.modules for problem in check_module(modules / name)]
    if problems:
        raise ContentError(problems)
    target = out or Path("_build/pages") / f"{loaded.id}{'-practice' if practice else ''}"
    languages = tuple(dict.fromkeys(language)) or tuple(loaded.languages)
    today = datetime.now(UTC).date()
    for written in write_pages(
        loaded, course, modules, target, page_code(), languages=languages, practice=practice, on=today
    ):
        click.echo(f"{written.path}: {written.raw / 1000:.0f} kB, {written.gzipped / 1000:.1f} kB compressed")
    click.echo(f"Open {target / languages[0] / 'index.html'}, or give away the folder {target}.")


@click.command("import")
@click.argument("course", type=_FOLDER)
@click.argument("module")
@click.argument("files", nargs=-1, required=True, type=_SAVED)
@click.option("--roster", required=True, type=_FILE, help="CSV with the columns file and trainee, or trainee alone.")
@click.option(
    "--time",
    type=click.Choice(["now", "file"]),
    default="now",
    show_default=True,
    help="When it counts as handed in: now, or when the file was last changed.",
)
def take_in(course: Path, module: str, files: tuple[Path, ...], roster: Path, time: str) -> None:
    """Turn answers that trainees saved from pages into submissions, to be graded like all others.

    Whose a file is, the roster says: a line for each file, or files named after the trainee, such as noor.jsonl or
    noor/responses.jsonl. Answers that are there already stay; older files, other modules and damaged lines are named.

    Example: himaya import courses/core-protection case-management --roster roster.csv saved/*.jsonl
    """
    from himaya.course.roster import read_roster  # noqa: PLC0415 - as above
    from himaya.errors import CourseError  # noqa: PLC0415 - only this needs nbgrader
    from himaya_autograde.import_answers import place_of, take_in  # noqa: PLC0415 - as above

    try:
        place, known = place_of(course.resolve(), module), read_roster(roster)
    except CourseError as error:
        raise click.ClickException(str(error)) from error
    refused, seen = [], set()
    for taken in take_in(place, known, files, "file" if time == "file" else "now"):
        seen.add(taken.trainee)
        if taken.good:
            tell(f"{taken.file}: {taken.text}")
        else:
            refused.append(taken)
    for taken in refused:  # together, so that none is overlooked among hundreds
        tell(f"not taken in: {taken.file}: {taken.text}", err=True)
    missing = sorted(known.trainees - seen)
    if missing:
        tell(f"in the roster, without a file here: {', '.join(missing)}")
    click.echo(f"taken in: {len(files) - len(refused)}; not taken in: {len(refused)}")
    if refused:
        sys.exit(1)
