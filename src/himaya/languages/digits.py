"""Digits as a course wants them: Arabic-Indic or Western. Texts are kept in ASCII digits and converted here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from himaya.languages.facts import NUMERALS
from himaya.languages.isolates import END, VALUE

if TYPE_CHECKING:
    from himaya.languages.facts import Digits

# Kept as they are: addresses, targets of links and pictures, code, placeholders, ids, codes such as S1 or PEP28, and
# what looks like a telephone number. What is left are numbers that a person reads.
_PIECES = re.compile(
    r"\]\([^)]*\)|`[^`]*`|\{\w+\}|<[^>]*>|\[country:[^\]]*\]"
    r"|(?P<telephone>\+\d[\d ()-]{4,}\d|\d{2,}(?:[ -]\d{2,}){2,})"
    r"|[\w.@:/#-]*[A-Za-z_@/#][\w.@:/#-]*"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
)
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")


def in_digits(text: str, digits: Digits) -> str:
    """Return text whose numbers are written in the digits of a course."""
    if digits == "western":
        return text
    numerals = NUMERALS[digits]
    table = str.maketrans("0123456789", numerals.digits)

    def convert(found: re.Match[str]) -> str:
        number = found["number"]
        if number is None:
            return found[0]
        return _THOUSANDS.sub(numerals.thousands, number).replace(".", numerals.point).translate(table)

    return _PIECES.sub(convert, text)


def with_telephones_whole(text: str) -> str:
    """Return text in which each telephone number is isolated: among Arabic words its groups would change places."""
    return _PIECES.sub(lambda found: f"{VALUE}{found[0]}{END}" if found["telephone"] else found[0], text)
