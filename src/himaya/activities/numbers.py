"""Reading a number as people in three scripts write it, into exact ten-thousandths."""

from __future__ import annotations

_DIGITS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")
_IGNORED = " \u00a0\u202f\u200e\u200f\u061c\u066c"  # spaces, direction marks, Arabic thousands separator
_POINTS = ".\u066b"
_MINUS = "-\u2212"
_MAX_WHOLE = 9
_MAX_DECIMALS = 4


def _digit(character: str) -> int | None:
    for digits in _DIGITS:
        position = digits.find(character)
        if position >= 0:
            return position
    return None


def read_number(text: str) -> int | None:
    """Return `text` as a whole number of ten-thousandths, or None where it is not one clear number.

    Western, Arabic-Indic and Persian digits are read. A comma is refused: "1,500" is fifteen hundred to some
    readers and one and a half to others. At most 9 digits before and 4 after the decimal point.
    """
    whole = decimals = total = 0
    negative = after_point = False
    for character in text:
        if character in _IGNORED:
            continue
        digit = _digit(character)
        if digit is not None:
            total = total * 10 + digit
            if after_point:
                decimals += 1
            else:
                whole += 1
        elif character in _POINTS and not after_point and whole:
            after_point = True
        elif character in _MINUS and not (negative or whole):
            negative = True
        else:
            return None
        if whole > _MAX_WHOLE or decimals > _MAX_DECIMALS:
            return None
    if not whole or (after_point and not decimals):
        return None
    for _ in range(_MAX_DECIMALS - decimals):
        total *= 10
    return -total if negative and total else total
