"""`himaya import`: answers saved from pages on their way into the gradebook."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from himaya.commands.arguments import COURSES, FILE, Folder, module_id
from himaya.commands.opened import opened
from himaya.commands.report import tell
from himaya.content.assignments import module_of

_SAVED = click.Path(path_type=Path, readable=False)  # what is no regular file is named, and stops no other


@click.command("import")
@click.argument("course", type=Folder(course=COURSES))
@click.argument("module", callback=module_id)
@click.argument("files", nargs=-1, required=True, type=_SAVED)
@click.option("--roster", required=True, type=FILE, help="CSV with the columns file and trainee, or trainee alone.")
@click.option(
    "--time",
    type=click.Choice(["now", "file"]),
    default="now",
    show_default=True,
    help="When it counts as handed in: now, or when the file was last changed.",
)
def import_answers(course: Path, module: str, files: tuple[Path, ...], roster: Path, time: str) -> None:
    """Turn answers that trainees saved from pages into submissions, to be graded like all others.

    Whose a file is, the roster says: a line for each file, or files named after the trainee, such as noor.jsonl or
    noor/responses.jsonl. Its column path, if it has one, says on which path of the module somebody is. Answers that are
    there already stay; older files, other modules and damaged lines are named.

    Example: himaya import core-protection case-management --roster roster.csv saved/*.jsonl
    """
    from himaya.course.roster import is_forgotten, read_roster  # only this command needs these
    from himaya_autograde.import_answers import place_of, take_in
    from himaya_autograde.markbook import Markbook
    from himaya_autograde.paths import choose

    place, known = place_of(course.resolve(), module), read_roster(roster)
    before, moved = Markbook(place.course).paths(), []
    for trainee, path in sorted(known.paths.items()):
        was = before.get((trainee, module_of(module)))
        if not is_forgotten(place.course, trainee) and choose(place.course, trainee, module_of(module), path, "roster"):
            moved.append(trainee)
            tell(f"{trainee}: path {f'{was} -> ' if was else ''}{path}")
    if moved:  # what they were sent may name a number that counts no more
        directory = opened(place.course)
        done = [directory.feedback_of(trainee, module_of(module)) for trainee in moved]
        for name, why in (problem for each in done for problem in each.problems.items()):
            tell(f"feedback was not sent again: {name}: {why}", err=True)
    refused, seen = [], set()
    for taken in take_in(place, known, files, "file" if time == "file" else "now", own_path=True):
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
