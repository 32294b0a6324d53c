"""The interface catalogue: every sentence a person meets that is not course content."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from babel.messages.pofile import read_po

from himaya.languages.digits import in_digits
from himaya.languages.facts import SOURCE, digits_of, plural_form
from himaya.languages.isolates import as_english, isolated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.languages.facts import Digits

__all__ = ["SENTENCES", "Sentence", "duration", "for_page", "interface", "sentence"]
SENTENCES = ("interface.en.json", "trainer.en.json")
"""The English: what trainees see, and what only trainers and mentors see."""
LOCALE = "HIMAYA_LOCALE"
"""Names a folder with PO files that are tried in the place of those that ship."""
Forms: TypeAlias = tuple[tuple[str, ...], str | None]
"""A sentence for each plural form, and the placeholder whose number decides between them, if any."""
_NUMBER = re.compile(r"^\d+(?:\.\d+)?$")


class Sentence(str):  # a str with more to it; there are some 200
    """One sentence; `format` chooses its plural form and writes numbers in the right digits.

    Attributes:
        forms: The sentence for each plural form of its language; one where no number decides.
        by: The placeholder whose number decides, if any.
    """

    forms: tuple[str, ...]
    by: str | None
    _language: str
    _digits: Digits

    def __new__(cls, forms: tuple[str, ...], by: str | None, language: str, digits: Digits) -> Self:
        """Make a sentence; as plain text it is its last form."""
        made = super().__new__(cls, forms[-1])
        made.forms, made.by, made._language, made._digits = forms, by, language, digits
        return made

    def format(self, *args: object, **values: object) -> str:
        """Return the sentence with `{name}` placeholders filled in."""
        form = str(self)
        if self.by is not None:
            form = self.forms[plural_form(self._language, _as_number(values[self.by]))]
        return form.format(*args, **{name: self._shown(value) for name, value in values.items()})

    def for_scripts(self) -> str | dict[str, object]:
        """Return the sentence as a page's scripts read it."""
        if self.by is None:
            return str(self)
        return {"by": self.by, "forms": list(self.forms), "language": self._language}

    def _shown(self, value: object) -> object:
        text = str(value)
        return in_digits(text, self._digits) if _NUMBER.match(text) else value


def _as_number(value: object) -> float:
    return float(str(value)) if _NUMBER.match(str(value)) else 0.5  # no number: the form for everything else


@cache
def interface(language: str = SOURCE, digits: Digits | None = None) -> Mapping[str, Sentence]:
    """Return the interface sentences of one language, by key; marked English where one is missing.

    Args:
        language: A key of languages.toml.
        digits: How numbers are written; the language's own way if not given.
    """
    english = _english()
    if language == SOURCE:
        return MappingProxyType({key: Sentence(*forms, SOURCE, "western") for key, forms in english.items()})
    style = digits_of(language, digits)
    known = _translated(language)
    sentences = {}
    for key, (forms, by) in english.items():
        translated = known.get((key, forms[0]))
        if translated is None:
            sentences[key] = Sentence(tuple(map(as_english, forms)), by, SOURCE, "western")
        else:
            shown = tuple(isolated(in_digits(form, style)) for form in translated)
            sentences[key] = Sentence(shown, by, language, style)
    return MappingProxyType(sentences)


def sentence(key: str, language: str = SOURCE, **values: object) -> str:
    """Return one interface sentence with `{name}` placeholders filled in."""
    return interface(language)[key].format(**values)


def duration(minutes: int, say: Mapping[str, Sentence]) -> str:
    """Return a time in words of an interface; whole hours without minutes. `duration` in elements.js says the same."""
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return say["minutes"].format(n=minutes)
    return say["hours-minutes"].format(h=hours, m=rest) if rest else say["hours"].format(n=hours)


def for_page(language: str, digits: Digits | None = None) -> dict[str, Any]:
    """Return what trainees see as a page's scripts read it.

    Text; where a number decides, `by` (its placeholder), `forms` and the `language` whose plural rule they follow.
    """
    said = interface(language, digits)
    return {key: said[key].for_scripts() for key in _english_of(SENTENCES[0])}


@cache
def _english() -> dict[str, Forms]:
    return {key: forms for name in SENTENCES for key, forms in _english_of(name).items()}


@cache
def _english_of(name: str) -> dict[str, Forms]:
    sentences = json.loads(files("himaya.languages").joinpath(name).read_text(encoding="utf-8"))
    return {
        key: ((text,), None) if isinstance(text, str) else ((text["one"], text["other"]), text["by"])
        for key, text in sentences.items()
    }


@cache
def _translated(language: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the finished translations of the interface, by key and English."""
    folder = os.environ.get(LOCALE)
    file = (Path(folder) if folder else files("himaya.languages").joinpath("locale")) / f"{language}.po"
    if not file.is_file():
        return {}
    with file.open("rb") as stream:
        catalog = read_po(stream, locale=language)
    found = {}
    for message in catalog:
        string = message.string or ""
        forms = (string,) if isinstance(string, str) else tuple(string)
        if message.id and all(forms) and not message.fuzzy:
            english = message.id if isinstance(message.id, str) else message.id[0]
            found[message.context or "", str(english)] = forms
    return found
