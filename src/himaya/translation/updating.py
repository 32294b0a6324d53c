"""Bring a PO file up to date with the English, and lose no translation by it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog, Message

from himaya.languages.facts import ALL
from himaya.translation.glossary import terms_in
from himaya.translation.po_file import PoFile, english, is_translated, new_headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from himaya.translation.glossary import Term
    from himaya.translation.po_file import Entry

_NEAR = 0.75  # how alike two English texts are before one's translation is offered for the other


def updated(
    entries: Sequence[Entry], old: PoFile | None, language: str, project: str, glossary: Sequence[Term] = ()
) -> PoFile:
    """Return a PO file with one message for each entry, in their order, that keeps every translation it can.

    The same place and English keep their translation. English that moved to another place takes its translation along.
    English that changed a little, or stands in a second place, gets the old translation as a fuzzy proposal. What is
    left over stays in the file as obsolete.
    """
    before = _all(old)
    wanted = {(entry.unit.place, _first(entry.id)) for entry in entries}
    left = {key: message for key, message in before.items() if key not in wanted}
    by_text = {english: message for (_, english), message in before.items()}
    sisters = _sister_lengths(entries)
    catalog = Catalog(locale=language, charset="utf-8")
    for entry in entries:
        key = (entry.unit.place, _first(entry.id))
        known = before.get(key)
        fuzzy = known is not None and known.fuzzy
        if known is None:
            known, fuzzy = _proposal(key, left, by_text)
        if known is not None and isinstance(known.string, str) != isinstance(entry.id, str):
            known = None  # it got plural forms, or lost them
        catalog[entry.id] = Message(
            entry.id,
            string=("" if entry.plural is None else ("",) * len(ALL[language].categories))
            if known is None
            else known.string,
            locations=[(entry.unit.file, 0)],
            flags={"fuzzy"} if known is not None and fuzzy else set(),
            auto_comments=_comments(entry, glossary, sisters),
            user_comments=() if known is None else known.user_comments,
            previous_id=_previous(known, key[1]) if known is not None and fuzzy else (),
            context=entry.unit.place,
        )
    for (place, text), message in left.items():
        message.flags.discard("fuzzy")
        catalog.obsolete[text, place] = message
    headers = new_headers(language, project) if old is None else old.headers_mended()
    return PoFile(old.shown if old else "", language, headers, catalog)


def _first(text: str | tuple[str, str]) -> str:
    return text if isinstance(text, str) else text[0]


def _all(old: PoFile | None) -> dict[tuple[str, str], Message]:
    """Return every translated message, those that were obsolete too: a text that comes back finds its translation."""
    if old is None:
        return {}
    messages = (*old.catalog.obsolete.values(), *old.messages())
    return {(m.context or "", english(m)): m for m in messages if is_translated(m)}


def _proposal(
    key: tuple[str, str], left: dict[tuple[str, str], Message], by_text: Mapping[str, Message]
) -> tuple[Message | None, bool]:
    """Return an older message for a new one and whether somebody has to look at it; takes it out of `left`."""
    place, text = key
    moved = next((other for other in left if other[1] == text), None)
    if moved is not None:  # its place has a new name, or it stands in another section
        message = left.pop(moved)
        return message, message.fuzzy
    if text in by_text:  # the same words elsewhere may mean something else
        return by_text[text], True
    here = [other for other in left if other[0] == place] or list(left)
    near = _nearest(text, here)
    return (None, False) if near is None else (left.pop(near), True)


def _previous(known: Message, text: str) -> str | tuple[str, ...] | list[str]:
    """Return the English that a proposal was made from, which is the older one where `text` did not change again."""
    previous: str | tuple[str, ...] | list[str] = known.previous_id if english(known) == text else known.id
    return previous


def _nearest(text: str, others: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the place and English that are most like `text`, if any are like it at all."""
    matcher = difflib.SequenceMatcher(autojunk=False)  # which takes every letter of a text over 200 letters for junk
    matcher.set_seq2(text)
    best, found = _NEAR, None
    for other in others:
        matcher.set_seq1(other[1])
        if matcher.real_quick_ratio() >= best and matcher.quick_ratio() >= best and matcher.ratio() >= best:
            best, found = matcher.ratio(), other
    return found


def _sister_lengths(entries: Sequence[Entry]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in entries:
        if entry.unit.sisters is not None:
            counts[entry.unit.sisters] = counts.get(entry.unit.sisters, 0) + 1
    return counts


def _comments(entry: Entry, glossary: Sequence[Term], sisters: Mapping[str, int]) -> list[str]:
    """Return what a translator is told about one text."""
    unit = entry.unit
    lines = [f"{unit.kind[0].upper()}{unit.kind[1:]}."]
    if unit.sisters is not None:
        lines.append(f"One of {sisters[unit.sisters]} answers: keep each within 20 % of their mean length.")
    if "[" in unit.text and unit.markdown:
        lines.append("Keep [S1: ...], [verify], [sop], [design] and [country: ...] where they belong.")
    terms = terms_in(unit.text, glossary)
    if terms:
        lines.append("Glossary: " + "; ".join(f"{term.english[0]} = {term.use}" for term in terms) + ".")
    return lines
