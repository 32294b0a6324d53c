"""What of a module nobody has signed, as each door tells it; what is open is decided in `signoff.standing` alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from himaya.content.assignments import form_of
from himaya.content.lessons import all_blocks, blocks_of, heading_text, outline
from himaya.languages.facts import ALL
from himaya.languages.interface import sentence
from himaya.signoff.dangers import read_reading
from himaya.signoff.parts import COVER, DANGERS, ELSEWHERE, OPENING, SOURCES, parts_of
from himaya.signoff.standing import standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from himaya.content.load import LoadedModule
    from himaya.content.prose import Cell
    from himaya.signoff.parts import Part

_NAMED = (COVER, DANGERS, SOURCES, ELSEWHERE)


@dataclass(frozen=True)
class Drafts:
    """What is open in a module, in the language in which it is loaded.

    Attributes:
        notes: What a reader is told, in that language; nothing where everything is signed.
        lessons: Ids of the lessons in which something is open, in order.
        activities: Ids of the activities and code items in parts that are open, in order.
        in_part: Whether some of it is signed.
    """

    notes: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    in_part: bool = False

    def __bool__(self) -> bool:
        """Whether anything is open."""
        return bool(self.notes)


def drafts_of(loaded: LoadedModule, activity: str | None = None) -> Drafts:
    """Return what is open in a module, or in the part of it in which one activity stands.

    Raises:
        ContentError: If its signatures cannot be read.
    """
    standing = standing_of(loaded)
    if not standing.is_draft:
        return Drafts()
    names = (*loaded.activities, *loaded.code)
    parts: Sequence[Part] = ()
    if standing.content or standing.words:
        signed = loaded.whole or loaded
        english = signed.english or signed
        every = parts_of(english, read_reading(english.path))
        where = {entry.activity: part.id for part in every for entry in part.entries}
        here = _parts_in(loaded, every, where) if activity is None else {where[activity]}
        names = tuple(name for name in names if standing.part_is_draft(where[name]))
        parts = [part for part in every if part.id in here]
    notes = (
        *_note(loaded, parts, standing.content, "draft-note", "draft-parts"),
        *_note(loaded, parts, standing.words, "draft-translation", "draft-translation-parts"),
    )
    lessons = tuple(lesson.id for lesson in loaded.module.lessons if standing.part_is_draft(lesson.id))
    return Drafts(notes, lessons, names, standing.in_part) if notes else Drafts()


def _parts_in(loaded: LoadedModule, parts: Iterable[Part], where: Mapping[str | None, str]) -> set[str]:
    """Return the ids of the parts that a safety form or a module is read from, without lessons that are left out."""
    if form_of(loaded.module.id) is None:
        left_out = {each.id for each in (loaded.whole or loaded).module.lessons}
        left_out -= {each.id for each in loaded.module.lessons}
        return {part.id for part in parts} - left_out
    return {COVER, SOURCES, *(where[name] for name in loaded.activities)}


def _note(
    loaded: LoadedModule, parts: Iterable[Part], still: frozenset[str] | None, whole: str, some: str
) -> list[str]:
    if still is None:
        return [sentence(whole, loaded.language)]
    titles = [_title(loaded, part) for part in parts if part.id in still]
    # A title may hold a comma, and in Arabic script the separator of facts is one.
    return [sentence(some, loaded.language, parts=" / ".join(titles))] if titles else []


def _title(loaded: LoadedModule, part: Part) -> str:
    """Return how the module calls a part, in its own language."""
    if part.id == OPENING:
        return loaded.module.title
    if part.id in _NAMED:
        return sentence(f"reading-part-{part.id}", loaded.language)
    loaded = loaded.whole or loaded
    lesson = next((lesson for lesson in loaded.module.lessons if lesson.id == part.id), None)
    if lesson is not None:
        return lesson.title
    source = loaded.english or loaded
    same = zip(all_blocks(source.cells), all_blocks(loaded.cells), strict=False)
    named = (heading_text(ours) for theirs, ours in same if theirs.level and heading_text(theirs) == part.title)
    return next(named, part.title)


def marked_cells(loaded: LoadedModule, drafts: Drafts) -> list[Cell]:
    """Return the cells of a module; where some of it is signed, each lesson that is not says so where it starts."""
    cells = list(loaded.cells)
    if not drafts.in_part:
        return cells
    short = sentence("draft-short", loaded.language)
    for part in reversed(outline(loaded).lessons):  # from the end, so that the numbers of earlier blocks still hold
        if part.lesson is None or part.lesson.id not in drafts.lessons:
            continue
        first = part.blocks[0]
        line = f"> **{part.lesson.title}**{ALL[loaded.language].separator}{short}"
        at, number = (first.cell - 1, None) if first.acts else (first.cell, first.number + bool(first.level))
        if at < 0 or cells[at].kind != "markdown":
            continue
        texts = [text for _, text in blocks_of(cells[at].source)]
        texts.insert(len(texts) if number is None else number, line)
        cells[at] = replace(cells[at], source="\n\n".join(texts))
    return cells
