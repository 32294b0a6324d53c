"""The languages of the platform, as languages.toml gives them. Nothing else infers a fact from a language's name."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from gettext import c2py
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Digits: TypeAlias = Literal["arabic-indic", "western"]
"""How a course writes numbers, in languages that leave it to the course."""
Direction: TypeAlias = Literal["ltr", "rtl"]


@dataclass(frozen=True)
class Language:
    """What one language is; languages.toml says what each field means."""

    code: str
    name: str
    direction: Direction
    script: str
    locale: str
    intl: str
    digits: Literal["western", "course"]
    comma: str
    semicolon: str
    separator: str
    dash: str
    forward: str
    plural: str
    categories: tuple[str, ...]
    pack: str | None
    letters: Mapping[str, str]
    rules: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Numerals:
    """How a set of digits is written: ten digits from zero, the decimal point and the mark between thousands."""

    digits: str
    point: str
    thousands: str


_DATA = tomllib.loads(files(__package__).joinpath("languages.toml").read_text(encoding="utf-8"))
SOURCE: str = _DATA["source"]
"""The language that content is written in and translated from."""
ALL: Mapping[str, Language] = {
    code: Language(
        code=code,
        categories=tuple(table["categories"]),
        pack=table.get("pack"),
        letters=table.get("letters", {}),
        rules=tuple((rule["pattern"], rule["remedy"]) for rule in table.get("rules", ())),
        **{name: value for name, value in table.items() if name not in {"categories", "pack", "letters", "rules"}},
    )
    for code, table in _DATA["languages"].items()
}
LANGUAGES = tuple(ALL)
TRANSLATED = tuple(code for code in ALL if code != SOURCE)
NUMERALS: Mapping[str, Numerals] = {
    name: Numerals(table["zero-to-nine"], table["point"], table["thousands"]) for name, table in _DATA["digits"].items()
}


def known(language: object) -> str:
    """Return a language that a file names, or the source language where the platform does not know it."""
    return language if isinstance(language, str) and language in ALL else SOURCE


def direction(language: str) -> Direction:
    """Return in which direction a language is written."""
    return ALL[language].direction


def digits_of(language: str, course: Digits | None = None) -> Digits:
    """Return the digits of a text in one language.

    Args:
        language: The language of the text.
        course: What the course says; Arabic-Indic where it says nothing and the language leaves it to the course.
    """
    return "western" if ALL[language].digits == "western" else course or "arabic-indic"


def plural_form(language: str, n: float) -> int:
    """Return which form of a sentence a number takes, from 0; a number that is not whole takes the last."""
    if n != int(n):
        return len(ALL[language].categories) - 1
    return _rule(language)(int(n))


def for_scripts() -> dict[str, object]:
    """Return what the scripts of a page need to know of languages and digits."""
    names = ("direction", "intl", "semicolon", "separator", "categories")
    languages = {code: {name: getattr(language, name) for name in names} for code, language in ALL.items()}
    return {"languages": languages, "numerals": {name: asdict(each) for name, each in NUMERALS.items()}}


@cache
def _rule(language: str) -> Callable[[int], int]:
    return c2py(ALL[language].plural.split("plural=")[1].rstrip("; "))
