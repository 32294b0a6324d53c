"""Country settings: which local facts are known, which may be shown, and how sure they are; `put` writes one anew.

A fact is in one of three states. Signed: a named lawyer or specialist signed it, see `himaya.signoff.standing`. Read:
one of us read it; it is shown with source and day, and with the words that no lawyer has checked it. Not shown: the
rest. What somebody in the country checked is shown as a draft until it is signed.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date  # pydantic reads it when it runs
from io import StringIO
from typing import TYPE_CHECKING, Literal

from pydantic import Field
from ruamel.yaml import YAML

from himaya.activities.findings import unknown
from himaya.activities.format import Id, Model, Text
from himaya.activities.limits import FACT_DAYS
from himaya.answers.private import write_whole
from himaya.content.checks.words import personal, texts
from himaya.content.load import Document, prose_file, read_yaml, validate
from himaya.content.prose import COUNTRY
from himaya.content.source import read_text
from himaya.content.yaml import YamlError, parsed
from himaya.errors import ContentError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta
    from pathlib import Path

    from himaya.content.load import LoadedModule

FILE = "courses/country.yaml"
_WIDTH = 118


class Setting(Model):
    """One local fact, such as an age or an office: never written into a module, because it differs and grows old."""

    about: Text = Field(description="What the value says, for whoever fills it in.")
    value: Text | None = None
    source: Text | None = None
    last_read: date | None = Field(
        default=None, description="When one of us read the source; shown with the words that no lawyer has checked it."
    )
    last_checked: date | None = None
    checked_by: Text | None = Field(default=None, description="A role, such as 'course administrator'; no name.")
    status: Literal["empty", "verify", "checked"]

    @property
    def day(self) -> date | None:
        """On which day it was checked or read; None where it is not shown."""
        match self.status:
            case "checked":
                return self.last_checked
            case "verify":
                return self.last_read
            case "empty":
                return None


class Country(Model):
    """country.yaml: what `[country: an-id]` in the prose stands for."""

    settings: dict[Id, Setting]


_SHORT_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{3,}")  # a hotline has three digits; a year is none
_MARKUP = re.compile(r"[<>\[\]`*_|\\\n]")  # what is shown is words, whoever wrote it
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
    """A local fact as trainees read it.

    Attributes:
        day: When somebody in the country checked it, or else when one of us read it.
        source: Where it was read.
        read_only: Whether one of us read it and nobody in the country has checked it.
        signed: Whether a named lawyer or specialist signed it as it stands.
    """

    value: str
    day: date
    source: str = ""
    read_only: bool = False
    signed: bool = False


def shown_facts(base: Path, on: date | None) -> dict[str, Fact]:
    """Return what may be shown on the day `on`, by id: values that somebody has checked, or one of us read, by then.

    Args:
        base: The repository.
        on: The day of the build; without one nothing is shown.

    Raises:
        ContentError: If the file does not fit its format.
    """
    if on is None:
        return {}
    shown = {}
    for name, setting in read_country(base).settings.items():
        day = setting.day
        if setting.value and day is not None and day <= on:
            read_only = setting.status == "verify"
            shown[name] = Fact(setting.value, day, (setting.source or "").rstrip("."), read_only=read_only)
    return shown


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
        Problem(document.file, document.line("settings", name, field), _old(verb, on - day))
        for name, setting in validate(document, Country).settings.items()
        for verb, field, day in (
            ("checked", "last_checked", setting.last_checked),
            ("read", "last_read", setting.last_read),
        )
        if day and setting.day == day and (on - day).days > FACT_DAYS
    ]


def _old(verb: str, age: timedelta) -> str:
    return f"this was {verb} {age.days} days ago, and trainees read that date; is it still so?"


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
    for field in ("value", "source", "checked_by"):
        if found := _MARKUP.search(getattr(setting, field) or ""):
            sign = "a line break" if found[0] == "\n" else f"'{found[0]}'"
            yield (field,), f"{sign} stands here; what is shown of a local fact is plain words."
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


def put(base: Path, name: str, changed: Mapping[str, str | date | None], seen: str) -> None:
    """Write some fields of a setting anew: the whole file or nothing, with its comments and in its order.

    Args:
        base: The repository.
        name: The setting's id.
        changed: By field; None removes it.
        seen: `version_of` the setting that these fields were written over.

    Raises:
        ContentError: If there is no such setting, it has changed meanwhile, or the file would not be in order.
    """
    document = _document(base)
    settings = validate(document, Country).settings
    if name not in settings:
        raise ContentError([Problem(document.file, 1, unknown("this is the country setting", name, list(settings)))])
    line = document.line("settings", name)
    if version_of(settings[name]) != seen:
        text = "somebody changed this meanwhile. Look at it again, then write."
        raise ContentError([Problem(document.file, line, text)])
    yaml = YAML(typ="rt")
    yaml.width, yaml.preserve_quotes = _WIDTH, True
    data = yaml.load(read_text(base / FILE, FILE))
    for field, value in changed.items():
        if value is None:
            data["settings"][name].pop(field, None)
        else:
            data["settings"][name][field] = value
    written = StringIO()
    yaml.dump(data, written)
    try:
        after = Document(FILE, parsed(written.getvalue()))
        faults = list(_faults(validate(after, Country).settings[name]))
    except YamlError as error:
        raise ContentError([Problem(FILE, line, str(error))]) from None
    if faults:
        raise ContentError([Problem(FILE, line, text) for _, text in faults])
    write_whole(base / FILE, written.getvalue().encode(), 0o666)


def version_of(setting: Setting) -> str:
    """Return a name for a setting exactly as it stands."""
    return hashlib.sha256(setting.model_dump_json().encode()).hexdigest()[:16]
