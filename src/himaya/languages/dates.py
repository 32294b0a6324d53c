"""A moment as a person writes it: Iraqi month names in Arabic and Sorani, the digits of the course."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.languages.digits import in_digits
from himaya.languages.facts import SOURCE

if TYPE_CHECKING:
    from datetime import date, datetime

    from himaya.languages.digits import Digits

# Plain `ar` would say "نوفمبر"; the short date of `ckb` reads like ISO, so the long one is taken.
_LOCALES = {"en": "en_GB", "ar": "ar_IQ", "ckb": "ckb_IQ"}


def written_day(day: date, language: str, digits: Digits | None = None) -> str:
    """Return a day in one language, such as "24 November 2026".

    Args:
        day: Which one.
        language: en, ar or ckb.
        digits: How numbers are written; the language's own way if not given.
    """
    from babel.dates import format_date  # noqa: PLC0415 - a kernel that shows no receipt needs none of it

    text: str = format_date(day, "long", locale=_LOCALES[language])
    return text if language == SOURCE else in_digits(text, digits or "arabic-indic")


def written_time(moment: datetime, language: str, digits: Digits | None = None) -> str:
    """Return day, time and UTC in one language, such as "24 November 2026, 20:24 UTC".

    Args:
        moment: In UTC.
        language: en, ar or ckb.
        digits: How numbers are written; the language's own way if not given.
    """
    comma = "," if language == SOURCE else "،"
    text = f"{written_day(moment, language, 'western')}{comma} {moment:%H:%M} UTC"
    return text if language == SOURCE else in_digits(text, digits or "arabic-indic")
