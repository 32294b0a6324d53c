"""Letters, digits and invisible characters that do not belong into a translation, and what belongs there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from himaya.languages.facts import ALL

if TYPE_CHECKING:
    from collections.abc import Iterable

_INVISIBLE = {
    "\u200c": "U+200C",
    "\u200d": "U+200D",
    "\u200b": "U+200B",
    "\u200e": "U+200E",
    "\u200f": "U+200F",
    "\u061c": "U+061C",
    "\ufeff": "U+FEFF",
    "\u00ad": "U+00AD",
    **{chr(code): f"U+{code:04X}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))},
}
# For every language in Arabic letters; what one language alone asks for stands in languages.toml.
_ARABIC_SCRIPT = (
    (
        re.compile(r"[\u0660-\u0669\u06f0-\u06f9]+"),
        "write numbers in ASCII digits; the build writes them as the course wants.",
    ),
    (re.compile(r"[\ufb50-\ufdff\ufe70-\ufefc]"), "this is a presentation form; write plain letters."),
    (re.compile(r'(?<=[\u0600-\u06ff»)\]])[,;?]|"'), "this is Latin punctuation; write ، ؛ ؟ or « »."),
    (re.compile(r" [،؛؟.,:!](?!\.)"), "there is a space before the mark; take it out."),
)
_SCRIPTS = {"arabic": _ARABIC_SCRIPT, "latin": ()}
_OPENING = {"«": "»", "(": ")", "[": "]"}


def letter_faults(text: str, language: str) -> Iterable[str]:
    """Return a sentence for each kind of wrong character in a translation."""
    known = ALL[language]
    for wrong, right in known.letters.items():
        if wrong in text:
            yield f"'{wrong}' (U+{ord(wrong):04X}) in '{_word(text, wrong)}'; write {right}."
    for mark, name in _INVISIBLE.items():
        if mark in text:
            yield f"the invisible character {name} stands here; take it out. The program sets direction itself."
    own = ((re.compile(pattern), remedy) for pattern, remedy in known.rules)
    for pattern, remedy in (*_SCRIPTS[known.script], *own):
        if found := pattern.search(text):
            yield f"'{found[0]}': {remedy}"
    yield from _unclosed(text)


def _word(text: str, letter: str) -> str:
    at = text.index(letter)
    begins = max(text.rfind(" ", 0, at), text.rfind("\n", 0, at)) + 1
    return text[begins:].split(maxsplit=1)[0]


def _unclosed(text: str) -> Iterable[str]:
    """Find brackets and quotation marks that do not pair, as when they are typed in the order in which they look."""
    waiting: list[str] = []
    for character in text:
        if character in _OPENING:
            waiting.append(_OPENING[character])
        elif character in _OPENING.values() and (not waiting or waiting.pop() != character):
            yield f"'{character}' closes nothing; type the opening mark first, the screen mirrors it."
            return
    if waiting:
        yield f"'{waiting[-1]}' is missing at the end; every opening mark needs its closing one."
