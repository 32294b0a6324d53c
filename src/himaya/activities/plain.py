"""Plain HTML in one language, for where no player draws: a printed page, a shared notebook. Everything is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from himaya.languages.facts import ALL
from himaya.languages.interface import interface
from himaya.languages.isolates import without_isolates

if TYPE_CHECKING:
    from collections.abc import Iterable


def lines(text: object) -> str:
    """Escape text that a person wrote; half characters become U+FFFD, line ends become breaks."""
    clean = str(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "<br>".join(escape(line) for line in clean.splitlines())


class Plain:
    """Writes in one language."""

    def __init__(self, language: str) -> None:
        """Take the sentences of `language`."""
        self._say = interface(language)
        self.arrow = ALL[language].forward

    def __getitem__(self, key: str) -> str:
        """Return a sentence of the interface catalogue."""
        return self._say[key]

    def paragraph(self, text: object, label: str | None = None) -> str:
        """Return a paragraph, after a sentence of the catalogue where `label` names one."""
        start = f"<strong>{escape(self[label])}:</strong> " if label else ""
        return f'<p dir="auto">{start}{lines(text)}</p>'

    def typed(self, text: object, unit: str = "") -> str:
        """Return a paragraph with what somebody typed."""
        return self.paragraph(f"{without_isolates(str(text))}{unit}", "answer-shown")

    def chosen(self, entries: Iterable[str], tag: str = "ul") -> list[str]:
        """Return the list of what was chosen, after its label."""
        return [self.paragraph("", "answer-shown"), self.listed((lines(entry) for entry in entries), tag)]

    def listed(self, entries: Iterable[str], tag: str = "ul") -> str:
        """Return a list of entries that are HTML already."""
        return f"<{tag}>{''.join(f'<li>{entry}</li>' for entry in entries)}</{tag}>"
