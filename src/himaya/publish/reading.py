"""Prose as a trainee reads it: sources in words and numbers, pictures inside the text, local facts with their day."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from himaya.content.prose import CITATION, COUNTRY, IMAGE, MARK
from himaya.languages.dates import written_day
from himaya.languages.digits import in_digits
from himaya.languages.facts import ALL, SOURCE
from himaya.languages.interface import interface
from himaya.languages.isolates import END, VALUE, as_english

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from himaya.content.country import Fact
    from himaya.content.module import Source
    from himaya.languages.facts import Digits

_NUMBER = re.compile(r">\s*\d+\s*<")  # all that a picture says: its words stand beside it, for translators
_BAR = re.compile(r"(?<!\\)\|")
_ARABIC_SCRIPT = re.compile("[\u0600-\u06ff]")


@dataclass(frozen=True)
class Reader:
    """Turns what an author writes into what a trainee reads.

    Attributes:
        folder: Where the prose lies, with its pictures in `media/`.
        sources: What citations refer to, by code, in the order of their numbers.
        local: The country settings that may be shown, by id; for any other the trainee asks the supervisor.
        language: Of the prose.
        digits: How it writes numbers.
        english: For a translation, the sources as they are called in English, so that a reader can find them.
    """

    folder: Path
    sources: Mapping[str, Source]
    local: Mapping[str, Fact]
    language: str = SOURCE
    digits: Digits = "western"
    english: Mapping[str, Source] | None = None

    def read(self, markdown: str) -> str:
        """Return Markdown with words instead of marks, numbers instead of codes, pictures instead of file names."""
        marked = MARK.sub(lambda match: self._say(f"in-prose-{match[1].lower()}"), markdown)
        local = COUNTRY.sub(self._fact, marked)
        return IMAGE.sub(self._draw, CITATION.sub(self._cite, local))

    def _fact(self, match: re.Match[str]) -> str:
        fact = self.local.get(match[1])
        if fact is None:
            return self._say("ask-supervisor")
        value, source = self._as_written(fact.value), self._as_written(fact.source)
        day = written_day(fact.day, self.language, self.digits)
        key = "fact-checked" if fact.signed else "fact-read" if fact.read_only else "fact-checked-draft"
        return str(interface(self.language, self.digits)[key].format(fact=value, date=day, source=source))

    def _as_written(self, text: str) -> str:
        """Return words of a local fact apart from the sentence: a country writes them in the language it likes.

        They stand in one line, and a bar is no border of a cell: a fact may stand in a table or a quotation.
        """
        text = _BAR.sub(r"\\|", " ".join(text.split()))
        if self.language == SOURCE:
            return text
        return f"{VALUE}{text}{END}" if _ARABIC_SCRIPT.search(text) else as_english(text)

    def _cite(self, match: re.Match[str]) -> str:
        code, place = match[1], match[2]
        if code == "design":
            return self._say("in-prose-design")
        number = list(self.sources).index(code) + 1 if code in self.sources else code
        comma = ALL[self.language].comma
        anchor = self._say("sources").replace(" ", "-")  # as JupyterLab and nbconvert name a heading
        shown = in_digits(str(number), self.digits)
        return f"[{shown}{f'{comma}{place.strip()}' if place else ''}](#{anchor})"

    def _draw(self, match: re.Match[str]) -> str:
        file = self.folder / match[2]
        if not file.is_file():
            return match[0]  # the check says so; a preview goes on
        # JupyterLab draws no SVG that is an attachment of its cell, but one that is written into the address.
        drawn = _NUMBER.sub(lambda number: in_digits(number[0], self.digits), file.read_text(encoding="utf-8"))
        data = base64.b64encode(drawn.encode()).decode()
        return f"![{match[1]}](data:image/svg+xml;base64,{data})"

    def bibliography(self) -> str:
        """Return the last section: the sources, numbered as the citations are."""
        lines = [f"## {self._say('sources')}", ""]
        for number, (code, source) in enumerate(self.sources.items(), 1):
            if code != "design":
                note = f" {source.note}" if source.note else ""
                comma = ALL[self.language].comma
                title = f"{source.title}{self._as_published(code)}"
                lines.append(f"{number}. {title}. {source.by}{comma}{source.year}.{note}")
        return "\n".join(lines)

    def _as_published(self, code: str) -> str:
        """Return the English title of a document whose title is translated."""
        if self.english is None or self.english[code].title in self.sources[code].title:
            return ""
        return f" ({as_english(self.english[code].title)})"

    def _say(self, key: str) -> str:
        return str(interface(self.language, self.digits)[key])
