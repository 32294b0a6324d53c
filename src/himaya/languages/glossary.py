"""The glossary: words that carry a position, with the one translation that is used for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Iterable

_MARKS = re.compile("[\u064b-\u0652\u0670]")  # vowel marks change no word
_ENDINGS = ("s", "es", "'s")


@dataclass(frozen=True)
class Term:
    """One entry.

    Attributes:
        english: How the term begins in English, lower case; other forms of it may follow.
        use: What to write.
        accept: Stems of which one must stand in a translation; more forms than `use` where grammar asks for them.
        avoid: Words that must not stand for this term, each with nothing else in the English that would ask for it.
        note: Why, in a few words.
        unless: Longer English in which the word is another one, or none: a statistical sense, a code in a mark.
    """

    english: tuple[str, ...]
    use: str
    accept: tuple[str, ...]
    avoid: tuple[str, ...] = ()
    note: str = ""
    uncertain: bool = False
    unless: tuple[str, ...] = ()

    def stands_in(self, text: str) -> bool:
        """Return whether the English text speaks of this term."""
        for form in self.unless:
            text = _pattern(form).sub(" ", text)
        return any(_pattern(form).search(text) for form in self.english)

    def is_used_in(self, translation: str) -> bool:
        """Return whether the translation uses the term."""
        return any(stem in plain_letters(translation) for stem in self.accept)


@cache
def glossary(language: str) -> tuple[Term, ...]:
    """Return the glossary of one language, as `glossary.<language>.yaml` gives it; empty where there is none."""
    file = files("himaya.languages").joinpath(f"glossary.{language}.yaml")
    if not file.is_file():
        return ()
    entries: list[dict[str, Any]] = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return tuple(_term(entry) for entry in entries)


def terms_in(text: str, language: str) -> list[Term]:
    """Return the terms that an English text speaks of; a longer name covers the shorter ones inside it."""
    plain = text.lower()  # to look for a form's first word takes a fraction of what its pattern takes
    near = [term for term in glossary(language) if any(form.split()[0] in plain for form in term.english)]
    found = [term for term in near if term.stands_in(text)]
    return [term for term in found if not _covered(term, found, text)]


def deviations(english: str, translation: str, language: str) -> Iterable[str]:
    """Return a sentence for each term that the translation gives otherwise than the glossary."""
    plain = plain_letters(translation)
    for term in terms_in(english, language):
        if not term.is_used_in(translation):
            yield f"'{term.english[0]}' is '{term.use}' in the glossary; this translation has another word."
        for word in term.avoid:
            if re.search(rf"(?<!\w){_ARTICLE}{re.escape(word)}", plain):
                yield f"'{word}' must not stand for '{term.english[0]}'; write '{term.use}'. {term.note}".rstrip()


_ARTICLE = "(?:[وفبلك]?(?:ال)?|[وف]?لل)"


def plain_letters(text: str) -> str:
    """Return text without vowel marks."""
    return _MARKS.sub("", text)


def _term(entry: dict[str, Any]) -> Term:
    english = entry["en"] if isinstance(entry["en"], list) else [entry["en"]]
    return Term(
        tuple(english),
        entry["use"],
        tuple(map(plain_letters, entry.get("accept", [entry["use"]]))),
        tuple(map(plain_letters, entry.get("avoid", []))),
        entry.get("note", ""),
        bool(entry.get("uncertain", False)),
        tuple(entry.get("unless", [])),
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
