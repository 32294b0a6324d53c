"""One translation against its English: what must be the same, and what ought to be looked at."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from himaya.activities.limits import TRANSLATION_CHARACTERS, TRANSLATION_RATIO, UNEVEN
from himaya.content.prose import CITATION, COUNTRY, MARK
from himaya.languages.letters import letter_faults
from himaya.translation.glossary import deviations
from himaya.translation.markdown import skeleton
from himaya.translation.patterns import NO_PATTERNS, pattern_sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from himaya.translation.glossary import Term
    from himaya.translation.patterns import Patterns
    from himaya.translation.po_file import Entry

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"(?<![A-Za-z\d])\d+(?:[.,]\d+)*(?![A-Za-z\d])")
_TAG = re.compile(r"<\s*[A-Za-z/!?]|javascript:|&#?\w+;", re.IGNORECASE)
_WORD = re.compile(r"\b[a-z]{2,}")
_CODE = re.compile(r"`[^`]*`")
_DUALS = {"1", "2"}  # Arabic and Sorani can say one and two without a digit


def faults(entry: Entry, forms: Sequence[str], language: str, patterns: Patterns = NO_PATTERNS) -> Iterable[str]:
    """Return a sentence for each thing that keeps this translation from being shown.

    Args:
        entry: The English.
        forms: Its translation, in each plural form of the language.
        language: ar or ckb.
        patterns: Wordings that are known to be wrong.
    """
    if len(forms) > 1 and not all(forms):
        yield f"{sum(not form for form in forms)} of {len(forms)} plural forms are empty; fill all."
    if "\n" not in entry.unit.text and any("\n" in form for form in forms):
        yield "there is a line end in the translation and none in the English; take it out."
    for number, form in enumerate(forms):
        english = entry.unit.text if entry.plural is None else entry.plural
        yield from _differences(english, form, may_drop=entry.plural is not None and number < len(forms) - 1)
        yield from (_markdown if entry.unit.markdown else _plain)(english, form)
        yield from letter_faults(_without_latin(form), language)
        yield from pattern_sentences(english, form, patterns, breaks=True)
        if form.strip() == english.strip() and len(_WORD.findall(english)) > 1:
            yield "this is the English; translate it, or leave it empty."


def _differences(english: str, form: str, *, may_drop: bool) -> Iterable[str]:
    ours, theirs = Counter(_PLACEHOLDER.findall(english)), Counter(_PLACEHOLDER.findall(form))
    if extra := theirs - ours:
        yield f"there is no placeholder {{{next(iter(extra))}}} in the English; it has: {_named(ours)}."
    if (lost := ours - theirs) and not may_drop:
        yield f"the placeholder {{{next(iter(lost))}}} is missing."
    for what, pattern in (("citation", CITATION), ("mark", MARK), ("country setting", COUNTRY)):
        here = Counter(match[1] for match in pattern.finditer(form))
        there = Counter(match[1] for match in pattern.finditer(english))
        if here != there:
            odd = next(iter((here - there) or (there - here)))
            yield f"the {what} [{odd}] is not where the English has it: {there[odd]} there, {here[odd]} here."
    numbers, found = Counter(_NUMBER.findall(english)), Counter(_NUMBER.findall(form))
    inside = Counter(re.findall(r"\d+", english))  # such as 15 in "Module 15B"
    if more := found - numbers - inside:
        yield f"the number {next(iter(more))} is not in the English."
    if less := [number for number in numbers - found if number not in _DUALS]:
        yield f"the number {less[0]} of the English is missing."


def _named(names: Counter[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names) or "none"


def _markdown(english: str, form: str) -> Iterable[str]:
    there, here = Counter(skeleton(english)), Counter(skeleton(form))
    if more := here - there:
        yield f"{_kind(next(iter(more)))} is not in the English; take it out."
    elif less := there - here:
        yield f"{_kind(next(iter(less)))} of the English is missing."


def _kind(name: str) -> str:
    return name.removesuffix("_open").removesuffix("_close").replace("_", " ")


def _plain(english: str, form: str) -> Iterable[str]:
    if (found := _TAG.search(form)) and not _TAG.search(english):
        yield f"'{found[0]}' looks like markup, and this text is shown as it is; take it out."
    if len(form.split("\n\n")) != len(english.split("\n\n")):
        yield "the English has another number of paragraphs."


def _without_latin(text: str) -> str:
    """Return text with [] for what is the same in every language, so that its letters and marks are not judged."""
    for pattern in (_PLACEHOLDER, MARK, COUNTRY, _CODE, re.compile(r"\]\([^)]*\)"), re.compile(r"\[S\d+")):
        text = pattern.sub(
            lambda found: "]" if found[0].startswith("](") else "[" if found[0][:2] == "[S" else "[]", text
        )
    return text


def notes(
    entry: Entry, forms: Sequence[str], glossary: Sequence[Term] = (), patterns: Patterns = NO_PATTERNS
) -> Iterable[tuple[str, str]]:
    """Return what ought to be looked at, as (glossary, patterns or length, a sentence); it may be right as it is."""
    words, wordings = {}, {}
    for form in forms:
        words.update(dict.fromkeys(deviations(entry.unit.text, form, glossary)))
        wordings.update(dict.fromkeys(pattern_sentences(entry.unit.text, form, patterns, breaks=False)))
    yield from (("glossary", sentence) for sentence in words)
    yield from (("patterns", sentence) for sentence in wordings)
    length = len(entry.unit.text)
    ratio = max(map(len, forms)) / length
    if length >= TRANSLATION_CHARACTERS and not TRANSLATION_RATIO[0] <= ratio <= TRANSLATION_RATIO[1]:
        yield "length", f"it is {ratio:.1f} times as long as the English; is a part lost or added?"


def uneven(answers: Sequence[tuple[Entry, str]]) -> Iterable[tuple[Entry, str]]:
    """Return the answers of one group that stand out by their length, each with a sentence."""
    mean = sum(len(text) for _, text in answers) / len(answers)
    for entry, text in answers:
        if abs(len(text) - mean) > UNEVEN * mean + 1:
            yield entry, f"this answer has {len(text)} characters, the mean of its sisters is {mean:.0f}; does it tell?"
