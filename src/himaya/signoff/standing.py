"""Decides alone what is a draft: whatever nobody has signed as it stands now. No field that somebody sets has a say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from himaya.activities.interview.format import Interview
from himaya.content.country import read_country, shown_facts
from himaya.content.load import module_problem
from himaya.errors import ContentError, Problem
from himaya.languages.facts import SOURCE
from himaya.signoff.dangers import read_reading
from himaya.signoff.parts import digest, parts_of
from himaya.signoff.signatures import read_signatures
from himaya.translation.check import check_language
from himaya.translation.domains import course_domain, interface_domain, words_of
from himaya.translation.po_file import read_catalogue
from himaya.translation.translated import translated, translated_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from himaya.content.country import Fact, Setting
    from himaya.content.load import LoadedModule
    from himaya.languages.facts import Digits
    from himaya.signoff.parts import Part
    from himaya.signoff.signatures import Signatures

    Translations = Mapping[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True)
class Standing:
    """What of a module is still open in one language; None stands for all of it.

    Attributes:
        content: Ids of parts whose English no specialist has signed.
        words: Ids of parts whose translation no native reader has signed; empty in English.
    """

    content: frozenset[str] | None
    words: frozenset[str] | None

    @property
    def content_is_draft(self) -> bool:
        """Whether a specialist has something left to sign."""
        return self.content is None or bool(self.content)

    @property
    def words_are_draft(self) -> bool:
        """Whether a native reader has something left to sign."""
        return self.words is None or bool(self.words)

    @property
    def is_draft(self) -> bool:
        """Whether anything of the module is open."""
        return self.content_is_draft or self.words_are_draft

    @property
    def in_part(self) -> bool:
        """Whether some parts are signed and others are open."""
        return self.is_draft and self.content is not None and self.words is not None

    def part_is_draft(self, part: str) -> bool:
        """Return whether a part, such as a lesson, is open."""
        return any(found is None or part in found for found in (self.content, self.words))


def standing_of(loaded: LoadedModule) -> Standing:
    """Return what is open in a module, in the language in which it is loaded; of what is built of it, in all of it.

    Raises:
        ContentError: If its signatures cannot be read.
    """
    loaded = loaded.whole or loaded
    english = loaded.english or loaded
    known = read_signatures(english.path)
    in_english = loaded.english is None
    signed = {one.language for one in known.signatures}
    if not signed:
        return Standing(None, frozenset() if in_english else None)
    parts = parts_of(english, read_reading(english.path))
    content = frozenset(part.id for part in parts if not _content_is_signed(known, part)) if "en" in signed else None
    if in_english:
        return Standing(content, frozenset())
    if loaded.language not in signed:
        return Standing(content, None)
    texts = translations(english.path, loaded.language)
    words = frozenset(part.id for part in parts if not _words_are_signed(known, part, loaded.language, texts))
    return Standing(content, words)


def unsigned_graded(loaded: LoadedModule) -> list[Problem]:
    """Return the interviews that count although they have to be signed first, and are not.

    Raises:
        ContentError: If the signatures of the module cannot be read.
    """
    early = [
        name
        for name, activity in loaded.activities.items()
        if isinstance(activity, Interview) and activity.signed_first and activity.mode == "graded"
    ]
    if not early:
        return []
    standing = standing_of(loaded)
    parts = {entry.activity: part.id for part in parts_of(loaded) for entry in part.entries}
    text = "this is practice until a specialist has signed it; write 'mode: practice'. See docs/reviewers.md."
    return [loaded.problem(name, text, "mode") for name in early if standing.part_is_draft(parts[name])]


def _content_is_signed(known: Signatures, part: Part) -> bool:
    if known.rejected("en", [(entry.id, entry.hash) for entry in part.entries]):
        return False
    return known.signed(part.id, "en", part.hash) is not None


def _words_are_signed(known: Signatures, part: Part, language: str, texts: Translations) -> bool:
    entries = [entry for entry in part.entries if entry.units]
    if not entries:
        return True  # nothing in it is translated
    if known.rejected(language, [(entry.id, entry.translated_hash(texts)) for entry in entries]):
        return False
    wanted = part.translated_hash(texts)
    return wanted is not None and known.signed(part.id, language, wanted) is not None


def translations(module: Path, language: str) -> Translations:
    """Return the finished translations of a module, by place and English; empty where there is no PO file.

    Raises:
        ContentError: If the PO file cannot be used.
    """
    path = module / "locale" / f"{language}.po"
    return (
        read_catalogue(path, f"modules/{module.name}/locale/{path.name}", language).translations()
        if path.exists()
        else {}
    )


def fact_hash(setting: Setting) -> str:
    """Return a name for exactly this local fact and where it was read."""
    return digest([setting.about, setting.value, setting.source])


def signed_facts(base: Path, settings: Mapping[str, Setting]) -> set[str]:
    """Return which local facts of the repository in `base` somebody has signed as they stand.

    Raises:
        ContentError: If the signatures cannot be read.
    """
    known = read_signatures(base / "courses")
    if not known.signatures:
        return set()
    hashes = {name: fact_hash(setting) for name, setting in settings.items()}
    return {
        name
        for name, wanted in hashes.items()
        if known.signed(f"fact.{name}", "en", wanted) and not known.rejected("en", [(f"fact.{name}", wanted)])
    }


def facts_to_show(
    base: Path, on: date | None, language: str = SOURCE, digits: Digits = "arabic-indic"
) -> dict[str, Fact]:
    """Return the local facts that may be shown on a day, as `shown_facts`, each with whether it is signed.

    What is signed is the text in which a fact was written; a translation is shown where there is one.

    Raises:
        ContentError: If the facts or their signatures cannot be read.
    """
    shown = shown_facts(base, on)
    signed = signed_facts(base, read_country(base).settings) if shown else set()
    said = translated_facts(shown, base, language, digits)
    return {name: replace(fact, signed=name in signed) for name, fact in said.items()}


def refuse_unreleased(course: Path, modules: Iterable[LoadedModule], languages: Iterable[str]) -> None:
    """Refuse what must not go out to trainees in these languages: faults, missing texts, what is still a draft.

    Args:
        course: Its folder.
        modules: In English.
        languages: In which they go out.

    Raises:
        ContentError: With the reason for each module, for the course and for the interface.
    """
    wanted = [language for language in languages if language != SOURCE]
    problems = []
    loaded = list(modules)
    for module in loaded:
        for language in (SOURCE, *wanted):
            standing = standing_of(translated(module, language))
            draft = standing.content_is_draft if language == SOURCE else standing.words_are_draft
            if draft:
                text = f"this is a draft in '{language}': not everything in it is signed. See docs/reviewers.md."
                problems.append(module_problem(module, text, "title"))
    for domain in (interface_domain(words_of(course.parent.parent)), course_domain(course)):
        for report in (check_language(domain, language) for language in wanted):
            problems += report.faults
            if report.state != "released":
                text = f"the state is '{report.state}'; a release needs 'released'. Run: himaya sign --release"
                problems.append(Problem(report.shown, 1, text))
    if problems:
        raise ContentError(problems)
