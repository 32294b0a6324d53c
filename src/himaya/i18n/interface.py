"""The interface catalogue: every sentence a person meets that is not course content."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def interface(language: str = "en") -> Mapping[str, str]:
    """Return the interface strings of one language, by key.

    Raises:
        FileNotFoundError: If no catalogue of that language ships.
    """
    text = files("himaya.i18n").joinpath(f"interface.{language}.json").read_text(encoding="utf-8")
    return MappingProxyType(json.loads(text))


def sentence(key: str, language: str = "en", **values: object) -> str:
    """Return one interface sentence with `{name}` placeholders filled in."""
    return interface(language)[key].format(**values)


def direction(language: str) -> str:
    """Return in which direction a language is written: rtl or ltr."""
    return "rtl" if language in ("ar", "ckb") else "ltr"
