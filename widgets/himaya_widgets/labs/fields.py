"""Stock ipywidgets as fields: a label that belongs to its control, and under it the sentence for what does not fit.

Whatever a person typed or an author wrote goes in as text, never as markup.
"""

from __future__ import annotations

from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ipywidgets import HTML, Button, Checkbox, Dropdown, RadioButtons, Text, Textarea, ToggleButtons, VBox

from himaya.languages.isolates import marked_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ipywidgets import DOMWidget

Control = TypeVar("Control", bound=Any)
_NO_TIP = ""  # where there is none, ipywidgets shows "null" to who points at a label
_WIDE = {"description_width": "initial"}
_STYLES: dict[str, type[Any]] = {"list": Dropdown, "radio": RadioButtons, "buttons": ToggleButtons}


def text_html(text: str) -> str:
    """Return text as markup that shows it and nothing else."""
    return marked_up(escape(text))


def paragraphs(lines: Iterable[str]) -> str:
    """Return each line as a paragraph."""
    return "".join(f"<p>{text_html(line)}</p>" for line in lines)


def bullets(lines: Iterable[str], tag: str = "ul") -> str:
    """Return lines as a list."""
    return f"<{tag}>{''.join(f'<li>{text_html(line)}</li>' for line in lines)}</{tag}>"


def html(markup: str = "", key: str | None = None) -> HTML:
    """Return a place for markup; one with a key can get the focus."""
    made = HTML(markup, tooltip=_NO_TIP)
    made.add_class("himaya-part")
    return made if key is None else keyed(made, key)


def keyed(widget: DOMWidget, key: str) -> DOMWidget:
    """Return the widget under a name by which the focus finds it."""
    widget.add_class(f"himaya-key-{key}")
    return widget


def button(key: str, label: str, press: Callable[[], object], *, main: bool = False) -> Button:
    """Return a button; `press` takes nothing."""
    made = Button(description=label, tooltip=_NO_TIP)
    made.on_click(lambda _button: press())
    primary(made, main=main)
    return keyed(made, key)


def primary(pressed: Button, *, main: bool) -> None:
    """Make a button the one that catches the eye, or one among others."""
    (pressed.add_class if main else pressed.remove_class)("himaya-main")


class _Answerable:
    """What stands in a box with a sentence below it, and knows whether a person or the program changes it."""

    def __init__(self) -> None:
        self._setting = False
        self._error = HTML(tooltip=_NO_TIP)
        self._error.add_class("himaya-error")

    @contextmanager
    def _set(self) -> Iterator[None]:
        """Change what is shown without taking it for something a person did."""
        self._setting = True
        try:
            yield
        finally:
            self._setting = False

    def tell(self, sentence: str | None) -> None:
        """Say below what does not fit, or no longer."""
        told = "" if not sentence else f'<p role="alert">{text_html(sentence)}</p>'
        if self._error.value != told:
            self._error.value = told


class Field(_Answerable, Generic[Control]):
    """A control, its label, and the sentence below it.

    Attributes:
        key: By which the focus finds it.
        box: What is displayed.
        control: The ipywidget in it.
    """

    def __init__(self, key: str, control: Control, change: Callable[[Any], object], note: str = "") -> None:
        """Put a control into its box.

        Args:
            key: As above.
            control: Made already.
            change: Called with the new value when a person, not the program, changes it.
            note: What helps to fill it in.
        """
        super().__init__()
        self.key, self.control, self._change = key, control, change
        control.tooltip = _NO_TIP
        keyed(control, key)
        parts = [control, self._error]
        if note:
            told = html(f"<p>{text_html(note)}</p>")
            told.add_class("himaya-help")
            parts.insert(1, told)
        self.box = VBox(parts)
        self.box.add_class("himaya-field")
        control.observe(self._changed, names="value")

    def _changed(self, change: dict[str, Any]) -> None:
        if not self._setting:
            self._change(change["new"])

    @property
    def value(self) -> Any:
        """What stands in the control."""
        return self.control.value

    def show(self, value: object) -> None:
        """Put a value into the control without taking it for something a person did."""
        if self.control.value == value:
            return
        with self._set():
            self.control.value = value
            if value is None and isinstance(self.control, Dropdown):
                self.control.index = 0  # the entry that stands for no choice; without it the list is blank


def text(
    key: str, label: str, change: Callable[[str], object], *, lines: int = 1, note: str = "", placeholder: str = ""
) -> Field[Any]:
    """Return a field to type in; `change` gets the text when the person leaves it or presses Enter."""
    common = {"description": label, "style": _WIDE, "continuous_update": False, "placeholder": placeholder}
    control = Text(**common) if lines == 1 else Textarea(rows=lines, **common)
    return Field(key, control, change, note)


def choose(
    key: str,
    label: str,
    options: Sequence[tuple[str, Any]],
    change: Callable[[Any], object],
    *,
    style: str = "radio",
    note: str = "",
) -> Field[Any]:
    """Return a field with one choice of several; nothing is chosen before.

    Args:
        key: By which the focus finds it.
        label: What is asked.
        options: What is read and what it stands for. A `list` needs an entry with None first.
        change: Gets what was chosen.
        style: radio, list or buttons.
        note: What helps to fill it in.
    """
    control = _STYLES[style](options=list(options), description=label, style=_WIDE, value=None)
    if style == "list" and options[0][1] is None:
        control.index = 0  # or nothing is shown: a list takes no value for no choice, even where None is one
    return Field(key, control, change, note)


class Several(_Answerable):
    """Checkboxes under one label; the same face as a `Field`."""

    def __init__(
        self,
        key: str,
        label: str,
        options: Sequence[tuple[str, str]],
        change: Callable[[list[str]], object],
        note: str = "",
    ) -> None:
        """Make one checkbox for each option; `change` gets the ids that are checked, in the order of the options."""
        super().__init__()
        self.key, self._change = key, change
        self._checks = {
            name: Checkbox(description=text, tooltip=_NO_TIP, indent=False, style=_WIDE) for text, name in options
        }
        legend = html(f'<p class="himaya-legend">{text_html(label)}</p>{paragraphs([note] if note else [])}')
        for check in self._checks.values():
            check.observe(self._changed, names="value")
        self.box = VBox([legend, *self._checks.values(), self._error])
        self.box.add_class("himaya-field")
        self.box.add_class("himaya-several")
        keyed(self.box, key)

    def _changed(self, _change: object) -> None:
        if not self._setting:
            self._change(self.value)

    @property
    def value(self) -> list[str]:
        """The ids that are checked."""
        return [name for name, check in self._checks.items() if check.value]

    def show(self, value: Iterable[str]) -> None:
        """Check exactly these without taking it for something a person did."""
        wanted = set(value)
        with self._set():
            for name, check in self._checks.items():
                check.value = name in wanted


def reveal(widget: Any, *, shown: bool) -> None:
    """Show a widget, or keep it for later."""
    widget.layout.display = None if shown else "none"


def let_go(widget: Any) -> None:
    """Close a widget and all that it holds."""
    for child in getattr(widget, "children", ()):
        let_go(child)
    widget.close()
