"""What all pages of one course and language share."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from himaya.languages.facts import ALL
from himaya.languages.interface import duration, interface, sentence
from himaya.languages.isolates import marked_up

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from himaya.course.course import Course
    from himaya.publish.page_code import Code, Kind


class Sentences:
    """Says the sentences of the interface catalogue in one language."""

    language: str

    def sentence(self, key: str, **values: object) -> str:
        """Return a sentence as text, for templates."""
        return sentence(key, self.language, **values)

    def duration(self, minutes: int) -> str:
        """Return a time in words as text, for templates."""
        return duration(minutes, interface(self.language))

    def say(self, key: str, **values: object) -> str:
        """Return a sentence as HTML."""
        return marked_up(escape(self.sentence(key, **values)))

    def time(self, minutes: int) -> str:
        """Return a time in words as HTML."""
        return marked_up(escape(self.duration(minutes)))

    @property
    def dot(self) -> str:
        """What stands between facts in a line."""
        return ALL[self.language].separator


@dataclass(frozen=True)
class Edition(Sentences):
    """What all pages of one course and language share.

    Attributes:
        course: The course in that language.
        code: What each kind of page runs on.
        on: The day of the build, which decides which country settings are fresh; without one, none is.
        practice: A mentor's edition: everything is practice, nothing is graded or handed in.
        graded: Whether a mentor's edition keeps what is graded, as practice.
        languages: All languages the course is built in, for the switch between them.
        overview: HTML that follows the modules on the index.
        second_forms: Whether the second form of each safety set is in it.
        single: Each file travels by itself: no link leads to another.
    """

    course: Course
    code: Mapping[Kind, Code]
    language: str = "en"
    on: date | None = None
    practice: bool = False
    graded: bool = True
    languages: Sequence[str] = ("en",)
    overview: str = ""
    second_forms: bool = False
    single: bool = False

    def ways(self, address: str) -> list[tuple[str, str]]:
        """Return each other language with the address of the same page in it."""
        return [(other, f"../{other}/{address}") for other in self.languages if other != self.language]

    def owner(self, module: str) -> str:
        """Return under which name a browser keeps answers: the same in every language."""
        return f"{'practice/' if self.practice else ''}{self.course.id}/{module}"
