"""A module without the lessons that a course leaves out, such as what does not fit its jurisdiction.

With a lesson goes all that stands in it, and elsewhere what only it prepares for: outcomes that nothing else teaches,
graded questions about them, and the questions before the module that mirror those. What stays is the same to the byte.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from himaya.activities.findings import unknown
from himaya.activities.format import Item, Simulation
from himaya.content.forms import questions, without_forms
from himaya.content.lessons import all_blocks, blocks_of, heading_text, minutes_of, outline
from himaya.content.load import module_problem
from himaya.content.prose import Cell, sections
from himaya.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from himaya.content.lessons import Block, Outline
    from himaya.content.load import LoadedModule
    from himaya.content.module import Lesson

    Places = AbstractSet[tuple[int, int]]  # of blocks: the index of the cell, and the number in it

_STARTS = (2, 3)  # levels of headings at which a lesson may start


@dataclass(frozen=True)
class _LeftOut:
    """What goes with some lessons.

    Attributes:
        lessons: Ids of the lessons, and of those that nothing stays of.
        activities: Ids of activities and code items, wherever they stand.
        untaught: Ids of outcomes that no section teaches any more; the module promises them no more.
        outcomes: Ids of those of them that nothing practises or asks about, either.
        thinner: Ids of outcomes that a section which taught them teaches no more, with the title of the first.
    """

    lessons: AbstractSet[str]
    activities: AbstractSet[str]
    untaught: AbstractSet[str]
    outcomes: AbstractSet[str]
    thinner: Mapping[str, str]


def without_lessons(loaded: LoadedModule, names: Sequence[str]) -> LoadedModule:
    """Return a module without the lessons of these ids; the module itself where there is none.

    Args:
        loaded: The module, whole: with its safety forms and all of its paths.
        names: Ids of lessons.

    Raises:
        ContentError: If something that stays needs one of them.
    """
    if not names:
        return loaded
    english = loaded.english or loaded
    where = "'leave_out' in course.yaml"
    faults = [module_problem(loaded, f"{where}: {text}", "lessons") for _, text in left_out_faults(english, names)]
    if faults:
        raise ContentError(faults)
    return _without(loaded, _left_out(english, names))


def without_graded(loaded: LoadedModule) -> LoadedModule:
    """Return a module without what is graded and the questions before it that mirror that: their keys are not sent.

    Args:
        loaded: The module, without its safety forms.
    """
    english = loaded.english or loaded
    gone = {name for name, each in english.activities.items() if each.mode == "graded"}
    gone |= {name for name, each in english.activities.items() if isinstance(each, Item) and each.twin in gone}
    lessons = {lesson.id: blocks for lesson, blocks in _lessons(outline(english))}
    return _without(loaded, _LeftOut(_emptied(lessons, gone), gone, frozenset(), frozenset(), {})) if gone else loaded


def left_out_faults(loaded: LoadedModule, names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield why lessons of a module cannot be left out, each with the position in `names`.

    Args:
        loaded: The module in English, whole.
        names: Ids of lessons.
    """
    module = loaded.module
    known = [lesson.id for lesson in module.lessons]
    faults = []
    for position, name in enumerate(names):
        if name not in known:
            faults.append((position, unknown(f"the course leaves out of '{module.id}' the lesson", name, known)))
        elif name in names[:position]:
            faults.append((position, f"the lesson '{name}' is left out twice; name each once."))
    if faults:
        yield from faults
        return
    out = _left_out(loaded, names)
    if not {*known} - out.lessons:
        yield 0, f"no lesson of '{module.id}' stays; remove the module from 'modules' instead."
        return
    blocks = [(block, lesson.id) for lesson, blocks in _lessons(outline(loaded)) for block in blocks]
    where = {block.activity: name for block, name in blocks if block.activity is not None}
    asked = _asked(loaded)
    for name in questions(module):
        if where.get(name) in names:
            at, text = names.index(where[name]), f"the lesson '{where[name]}' holds '{name}'"
        elif asked.get(name) in out.thinner:  # though other sections teach it, too: everybody has to pass
            at, text = 0, f"the section '{out.thinner[asked[name]]}' teaches what '{name}' asks about"
        else:
            continue
        yield at, f"{text}, a question of the safety set, which everybody has to pass; keep the lesson."
    code = [name for name in where if name in loaded.code]
    for name, after in pairwise(code):
        if name in out.activities and after not in out.activities:
            text = f"the lesson '{where[name]}' holds the code '{name}', and code after it may use that; "
            yield 0, f"{text}leave out '{where[after]}', too, or keep both."
    kept = _without(loaded, out)
    if _is_graded(without_forms(loaded)) and not _is_graded(without_forms(kept)):
        yield 0, f"nothing graded of '{module.id}' stays; keep a lesson with a graded question."
    yield from ((0, fault) for fault, _ in outline(kept).faults)


