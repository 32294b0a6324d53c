"""Join the JavaScript modules into the one import-free text that anywidget can load from a blob."""

from __future__ import annotations

import gzip
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from himaya.build.canonical import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

ORDER = (
    *("engine", "outbox", "session", "elements", "typing", "items", "scenario", "group", "player", "browser"),
    *("handin", "exit", "languages", "library"),
)
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_BLOCK_COMMENT = re.compile(r"^\s*/\*.*?\*/\n", re.MULTILINE | re.DOTALL)
_LINE_COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)
_INDENT = re.compile(r"^\s+", re.MULTILINE)


def static(name: str) -> str:
    """Return one static file as text."""
    return files("himaya_widgets").joinpath("static", name).read_text(encoding="utf-8")


@cache
def player_module() -> str:
    """Return the whole player as one ES module without imports, comments or indentation."""
    return "".join(narrow(plain(static(f"{name}.mjs"))) for name in ORDER) + "export { install };\n"


@cache
def player_styles() -> str:
    """Return the player's style sheet without indentation."""
    return narrow(static("player.css"))


def bundle(words: Mapping[str, object]) -> bytes:
    """Return everything a page needs, once and compressed: code, styles and the words of its first language."""
    return packed({"code": player_module(), "styles": player_styles(), **words})


def packed(words: Mapping[str, object]) -> bytes:
    """Return data as a page unpacks them."""
    return gzip.compress(canonical(words).encode(), mtime=0)


def engine_script() -> str:
    """Return the engine alone as a classic script, for V8 without a page."""
    return narrow(plain(static("engine.mjs")))


def plain(source: str) -> str:
    """Return a module's text without imports, exports and comments."""
    for pattern in (_IMPORT, _BLOCK_COMMENT, _LINE_COMMENT):
        source = pattern.sub("", source)
    return _EXPORT.sub("", source)


def narrow(text: str) -> str:
    """Return text without indentation."""
    return _INDENT.sub("", text)
