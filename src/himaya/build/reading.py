"""Prose as a trainee reads it: sources in words and numbers, pictures inside the text, local facts while fresh."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from himaya.content.prose import CITATION, COUNTRY, IMAGE, MARK
from himaya.i18n.interface import sentence

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping
    from pathlib import Path

    from himaya.content.models import Source

_MARK_WORDS = {
    "verify": "(a specialist has yet to confirm this)",
    "sop": "(this differs by local procedure)",
    "design": "(our own teaching choice)",
}


@dataclass(frozen=True)
class Reader:
    """Turns what an author writes into what a trainee reads.

    Attributes:
        folder: Where the prose lies, with its pictures in `media/`.
        sources: What citations refer to, by code, in the order of their numbers.
        local: The country settings that may be shown, by id; for any other the trainee asks the supervisor.
    """

    folder: Path
    sources: Mapping[str, Source]
    local: Mapping[str, str]

    def read(self, markdown: str) -> str:
        """Return Markdown with words instead of marks, numbers instead of codes, pictures instead of file names."""
        marked = MARK.sub(lambda match: _MARK_WORDS[match[1].lower()], markdown)
        local = COUNTRY.sub(lambda match: self.local.get(match[1], sentence("ask-supervisor")), marked)
        return IMAGE.sub(self._draw, CITATION.sub(self._cite, local))

    def _cite(self, match: re.Match[str]) -> str:
        code, place = match[1], match[2]
        if code == "design":
            return _MARK_WORDS["design"]
        number = list(self.sources).index(code) + 1 if code in self.sources else code
        return f"[{number}{', ' + place.strip() if place else ''}](#Sources)"

    def _draw(self, match: re.Match[str]) -> str:
        file = self.folder / match[2]
        if not file.is_file():
            return match[0]  # the check says so; a preview goes on
        # JupyterLab draws no SVG that is an attachment of its cell, but one that is written into the address.
        data = base64.b64encode(file.read_bytes()).decode()
        return f"![{match[1]}](data:image/svg+xml;base64,{data})"

    def bibliography(self) -> str:
        """Return the last section: the sources, numbered as the citations are."""
        lines = ["## Sources", ""]
        for number, (code, source) in enumerate(self.sources.items(), 1):
            if code != "design":
                note = f" {source.note}" if source.note else ""
                lines.append(f"{number}. {source.title}. {source.by}, {source.year}.{note}")
        return "\n".join(lines)
