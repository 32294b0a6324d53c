"""Patterns of translations that were found wrong once: word for word, ambiguous, or another meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from himaya.activities.format import Id, Text
from himaya.content.load import validate, yaml_document
from himaya.content.record import Record
from himaya.errors import ContentError, Problem
from himaya.translation.glossary import plain_letters, read_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_WORD_START = "(?<![\\w\u064b-\u0652\u0670])"  # a vowel mark is inside a word
PATTERNS = "patterns.yaml"
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


@dataclass(frozen=True)
class Patterns:
    """The patterns of one language.

    Attributes:
        each: One by one.
        anything: What finds something wherever one of them does: most translations have none, and to look once takes a
            tenth of the time.
    """

    each: tuple[Pattern, ...] = ()
    anything: re.Pattern[str] = re.compile("(?!)")


NO_PATTERNS = Patterns()


def _is_expression(text: str) -> str:
    try:
        re.compile(text.replace("{name}", "x"))
    except re.error as error:
        message = f"this is no regular expression: {error}"
        raise ValueError(message) from None
    return text


_Expression = Annotated[str, Field(min_length=1), AfterValidator(_is_expression)]  # blanks at its ends count


class _Entry(Record):
    """One entry as an author writes it; `Pattern` says what each field means."""

    id: Id
    find: _Expression
    english: _Expression | None = None
    unless: _Expression | None = None
    write: Text
    breaks: bool = False
    hit: tuple[Text, Text]
    miss: tuple[Text, Text]


class _Entries(Record):
    """patterns.yaml."""

    names: list[Text] = Field(default_factory=list)
    patterns: list[_Entry]


def read_patterns(words: Path, language: str) -> Patterns:
    """Return the patterns of one language; none where there is no such file.

    Args:
        words: The folder `languages` beside the modules.
        language: Whose patterns.

    Raises:
        ContentError: If the file does not fit its format, or a pattern does not tell its own two examples apart.
    """
    found = read_words(words, language, PATTERNS)
    return NO_PATTERNS if found is None else _read(*found, language)


@lru_cache(maxsize=8)  # every module is checked with the same few files
def _read(text: str, shown: str, language: str) -> Patterns:
    document = yaml_document(text, shown)
    entries = validate(document, _Entries)
    names = f"(?:{'|'.join(map(re.escape, entries.names))})"
    each = tuple(_pattern(entry, language, names) for entry in entries.patterns)
    faults = [
        Problem(shown, document.line("patterns", at), f"the pattern '{pattern.id}' {fault}")
        for at, pattern in enumerate(each)
        for fault in _example_faults(pattern)
    ]
    if faults:
        raise ContentError(faults)
    start = _start_of_word(language)
    finds = [pattern.find.pattern.removeprefix(start) for pattern in each]
    return Patterns(each, re.compile(f"{start}(?:{'|'.join(finds) or '(?!)'})"))


def _example_faults(pattern: Pattern) -> Iterable[str]:
    if not pattern.stands_in(*pattern.hit):
        yield "does not find its 'hit'."
    if pattern.stands_in(*pattern.miss):
        yield "finds its 'miss', which ought to be right."


def pattern_sentences(english: str, translation: str, patterns: Patterns, *, breaks: bool) -> Iterable[str]:
    """Return a sentence for each pattern in the translation: those that break the meaning, or the others."""
    if not patterns.anything.search(translation) and not patterns.anything.search(plain_letters(translation)):
        return
    for pattern in patterns.each:
        if pattern.breaks == breaks and (words := pattern.stands_in(english, translation)):
            yield f"'{words.strip()}' is a known fault ({pattern.id}): {pattern.write}"


def _start_of_word(language: str) -> str:
    return f"{_WORD_START}{_JOINED.get(language, '')}"


def _pattern(entry: _Entry, language: str, names: str) -> Pattern:
    find = entry.find.replace("{name}", names)
    return Pattern(
        entry.id,
        re.compile(f"{_start_of_word(language)}(?:{find})"),
        _english(entry.english),
        _english(entry.unless),
        entry.write,
        entry.breaks,
        entry.hit,
        entry.miss,
    )


def _english(words: str | None) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None
