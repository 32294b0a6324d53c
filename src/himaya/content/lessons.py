"""A module as lessons and steps: computed from module.yaml and the cells, which it never changes.

Authors say where a lesson starts. Steps come from the text: about 150 words, or one activity. Lessons are metadata, so
a module that is cut into other lessons keeps its cells, its grade ids and its activities as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from himaya.activities.findings import unknown
from himaya.activities.format import Item, Simulation
from himaya.activities.kinds import report_of
from himaya.content.markdown import markdown
from himaya.content.prose import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from himaya.content.load import LoadedModule
    from himaya.content.module import Lesson, Module
    from himaya.content.prose import Cell

WORDS_A_MINUTE = 130
"""Slow reading, in a second language or on a phone."""
STEP_WORDS = 150
LEAD_WORDS = 40
"""Up to which a text that stands before an activity is shown on the activity's own step."""
_ITEM_MINUTES = 2
_WRITING_MINUTES = 7
_CODE_MINUTES = 15
_HEADING = re.compile(r"h([1-6])")


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, a list, a table or a picture of the prose, or a cell that is no prose.

    Attributes:
        cell: Index of its cell in the module.
        number: Its index among the blocks of that cell, which is the same in every language.
        level: Of a heading, 1 to 6; 0 for everything else.
        text: As it was written.
        activity: The activity or code item that it shows.
        submit: Whether it hands in.
    """

    cell: int
    number: int
    level: int = 0
    text: str = ""
    activity: str | None = None
    submit: bool = False

    @property
    def acts(self) -> bool:
        """Whether something is done here and not only read."""
        return self.activity is not None or self.submit


@dataclass(frozen=True)
class Part:
    """Blocks that belong together: a lesson, the opening, the warm-up or a section to look up.

    Attributes:
        blocks: In the order of the module.
        steps: The same blocks, cut into what one screen shows.
        lesson: What the author says of it, for a lesson.
        title: Of a section to look up, in English.
    """

    blocks: tuple[Block, ...]
    steps: tuple[tuple[Block, ...], ...]
    lesson: Lesson | None = None
    title: str = ""


@dataclass(frozen=True)
class Outline:
    """Everything in a module, in parts.

    Attributes:
        opening: What stands before the first lesson, and is shown on the cover.
        warm_up: The section with the pretest; may be empty.
        lessons: In order.
        reference: Sections that are looked up.
        faults: What is wrong, each with the path to it in module.yaml.
    """

    opening: Part
    warm_up: Part
    lessons: tuple[Part, ...]
    reference: tuple[Part, ...]
    faults: tuple[tuple[str, tuple[str | int, ...]], ...] = field(default=())


def blocks_of(source: str) -> list[tuple[int, str]]:
    """Return the level (0 if it is no heading) and the Markdown of each block of a text."""
    return list(_blocks_of(source))


@cache
def _blocks_of(source: str) -> tuple[tuple[int, str], ...]:
    lines = source.split("\n")
    found = []
    for token in markdown(html=False).parse(source):
        if token.level == 0 and token.nesting >= 0 and token.map:
            level = int(token.tag[1]) if token.type == "heading_open" and _HEADING.fullmatch(token.tag) else 0
            found.append((level, "\n".join(lines[token.map[0] : token.map[1]]).strip()))
    return tuple(found)


def all_blocks(cells: Sequence[Cell]) -> Iterator[Block]:
    """Yield the blocks of all cells in order; the setup cell is none."""
    for index, cell in enumerate(cells):
        match cell.kind:
            case "markdown":
                for number, (level, text) in enumerate(blocks_of(cell.source)):
                    yield Block(index, number, level, text)
            case "show" | "code":
                yield Block(index, 0, activity=cell.activity or cell.code)
            case "submit":
                yield Block(index, 0, submit=True)
            case "setup":
                pass


def heading_text(block: Block) -> str:
    """Return the words of a heading."""
    return block.text.lstrip("#").strip()


def outline(loaded: LoadedModule) -> Outline:
    """Return the parts of a module, in every language as in English, and what is wrong with them."""
    source = loaded.english or loaded
    blocks = list(all_blocks(source.cells))
    places = _Places(blocks)
    faults: list[tuple[str, tuple[str | int, ...]]] = []
    starts: list[tuple[int, Lesson]] = []
    for number, (ours, english) in enumerate(zip(loaded.module.lessons, source.module.lessons, strict=True)):
        at = places.of(english.starts)
        fault = places.fault(english, [lesson for _, lesson in starts], at, starts[-1][0] if starts else -1)
        if fault:
            faults.append((fault, ("lessons", number, "starts")))
        elif at is not None:
            starts.append((at, ours))
    looked_up, more = places.sections(source.module.reference)
    faults += [(text, ("reference", number)) for number, text in more]
    apart = {at for section in looked_up for at in section}
    for number, (at, lesson) in enumerate(starts):
        if at in apart:
            text = f"the lesson '{lesson.id}' starts in a section of 'reference', which belongs to no lesson."
            faults.append((text, ("lessons", number, "starts")))
    first = starts[0][0] if starts else len(blocks)
    warm = _warm_up(source, blocks, first) if starts else set()
    opening = [at for at in range(first) if at not in apart and at not in warm]
    ends = [*(at for at, _ in starts[1:]), len(blocks)]
    lessons = [
        _part([blocks[at] for at in range(begin, end) if at not in apart], lesson)
        for (begin, lesson), end in zip(starts, ends, strict=False)
    ]
    return Outline(
        _part([blocks[at] for at in opening]),
        _part([blocks[at] for at in sorted(warm)]),
        tuple(lessons),
        tuple(_part([blocks[at] for at in section], title=heading_text(blocks[section[0]])) for section in looked_up),
        tuple(faults),
    )


class _Places:
    """Where a lesson or a section may start."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self.headings: dict[str, int] = {}
        self.activities: dict[str, int] = {}
        for at, block in enumerate(blocks):
            if block.level in (2, 3):
                self.headings.setdefault(heading_text(block), at)
            if block.activity is not None:
                self.activities.setdefault(block.activity, at)

    def of(self, start: str) -> int | None:
        """Return at which block that is, if there is such a place."""
        if start in self.headings:
            return self.headings[start]
        return self._led_by(self.activities[start]) if start in self.activities else None

    def _led_by(self, at: int) -> int:
        """Return where the few words begin that lead on to an activity, its heading included."""
        said = 0
        while at > 0 and not self._blocks[at - 1].acts:
            before = self._blocks[at - 1]
            said += len(words(before.text))
            if said > LEAD_WORDS:
                return at
            at -= 1
            if before.level:
                return at
        return at

    def fault(self, lesson: Lesson, earlier: Sequence[Lesson], at: int | None, before: int) -> str | None:
        """Return what is wrong with where a lesson starts; `before` is where the lesson before it does."""
        if at is None:
            return unknown(f"the lesson '{lesson.id}' starts at", lesson.starts, [*self.headings, *self.activities])
        same = next((other for other in earlier if self.of(other.starts) == at), None)
        if same is not None:
            return f"the lessons '{same.id}' and '{lesson.id}' both start at '{lesson.starts}'; each has its own start."
        if at < before:
            return (
                f"the lesson '{lesson.id}' starts at '{lesson.starts}', which stands before the start of "
                f"'{earlier[-1].id}' in module.md; list lessons in the order of module.md."
            )
        return None

    def sections(self, titles: Sequence[str]) -> tuple[list[list[int]], list[tuple[int, str]]]:
        """Return the blocks of each `##` section with one of these titles, and what is wrong with which title."""
        known = {title: at for title, at in self.headings.items() if self._blocks[at].level == 2}
        found, faults = [], []
        for number, title in enumerate(titles):
            if title not in known:
                faults.append((number, unknown("'reference' names the section", title, list(known))))
            elif title in titles[:number]:
                faults.append((number, f"'reference' names the section '{title}' twice; name each once."))
            else:
                found.append(self._section(known[title]))
        return found, faults

    def _section(self, at: int) -> list[int]:
        level = self._blocks[at].level
        ends = (end for end in range(at + 1, len(self._blocks)) if 0 < self._blocks[end].level <= level)
        return list(range(at, next(ends, len(self._blocks))))


