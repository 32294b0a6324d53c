"""Patterns of translations that were found wrong once: word for word, ambiguous, or another meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from himaya.languages.glossary import plain_letters

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD_START = "(?<![\\w\u064b-\u0652\u0670])"  # a vowel mark is inside a word
_JOINED = {"ar": "[وف]?", "ckb": ""}  # Arabic writes "and" and "then" onto the word


@dataclass(frozen=True)
class Pattern:
    """One entry.

    Attributes:
        id: Its name in sentences of the check.
        find: What stands in the translation, from the start of a word on.
        english: What the English has to say for it to be wrong; anything where it is None.
        unless: What the English must not say.
        write: What to write instead, or how.
        breaks: Whether the meaning breaks, so that the translation may not be shown; otherwise it is a hint.
        hit: English and a translation that has it.
        miss: English and a translation that has not.
    """

    id: str
    find: re.Pattern[str]
    english: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    write: str
    breaks: bool
    hit: tuple[str, str]
    miss: tuple[str, str]

    def stands_in(self, english: str, translation: str) -> str:
        """Return the words of the translation that have the pattern; empty if none has."""
        if (self.english and not self.english.search(english)) or (self.unless and self.unless.search(english)):
            return ""
        found = self.find.search(translation) or self.find.search(plain_letters(translation))
        return found[0] if found else ""


@cache
def patterns(language: str) -> tuple[Pattern, ...]:
    """Return the patterns of one language, as `patterns.<language>.yaml` gives them; empty where there is none."""
    file = files("himaya.languages").joinpath(f"patterns.{language}.yaml")
    if not file.is_file():
        return ()
    data: dict[str, Any] = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    names = f"(?:{'|'.join(data.get('names', []))})"
    return tuple(_pattern(entry, language, names) for entry in data["patterns"])


def pattern_sentences(english: str, translation: str, language: str, *, breaks: bool) -> Iterable[str]:
    """Return a sentence for each pattern in the translation: those that break the meaning, or the others."""
    anything = _any_of(language)  # most translations have none, and to look once takes a tenth
    if not anything.search(translation) and not anything.search(plain_letters(translation)):
        return
    for pattern in patterns(language):
        if pattern.breaks == breaks and (words := pattern.stands_in(english, translation)):
            yield f"'{words.strip()}' is a known fault ({pattern.id}): {pattern.write}"


@cache
def _any_of(language: str) -> re.Pattern[str]:
    """Return what finds something wherever one of the patterns does."""
    start = _start_of_word(language)
    finds = [pattern.find.pattern.removeprefix(start) for pattern in patterns(language)]
    return re.compile(f"{start}(?:{'|'.join(finds) or '(?!)'})")


def _start_of_word(language: str) -> str:
    return f"{_WORD_START}{_JOINED.get(language, '')}"


def _pattern(entry: dict[str, Any], language: str, names: str) -> Pattern:
    find = entry["find"].replace("{name}", names)
    return Pattern(
        entry["id"],
        re.compile(f"{_start_of_word(language)}(?:{find})"),
        _english(entry.get("english")),
        _english(entry.get("unless")),
        entry["write"],
        bool(entry.get("breaks", False)),
        tuple(entry["hit"]),
        tuple(entry["miss"]),
    )


def _english(words: str | None) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None
