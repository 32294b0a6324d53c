"""What every lab's widget shares: content note, briefing, first step, work, finishing, debrief, starting again.

A lab is one tree of ipywidgets that is brought up to date in place, so that no key press loses its focus.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, cast
from weakref import WeakSet

from ipywidgets import HBox, Textarea, VBox

from himaya.activities.lab import model as labs
from himaya.languages.digits import in_digits
from himaya.languages.facts import digits_of, direction, known
from himaya.languages.interface import duration, interface
from himaya_widgets.labs import around
from himaya_widgets.labs.fields import (
    Field,
    bullets,
    button,
    html,
    keyed,
    let_go,
    paragraphs,
    primary,
    reveal,
    text_html,
)
from himaya_widgets.labs.frame import Frame
from himaya_widgets.labs.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from himaya.activities.lab.model import LabActivity
    from himaya.publish.folder import ModuleFolder

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class LabView:
    """Draws one lab and keeps it drawn. A lab of its own fills in `build`, `draw` and `result`.

    Attributes:
        root: What is displayed.
        activity: In the language that is spoken now.
        place: Whose activity it is; several windows of one kernel may show it.
        finishable: Whether all is done that finishing takes; then Finish is the next step.
        part: Where a lab has parts, the one on the screen.
    """

    _drawn: ClassVar[WeakSet[LabView]] = WeakSet()
    finishable = False
    part = ""

    def __init__(self, folder: ModuleFolder, activity_id: str) -> None:
        """Build the tree and show how far the journal has come."""
        self._folder, self._id = folder, activity_id
        self.activity = cast("LabActivity", folder.activity(activity_id))
        self._digits: Any = folder.content.get("digits")
        self.place = (folder.owner, activity_id)
        self._record = Record(folder, activity_id)
        self._frame = Frame(folder, activity_id, self._heard)
        self.root = VBox()
        self.root.add_class("himaya-lab")
        self._build()
        LabView._drawn.add(self)

    # ------------------------------------------------------------ what a lab fills in

    def build(self) -> Sequence[Any]:
        """Return the widgets of the working area, made once; `draw` fills them."""
        raise NotImplementedError

    def draw(self, view: dict[str, Any]) -> None:
        """Bring the working area up to date with what the model's `view` says."""
        raise NotImplementedError

    def result(self, view: dict[str, Any]) -> str:
        """Return as markup what came of it, shown once the lab is finished; escape every text (`text_html`)."""
        raise NotImplementedError

    def missing(self, view: dict[str, Any]) -> str | None:  # noqa: ARG002 - for those labs that can say it
        """Return what is still open when somebody wants to finish, and go there; None if no more can be said."""
        return None

    # ------------------------------------------------------------ what a lab uses

    @property
    def data(self) -> dict[str, Any]:
        """What the model works on."""
        return labs.data_of(self.activity)

    @property
    def language(self) -> str:
        """The language that is spoken now."""
        return known(self.activity["language"])

    def word(self, name: str, **values: object) -> str:
        """Return one of this lab's own words with `{name}` filled in, numbers in the digits of the page."""

        def fill(found: re.Match[str]) -> str:
            return self.number(values[found[1]]) if found[1] in values else found[0]

        return _PLACEHOLDER.sub(fill, str(self.activity["words"][name]))

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of the interface."""
        return interface(self.language, self._digits).get(key, key).format(**values)

    def number(self, value: object) -> str:
        """Return a number as this page writes it; any other value as text."""
        text = str(value)
        return self.digits_in(text) if _NUMBER.fullmatch(text) else text

    def digits_in(self, text: str) -> str:
        """Return a text with its numbers as this page writes them."""
        return in_digits(text, digits_of(self.language, self._digits))

    def decide(self, value: dict[str, Any], *, typed: bool = False) -> bool:
        """Record a decision and draw what follows from it; return whether it was taken.

        Args:
            value: As the model takes it.
            typed: Whether it holds what somebody typed; it is not lost where another window went on meanwhile.
        """
        if labs.model(self.activity["lab"]).decide(self.data, self._model_state(), value) is None:
            return False  # it does not fit: what is written down should
        return self._do("decide", value, typed=typed)

    def focus(self, key: str) -> None:
        """Put the focus on a field or a button once it is drawn."""
        self._frame.focus(key)

    def tell(self, sentence: str | None) -> None:
        """Say something beside the buttons until the next thing is done."""
        self._message.value = "" if not sentence else f'<p role="alert">{text_html(sentence)}</p>'

    # ------------------------------------------------------------ the tree

    def _build(self) -> None:
        old = [child for child in self.root.children if child is not self._frame]
        activity, say = self.activity, self.say
        time = duration(activity["minutes"], interface(self.language, self._digits))
        self._changed = html()
        self._message = html()
        self._message.add_class("himaya-error")
        self._result = html(key="result")
        note = html(
            f'<h4 tabindex="-1">{text_html(say("content-note"))}</h4>{paragraphs([activity["content_note"]])}', "note"
        )
        note.add_class("himaya-note")
        self._start = VBox([note, HBox([
            button("start", say("start"), lambda: self._go("begin", "briefing"), main=True),
            button("skip-first", say("lab-skip"), lambda: self._go("skip", "instead")),
        ])])  # fmt: skip
        self._work, self._skipped, self._ended, self._whole = VBox(), VBox(), VBox(), False
        self.root.children = (
            html(around.heading(activity, time, say, self.language)), self._changed, self._start, self._work,
            self._skipped, self._ended, html(self.assumptions()), self._frame,
        )  # fmt: skip
        for widget in old:
            let_go(widget)
        frame = self._frame
        frame.language, frame.direction = self.language, direction(self.language)
        frame.label, frame.lost = activity["title"], say("lab-no-kernel")
        self.redraw()

    def _complete(self) -> None:
        """Make what is worked on. Until somebody starts, a weak link carries no more than the content note."""
        activity, say = self.activity, self.say
        self._whole = True
        self._task = html(key="briefing")
        self._folded = bool(self._record.state["decisions"])
        self._finish = button("finish", say("lab-finish"), self._finishing)
        self._again = button("again", say("lab-again"), lambda: self._go("restart", "briefing"))
        self._work.children = (
            self._task,
            *self.build(),
            self._message,
            HBox([self._finish, self._again, button("skip", say("lab-skip"), lambda: self._go("skip", "instead"))]),
        )
        self._text = Field(
            "instead", Textarea(description=say("text-label"), rows=8, continuous_update=False), self._instead
        )
        instead = paragraphs([say("lab-skipped"), activity["alternative"]])
        self._skipped.children = (
            html(f"<h4>{text_html(say('alternative'))}</h4>{instead}"),
            self._text.box,
            HBox([button("unskip", say("lab-unskip"), lambda: self._go("unskip", "briefing"))]),
        )
        self._once_more = button("once-more", say("lab-again"), lambda: self._go("restart", "briefing"))
        self._ended.children = (self._result, HBox([self._once_more]))

    def assumptions(self) -> str:
        """Return what the lab takes for granted, as markup."""
        return around.assumptions(self.activity, self.say)

    # ------------------------------------------------------------ what is done

    def _model_state(self) -> dict[str, Any]:
        return labs.run(self.activity, self._record.state["decisions"])

    def _do(self, kind: str, value: object = None, *, typed: bool = False) -> bool:
        if self._record.empty and kind != "begin":
            self._record.write("begin")
        turn = self._record.state["turn"]
        taken = self._record.write(kind, value)
        stale = not taken and self._record.state["turn"] != turn
        if stale and typed:
            taken = self._record.write(kind, value)  # on top of what the other window did
        if self._record.problem is not None:
            self._say_status()  # nothing was written: what somebody typed stays where it is
            return False
        self.redraw()
        if stale:
            self.tell(self.say("lab-elsewhere"))
        for other in list(LabView._drawn):
            if other is not self and other.place == self.place:
                other.look()
        return taken

    def _go(self, kind: str, focus: str) -> None:
        if self._do(kind):
            self.focus(focus)

    def _finishing(self) -> None:
        model, state = labs.model(self.activity["lab"]), self._model_state()
        if not model.finished(state):
            missing = self.missing(model.view(self.data, state))
            self.tell(" ".join(filter(None, [self.say("lab-unfinished"), missing])))
            return
        self._go("finish", "result")

    def _instead(self, text: str) -> None:
        self._do("answer", text, typed=True)

    def _heard(self, message: dict[str, Any]) -> None:
        if message.get("type") == "look":
            self.look()
        elif message.get("type") == "speak":
            self._speak(message.get("language"))

    def look(self) -> None:
        """Show what another window did meanwhile."""
        if self._record.look():
            self.redraw()

    def _speak(self, language: object) -> None:
        content = self._folder.in_language(language) or self._folder.content
        activity = content["activities"].get(self._id)
        if activity is not None and activity["language"] == language and language != self.language:
            self.activity, self._digits = activity, content.get("digits")
            self._build()

    # ------------------------------------------------------------ drawing

    def redraw(self) -> None:
        """Bring the whole tree up to date with what was done."""
        state, record = self._record.state, self._record
        begun = state["content"] is not None or not record.empty
        phase = state["phase"] if begun else "start"
        if phase != "start" and not self._whole:
            self._complete()
        self._frame.finished = bool(state["finished"])
        parts = {"start": self._start, "work": self._work, "skipped": self._skipped, "finished": self._ended}
        for name, part in parts.items():
            reveal(part, shown=name == phase)
        self.tell(None)
        view = labs.model(self.activity["lab"]).view(self.data, self._model_state()) if begun else {}
        if phase == "work":
            self._show_task(folded=self._folded and bool(state["decisions"]))
            self.finishable = labs.model(self.activity["lab"]).finished(self._model_state())
            self.draw(view)
            primary(self._finish, main=self.finishable)
            reveal(self._again, shown=bool(state["decisions"]))
        elif phase == "finished":
            self._result.value = self._debrief(view)
            reveal(self._once_more, shown=self.activity["mode"] == "practice")
        elif phase == "skipped":
            self._text.show(state["value"])
        changed = state["content"] not in (None, self.activity["hash"])
        self._changed.value = f'<p class="himaya-note">{text_html(self.say("changed"))}</p>' if changed else ""
        self._say_status()

    def fold_task(self) -> None:
        """Fold the task when another part is turned to, not at a decision: nothing moves under a hand."""
        self._show_task(folded=True)

    def _show_task(self, *, folded: bool) -> None:
        self._folded = folded
        self._task.value = around.task(self.activity, self.say, folded=folded)

    def _debrief(self, view: dict[str, Any]) -> str:
        head = f'<h4 tabindex="-1">{text_html(self.say("lab-debrief"))}</h4>'
        if self.activity["mode"] != "practice":
            return head + self.result(view) + paragraphs([self.say("lab-finished-graded")])
        # What is to be seen comes before the figures in which it is seen.
        return f"{head}{paragraphs(self.activity['debrief'])}{self.result(view)}"

    def _say_status(self) -> None:
        self._frame.status, self._frame.said = self._record.told(self.say)

    def close(self) -> None:
        """Let go of every widget."""
        LabView._drawn.discard(self)
        let_go(self.root)


__all__ = ["LabView", "bullets", "keyed", "paragraphs", "text_html"]
