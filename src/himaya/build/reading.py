"""Prose as a trainee reads it: sources in words and numbers, pictures inside the text."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from himaya.content.country import shown_values
from himaya.content.prose import CITATION, COUNTRY, IMAGE, MARK
from himaya.i18n.interface import sentence

if TYPE_CHECKING:
    import re
    from datetime import date

    from himaya.content.load import LoadedModule
    from himaya.content.models import Module

_MARK_WORDS = {
    "verify": "(a specialist has yet to confirm this)",
    "sop": "(this differs by local procedure)",
    "design": "(our own teaching choice)",
}


def readable(source: str, loaded: LoadedModule, on: date | None = None) -> str:
    """Return Markdown in which marks are words, citations point to the list of sources, and pictures are inside.

    Args:
        source: Markdown as an author writes it.
        loaded: The module it belongs to.
        on: The day of the build; country settings checked in the six months before it are shown.
    """
    known = shown_values(loaded.path.parent.parent, on)

    def cite(match: re.Match[str]) -> str:
        code, place = match[1], match[2]
        sources = loaded.module.sources
        if code == "design":
            return _MARK_WORDS["design"]
        number = list(sources).index(code) + 1 if code in sources else code
        return f"[{number}{', ' + place.strip() if place else ''}](#Sources)"

    def draw(match: re.Match[str]) -> str:
        file = loaded.path / match[2]
        if not file.is_file():
            return match[0]  # the check says so; a preview goes on
        # JupyterLab draws no SVG that is an attachment of its cell, but one that is written into the address.
        data = base64.b64encode(file.read_bytes()).decode()
        return f"![{match[1]}](data:image/svg+xml;base64,{data})"

    marked = MARK.sub(lambda match: _MARK_WORDS[match[1].lower()], source)
    local = COUNTRY.sub(lambda match: known.get(match[1], sentence("ask-supervisor")), marked)
    return IMAGE.sub(draw, CITATION.sub(cite, local))


def bibliography(module: Module) -> str:
    """Return the last section of a module: its sources, numbered as the citations are."""
    lines = ["## Sources", ""]
    numbered = [(n, code, source) for n, (code, source) in enumerate(module.sources.items(), 1)]
    for number, code, source in numbered:
        if code == "design":
            continue
        note = f" {source.note}" if source.note else ""
        lines.append(f"{number}. {source.title}. {source.by}, {source.year}.{note}")
    return "\n".join(lines)
