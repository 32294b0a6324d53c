"""`himaya check`: everything wrong with what lies here, and the page of figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from himaya.commands.translate import languages_option, translation_faults

if TYPE_CHECKING:
    from himaya.content.load import Problem

_MODULES = Path("modules")
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("paths", nargs=-1, type=_FOLDER)
@click.option("--table", type=click.Path(path_type=Path, dir_okay=False), help="Write there what the modules hold.")
@languages_option
def check(paths: tuple[Path, ...], table: Path | None) -> None:
    """Check modules and courses: structure, sources, fairness of items, words, safety of people.

    Example: himaya check modules/case-management
    """
    checked = _checked(paths)
    for name, problems in checked.items():
        for problem in problems:
            click.echo(str(problem))
        if not problems:
            click.echo(f"{name}: in order")
    found = sum(map(len, checked.values()))
    if found:
        msg = f"{found} problem{'s' if found > 1 else ''}."
        raise click.ClickException(msg)
    if table is not None:
        from himaya.content.figures import tables  # noqa: PLC0415 - as above
        from himaya.content.load import load_module  # noqa: PLC0415 - as above

        modules = [load_module(file.parent) for file in sorted(_MODULES.glob("*/module.yaml"))]
        table.write_text(tables(modules), encoding="utf-8")
        click.echo(f"{table}: written")


def _checked(paths: tuple[Path, ...]) -> dict[str, list[Problem]]:
    """Return what is wrong with each of `paths`, or with all that is here, by name."""
    from himaya.content.check import check_course, check_module  # noqa: PLC0415 - start and show need no rules
    from himaya.content.country import FILE, check_country  # noqa: PLC0415 - as above

    if not paths and not _MODULES.is_dir():
        msg = f"there is no folder {_MODULES}/ here. Go to the folder of Himaya first, or name a module's folder."
        raise click.UsageError(msg)
    checked: dict[str, list[Problem]] = {} if paths else {FILE: check_country(Path())}
    for path in paths or (*sorted(_MODULES.glob("*/")), *sorted(Path("courses").glob("*/"))):
        if (path / "course.yaml").exists():
            checked[str(path)] = check_course(path, _MODULES)
        elif (path / "module.yaml").exists():
            checked[str(path)] = check_module(path) or _run_code(path)
        else:
            msg = f"{path} holds neither module.yaml nor course.yaml."
            raise click.UsageError(msg)
    if not paths and not any(checked.values()):
        checked["translations"] = translation_faults()
    return checked


def _run_code(module: Path) -> list[Problem]:
    """Return what running the code items of a sound module shows to be wrong; few modules have any."""
    if not (module / "code.yaml").exists():
        return []
    from himaya.content.load import load_module  # noqa: PLC0415 - as above
    from himaya_autograde.codeproof import proof_problems  # noqa: PLC0415 - as above

    return proof_problems(load_module(module))
