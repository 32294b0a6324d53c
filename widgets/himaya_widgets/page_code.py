"""What pages without a server run on: as little of the player as each kind of page needs, one script and one sheet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from minify import string as minified

from himaya.languages.facts import SOURCE
from himaya.publish.page import Code
from himaya_widgets.assemble import plain, static

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from himaya.publish.page import Kind

_PLAYER = ("elements", "typing", "scenario", "labcard", "player", "exit", "packed", "saved", "file")
_KEEPING = ("outbox", "session", "journal", "answers")
_SHOWN = "globalThis.himaya = { start, step, view };\n"  # read by the tests: the very engine of the file
_PAGES: Mapping[Kind, tuple[tuple[str, ...], str]] = {
    "module": (
        ("engine", *_KEEPING, "items", "search", "contents", "print", *_PLAYER, "page"),
        f"{_SHOWN}openPage({{ open: openJournal, parts: [drawAnswers, drawContents, readyPrint] }});",
    ),
    "scenario": (("engine", "outbox", "light", *_PLAYER, "single"), f"{_SHOWN}openSingle();"),
    "graded": (
        ("engine", *_KEEPING, *_PLAYER, "page"),
        f"{_SHOWN}openPage({{ open: openJournal, parts: [drawAnswers] }});",
    ),
    "index": (("elements", "exit", "packed", "index"), "openIndex();"),
}
_SHEETS: Mapping[Kind, tuple[str, ...]] = {
    "module": ("player", "page", "contents"),
    "scenario": ("player", "page"),
    "graded": ("player", "page", "contents"),
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
    "graded": f"{_SHELL} answers himaya-answers himaya-warning",
    "index": f"{_SHELL} {_LONG}",
}
# Said under names that are put together, or come from the session.
_SCENARIO_SAYS = {"practice", "best", "acceptable", "harmful", "kept-here", "not-kept"}
_MODULE_SAYS = {
    *_SCENARIO_SAYS,
    *("graded", "pretest", "graded-note", "pretest-note", "saved", "not-saved", "unsaved-help"),
    *("storage-full", "event-too-large", "event-refused", "page-full", "page-forbidden"),
}
_SAYS: Mapping[Kind, Collection[str]] = {
    "module": _MODULE_SAYS,
    "scenario": _SCENARIO_SAYS,
    "graded": _MODULE_SAYS,
    "index": (),
}

# What the scripts mark as of no use somewhere.
_NOT: Mapping[Kind, Collection[str]] = {
    "module": (),
    "scenario": ("alone", "practice"),
    "graded": ("alone", "graded"),
    "index": ("alone",),
}
# A page of one scenario draws no item.
_SINGLE = {"item": "", "drawItem": "", "lab": "", "drawLabCard": "", "score": "", "QUALITY_POINTS": ""}
_NEVER_ALONE = {"select", "disabled", "himaya-announce", "not-saved"}  # what the scripts only look for
# Without a key there is nothing to give reasons for.
_WITHOUT_KEY = {
    "meters": "const meters = () => null;\n",
    "verdict": "const verdict = () => null;\n",
    "reason": "const reason = () => [];\n",
}
# What a page needs for English alone.
_ENGLISH = {
    "pieces": "const pieces = (child) => [child];\n",
    "shown": "const shown = String;\n",
    "pluralForm": "const pluralForm = (count, n) => (n === 1 ? 0 : 1);\n",
}
# Named in the script, and never said where one scenario stands alone.
_ITEMS_SAY = "check feedback number-help number-unreadable pretest pretest-note retry scenario"
_PRACTICE_SAYS = "why principle better best acceptable harmful debrief by-principle counts notice back restart practice"
_UNSAID: Mapping[Kind, Collection[str]] = {
    "scenario": {*_ITEMS_SAY.split(), "ended", "finished-graded", "graded", "unsaved-help"},
    "graded": {
        *_ITEMS_SAY.split(),
        *_PRACTICE_SAYS.split(),
        "source",
        "meters",
        "meter-value",
        "graded-note",
        "kept-here",
    },
}

_DECLARATION = re.compile(r"^(?=(?:async function|function|const|let)\b)", re.MULTILINE)
_DECLARED = re.compile(r"(?:async function|function|const|let) +(\w+|[\[{][\w, ]+)")
_IDENTIFIER = re.compile(r"[A-Za-z]\w*")
_NO_NAME = re.compile(r'"[^"\n]*"|(?<!\.)\.[A-Za-z]\w*')  # words of a text, names of properties
_QUOTED = re.compile(r'"([a-z0-9-]+)"')
_RULE = re.compile(r"([^{}]+)(\{[^{}]*\})\s*")
_INNER = r"(?:[^()]|\([^()]*\))*"  # of parentheses, in which others may stand
_COMMA = re.compile(rf",(?!{_INNER}\))")  # outside of parentheses
_IS = re.compile(rf":is\(({_INNER})\)")
_LOOSE = re.compile(rf":[\w-]+(?:\({_INNER}\))?|\[[^\]]*\]")
_TOKEN = re.compile(r"[A-Za-z][\w-]*")
_OTHERS = re.compile(r":lang\(|himaya-english")
_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def page_code(language: str = SOURCE) -> dict[Kind, Code]:
    """Return what each kind of page without a server runs on, in one language."""
    return {kind: _page(kind, language) for kind in _PAGES}


def _page(kind: Kind, language: str) -> Code:
    names, begin = _PAGES[kind]
    whole = "".join(plain(_left(static(f"{name}.mjs"), kind)) for name in names)
    single = kind in {"scenario", "graded"}
    simpler = (
        (_SINGLE if single else {})
        | (_WITHOUT_KEY if kind == "graded" else {})
        | (_ENGLISH if language == SOURCE else {})
    )
    needed = _reached(whole, begin, simpler)
    says = {*_QUOTED.findall(needed), *_SAYS[kind]} - set(_UNSAID.get(kind, ()))
    # In a function: a name in these files must not meet one of the browser's own, and every name may get shorter.
    script, opens = _script(needed + begin), _script(f"{plain(static('dense.mjs'))}openDense();") if single else ""
    shown = {*_TOKEN.findall(_HTML[kind]), *_TOKEN.findall(needed)} - (_NEVER_ALONE if single else set())
    styles = _used("".join(static(f"{name}.css") for name in _SHEETS[kind]), shown, language)
    styles = styles.replace("--himaya-", "--")  # no other's properties are near
    return Code(script, styles, frozenset(says), opens)


def _left(source: str, kind: Kind) -> str:
    """Return a module without what it marks, from `//: not ...` to `//:`, as nothing for this kind of page."""
    for what in _NOT[kind]:
        source = re.sub(rf"^ *//: not {what}\n.*?^ *//:\n", "", source, flags=re.MULTILINE | re.DOTALL)
    return source


def _script(text: str) -> str:
    return str(minified("application/javascript", f"(() => {{\n{text}\n}})();"))


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
        code = _NO_NAME.sub("", waiting.pop())
        found = {declarations[word] for word in _IDENTIFIER.findall(code) if word in declarations}
        waiting += found - wanted
        wanted |= found
    return "".join(text for text in texts if text in wanted)


def _used(styles: str, shown: set[str], language: str) -> str:
    """Return a style sheet without spaces, and without the selectors of what this page never shows."""

    def keep(rule: re.Match[str]) -> str:
        if "@" in rule[1]:
            return rule[0]
        selectors = [_chosen(one, shown) for one in _COMMA.split(rule[1]) if _can_meet(one, shown)]
        # A page's exit is a link, from the first moment on.
        selectors = [one for one in selectors if not one.strip().startswith(".himaya-exit button")]
        selectors = [one for one in selectors if language != SOURCE or not _OTHERS.search(one)]
        return f"{','.join(selectors)}{rule[2]}" if selectors else ""

    return str(minified("text/css", _RULE.sub(keep, _STYLE_COMMENT.sub("", styles))))


def _chosen(selector: str, shown: set[str]) -> str:
    """Return a selector whose `:is(...)` names only what is shown."""

    def left(choices: re.Match[str]) -> str:
        met = [one for one in _COMMA.split(choices[1]) if _can_meet(one, shown)]
        return f":is({','.join(met)})" if len(met) > 1 or met[0].startswith((":", "[")) else met[0].strip()

    return _IS.sub(left, selector)


def _can_meet(selector: str, shown: set[str]) -> bool:
    """Return whether what a selector names is shown; conditions such as `:hover` or `[dir]` may always hold."""
    either = (_COMMA.split(inside) for inside in _IS.findall(selector))
    named = shown.issuperset(_TOKEN.findall(_LOOSE.sub("", selector)))
    return named and all(any(_can_meet(one, shown) for one in choices) for choices in either)
