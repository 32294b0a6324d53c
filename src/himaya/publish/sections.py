"""Prose as the HTML of a page: no link that leads out, tables that scroll."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from himaya.content.markdown import PICTURE, markdown
from himaya.languages.interface import sentence
from himaya.languages.isolates import marked_up, without_isolates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from himaya.content.country import Fact


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
    html = marked_up(prose_parser().renderer.render(tokens, prose_parser().options, {}))
    label = escape(without_isolates(sentence("table", language)), quote=True)
    group = f'<div class="scroll" role="group" tabindex="0" aria-label="{label}"><table>'
    return html.replace("<table>", group).replace("</table>", "</table></div>")
