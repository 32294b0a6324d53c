"""The sheet for people: what a module asks lawyers, clinicians and others, to print on two pages and write on.

One file without scripts, in English. It holds no answers of the course.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from himaya.publish.document import hash_of
from himaya.publish.templating import rendered
from himaya.signoff.dangers import read_reading
from himaya.signoff.reading import parts_to_read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.content.load import LoadedModule
    from himaya.signoff.dangers import PersonKind

PEOPLE: Mapping[PersonKind, str] = {
    "federal-lawyer": "For a lawyer in federal Iraq",
    "kurdistan-lawyer": "For a lawyer in the Kurdistan Region",
    "gbv-supervisor": "For a supervisor of GBV case management",
    "clinician": "For a clinician",
    "coordinator": "For a coordinator of services",
    "native-reader": "For a native reader of the translation",
}
"""Headings of the sheet, in its order."""


def people_sheet(loaded: LoadedModule) -> str | None:
    """Return the sheet of a module in English as one HTML file, or None where it has no questions for people.

    Raises:
        ContentError: If dossier.yaml does not fit its format.
    """
    questions = read_reading(loaded.path).people
    if not questions:
        return None
    titles = {entry.id: entry.title for part in parts_to_read(loaded) for entry in part.entries}
    styles = _styles()
    sheet = rendered(
        "people-sheet.html",
        title=f"Questions for people: {loaded.module.title}",
        version=loaded.module.version,
        styles=styles,
        styles_hash=hash_of(styles),
        sections=[
            (heading, asked)
            for person, heading in PEOPLE.items()
            if (asked := [one for one in questions if one.person == person])
        ],
        titles=titles,
    )
    return f"{sheet}\n"


@cache
def _styles() -> str:
    return files("himaya.publish").joinpath("templates/people-sheet.css").read_text(encoding="utf-8")
