"""A moment as a person writes it, in the locale of the language and the digits of the course."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from himaya.languages.digits import in_digits
from himaya.languages.facts import ALL, digits_of

if TYPE_CHECKING:
    from datetime import date

    from himaya.languages.facts import Digits


def written_day(day: date, language: str, digits: Digits | None = None) -> str:
    """Return a day in one language, such as "24 November 2026".

    Args:
        day: Which one.
        language: A key of languages.toml.
        digits: How numbers are written; the language's own way if not given.
    """
    from babel.dates import format_date  # a kernel that shows no receipt needs none of it

    # The long date: CLDR's short one of Sorani reads like ISO.
    text: str = format_date(day, "long", locale=ALL[language].locale)
    return in_digits(text, digits_of(language, digits))


def written_time(
    moment: datetime, language: str, digits: Digits | None = None, *, ahead: timedelta | None = None
) -> str:
    """Return day and time in one language, such as "24 November 2026, 20:24 UTC".

    Args:
        moment: In UTC.
        language: A key of languages.toml.
        digits: How numbers are written; the language's own way if not given.
        ahead: By how much the reader's clock is ahead of UTC; not known without one, and then UTC is written.
    """
    known = ALL[language]
    local = moment + (ahead or timedelta())
    text = f"{written_day(local, language, 'western')}{known.comma}{local:%H:%M}{'' if ahead is not None else ' UTC'}"
    return in_digits(text, digits_of(language, digits))


def clock_time(seconds: float, language: str, digits: Digits | None = None) -> str:
    """Return a moment as the clock of this machine shows it.

    Args:
        seconds: Since 1970, UTC.
        language: A key of languages.toml.
        digits: How numbers are written; the language's own way if not given.
    """
    moment = datetime.fromtimestamp(seconds, UTC)
    return written_time(moment, language, digits, ahead=moment.astimezone().utcoffset())
