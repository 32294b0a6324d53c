"""Replace the text of Markdown block by block and leave its structure as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from himaya.content.markdown import markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from markdown_it.token import Token

    Replace = Callable[[str, str], str]
    """(kind of block, its text) -> the new text."""

_KINDS = {"heading_open": "heading", "th_open": "table heading", "td_open": "table cell"}
_BAR = re.compile(r"(?<!\\)\|")


def replace_prose(source: str, replace: Replace) -> str:
    """Return Markdown in which `replace` was asked for the text of each heading, paragraph, list item and table cell.

    Args:
        source: Markdown of one cell.
        replace: Given the kind of block and its text with the marks inside the line (bold, links, citations).
    """
    lines = source.split("\n")
    done: list[tuple[int, int, list[str]]] = []
    for first, last, new in _blocks(markdown().parse(source), lines, replace):
        done.append((first, last, new))
    for first, last, new in reversed(done):
        lines[first:last] = new
    return "\n".join(lines)


def _blocks(tokens: list[Token], lines: list[str], replace: Replace) -> Iterator[tuple[int, int, list[str]]]:
    row: list[str] = []
    at = items = 0
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "tr_open" and token.map is not None:
            row, at = [], token.map[0]
        elif token.type in ("list_item_open", "list_item_close"):
            items += token.nesting
        elif token.type == "tr_close":
            yield at, at + 1, [f"| {' | '.join(row)} |"]
        elif token.type == "inline":
            kind = _KINDS.get(before.type if before else "", "list item" if items else "paragraph")
            text = replace(kind, token.content) if token.content.strip() else token.content
            if kind.startswith("table"):
                row.append(_BAR.sub(r"\|", text))
            elif token.map is not None:
                yield _lines_of(token, lines, text)


def _lines_of(token: Token, lines: list[str], text: str) -> tuple[int, int, list[str]]:
    first, last = token.map or (0, 0)
    begins = lines[first].find(token.content.split("\n")[0])
    prefix = lines[first][: max(begins, 0)]
    following = re.sub(r"[^>\s]", " ", prefix)
    head, *rest = text.split("\n")
    return first, last, [prefix + head, *(following + line for line in rest)]


def skeleton(text: str) -> list[str]:
    """Return what a translation must keep of Markdown inside a line: links and pictures with targets, code, bold."""
    found = []
    for block in markdown().parse(text):
        if block.type != "inline":
            found.append(block.type)
            continue
        for token in block.children or []:
            if token.type == "link_open":
                found.append(f"link to {token.attrGet('href')}")
            elif token.type == "image":
                found.append(f"picture {token.attrGet('src')}")
            elif token.type == "code_inline":
                found.append(f"code {token.content}")
            elif token.type in ("strong_open", "em_open"):
                found.append("emphasis")
            elif token.type == "html_inline":
                found.append(f"HTML {token.content}")
    return sorted(found)
