"""A module's prose as the sections of a page: HTML in which each activity has a place of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from himaya.content.markdown import PICTURE, markdown
from himaya.languages.interface import sentence
from himaya.languages.isolates import marked_up, without_isolates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from himaya.content.load import LoadedModule
    from himaya.publish.reading import Reader


@dataclass
class Section:
    """A heading and all that follows it up to the next one.

    Attributes:
        id: What links lead to.
        title: HTML; empty for what stands before the first heading.
        parts: HTML, in order.
    """

    id: str
    title: str = ""
    parts: list[str] = field(default_factory=list)

    def html(self) -> str:
        """Return the section as one element."""
        heading = f'<h2 id="{self.id}-title">{self.title}</h2>' if self.title else ""
        label = f' aria-labelledby="{self.id}-title"' if self.title else ""
        return f'<section id="{self.id}"{label}>{heading}{"".join(self.parts)}</section>'


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


def sections_of(loaded: LoadedModule, reader: Reader) -> list[Section]:
    """Return the module from its first line to its sources; the first section stands before any heading."""
    found = [Section("start")]
    for cell in loaded.cells:
        if cell.kind == "markdown":
            _read(found, reader.read(cell.source), loaded.language)
        elif cell.activity is not None:
            found[-1].parts.append(f'<div data-show="{cell.activity}"></div>')
        elif cell.code is not None:
            found[-1].parts.append(f'<p class="note">{escape(sentence("page-code", loaded.language))}</p>')
    _read(found, reader.bibliography(), loaded.language)
    # Citations lead to the name of that heading, as they do in a notebook.
    found[-1].id = escape(sentence("sources", loaded.language).replace(" ", "-"))
    return found


def prose_html(markdown_text: str, language: str) -> str:
    """Return prose without headings that divide it, such as a course's first page, as HTML."""
    return _html(prose_parser().parse(markdown_text), language)


def _read(found: list[Section], text: str, language: str) -> None:
    tokens = prose_parser().parse(text)
    starts = [at for at, token in enumerate(tokens) if token.type == "heading_open" and token.level == 0]
    divides = [at for at in starts if tokens[at].tag in ("h1", "h2")]
    for at, end in zip([0, *divides], [*divides, len(tokens)], strict=True):
        group = tokens[at:end]
        if group and at in divides:
            if group[0].tag == "h2":
                title = prose_parser().renderer.render(group[1:2], prose_parser().options, {})
                found.append(Section(f"part-{len(found)}", marked_up(title)))
            group = group[3:]  # the page has a heading of its own for the module
        if group:
            found[-1].parts.append(_html(group, language))


def _html(tokens: Sequence[Token], language: str) -> str:
    html = marked_up(prose_parser().renderer.render(tokens, prose_parser().options, {}))
    label = escape(without_isolates(sentence("table", language)), quote=True)
    group = f'<div class="scroll" role="group" tabindex="0" aria-label="{label}"><table>'
    return html.replace("<table>", group).replace("</table>", "</table></div>")
