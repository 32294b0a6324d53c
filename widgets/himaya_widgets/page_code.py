"""What pages without a server run on: as little of the player as each kind of page needs, one script and one sheet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from himaya.build.page import Code
from himaya_widgets.assemble import narrow, plain, static

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from himaya.build.page import Kind

_PAGE = ("elements", "typing", "scenario", "player", "exit", "packed", "page")
_KEEPING = ("outbox", "session", "saved", "journal", "answers")
_PAGES: Mapping[Kind, tuple[tuple[str, ...], str]] = {
    "module": (
        ("engine", *_KEEPING, "items", "contents", *_PAGE),
        "openPage({ open: openJournal, parts: [drawAnswers, drawContents] });",
    ),
    "scenario": (("engine", "outbox", "light", *_PAGE), "openPage();"),
    "index": (("elements", "exit", "packed", "index"), "openIndex();"),
}
_DECLARATION = re.compile(r"^(?=(?:async function|function|const|let)\b)", re.MULTILINE)
_DECLARED = re.compile(r"(?:async function|function|const|let) +(\w+|[\[{][\w, ]+)")
_IDENTIFIER = re.compile(r"[A-Za-z]\w*")
_RULE = re.compile(r"([^{}]+)\{[^{}]*\}\n?")
_CLASS = re.compile(r"\.(himaya-[\w-]+)")
_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STYLE_SPACE = re.compile(r"\s*([{};,]|(?<=[\w-]):)\s+")
_WORD = re.compile(r'"([a-z0-9-]+)"')


def page_code() -> dict[Kind, Code]:
    """Return what each kind of page without a server runs on."""
    return {kind: _page(kind) for kind in _PAGES}


def _page(kind: Kind) -> Code:
    names, begin = _PAGES[kind]
    whole = "".join(plain(static(f"{name}.mjs")) for name in names)
    # A page of one scenario never draws an item.
    script = _reached(whole, begin, without=("item", "drawItem") if kind == "scenario" else ())
    # In a block: a name in these files must not meet one of the browser's own.
    script = "{\n" + narrow(script) + begin + "\n}"
    sheets = ("player", "page", "contents") if kind != "scenario" else ("player", "page")
    styles = _used("".join(static(f"{name}.css") for name in sheets), script)
    return Code(script, styles, frozenset(_WORD.findall(script)))


def _reached(source: str, begin: str, without: Collection[str] = ()) -> str:
    """Return those declarations of the outermost level that `begin` needs, directly or through others."""
    texts = [text for text in _DECLARATION.split(source) if text.strip()]
    declarations = {
        name: text for text in texts for name in _IDENTIFIER.findall(_DECLARED.findall(text)[0]) if name not in without
    }
    wanted, waiting = {begin}, [begin]
    while waiting:
        for text in {
            declarations[word] for word in _IDENTIFIER.findall(waiting.pop()) if word in declarations
        } - wanted:
            wanted.add(text)
            waiting.append(text)
    return "".join(text for text in texts if text in wanted)


def _used(styles: str, script: str) -> str:
    """Return a style sheet without spaces, and without the rules for what this script never draws."""

    def keep(rule: re.Match[str]) -> str:
        classes = [name for name in _CLASS.findall(rule[1]) if name != "himaya-exit"]
        return rule[0] if not classes or any(name in script for name in classes) else ""

    return _STYLE_SPACE.sub(r"\1", _RULE.sub(keep, _STYLE_COMMENT.sub("", styles)))
