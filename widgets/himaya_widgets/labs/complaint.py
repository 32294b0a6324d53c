"""The lab "Complaint intake and the first 24 hours": a form that sends nothing, cards with times, and the day drawn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from himaya.activities.lab.complaint.model import (
    CHOICES,
    FIELDS,
    HELPED,
    MOST_CHARACTERS,
    NEVER,
    SEVERAL,
    SUPPORT,
    Word,
    harmful,
    reasons,
    unsafe,
)
from himaya_widgets.labs.complaint_picture import day
from himaya_widgets.labs.fields import Several, choose, html, paragraphs, text, text_html
from himaya_widgets.labs.lab import LabView
from himaya_widgets.labs.steps import Part, Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from himaya_widgets.labs.fields import Field


class View(LabView):
    """One concern at a time: its story, its form, its day."""

    _shown = ""

    def build(self) -> Sequence[Any]:
        """Return the choice of a concern, its story, the form, the cards and the picture."""
        concerns = self.data["concerns"]
        self._turned_to(self._shown or self._last())
        self._titles = {one["id"]: one["title"] for one in concerns}
        self._open: Sequence[Mapping[str, Any]] = ()
        self._concern = choose(
            "concern", self.word(Word.CONCERN), [(one["title"], one["id"]) for one in concerns], self._turn_to
        )
        self._concern.show(self._shown)
        self._story, self._left, self._picture = html(key="story"), html(), html()
        self._fields: dict[str, Any] = {name: self._field(name) for name in FIELDS}
        options = [(self.word(Word.NOT_PLACED), None), *((slot["text"], slot["id"]) for slot in self.data["slots"])]
        options.append((self.word(Word.NEVER), NEVER))
        self._cards = {
            card["id"]: choose(
                f"card-{card['id']}",
                f"{self.number(at)}. {card['text']}",
                options,
                partial(self._place, card["id"]),
                style="list",
            )
            for at, card in enumerate(self.data["cards"], 1)
        }
        form = [html(paragraphs([self.word(Word.FORM_WARNING)])), *(field.box for field in self._fields.values())]
        cards = [html(paragraphs([self.word(Word.CARDS_HELP)])), *(card.box for card in self._cards.values())]
        parts = [Part("form", self.word(Word.FORM), form), Part("day", self.word(Word.CARDS), [*cards, self._picture])]
        self._steps = Steps(self, parts, self._next_concern)
        return (
            *((self._concern.box,) if len(concerns) > 1 else ()),
            self._story,
            *self._steps.widgets,
            self._left,
        )

    def _last(self) -> str:
        """Return the concern that was worked on last, so that a new page opens there."""
        known = [one["id"] for one in self.data["concerns"]]
        worked = [one.get("concern") for one in self._record.state["decisions"] if isinstance(one, dict)]
        return next((str(one) for one in reversed(worked) if one in known), known[0])

    def _next_concern(self) -> tuple[str, Callable[[], object]] | None:
        """Return the first other concern that is still open, and the way to it."""
        after = next((one for one in self._open if one["id"] != self._shown), None)
        if after is None:
            return None
        return str(self._titles[after["id"]]), lambda: self._turn_to(after["id"])

    def _turned_to(self, concern: str) -> None:
        self._shown = concern
        self._stood: set[str] = set()  # fields that a person has left in this window

    def _field(self, name: str) -> Field[Any] | Several:
        label, change = self.word(f"field-{name}"), partial(self._fill, name)
        note = self.word(f"help-{name}") if name in HELPED else ""
        if name in SEVERAL:
            return Several(name, label, [(self.word(f"support-{one}"), one) for one in SUPPORT], change, note)
        if name in CHOICES:
            return choose(name, label, [(self.word(f"option-{one}"), one) for one in CHOICES[name]], change, note=note)
        return text(name, label, change, lines=4 if name == "summary" else 1, note=note)

    def _turn_to(self, concern: str | None) -> None:
        if concern is not None:
            self._turned_to(concern)
            self._steps.open("form")
            self.redraw()
            self.focus("story")

    def _fill(self, name: str, value: object) -> None:
        if value is None:
            return
        self._stood.add(name)
        decision = {"concern": self._shown, "field": name, "value": value}
        if not self.decide(decision, typed=isinstance(value, str) and name not in CHOICES):
            long = isinstance(value, str) and len(value) > MOST_CHARACTERS
            self._fields[name].tell(self.word(Word.TOO_LONG) if long else self.say("lab-full"))

    def _place(self, card: str, at: str | None) -> None:
        if not self.decide({"concern": self._shown, "card": card, "at": at}):
            self._cards[card].tell(self.say("lab-full"))

    def draw(self, view: dict[str, Any]) -> None:
        """Show the concern that is turned to."""
        here = next(one for one in view["concerns"] if one["id"] == self._shown)
        concern = next(one for one in self.data["concerns"] if one["id"] == self._shown)
        self._concern.show(self._shown)
        self._open = [one for one in view["concerns"] if one["open"]]
        self._story.value = (
            f'<h4 tabindex="-1">{text_html(self.word(Word.STORY))}: {text_html(concern["title"])}</h4>'
            f"<p>{text_html(concern['text'])}</p>"
        )
        for name, field in self._fields.items():
            kept = here["form"].get(name)
            empty: object = [] if name in SEVERAL else None if name in CHOICES else ""
            field.show(empty if kept is None else kept)
            # A form that is empty yet is not full of reproaches.
            problem = here["problems"].get(name)
            told = problem if name in here["form"] or name in self._stood else None
            told = told or here["reminders"].get(name)
            field.tell(self.word(told) if told else None)
        for card_id, card in self._cards.items():
            card.show(here["cards"].get(card_id))
            card.tell(None)
        self._picture.value = day(self.data, here["cards"], self.word, self.number, self.language)
        left = [f"{self._titles[one['id']]}: {self.word(Word.OPEN, n=one['open'])}" for one in self._open]
        self._left.value = f"<strong>{paragraphs(left or [self.word(Word.NOTHING_OPEN)])}</strong>"
        self._steps.draw()
        self._frame.part = self._shown

    def missing(self, view: dict[str, Any]) -> str | None:
        """Return what is still open, and go there: the first field of the first concern that is not in order."""
        open_one = next((one for one in view["concerns"] if one["open"]), None)
        if open_one is None:
            return None
        if open_one["id"] != self._shown:
            self._shown = open_one["id"]
        self._stood = set(FIELDS)
        unplaced = [f"card-{name}" for name, at in open_one["cards"].items() if at is None]
        first = next((name for name in FIELDS if name in open_one["problems"]), None) or unplaced[0]
        self._steps.open("day" if first in unplaced else "form")
        self.redraw()
        self.focus(first)
        return self.word(Word.OPEN, n=open_one["open"])

    def result(self, view: dict[str, Any]) -> str:
        """Return the day of each concern and, in practice, what it shows by criterion."""
        parts = []
        for concern, one in zip(self.data["concerns"], view["concerns"], strict=True):
            picture = day(self.data, one["cards"], self.word, self.number, self.language)
            parts.append(f"<h5>{text_html(concern['title'])}</h5>{picture}{self._rubric(one)}")
        return "".join(parts)

    def _rubric(self, here: Mapping[str, Any]) -> str:
        rubric = here.get("rubric")
        if rubric is None:
            return f"<p>{text_html(self.word(Word.COUNTS_LATER))}</p>"
        texts = {card["id"]: card["text"] for card in self.data["cards"]} | {"summary": self.word("field-summary")}
        key = self.data["key"]
        texts |= {one["id"]: self.word(f"field-{one['field']}") for one in key["fields"]}
        why = reasons(self.data, self.activity["words"], here["id"], here)
        rows = [f"<p>{text_html(self.word(Word.TRAINER_READS))}</p>"]
        if acts := harmful(self.data, here["id"], here):
            rows.insert(0, f"<p><strong>{text_html(unsafe(self.data, self.activity['words'], acts))}</strong></p>")
        for part in rubric:
            counted = self.word(Word.RIGHT_OF, right=part["right"], of=part["of"])
            rest = "".join(f"<li>{text_html(texts[name])}<br>{text_html(why[name])}</li>" for name in part["rest"])
            told = f"<ul>{rest}</ul>" if rest else f"<p>{text_html(self.word(Word.ALL_MET))}</p>"
            criterion = self.word(f"criterion-{part['criterion']}")
            head = f"{criterion}: {counted}"
            rows.append(f"<h5>{text_html(head)}</h5>{told}")
        return f"<h5>{text_html(self.word(Word.RUBRIC))}</h5>{''.join(rows)}"
