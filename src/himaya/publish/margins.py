"""Sources and doubts beside the text: a small number in the sentence, the note at the end of its step."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from himaya.content.prose import CITATION, MARK
from himaya.languages.digits import in_digits
from himaya.languages.facts import ALL
from himaya.languages.interface import interface
from himaya.languages.isolates import marked_up, without_isolates

if TYPE_CHECKING:
    from himaya.publish.reading import Reader

_NOTED = re.compile(rf"[ \t]*(?:{CITATION.pattern}|{MARK.pattern})", re.IGNORECASE)
# Private characters: Markdown leaves them alone, and no author writes them.
_BEGIN, _END = "\ue000", "\ue001"
_ASIDE = re.compile(rf"(?:{_BEGIN}\d+{_END})+")
_ONE = re.compile(rf"{_BEGIN}(\d+){_END}")
_TAG = re.compile(r"(<[^>]*>)")


def bare(html: str) -> str:
    """Return HTML without what stands for sources and doubts: a title in a list has no margin."""
    return _ASIDE.sub("", html)


class Margins:
    """Reads prose as a `Reader` does, with sources and doubts put aside until a step is placed."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._notes: list[str] = []
        self._say = interface(reader.language, reader.digits)

    def read(self, markdown: str) -> str:
        """Return Markdown in which a character of private use and a number stand for each source or doubt."""
        return self._reader.read(_NOTED.sub(self._put_aside, markdown))

    def bibliography(self) -> str:
        """Return the section with all sources."""
        return self._reader.bibliography()

    def placed(self, html: str, name: str) -> str:
        """Return HTML of one step with its notes at the end.

        Args:
            html: Made of what `read` gave.
            name: Of the step; its notes are `name.n1` and so on.
        """
        order = list(dict.fromkeys(self._notes[int(one)] for one in _ONE.findall(html)))
        if not order:
            return html

        def link(number: int) -> str:
            label = escape(without_isolates(self._say["note-number"].format(n=number)), quote=True)
            shown = in_digits(str(number), self._reader.digits)
            return f'<a href="#{name}.n{number}" aria-label="{label}">{shown}</a>'

        def numbers(match: re.Match[str]) -> str:
            found = sorted({order.index(self._notes[int(one)]) + 1 for one in _ONE.findall(match[0])})
            return f'<sup class="mark">{ALL[self._reader.language].comma.join(map(link, found))}</sup>'

        items = "".join(f'<li id="{name}.n{number}">{note}</li>' for number, note in enumerate(order, 1))
        sources = self._say["sources"]
        all_of_them = f'<p><a href="#{escape(sources.replace(" ", "-"))}">{marked_up(escape(sources))}</a></p>'
        summary = marked_up(escape(self._say["notes"].format(n=len(order))))
        pieces = [bare(each) if each.startswith("<") else _ASIDE.sub(numbers, each) for each in _TAG.split(html)]
        return (
            f"{''.join(pieces)}"
            f'<details class="notes"><summary>{summary}</summary><ol>{items}</ol>{all_of_them}</details>'
        )

    def _put_aside(self, match: re.Match[str]) -> str:
        self._notes.append(marked_up(escape(self._note(match))))
        return f"{_BEGIN}{len(self._notes) - 1}{_END}"

    def _note(self, match: re.Match[str]) -> str:
        mark = match[3] or match[1]
        if mark.lower() in ("verify", "sop", "design"):
            return self._say[f"mark-{mark.lower()}"]
        source = self._reader.sources.get(mark)
        if source is None:
            return mark
        comma = ALL[self._reader.language].comma
        place = f": {match[2].strip()}" if match[2] else ""
        return f"{source.title}. {source.by}{comma}{source.year}{place}"