def _warm_up(source: LoadedModule, blocks: Sequence[Block], first: int) -> set[int]:
    """Return the blocks, before the first lesson, of each section in which a pretest item stands."""
    found: set[int] = set()
    begin = 0
    for at in range(first + 1):
        if at == first or blocks[at].level in (1, 2):
            if any(_is_pretest(source, blocks[each]) for each in range(begin, at)):
                found.update(range(begin, at))
            begin = at
    return found


def _is_pretest(source: LoadedModule, block: Block) -> bool:
    activity = source.activities.get(block.activity or "")
    return activity is not None and activity.mode == "pretest"


def _part(blocks: Sequence[Block], lesson: Lesson | None = None, title: str = "") -> Part:
    return Part(tuple(blocks), tuple(map(tuple, _steps(blocks))), lesson, title)


def _steps(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield what one screen shows: an activity with its short lead, or text of some 150 words under its heading."""
    step: list[Block] = []
    said = 0
    for block in blocks:
        count = len(words(block.text)) if not block.acts else 0
        opens = 0 < block.level <= 3 and not _only_headings(step)
        full = said + count > STEP_WORDS and not _leads_on(step)
        if step and not block.submit and (opens or full or (block.acts and said > LEAD_WORDS)):
            yield step
            step, said = [], 0
        step.append(block)
        said += count
        if block.activity is not None:
            yield step
            step, said = [], 0
    if step:
        yield step


def _only_headings(step: Sequence[Block]) -> bool:
    return all(block.level for block in step)


def _leads_on(step: Sequence[Block]) -> bool:
    """Return whether a step ends in a heading or in a line that announces what follows."""
    return bool(step) and (step[-1].level > 0 or step[-1].text.endswith(":"))


def lesson_minutes(module: Module) -> int:
    """Return how long a module takes: the sum of its lessons, or what it claims where it has none."""
    return sum(lesson.minutes for lesson in module.lessons) or module.minutes


def minutes_of(source: LoadedModule, blocks: Sequence[Block]) -> int:
    """Return how long blocks take in whole minutes, at least 1: words at 130 a minute, and what is done.

    Args:
        source: The module in English, in which words are counted.
        blocks: Of that module.
    """
    said = sum(len(words(block.text)) for block in blocks)
    done = sum(_activity_minutes(source, block.activity) for block in blocks if block.activity is not None)
    return max(1, round(said / WORDS_A_MINUTE + done))


def _activity_minutes(source: LoadedModule, name: str) -> float:
    activity = source.activities.get(name)
    if isinstance(activity, Simulation):
        return activity.minutes
    if isinstance(activity, Item):
        return _WRITING_MINUTES if report_of(activity.kind).by_hand else _ITEM_MINUTES
    return _CODE_MINUTES if name in source.code else 0