def left_out_hints(loaded: LoadedModule, names: Sequence[str]) -> Iterator[str]:
    """Yield each outcome that graded questions still ask about, and that less teaches than before.

    Args:
        loaded: The module in English, whole.
        names: Ids of lessons, which `left_out_faults` finds in order.
    """
    out = _left_out(loaded, names)
    for outcome, title in out.thinner.items():
        still = [name for name, about in _asked(loaded).items() if about == outcome and name not in out.activities]
        if still:
            text = f"without '{title}' less teaches the outcome '{outcome}', and graded questions on it stay"
            yield f"{text} ({', '.join(still)}); can they be answered?"


def _asked(loaded: LoadedModule) -> dict[str, str]:
    """Return the outcome of each graded item and code item."""
    items = {name: each for name, each in loaded.activities.items() if isinstance(each, Item)}
    return {name: each.outcome for name, each in items.items() if each.mode == "graded"} | {
        name: each.outcome for name, each in loaded.code.items()
    }


def _is_graded(loaded: LoadedModule) -> bool:
    return bool(loaded.code) or any(each.mode == "graded" for each in loaded.activities.values())


def _lessons(parts: Outline) -> Iterator[tuple[Lesson, tuple[Block, ...]]]:
    return ((part.lesson, part.blocks) for part in parts.lessons if part.lesson is not None)


def _left_out(loaded: LoadedModule, names: Iterable[str]) -> _LeftOut:
    """Return what goes with these lessons of a module in English."""
    lessons = {lesson.id: blocks for lesson, blocks in _lessons(outline(loaded))}
    gone = {block.activity for name in names for block in lessons[name] if block.activity}
    left = _cells(loaded.cells, {(block.cell, block.number) for name in names for block in lessons[name]}, {})
    titles = {title for _, title, _ in sections([*left])}
    lost = {outcome.id: [each for each in outcome.taught if each not in titles] for outcome in loaded.module.outcomes}
    untaught = {outcome.id for outcome in loaded.module.outcomes if not titles & {*outcome.taught}}
    items = {name: each for name, each in loaded.activities.items() if isinstance(each, Item)}
    gone |= {name for name, outcome in _asked(loaded).items() if outcome in untaught}
    gone |= {name for name, each in items.items() if each.twin in gone}
    empty = _emptied(lessons, gone)
    used = {each.outcome for name, each in (items | loaded.code).items() if name not in gone}
    for name, each in loaded.activities.items():
        if isinstance(each, Simulation) and name not in gone:
            used |= {*each.outcomes}
    thinner = {outcome: gone_sections[0] for outcome, gone_sections in lost.items() if gone_sections}
    return _LeftOut({*names} | empty, gone, untaught, untaught - used, thinner)


def _emptied(lessons: Mapping[str, Sequence[Block]], gone: AbstractSet[str | None]) -> set[str]:
    """Return the lessons of which nothing stays without these activities."""
    return {
        name
        for name, blocks in lessons.items()
        if any(block.activity in gone for block in blocks)
        and all(block.level or block.submit or block.activity in gone for block in blocks)
    }


