"""The parts of a lab's work, one on the screen at a time, so that nobody on a phone is lost in a long form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ipywidgets import VBox

from himaya_widgets.labs.fields import button, choose, html, primary, reveal, text_html

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from himaya_widgets.labs.lab import LabView


@dataclass(frozen=True)
class Part:
    """One part of the work.

    Attributes:
        name: An id.
        title: What it is called.
        widgets: What is worked on in it.
    """

    name: str
    title: str
    widgets: Sequence[Any]


class Steps:
    """A list to turn to any part, the part itself, and a button that goes on to the next.

    Attributes:
        widgets: What is displayed.
    """

    def __init__(
        self, lab: LabView, parts: Sequence[Part], beyond: Callable[[], tuple[str, Callable[[], object]] | None]
    ) -> None:
        """Show the part that the lab is at, or the first.

        Args:
            lab: Whose work it is.
            parts: In the order of the work.
            beyond: Says what comes after the last part, and what to do to get there; None if nothing does.
        """
        self._lab, self._parts, self._beyond = lab, parts, beyond
        lab.part = lab.part or parts[0].name
        titles = [(f"{lab.number(at)}. {part.title}", part.name) for at, part in enumerate(parts, 1)]
        self._list = choose("part", lab.say("lab-part"), titles, self._turned, style="list")
        self._boxes = {part.name: VBox([self._head(part), *part.widgets]) for part in parts}
        self._next = button("next", "", self._go_on)
        self.widgets = [self._list.box, *self._boxes.values(), self._next]
        self.draw()

    def _head(self, part: Part) -> Any:
        return html(f'<h4 tabindex="-1">{text_html(part.title)}</h4>', key=f"part-{part.name}")

    def open(self, name: str) -> None:
        """Turn to a part."""
        self._lab.part = name
        self._lab.fold_task()
        self.draw()

    def draw(self) -> None:
        """Show the part that is turned to, and say what comes after it."""
        self._list.show(self._lab.part)
        for name, box in self._boxes.items():
            reveal(box, shown=name == self._lab.part)
        after = self._after()
        reveal(self._next, shown=after is not None)
        primary(self._next, main=not self._lab.finishable)
        if after is not None:
            self._next.description = self._lab.say("lab-next", name=after[0])

    def _after(self) -> tuple[str, Callable[[], object]] | None:
        names = [part.name for part in self._parts]
        here = names.index(self._lab.part)
        if here + 1 == len(names):
            return self._beyond()
        part = self._parts[here + 1]
        return part.title, lambda: self.go(part.name)

    def go(self, name: str) -> None:
        """Turn to a part and put the focus on its heading."""
        self.open(name)
        self._lab.focus(f"part-{name}")

    def _turned(self, name: str | None) -> None:
        if name is not None:
            self.open(name)

    def _go_on(self) -> None:
        after = self._after()
        if after is not None:
            after[1]()
