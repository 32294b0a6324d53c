"""What pages without a server run on: as little of the player as each kind of page needs, one script and one sheet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rjsmin import jsmin

from himaya.build.page import Code
from himaya.i18n.languages import SOURCE
from himaya_widgets.assemble import plain, static
from himaya_widgets.shorten import shortened

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from himaya.build.page import Kind

_PLAYER = ("elements", "typing", "scenario", "labcard", "player", "exit", "packed")
_KEEPING = ("outbox", "session", "saved", "journal", "answers")
_PAGES: Mapping[Kind, tuple[tuple[str, ...], str]] = {
    "module": (
        ("engine", *_KEEPING, "items", "contents", *_PLAYER, "page"),
        "openPage({ open: openJournal, parts: [drawAnswers, drawContents] });",
    ),
    "scenario": (("engine", "light", *_PLAYER, "single"), "openSingle();"),
    "index": (("elements", "exit", "packed", "index"), "openIndex();"),
}
_SHEETS: Mapping[Kind, tuple[str, ...]] = {
    "module": ("player", "page", "contents"),
    "scenario": ("player", "page"),
    "index": ("player", "page", "contents"),
}
# What stands in a page's HTML, and so in no script.
_SHELL = (
    "html body root main section aside a p span div h1 h2 scenario draft himaya-best himaya-acceptable himaya-harmful"
)
_LONG = (
    "h3 h4 header noscript strong nav ol ul li table th td img blockquote summary details note module index "
    "facts languages skip resume scroll card part answers himaya-search himaya-progress himaya-warning himaya-good "
    "himaya-bad"
)
_HTML: Mapping[Kind, str] = {
    "module": f"{_SHELL} {_LONG}",
    "scenario": _SHELL,
    "index": f"{_SHELL} {_LONG}",
}
# Said under names that are put together, or come from the session.
_SCENARIO_SAYS = {"practice", "best", "acceptable", "harmful", "kept-here", "not-kept"}
_MODULE_SAYS = {
    *_SCENARIO_SAYS,
    *("graded", "pretest", "graded-note", "pretest-note", "saved", "not-saved", "unsaved-help"),
    *("storage-full", "event-too-large", "page-full", "page-forbidden"),
}
_SAYS: Mapping[Kind, Collection[str]] = {"module": _MODULE_SAYS, "scenario": _SCENARIO_SAYS, "index": ()}

# A page of one practice scenario draws no item, hands nothing in and so offers nothing to do instead.
_SINGLE = {
    **{"item": "", "drawItem": "", "lab": "", "drawLabCard": "", "skipped": ""},
    "updateInPlace": "const updateInPlace = () => false;\n",
}
# What a page needs for English alone.
_ENGLISH = {
    "pieces": "const pieces = (child) => [child];\n",
    "shown": "const shown = String;\n",
    "pluralForm": "const pluralForm = (count, n) => (n === 1 ? 0 : 1);\n",
}
_UNSAID = {
    *(
        "check",
        "ended",
        "feedback",
        "finished-graded",
        "graded",
        "number-help",
        "number-unreadable",
        "pretest",
        "retry",
    ),
    *("scenario", "skip", "skipped", "unsaved-help", "unskip"),
}
_ENGINE = ("start", "step", "view", "score", "replay")  # as the tests call them

_DECLARATION = re.compile(r"^(?=(?:async function|function|const|let)\b)", re.MULTILINE)
_DECLARED = re.compile(r"(?:async function|function|const|let) +(\w+|[\[{][\w, ]+)")
_IDENTIFIER = re.compile(r"[A-Za-z]\w*")
_QUOTED = re.compile(r'"([a-z0-9-]+)"')
_RULE = re.compile(r"([^{}]+)(\{[^{}]*\})\s*")
_INNER = r"(?:[^()]|\([^()]*\))*"  # of parentheses, in which others may stand
_COMMA = re.compile(rf",(?!{_INNER}\))")  # outside of parentheses
_IS = re.compile(rf":is\(({_INNER})\)")
_LOOSE = re.compile(rf":[\w-]+(?:\({_INNER}\))?|\[[^\]]*\]")
_TOKEN = re.compile(r"[A-Za-z][\w-]*")
_OTHERS = re.compile(r":lang\(|himaya-english")
_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STYLE_SPACE = re.compile(r"\s*([{};,]|(?<=[\w-]):)\s+")


def page_code(language: str = SOURCE) -> dict[Kind, Code]:
    """Return what each kind of page without a server runs on, in one language."""
    return {kind: _page(kind, language) for kind in _PAGES}


def _page(kind: Kind, language: str) -> Code:
    names, begin = _PAGES[kind]
    whole = "".join(plain(static(f"{name}.mjs")) for name in names)
    simpler = (_SINGLE if kind == "scenario" else {}) | (_ENGLISH if language == SOURCE else {})
    needed = _reached(whole, begin, simpler)
    says = {*_QUOTED.findall(needed), *_SAYS[kind]} - (_UNSAID if kind == "scenario" else set())
    # In a block: a name in these files must not meet one of the browser's own.
    script = jsmin(f"{{\n{shortened(needed + begin, _ENGINE)}\n}}")
    shown = {*_TOKEN.findall(_HTML[kind]), *_TOKEN.findall(needed)}
    styles = _used("".join(static(f"{name}.css") for name in _SHEETS[kind]), shown, language)
    return Code(script, styles, frozenset(says))


def _reached(source: str, begin: str, simpler: Mapping[str, str]) -> str:
    """Return those declarations of the outermost level that `begin` needs, directly or through others.

    Args:
        source: All of them.
        begin: The line that runs first.
        simpler: What stands for some of them in this page, by name.
    """
    declarations: dict[str, str] = {}
    texts = []
    for text in filter(str.strip, _DECLARATION.split(source)):
        names = _IDENTIFIER.findall(_DECLARED.findall(text)[0])
        texts.append(simpler.get(names[0], text))
        declarations |= dict.fromkeys(names, texts[-1])
    wanted, waiting = {begin}, [begin]
    while waiting:
        found = {declarations[word] for word in _IDENTIFIER.findall(waiting.pop()) if word in declarations}
        waiting += found - wanted
        wanted |= found
    return "".join(text for text in texts if text in wanted)


def _used(styles: str, shown: set[str], language: str) -> str:
    """Return a style sheet without spaces, and without the selectors of what this page never shows."""

    def keep(rule: re.Match[str]) -> str:
        if "@" in rule[1]:
            return rule[0]
        selectors = [one for one in _COMMA.split(rule[1]) if _can_meet(one, shown)]
        selectors = [one for one in selectors if language != SOURCE or not _OTHERS.search(one)]
        return f"{','.join(selectors)}{rule[2]}" if selectors else ""

    return _STYLE_SPACE.sub(r"\1", _RULE.sub(keep, _STYLE_COMMENT.sub("", styles)))


def _can_meet(selector: str, shown: set[str]) -> bool:
    """Return whether what a selector names is shown; conditions such as `:hover` or `[dir]` may always hold."""
    either = (_COMMA.split(inside) for inside in _IS.findall(selector))
    named = shown.issuperset(_TOKEN.findall(_LOOSE.sub("", selector)))
    return named and all(any(_can_meet(one, shown) for one in choices) for choices in either)
