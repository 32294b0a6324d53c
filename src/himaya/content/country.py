"""Country settings: which local facts are known, and which of them somebody has checked and may be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date  # pydantic reads it when it runs
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from himaya.activities.findings import unknown
from himaya.activities.format import Id, Model, Text
from himaya.activities.limits import FACT_DAYS
from himaya.content.checks.words import personal, texts
from himaya.content.load import prose_file, read_yaml, validate
from himaya.content.prose import COUNTRY
from himaya.errors import ContentError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta
    from pathlib import Path

    from himaya.content.load import Document, LoadedModule

FILE = "courses/country.yaml"


class Setting(Model):
    """One local fact, such as an age or an office: never written into a module, because it differs and grows old."""

    about: Text = Field(description="What the value says, for whoever fills it in.")
    value: Text | None = None
    source: Text | None = None
    last_checked: date | None = None
    checked_by: Text | None = Field(default=None, description="A role, such as 'course administrator'; no name.")
    status: Literal["empty", "verify", "checked"]


class Country(Model):
    """country.yaml: what `[country: an-id]` in the prose stands for."""

    settings: dict[Id, Setting]


_SHORT_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{3,}")  # a hotline has three digits; a year is none
_NEEDED = {"empty": (), "verify": ("value", "source"), "checked": ("value", "source", "last_checked", "checked_by")}


def read_country(base: Path) -> Country:
    """Return the country settings of the repository in `base`; none if it keeps no such file.

    Raises:
        ContentError: If the file does not fit its format.
    """
    return validate(_document(base), Country) if (base / FILE).exists() else Country(settings={})


def _document(base: Path) -> Document:
    return read_yaml(base / FILE, FILE)


@dataclass(frozen=True)
class Fact:
    """A local fact as trainees read it, with the day on which somebody checked it, and whether a reader signed it."""

    value: str
    checked: date
    signed: bool = False


def shown_facts(base: Path, on: date | None) -> dict[str, Fact]:
    """Return what may be shown on the day `on`, by id: values that somebody has checked by then.

    Args:
        base: The repository.
        on: The day of the build; without one nothing is shown.

    Raises:
        ContentError: If the file does not fit its format.
    """
    if on is None:
        return {}
    return {
        name: Fact(setting.value, setting.last_checked)
        for name, setting in read_country(base).settings.items()
        if setting.value and setting.status == "checked" and setting.last_checked and setting.last_checked <= on
    }


def check_country(base: Path) -> list[Problem]:
    """Return everything wrong with the country settings of the repository in `base`, sorted."""
    try:
        document = _document(base)
        country = validate(document, Country)
    except ContentError as error:
        return error.problems
    return sorted(
        Problem(document.file, document.line("settings", name, *path), text)
        for name, setting in country.settings.items()
        for path, text in _faults(setting)
    )


def country_hints(base: Path, on: date) -> list[Problem]:
    """Return the settings that `check_country` finds in order and that ought to be checked again on the day `on`."""
    if not (base / FILE).exists():
        return []
    document = _document(base)
    return [
        Problem(document.file, document.line("settings", name, "last_checked"), _old(on - setting.last_checked))
        for name, setting in validate(document, Country).settings.items()
        if setting.last_checked and (on - setting.last_checked).days > FACT_DAYS
    ]


def _old(age: timedelta) -> str:
    return f"this was checked {age.days} days ago, and trainees read that date; is it still so?"


def _faults(setting: Setting) -> Iterator[tuple[tuple[str, ...], str]]:
    for needed in _NEEDED[setting.status]:
        if getattr(setting, needed) is None:
            yield ("status",), f"the status is '{setting.status}', so '{needed}' must be filled in; or set 'empty'."
    if setting.status == "empty" and setting.value is not None:
        yield ("status",), "the status is 'empty', but there is a value; set 'verify', or 'checked' with who and when."
    if setting.value is not None and setting.status != "checked":
        for number in _SHORT_NUMBER.findall(setting.value):
            text = f"'{number}' looks like a phone number nobody has tested; only a checked value may hold one."
            yield ("value",), text
    for about in filter(None, (setting.about, setting.source, setting.checked_by)):
        yield from ((("about",), sentence) for _, sentence in personal(about))


def country_problems(loaded: LoadedModule) -> list[Problem]:
    """Return what is wrong with the marks of a module that stand for a country setting."""
    known = list(read_country(loaded.path.parent.parent).settings)
    problems = []
    for cell in loaded.cells:
        for found in COUNTRY.finditer(cell.source):
            if found[1] not in known:
                line = cell.line + cell.source.count("\n", 0, found.start())
                text = unknown("this is the country setting", found[1], known)
                problems.append(Problem(prose_file(loaded), line, text))
    for document in loaded.documents.values():
        for path, text in texts(document.data):
            if COUNTRY.search(text):
                remedy = "a country setting can stand in module.md only, so that an answer means the same everywhere."
                problems.append(Problem(document.file, document.line(*path), remedy))
    return problems
