"""Letters, digits and invisible characters that do not belong into Arabic or Sorani text, and what belongs there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# r12a.github.io, Sorani character notes; CLDR 48, main/ckb.xml: exemplar characters.
_LOOK_ALIKES = {
    "ckb": {
        "\u0643": "ک U+06A9",
        "\u06aa": "ک U+06A9",
        "\u064a": "ی U+06CC",
        "\u0649": "ی U+06CC",
        "\u0629": "ە U+06D5",
        "\u06be": "ه U+0647",
        "\u06c0": "ە U+06D5",
        "\u0624": "ۆ U+06C6",
        "\u06b6": "ڵ U+06B5",
        "\u06c7": "وو, U+0648 twice",
        "\u0621": "ئ U+0626",
        "\u065a": "ێ U+06CE or ۆ U+06C6 as one letter",
        "\u0654": "ئ U+0626 as one letter",
        "\u0640": "no tatweel",
    },
    "ar": {
        "\u06a9": "ك U+0643",
        "\u06aa": "ك U+0643",
        "\u06cc": "ي U+064A, or ى U+0649 at the end",
        "\u06d5": "ه U+0647 or ة U+0629",
        "\u06be": "ه U+0647",
        "\u06c1": "ه U+0647",
        "\u06ce": "ي U+064A",
        "\u06c6": "و U+0648",
        "\u0695": "ر U+0631",
        "\u06b5": "ل U+0644",
    },
}
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
_RULES = (
    (
        re.compile(r"[\u0660-\u0669\u06f0-\u06f9]+"),
        "write numbers in ASCII digits; the build writes them as the course wants.",
    ),
    (re.compile(r"[\ufb50-\ufdff\ufe70-\ufefc]"), "this is a presentation form; write plain letters."),
    (re.compile(r'(?<=[\u0600-\u06ff»)\]])[,;?]|"'), "this is Latin punctuation; write ، ؛ ؟ or « »."),
    (re.compile(r" [،؛؟.,:!](?!\.)"), "there is a space before the mark; take it out."),
)
_OWN_RULES = {
    "ckb": (re.compile(r"(?<!\w)ر\w*"), "a Sorani word begins with ڕ U+0695."),
    "ar": (re.compile(r"(?<!/)\u0640"), "tatweel is allowed only after a slash, as in أخصائي/ـة."),
}
_OPENING = {"«": "»", "(": ")", "[": "]"}


def letter_faults(text: str, language: str) -> Iterable[str]:
    """Return a sentence for each kind of wrong character in a translation."""
    for wrong, right in _LOOK_ALIKES[language].items():
        if wrong in text:
            yield f"'{wrong}' (U+{ord(wrong):04X}) in '{_word(text, wrong)}'; write {right}."
    for mark, name in _INVISIBLE.items():
        if mark in text:
            yield f"the invisible character {name} stands here; take it out. The program sets direction itself."
    for pattern, remedy in (*_RULES, _OWN_RULES[language]):
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
