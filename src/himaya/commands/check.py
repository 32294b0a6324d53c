"""`himaya check`: everything wrong with what lies here, and the page of figures."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from himaya.commands.arguments import COURSES, FILE, MODULES, Folder
from himaya.commands.translate import languages_option, translation_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.errors import Problem


@click.command()
@click.argument("paths", nargs=-1, type=Folder(module=MODULES, course=COURSES))
@click.option("--table", type=FILE, help="Write there what the modules hold.")
@click.option("--hints", "with_hints", is_flag=True, help="Show what you may want to look at; nothing has to change.")
@languages_option
def check(paths: tuple[Path, ...], table: Path | None, *, with_hints: bool) -> None:
    """Check modules and courses: structure, sources, keys that give themselves away, safety of people.

    Example: himaya check case-management --hints
    """
    found, hinted = 0, []
    for name, problems, hints in _checked(paths):
        for problem in problems:
            click.echo(str(problem))
        if not problems:
            click.echo(f"{name}: in order{_count(len(hints))}")
        found += len(problems)
        hinted += hints
    for hint in hinted if with_hints else ():
        click.echo(f"hint: {hint}")
    if found:
        msg = f"{found} problem{'s' if found > 1 else ''}."
        raise click.ClickException(msg)
    if table is not None:
        from himaya.content.figures import tables
        from himaya.content.load import load_module

        modules = [load_module(file.parent) for file in sorted(MODULES.glob("*/module.yaml"))]
        table.write_text(tables(modules), encoding="utf-8")
        click.echo(f"{table}: written")


def _count(hints: int) -> str:
    return f" ({hints} hint{'s' if hints > 1 else ''}, see --hints)" if hints else ""


def _checked(paths: tuple[Path, ...]) -> Iterator[tuple[str, list[Problem], list[Problem]]]:
    """Yield each of `paths`, or all that is here: its name, what is wrong with it, and hints."""
    from himaya.content.check import check_module, module_hints  # start and show need no rules
    from himaya.content.country import FILE, check_country, country_hints
    from himaya.content.load import LANGUAGES_FOLDER, load_module
    from himaya.course.check import check_course, course_hints
    from himaya.signoff.people import people_problems
    from himaya.signoff.standing import unsigned_graded
    from himaya.signoff.terms import TERMS, read_terms
    from himaya.translation.check import check_words

    if not paths and not MODULES.is_dir():
        msg = f"there is no folder {MODULES}/ here. Go to the folder of Himaya first, or name a module's folder."
        raise click.UsageError(msg)
    sound = True
    if not paths:
        problems = check_country(Path())
        sound = not problems
        yield FILE, problems, [] if problems else country_hints(Path(), datetime.now(UTC).date())
        words = MODULES / LANGUAGES_FOLDER
        problems = check_words(words, {TERMS: read_terms})
        sound = sound and not problems
        if words.is_dir():
            yield str(words), problems, []
    # courses/locale holds the translations of courses/country.yaml.
    courses = sorted(path for path in COURSES.glob("*/") if path.name != "locale")
    modules = sorted(path for path in MODULES.glob("*/") if path.name != LANGUAGES_FOLDER)
    for path in paths or (*modules, *courses):
        if (path / "course.yaml").exists():
            problems = check_course(path, MODULES)
            yield str(path), problems, [] if problems else course_hints(path, MODULES)
        else:
            problems = check_module(path)
            if not problems:
                loaded = load_module(path)
                problems = [*_run_code(path), *unsigned_graded(loaded), *people_problems(loaded)]
            yield str(path), problems, module_hints(path)
        sound = sound and not problems
    if not paths and sound:
        yield "translations", translation_faults(), []


def _run_code(module: Path) -> list[Problem]:
    """Return what running the code items of a sound module shows to be wrong; few modules have any."""
    if not (module / "code.yaml").exists():
        return []
    from himaya.content.load import load_module
    from himaya_autograde.codeproof import proof_problems

    return proof_problems(load_module(module))
