"""Sources of the player in V8 without a page: joined as plain scripts, in the order that is asked for."""

from __future__ import annotations

import re
from pathlib import Path

_SOURCES = Path(__file__).parents[1] / "widgets" / "player" / "src"
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


def sources(*names: str) -> str:
    """Return source files as one script without imports and exports."""
    texts = ((_SOURCES / f"{name}.js").read_text(encoding="utf-8") for name in names)
    return "".join(_EXPORT.sub("", _IMPORT.sub("", text)) for text in texts)
