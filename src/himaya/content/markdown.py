"""The one Markdown parser of Himaya, and what in an author's Markdown could run, load or lead somewhere."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from markdown_it.token import Token

PICTURE = "data:image/svg+xml;base64,"  # how a drawing is written into the text
_DRAWING = re.compile(r"media/[a-z0-9]+(-[a-z0-9]+)*\.svg")
_IMAGE = re.compile(r"!\[[^\]]*\]\(\s*([^)\s]*)[^)]*\)")
_OTHER = "\ufffc"  # stands for what is no plain text: code, an escaped letter, a picture

_TAG = re.compile(r"<[A-Za-z/!?][^\s<>]*")
_SHOW = re.compile(r"\b(?:show|submit)\([^)\n]*\)")
_LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]*:)?//[^\s)>\"']+|\bmailto:[^\s)>\"']+", re.IGNORECASE)
_SCRIPT = re.compile(r"\b(?:javascript|vbscript)\s*:\S*|\bdata:[a-z]+/\S*|\\href\b", re.IGNORECASE)
_DIRECTIVE = re.compile(r"^ *:{3,}\{", re.MULTILINE)
_IMAGE_LEFT = re.compile(r"!\[[^\]\n]*\]")
_ELSEWHERE = "allowed: files of this module, since a page asks nobody else for anything. Name the document instead."
_NO_SCRIPT = "is an address that could run something; allowed: #a-heading and media/a-name.svg."


@cache
def markdown(*, html: bool = True, leads: Callable[[str], bool] | None = None, shorter: bool = False) -> MarkdownIt:
    """Return the parser: CommonMark with tables, as JupyterLab and nbconvert read prose.

    Args:
        html: Whether HTML in the text is markup; otherwise it is shown as it is written.
        leads: Whether a link or picture may have this address; what may not is text. The prose's own rule if not given.
        shorter: Whether addresses stay as they are written: a heading's name in Sorani is three times as long in
            percent signs, and every citation leads to one.
    """
    made = MarkdownIt("commonmark", {"html": html}).enable("table")
    made.validateLink = leads or _may_lead_to  # type: ignore[method-assign, assignment]
    if shorter:
        made.normalizeLink = str  # type: ignore[method-assign, assignment]
    return made


def _may_lead_to(address: str) -> bool:
    """Return whether a link or picture may lead there; our pictures are written into the address."""
    return address.startswith(("#", "media/", PICTURE, "https://", "http://"))


@cache
def _strict() -> MarkdownIt:
    """Return the parser that sees every link, whatever its address, and keeps escaped letters apart."""
    made = MarkdownIt("commonmark", {"html": True}).enable("table").disable("text_join")
    made.validateLink = lambda _: True  # type: ignore[method-assign, assignment]
    return made


def markdown_dangers(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line, below the first, of HTML in any shape, and of each address that is not on the list of allowed."""
    yield from dict.fromkeys(_dangers(source))  # an address may stand in a link and in its words


def _dangers(source: str) -> Iterator[tuple[int, str]]:
    known: dict[str, object] = {}
    tokens = _strict().parse(source, known)
    for token in tokens:
        line = token.map[0] if token.map else 0
        if token.type == "html_block":
            yield line, f"'{_begin(token.content)}' is raw HTML; allowed: Markdown only."
        elif token.type == "fence" and token.info.lstrip().startswith("{"):
            yield line, f"'{token.markup}{{' is a directive; allowed: Markdown only."
        elif token.type == "inline":
            yield from _inline_dangers(token, line)
    # Another reader of Markdown may use a definition that this one does not.
    defined = [*known.get("references", {}).values(), *known.get("duplicate_refs", [])]  # type: ignore[attr-defined, misc]
    yield from ((one["map"][0], _address_fault(one["href"])) for one in defined if not _may_stay(one["href"]))


def _inline_dangers(token: Token, first: int) -> Iterator[tuple[int, str]]:
    written = [found[1] for found in _IMAGE.finditer(token.content)]
    line, said = first, ""
    for child in token.children or []:
        if (fault := _fault_of(child, written)) is not None:
            yield line, fault
        said += _said(child)
        line = first + said.count("\n")
    yield from ((first + below, text) for below, text in _said_dangers(said))


def _fault_of(part: Token, written: list[str]) -> str | None:
    """Return what is wrong with one part of a paragraph, in which images are `written` with these addresses."""
    address = str(part.attrGet("href") or part.attrGet("src") or "")
    if part.type == "html_inline":
        return f"'{_begin(part.content)}' is raw HTML; allowed: Markdown only."
    if part.type == "link_open" and not _may_stay(address):
        return _address_fault(address)
    if part.type == "image" and (_SCRIPT.match(address) or _LINK.match(address)):
        return _address_fault(address)
    if part.type == "image" and address not in written:
        return f"'![{part.content}]' names no file; write ![words](media/a-name.svg)."
    return None


def _said(part: Token) -> str:
    """Return what a part of a paragraph says as plain text, with every line end."""
    match part.type:
        case "text":
            return part.content
        case "softbreak" | "hardbreak":
            return "\n"
        case "image":
            return f"{_OTHER}{part.content}{_OTHER}"
        case "html_inline" | "text_special" | "code_inline":
            return _OTHER + "\n" * part.content.count("\n")
        case _:
            return ""


def _said_dangers(said: str) -> Iterator[tuple[int, str]]:
    """Yield what this parser took for text and another could take for more, and what is meant for a code cell."""
    faults = {
        _TAG: "'{}' is raw HTML; allowed: Markdown only.",
        _SHOW: "'{}' stands in the text; it works in a code cell only.",
        _IMAGE_LEFT: "'{}' names no file; write ![words](media/a-name.svg).",
        _SCRIPT: f"'{{}}' {_NO_SCRIPT}",
        _LINK: f"'{{}}' leads to another origin; {_ELSEWHERE}",
        _DIRECTIVE: "'{}' is a directive; allowed: Markdown only.",
    }
    for pattern, fault in faults.items():
        for found in pattern.finditer(said):
            yield said.count("\n", 0, found.start()), fault.format(found[0].strip()[:80])


def _may_stay(address: str) -> bool:
    return address.startswith("#") or _DRAWING.fullmatch(address) is not None


def _address_fault(address: str) -> str:
    """Return what is wrong with an address, in which the parser has decoded every character."""
    fault = _NO_SCRIPT if _SCRIPT.match(address) else f"leads to another origin; {_ELSEWHERE}"
    return f"'{address[:80]}' {fault}"


def _begin(html: str) -> str:
    return html.strip()[:80]


def images(source: str) -> Iterator[tuple[int, str, str]]:
    """Yield the line, below the first, the words and the address of each image; code holds none."""
    for token in _strict().parse(source):
        line = token.map[0] if token.map else 0
        for child in token.children or []:
            if child.type == "image":
                yield line, child.content, str(child.attrGet("src"))
            line += child.type in ("softbreak", "hardbreak")
