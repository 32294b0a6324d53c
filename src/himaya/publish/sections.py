"""Prose as the HTML of a page: no link that leads out, tables that scroll or, on a phone, become lists."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from himaya.content.markdown import PICTURE, markdown
from himaya.languages.interface import sentence
from himaya.languages.isolates import marked_up, without_isolates
from himaya.publish.margins import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from himaya.content.country import Fact

_SENTENCE = 40  # letters; a cell with fewer holds a figure or a name


def prose_parser() -> MarkdownIt:
    """Return a parser for prose: no HTML, no link that leads out of the page."""
    return markdown(html=False, leads=_stays_here, shorter=True)


def _stays_here(address: str) -> bool:
    return address.startswith(("#", PICTURE))


def literal(text: str) -> str:
    """Return Markdown that shows `text` as it is: a country value is no author's text."""
    return "".join(
        f"\\{letter}" if letter.isascii() and not letter.isalnum() and letter > " " else letter for letter in text
    )


def literal_fact(fact: Fact) -> Fact:
    """Return a local fact whose words are shown as they are."""
    return replace(fact, value=literal(fact.value), source=literal(fact.source))


def prose_html(markdown_text: str, language: str) -> str:
    """Return prose without headings that divide it, such as a course's first page, as HTML."""
    return _html(prose_parser().parse(markdown_text), language)


def blocks_html(markdown_text: str, language: str) -> list[str]:
    """Return each block of prose as HTML; blocks are counted as `himaya.content.lessons` counts them."""
    groups: list[list[Token]] = []
    for token in prose_parser().parse(markdown_text):
        if token.level == 0 and token.nesting >= 0 and token.map:
            groups.append([])
        groups[-1].append(token)
    return [_html(group, language) for group in groups]


def _html(tokens: Sequence[Token], language: str) -> str:
    for at, token in enumerate(tokens):
        if token.type == "table_open":
            _name_cells(tokens[at:])
    html = marked_up(prose_parser().renderer.render(tokens, prose_parser().options, {}))
    label = escape(without_isolates(sentence("table", language)), quote=True)
    group = f'<div class="scroll" role="group" tabindex="0" aria-label="{label}"><table'
    return html.replace("<table", group).replace("</table>", "</table></div>")


def _name_cells(tokens: Sequence[Token]) -> None:
    """Give the cells of a table the heading of their column, if a narrow screen shows its rows as lists.

    It does so where three columns or more hold sentences, which would be a few letters wide beside each other.

    Args:
        tokens: From the beginning of the table.
    """
    heads: list[str] = []
    cells: list[tuple[Token, str]] = []
    for token, following in pairwise(tokens):
        if token.type == "table_close":
            break
        if token.type == "th_open":
            heads.append(_words(following))
        elif token.type == "td_open":
            cells.append((token, _words(following)))
    if len(heads) < 3 or max((len(words) for _, words in cells), default=0) <= _SENTENCE:
        return
    tokens[0].attrSet("class", "stacked")
    for number, (cell, _) in enumerate(cells):
        if number % len(heads):  # the first one is the heading of its row
            cell.attrSet("data-column", heads[number % len(heads)])


def _words(inline: Token) -> str:
    """Return what a cell says, without what names sources."""
    said, inside = "", 0
    for part in inline.children or []:
        inside += part.nesting if part.type.startswith("link") else 0
        said += "" if inside else part.content
    return bare(without_isolates(said)).strip()
