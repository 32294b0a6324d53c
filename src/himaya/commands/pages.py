"""`himaya pages`: a course without a server."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from himaya.commands.arguments import FOLDER, course_argument, graded_option, language_option, modules_option


@click.command()
@course_argument
@language_option
@click.option("--practice", is_flag=True, help="A mentor's edition: everything is practice, nothing is handed in.")
@graded_option
@click.option("--second-forms", is_flag=True, help="For whoever missed something in the first form of a safety set.")
@click.option("--single", is_flag=True, help="Files to share one by one: none leads to another, and there is no index.")
@click.option("--out", type=FOLDER, help="Where to write; _build/pages/<course> if not given.")
@modules_option
def pages(
    course: Path,
    language: tuple[str, ...],
    out: Path | None,
    modules: Path,
    *,
    practice: bool,
    with_graded: bool,
    second_forms: bool,
    single: bool,
) -> None:
    """Write a course as files that need no server: an index, each module, each scenario.

    Trainees open them on a phone, save their answers as a file and give you that file: see himaya import.
    With --practice what is graded stays out, unless --with-graded is given.

    Example: himaya pages core-protection --language en
    """
    from himaya.content.check import check_module  # only this command needs these
    from himaya.course.course import load_course
    from himaya.errors import ContentError
    from himaya.publish.pages import write_pages  # other commands need no models
    from himaya_widgets.player import page_code

    loaded = load_course(course)
    problems = [problem for name in loaded.modules for problem in check_module(modules / name)]
    if problems:
        raise ContentError(problems)
    editions = "".join(f"-{name}" for name, on in (("practice", practice), ("single", single)) if on)
    target = out or Path("_build/pages") / f"{loaded.id}{editions}"
    languages = tuple(dict.fromkeys(language)) or tuple(loaded.languages)
    today = datetime.now(UTC).date()
    asked = {
        "practice": practice,
        "graded": with_graded or not practice,
        "second_forms": second_forms,
        "single": single,
    }
    for written in write_pages(loaded, course, modules, target, page_code(), languages=languages, on=today, **asked):
        click.echo(f"{written.path}: {written.raw / 1000:.0f} kB, {written.gzipped / 1000:.1f} kB compressed")
    if single:
        click.echo(f"Share any file of {target}: each works by itself.")
    else:
        click.echo(f"Open {target / languages[0] / 'index.html'}, or give away the folder {target}.")
