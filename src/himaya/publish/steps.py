"""A module as the steps of its lessons: HTML in which each activity has a place of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from himaya.content.lessons import heading_text, minutes_of, outline
from himaya.content.prose import OUTCOMES
from himaya.languages.interface import sentence
from himaya.publish.margins import Margins, bare
from himaya.publish.sections import blocks_html
from himaya.publish.templating import macro

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from himaya.content.lessons import Block, Outline
    from himaya.content.load import LoadedModule
    from himaya.publish.reading import Reader

# Parts that are no lessons. The id of a lesson has no capital.
_OPENING, _WARM_UP, _ONLY = "Opening", "Warm-up", "Lesson"


@dataclass(frozen=True)
class Part:
    """A lesson, the opening or the warm-up.

    Attributes:
        id: Its steps are `id.1`, `id.2` and so on.
        title: Text or HTML, for lists; empty for what stands in none.
        minutes: Of a lesson; 0 for any other part.
        about: How much is asked, and how long it takes; of the warm-up alone.
        end: What follows the last step; of an opening that ends with a question.
        roles: Whose work it is about.
        steps: HTML of each step, in order.
    """

    id: str
    title: str
    minutes: int
    roles: Sequence[str]
    steps: Sequence[Markup]
    about: str = ""
    end: str = ""

    def shown(self) -> Sequence[Markup]:
        """Return the steps, the first one with what is said about the warm-up below its heading."""
        if not self.about:
            return self.steps
        first = str(self.steps[0]).replace("</h2>", f"</h2>{macro('facts', self.about)}", 1)
        return [Markup(first), *self.steps[1:]]  # noqa: S704 - `_Html.of` and `macro` escape


@dataclass(frozen=True)
class LookedUp:
    """A section that is looked up: the name that links lead to, its title and its text."""

    id: str
    title: str
    html: Markup


@dataclass(frozen=True)
class Steps:
    """A module as a page shows it.

    Attributes:
        cover: HTML of what its first lines say, and of what a trainee will be able to do.
        parts: In order: opening, warm-up, lessons.
        looked_up: Words, job aids and, last, the sources.
    """

    cover: Markup
    parts: Sequence[Part]
    looked_up: Sequence[LookedUp]

    @property
    def lessons(self) -> Sequence[Part]:
        """The parts with minutes."""
        return [part for part in self.parts if part.minutes]

    def about_lessons(self) -> list[dict[str, str | int]]:
        """Return what a script needs to know of each lesson."""
        return [{"id": part.id, "minutes": part.minutes} for part in self.lessons]


def steps_of(loaded: LoadedModule, reader: Reader) -> Steps:
    """Return a module as steps; a module without lessons is one lesson."""
    outlined = outline(loaded)
    html = _Html(loaded, Margins(reader))
    cover = _on_the_cover(outlined)
    opening = [[block for block in step if block not in cover] for step in outlined.opening.steps]
    title = loaded.module.title
    if outlined.lessons:
        asks = [block.text.rstrip() for step in opening for block in step][-1:]
        end = sentence("opening-asks", loaded.language) if "".join(asks).endswith("?") else ""
        first = Part(_OPENING, "", 0, (), html.steps(_OPENING, opening), end=end)
    else:
        first = Part(_ONLY, title, loaded.module.minutes, (), html.steps(_ONLY, opening))
    about = _about_questions(loaded, outlined.warm_up.blocks)
    warm_up = html.steps(_WARM_UP, outlined.warm_up.steps)
    parts = [first, Part(_WARM_UP, html.title(outlined.warm_up.blocks), 0, (), warm_up, about)]
    for each in outlined.lessons:
        if (lesson := each.lesson) is not None:
            steps = html.steps(lesson.id, each.steps)
            parts.append(Part(lesson.id, lesson.title, lesson.minutes, lesson.roles, steps))
    looked_up = [html.looked_up(each.blocks) for each in outlined.reference]
    sources = sentence("sources", loaded.language)
    listed = "".join(blocks_html(reader.bibliography(), loaded.language)[1:])
    # Citations lead to the name of that heading, as they do in a notebook.
    looked_up.append(LookedUp(sources.replace(" ", "-"), sources, Markup(listed)))  # noqa: S704 - `blocks_html` escapes
    first_lines = [block for block in outlined.opening.blocks if block in cover]
    return Steps(html.of(first_lines, "start"), [part for part in parts if part.steps], looked_up)


def _about_questions(loaded: LoadedModule, blocks: Sequence[Block]) -> str:
    """Return how many questions come before the module and how long they take."""
    asked = sum(block.activity is not None for block in blocks)
    time = sentence("minutes", loaded.language, n=minutes_of(loaded.english or loaded, blocks))
    return sentence("warm-up-about", loaded.language, n=asked, time=time)


def _on_the_cover(outlined: Outline) -> set[Block]:
    """Return the first lines of a module, and its section on what a trainee will be able to do."""
    found: set[Block] = set()
    inside = True
    for block in outlined.opening.blocks:
        if block.level == 2:
            inside = heading_text(block) == OUTCOMES
        if inside and not block.acts:
            found.add(block)
    return found


class _Html:
    """The HTML of each block of a module. Headings of sections are `part-1`, `part-2` and so on, over all cells."""

    def __init__(self, loaded: LoadedModule, margins: Margins) -> None:
        self._loaded = loaded
        self._margins = margins
        self._texts = {
            at: blocks_html(margins.read(cell.source), loaded.language)
            for at, cell in enumerate(loaded.cells)
            if cell.kind == "markdown"
        }
        outlined = outline(loaded)
        parts = (outlined.opening, outlined.warm_up, *outlined.lessons, *outlined.reference)
        headings = [block for part in parts for block in part.blocks if block.level == 2]
        headings.sort(key=lambda block: (block.cell, block.number))
        self.names: Mapping[Block, str] = {block: f"part-{number}" for number, block in enumerate(headings, 1)}

    def of(self, blocks: Iterable[Block], name: str) -> Markup:
        """Return blocks as the HTML of what has this name, with its notes."""
        html = self._margins.placed("".join(map(self._block, blocks)), name)
        return Markup(html)  # noqa: S704 - `blocks_html` and `Margins.placed` escape

    def steps(self, part: str, steps: Iterable[Sequence[Block]]) -> list[Markup]:
        """Return each step that shows something as HTML."""
        shown = [step for step in steps if any(map(self._block, step))]
        return [self.of(step, f"{part}.{number}") for number, step in enumerate(shown, 1)]

    def title(self, blocks: Sequence[Block]) -> Markup:
        """Return the words of the first heading as HTML."""
        heading = next((block for block in blocks if block.level), None)
        inside = "" if heading is None else bare(_inside(self._texts[heading.cell][heading.number]))
        return Markup(inside)  # noqa: S704 - `blocks_html` escapes

    def looked_up(self, blocks: Sequence[Block]) -> LookedUp:
        """Return a section that is looked up."""
        name = self.names[blocks[0]]
        return LookedUp(name, self.title(blocks), self.of(blocks[1:], name))

    def _block(self, block: Block) -> str:
        cell = self._loaded.cells[block.cell]
        if cell.code is not None:
            return macro("note", sentence("page-code", self._loaded.language))
        if cell.activity is not None:
            return f'<div data-show="{cell.activity}"></div>'
        if cell.kind != "markdown" or block.level == 1:
            return ""  # the page has a heading of its own for the module, and a box of its own for handing in
        html = self._texts[block.cell][block.number]
        return f'<h2 id="{self.names[block]}">{_inside(html)}</h2>' if block.level == 2 else html


def _inside(heading: str) -> str:
    """Return what stands between the tags of a heading."""
    return heading.strip()[4:-5]
