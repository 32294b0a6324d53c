"""A list inside a sentence, with the marks of the script that it is written in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ARABIC = re.compile("[\u0621-\u06ff]")
_MARKS = {",": "،", ";": "؛"}


def listed(parts: Iterable[str], mark: str = ",") -> str:
    """Return parts with a comma or a semicolon between them, the Arabic one where a part has Arabic letters."""
    texts = list(parts)
    between = _MARKS[mark] if any(map(_ARABIC.search, texts)) else mark
    return f"{between} ".join(texts)
