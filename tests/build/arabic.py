"""A module in the letters of Arabic, before anybody has translated it: as long as in English, from right to left."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from himaya.translation.units import with_texts

if TYPE_CHECKING:
    from himaya.content.load import LoadedModule
    from himaya.translation.units import Unit

_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنه")


def in_arabic_letters(module: LoadedModule) -> LoadedModule:
    """Return a module with two bytes for each letter: no translation is far from that size."""

    def answer(unit: Unit) -> str:
        # What Markdown and citations are made of stays as it is.
        parts = re.split(r"(\[[^\]]*\]\([^)]*\)|\[[^\]]*\])", unit.text)
        return "".join(part if part.startswith("[") else part.lower().translate(_LETTERS) for part in parts)

    return replace(with_texts(module, answer), language="ar", english=module, digits="arabic-indic")
