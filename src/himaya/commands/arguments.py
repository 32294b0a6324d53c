"""What commands have in common: a course or module by its id or its folder, and the same names for the same options."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from himaya.languages.facts import LANGUAGES

COURSES = Path("courses")
MODULES = Path("modules")
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


class Folder(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions of click
    """A folder that holds one of the given files, by its path, or by its name in the place where such folders lie."""

    def __init__(self, **places: Path) -> None:
        """Take for each kind, such as `course`, where its folders lie; one holds `course.yaml`."""
        self.name = " or ".join(places)
        self.places = places

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the folder; anything else is a usage error that names what there is."""
        given = Path(value)
        for kind in self.places:
            if (given / f"{kind}.yaml").exists():
                return given
        by_name = len(given.parts) == 1 and not given.exists()
        for kind, place in self.places.items():
            if by_name and (place / given / f"{kind}.yaml").exists():
                return place / given
        raise click.BadParameter(self._unknown(str(value), known=by_name), ctx, param)

    def _unknown(self, value: str, *, known: bool) -> str:
        files = " or ".join(f"{kind}.yaml" for kind in self.places)
        if not known:
            return f"{value} holds no {files}. Give the id or the folder of a {self.name}."
        ids = sorted(found.parent.name for kind, place in self.places.items() for found in place.glob(f"*/{kind}.yaml"))
        near = difflib.get_close_matches(value, ids, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        return f"there is no {self.name} '{value}' here.{hint} There are: {', '.join(ids) or 'none'}."


def module_id(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Return the id of a module that was given as an id or as a folder."""
    return None if value is None else Path(value).name


course_argument = click.argument("course", type=Folder(course=COURSES), default="core-protection")
module_argument = click.argument("module", required=False, callback=module_id)
modules_option = click.option(
    "--modules", type=FOLDER, default=MODULES, show_default=True, help="Folder of the modules."
)
exchange_option = click.option("--exchange", type=FOLDER, help="Where work is handed out and in.")
language_option = click.option(
    "--language", multiple=True, type=click.Choice(LANGUAGES), help="One language instead of the course's."
)
graded_option = click.option(
    "--with-graded", is_flag=True, help="Keep what is graded, too: whoever has the files can find the right answers."
)
