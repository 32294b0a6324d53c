"""A module or a course in another language: every id, key and point as in English, every text from its PO file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from himaya.content.load import load_module
from himaya.errors import ContentError
from himaya.languages.digits import in_digits, with_telephones_whole
from himaya.languages.facts import SOURCE, digits_of
from himaya.languages.isolates import as_english
from himaya.translation.check import check_language
from himaya.translation.domains import country_domain, course_domain, domain_of
from himaya.translation.units import has_words, with_course_texts, with_texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from himaya.content.country import Fact
    from himaya.content.load import LoadedModule
    from himaya.course.course import Course
    from himaya.languages.facts import Digits
    from himaya.translation.domains import Domain
    from himaya.translation.units import Unit


def load_in(path: Path, language: str, digits: Digits = "arabic-indic") -> LoadedModule:
    """Return the module in the folder `path` in one language.

    Raises:
        ContentError: If the module or its PO file is not in order.
    """
    return translated(load_module(path), language, digits)


def translated(loaded: LoadedModule, language: str, digits: Digits = "arabic-indic") -> LoadedModule:
    """Return a module in another language; where a text is not translated, the English stands in and is marked.

    Raises:
        ContentError: If the PO file has a fault: nothing of it is used.
    """
    if language == SOURCE:
        return loaded
    digits = digits_of(language, digits)
    texts = _Texts.of(domain_of(loaded), language, digits)
    made = with_texts(loaded, texts.answer)
    return replace(made, language=language, english=loaded, digits=digits)


def translated_course(course: Course, overview: str, folder: Path, language: str) -> tuple[Course, str]:
    """Return a course and the Markdown of its overview in another language.

    Raises:
        ContentError: If the PO file has a fault.
    """
    if language == SOURCE:
        return course, overview
    texts = _Texts.of(course_domain(folder), language, digits_of(language, course.digits))
    return with_course_texts(course, overview, texts.answer)


def translated_facts(facts: Mapping[str, Fact], base: Path, language: str, digits: Digits) -> dict[str, Fact]:
    """Return local facts in another language; what is not translated stays in the words in which it was written.

    Raises:
        ContentError: If the PO file has a fault.
    """
    if language == SOURCE or not facts:
        return dict(facts)
    texts = _Texts.of(country_domain(base), language, digits)

    def said(place: str, text: str) -> str:
        return texts.finished(place, text) or text

    return {
        name: replace(
            fact,
            value=said(f"{name}.value", fact.value),
            source=said(f"{name}.source", fact.source),
        )
        for name, fact in facts.items()
    }


@dataclass(frozen=True)
class _Texts:
    """The finished translations of one domain."""

    known: dict[tuple[str, str], tuple[str, ...]]
    digits: Digits

    @classmethod
    def of(cls, domain: Domain, language: str, digits: Digits) -> _Texts:
        report = check_language(domain, language, faults_only=True)
        if report.faults:
            raise ContentError(report.faults)
        return cls({} if report.po is None else report.po.translations(), digits)

    def finished(self, place: str, text: str) -> str | None:
        """Return the finished translation of one text, None where there is none."""
        found = self.known.get((place, text))
        return None if found is None else with_telephones_whole(in_digits(found[0], self.digits))

    def answer(self, unit: Unit) -> str:
        found = self.finished(unit.place, unit.text)
        if found is not None:
            return found
        return as_english(unit.text) if has_words(unit.text) else in_digits(unit.text, self.digits)
