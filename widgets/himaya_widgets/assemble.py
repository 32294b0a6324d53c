"""Join the JavaScript modules into the one import-free text that anywidget can load from a blob."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from himaya.languages.facts import ALL, SOURCE
from himaya.languages.interface import for_page
from himaya.publish.canonical import canonical
from himaya.publish.packing import compressed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from himaya.publish.folder import ModuleFolder

ORDER = (
    *(
        "engine",
        "saved",
        "outbox",
        "session",
        "elements",
        "typing",
        "items",
        "scenario",
        "labcard",
        "group",
        "player",
        "browser",
    ),
    *("handin", "exit", "languages", "typed", "lab", "library"),
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
    return narrow(f"{static('player.css')}{static('lab.css')}")


def bundle(words: Mapping[str, object]) -> bytes:
    """Return everything a page needs, once and compressed: code, styles and the words of its first language."""
    return packed({"code": player_module(), "styles": player_styles(), **words})


def page_bundle(folder: ModuleFolder) -> bytes:
    """Return everything the page of a module's folder needs, with the languages that it may switch to."""
    return bundle(page_words(folder.content, folder.languages))


def page_words(content: Mapping[str, Any], languages: Sequence[str] = ()) -> dict[str, Any]:
    """Return what a page needs in one language; `languages` are those that it may switch to."""
    language, digits = content.get("language", SOURCE), content.get("digits")
    known = {name: content[name] for name in ("activities", "prose") if name in content}
    switch = {"languages": languages, "names": {each: ALL[each].name for each in languages}} if languages else {}
    about = {"language": language, "digits": digits, "draft": content.get("draft", False)}
    return {"strings": for_page(language, digits), **about, **known, **switch}


def packed(words: Mapping[str, object]) -> bytes:
    """Return data as a page unpacks them."""
    return compressed(canonical(words).encode())


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
