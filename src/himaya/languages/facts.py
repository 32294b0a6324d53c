"""The languages of the platform: their names, direction, plural rules and digits."""

from __future__ import annotations

SOURCE = "en"
TRANSLATED = ("ar", "ckb")
LANGUAGES = (SOURCE, *TRANSLATED)
NAMES = {"en": "English", "ar": "العربية", "ckb": "کوردیی ناوەندی"}
"""What each language calls itself, for the switch."""
PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "ckb": "nplurals=2; plural=(n != 1);",
}
"""The rule of each language's PO files; tests hold them equal to CLDR's."""
FORMS = {"en": 2, "ar": 6, "ckb": 2}


def direction(language: str) -> str:
    """Return in which direction a language is written: rtl or ltr."""
    return "ltr" if language == SOURCE else "rtl"


def between(language: str) -> str:
    """Return what stands between facts in a line: a middle dot, except beside Arabic digits, whose zero is a dot."""
    return " · " if direction(language) == "ltr" else "، "


def plural_form(language: str, n: float) -> int:
    """Return which form of a sentence a number takes, from 0; a number that is not whole takes the last."""
    last = FORMS[language] - 1
    if n != int(n):
        return last
    whole = int(n)
    if language != "ar":
        return int(whole != 1)
    if whole <= 2:  # noqa: PLR2004 - none, one and two have forms of their own
        return whole
    if 3 <= whole % 100 <= 10:  # noqa: PLR2004 - few
        return 3
    return 4 if whole % 100 >= 11 else last  # noqa: PLR2004 - many