def _without(loaded: LoadedModule, out: _LeftOut) -> LoadedModule:
    """Return a module without what is left out, the same in every language."""
    source = loaded.english or loaded
    parts = outline(loaded)
    titles = {lesson.id: lesson.title for lesson in source.module.lessons}
    asked = [block.activity for block in parts.warm_up.blocks if block.activity]
    gone = [block for block in all_blocks(source.cells) if block.activity in out.activities]
    gone += [block for lesson, blocks in _lessons(parts) if lesson.id in out.lessons for block in blocks]
    gone += parts.warm_up.blocks if out.activities >= {*asked} else ()  # without a question it is about nothing
    left = {(block.cell, block.number) for block in gone if not block.submit}
    headings: dict[tuple[int, int], str] = {}
    lessons, minutes, before = [], loaded.module.minutes, False
    for lesson, blocks in _lessons(parts):
        if lesson.id in out.lessons:
            minutes -= lesson.minutes
            before = True
            continue
        stay = [block for block in blocks if (block.cell, block.number) not in left]
        less = min(lesson.minutes - 1, minutes_of(source, blocks) - minutes_of(source, stay))
        minutes -= less
        changed: dict[str, object] = {"minutes": lesson.minutes - less}
        if before or lesson.starts in out.activities:  # a start that is gone, or that led on from what is gone
            if stay[0].level in _STARTS:
                changed["starts"] = heading_text(stay[0])
            else:
                headings[stay[0].cell, stay[0].number] = f"## {lesson.title}"
                changed["starts"] = titles[lesson.id]
        before = False
        lessons.append(lesson.model_copy(update=changed))
    outcomes = [each for each in loaded.module.outcomes if each.id not in out.outcomes]
    changed = {"lessons": lessons, "outcomes": outcomes, "minutes": max(1, minutes)}
    return replace(
        loaded,
        module=loaded.module.model_copy(update=changed),
        activities={name: each for name, each in loaded.activities.items() if name not in out.activities},
        code={name: each for name, each in loaded.code.items() if name not in out.activities},
        cells=list(_cells(_promising(loaded, out), left, headings)),
        english=loaded.english and _without(loaded.english, out),
        whole=loaded.whole or loaded,
    )


def _promising(loaded: LoadedModule, out: _LeftOut) -> list[Cell]:
    """Return the cells without the lines that promise what nothing teaches; in every language the same lines."""
    source = loaded.english or loaded
    promises = {f"- {outcome.text}" for outcome in source.module.outcomes if outcome.id in out.untaught}
    cells = []
    for ours, english in zip(loaded.cells, source.cells, strict=True):
        points = [line for line in english.source.split("\n") if line.startswith("- ")]
        gone = {number for number, line in enumerate(points) if line in promises}
        lines, number = [], -1
        for line in ours.source.split("\n") if gone else ():
            number += line.startswith("- ")
            if not (line.startswith("- ") and number in gone):
                lines.append(line)
        cells.append(replace(ours, source="\n".join(lines)) if gone else ours)
    return cells


def _cells(cells: Iterable[Cell], left: Places, headings: Mapping[tuple[int, int], str]) -> Iterator[Cell]:
    """Yield the cells without the blocks that are left out, and with headings before blocks; others are not touched."""
    for at, cell in enumerate(cells):
        if cell.kind != "markdown":
            if (at, 0) in headings:
                yield Cell("markdown", headings[at, 0], cell.line)
            if (at, 0) not in left:
                yield cell
            continue
        blocks = [text for _, text in blocks_of(cell.source)]
        kept = [
            f"{headings[at, number]}\n\n{text}" if (at, number) in headings else text
            for number, text in enumerate(blocks)
            if (at, number) not in left
        ]
        if kept == blocks:
            yield cell
        elif kept:
            yield replace(cell, source="\n\n".join(kept))
