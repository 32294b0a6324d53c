"""`himaya rehearsal`: a course's scenes to play, on paper."""

from __future__ import annotations

from pathlib import Path

import click

from himaya.commands.arguments import FOLDER, course_argument, language_option, modules_option


@click.command()
@course_argument
@language_option
@click.option("--out", type=FOLDER, help="Where to write; _build/rehearsal/<course> if not given.")
@modules_option
def rehearsal(course: Path, language: tuple[str, ...], out: Path | None, modules: Path) -> None:
    """Write a practice sheet for each module: cards for three people, and a page for whoever leads. Print them.

    Example: himaya rehearsal core-protection --language ar
    """
    from himaya.course.course import load_course  # only this command needs these
    from himaya.publish.rehearsal import practice_sheet
    from himaya.translation.translated import load_in

    loaded = load_course(course)
    target = out or Path("_build/rehearsal") / loaded.id
    for each in dict.fromkeys(language) or loaded.languages:
        (target / each).mkdir(parents=True, exist_ok=True)
        for name in loaded.modules:
            sheet = practice_sheet(loaded.taught(load_in(modules / name, each, loaded.digits)))
            if sheet is not None:
                (target / each / f"{name}.html").write_text(sheet, encoding="utf-8")
                click.echo(f"{target / each / name}.html: written")
