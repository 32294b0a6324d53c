"""The glossary: words that carry a position, with the one translation that is used for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from pydantic import Field, RootModel

from himaya.activities.format import Text
from himaya.content.load import shown_from, validate, yaml_document
from himaya.content.record import Record
from himaya.content.source import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_MARKS = re.compile("[\u064b-\u0652\u0670]")  # vowel marks change no word
_ENDINGS = ("s", "es", "'s")
GLOSSARY = "glossary.yaml"


@dataclass(frozen=True)
class Term:
    """One entry.

    Attributes:
        english: How the term begins in English, lower case; other forms of it may follow.
        use: What to write.
        accept: Stems of which one must stand in a translation; more forms than `use` where grammar asks for them. One
            that ends in $ is a whole word.
        avoid: Words that must not stand for this term.
        asked_by: English that asks for a word to avoid, so that it may stand.
        note: Why, in a few words.
        unless: Longer English in which the word is another one, or none: a statistical sense, a code in a mark.
    """

    english: tuple[str, ...]
    use: str
    accept: tuple[str, ...]
    avoid: tuple[str, ...] = ()
    asked_by: tuple[str, ...] = ()
    note: str = ""
    uncertain: bool = False
    unless: tuple[str, ...] = ()

    def stands_in(self, text: str) -> bool:
        """Return whether the English text speaks of this term."""
        for form in self.unless:
            text = _pattern(form).sub(" ", text)
        return any(_pattern(form).search(text) for form in self.english)

    def is_used_in(self, translation: str) -> bool:
        """Return whether the translation uses the term: a stem at the start of a word, after a joined one such as و."""
        plain = plain_letters(translation)
        return any(_starts_word(stem, _JOINED).search(plain) for stem in self.accept)


class _Entry(Record):
    """One entry as an author writes it; `Term` says what each field means."""

    en: Text | list[Text]
    use: Text
    accept: list[Text] = Field(default_factory=list)
    avoid: list[Text] = Field(default_factory=list)
    asked_by: list[Text] = Field(default_factory=list)
    note: str = ""
    uncertain: bool = False
    unless: list[Text] = Field(default_factory=list)


class _Entries(RootModel[list[_Entry]]):
    """glossary.yaml."""


def read_words(words: Path, language: str, name: str) -> tuple[str, str] | None:
    """Return the text of a file of words, and how problems name it; None where there is no such file.

    Args:
        words: The folder `languages` beside the modules.
        language: Whose file.
        name: Of the file, such as `glossary.yaml`.

    Raises:
        ContentError: If it cannot be read.
    """
    path = words / language / name
    if not path.exists():
        return None
    shown = shown_from(words.parent.parent)(path)
    return read_text(path, shown), shown


def read_glossary(words: Path, language: str) -> tuple[Term, ...]:
    """Return the glossary of one language; empty where there is none.

    Args:
        words: The folder `languages` beside the modules.
        language: Whose glossary.

    Raises:
        ContentError: If the file does not fit its format.
    """
    found = read_words(words, language, GLOSSARY)
    return () if found is None else _read(*found)


@lru_cache(maxsize=8)  # every module is checked with the same few files
def _read(text: str, shown: str) -> tuple[Term, ...]:
    return tuple(map(_term, validate(yaml_document(text, shown), _Entries).root))


def terms_in(text: str, glossary: Sequence[Term]) -> list[Term]:
    """Return the terms that an English text speaks of; a longer name covers the shorter ones inside it."""
    plain = text.lower()  # to look for a form's first word takes a fraction of what its pattern takes
    near = [term for term in glossary if any(form.split()[0] in plain for form in term.english)]
    found = [term for term in near if term.stands_in(text)]
    return [term for term in found if not _covered(term, found, text)]


def deviations(english: str, translation: str, glossary: Sequence[Term]) -> Iterable[str]:
    """Return a sentence for each term that the translation gives otherwise than the glossary."""
    plain = plain_letters(translation)
    for term in terms_in(english, glossary):
        if not term.is_used_in(translation):
            yield f"'{term.english[0]}' is '{term.use}' in the glossary; this translation has another word."
        if any(_pattern(form).search(english) for form in term.asked_by):
            continue
        for word in term.avoid:
            if _starts_word(word, _ARTICLE).search(plain):
                yield f"'{word}' must not stand for '{term.english[0]}'; write '{term.use}'. {term.note}".rstrip()


_ARTICLE = "(?:[وفبلك]?(?:ال)?|[وف]?لل)"
_JOINED = "(?:[وف]?[بلكسأ]?(?:ال)?[يتن]?|[وف]?لل|دە|بێ|ب|نە|نا|هەڵ)"


@cache
def _starts_word(stem: str, joined: str) -> re.Pattern[str]:
    whole = r"(?!\w)" if stem.endswith("$") else ""
    return re.compile(rf"(?<!\w){joined}{re.escape(stem.removesuffix('$'))}{whole}")


def plain_letters(text: str) -> str:
    """Return text without vowel marks."""
    return _MARKS.sub("", text)


def _term(entry: _Entry) -> Term:
    return Term(
        english=tuple(entry.en) if isinstance(entry.en, list) else (entry.en,),
        use=entry.use,
        accept=tuple(map(plain_letters, entry.accept or [entry.use])),
        avoid=tuple(map(plain_letters, entry.avoid)),
        asked_by=tuple(entry.asked_by),
        note=entry.note,
        uncertain=entry.uncertain,
        unless=tuple(entry.unless),
    )


@cache
def _pattern(form: str) -> re.Pattern[str]:
    words = re.escape(form).replace(r"\ ", r"[\s-]+")
    return re.compile(rf"(?<!\w){words}(?:{'|'.join(_ENDINGS)})?(?!\w)", re.IGNORECASE)


def _covered(term: Term, found: list[Term], text: str) -> bool:
    """Return whether every place of `term` in `text` lies inside a longer term."""
    longer = [
        form
        for other in found
        if other is not term
        for form in other.english
        if any(_pattern(short).search(form) and len(form) > len(short) for short in term.english)
    ]
    without = text
    for form in sorted(longer, key=len, reverse=True):
        without = _pattern(form).sub(" ", without)
    return bool(longer) and not term.stands_in(without)
