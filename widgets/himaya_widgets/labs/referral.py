"""The referral lab: request cards, a directory that can be narrowed, the decision, its way, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import HBox, VBox

from himaya.activities.events import by_id
from himaya.activities.lab import model as labs
from himaya.activities.lab.referral.model import ALONE, DECLINED, NONE, PARTS, STEPS, Word
from himaya.languages.facts import ALL, direction
from himaya_widgets.labs.directory import Directory, names_of, pairs
from himaya_widgets.labs.fields import (
    Several,
    bullets,
    button,
    choose,
    html,
    paragraphs,
    primary,
    reveal,
    text_html,
)
from himaya_widgets.labs.lab import LabView
from himaya_widgets.labs.pathway import pathway

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from himaya.publish.folder import ModuleFolder

_EMPTY: dict[str, Any] = {"service": None, "share": [], "route": None, "follow": None}


class View(LabView):
    """Draws a referral lab; the card that is open and what is not yet decided on each are kept here."""

    def __init__(self, folder: ModuleFolder, activity_id: str) -> None:
        """Build the tree; the first card that is not done is open."""
        self._card: str | None = None
        self._drafts: dict[str, dict[str, Any]] = {}
        self._editing: set[str] = set()
        super().__init__(folder, activity_id)

    # ------------------------------------------------------------ the tree

    def build(self) -> Sequence[Any]:
        """Return the working area: card and its way, directory, decision, next step, what came of it."""
        data, word = self.data, self.word
        self._cards = choose("card", word(Word.CHOOSE_CARD), self._card_options(), self._open_card, style="list")
        self._card_text, self._path, self._all = html(key="text"), html(), html()
        self._directory = Directory(data, word, self.number, ALL[self.language].separator)
        please = (word(Word.PLEASE_CHOOSE), None)
        ends = [(word(f"ends-{name}"), name) for name in (NONE, DECLINED)]
        services = [(service["title"], service["id"]) for service in data["services"]]
        self._service = choose(
            "service", word(Word.CHOOSE_SERVICE), [please, *services, *ends], self._drafted("service"), style="list"
        )
        self._share = Several("share", word(Word.SHARE_HEADING), pairs(data["fields"]), self._drafted("share"))
        self._route = choose(
            "route", word(Word.CHOOSE_ROUTE), [please, *pairs(data["routes"])], self._drafted("route"), style="list"
        )
        self._nothing = html(paragraphs([word(Word.NOTHING_TO_SEND)]))
        self._decides = button("send", word(Word.SEND), self._send)
        self._form = VBox([self._service.box, self._nothing, self._share.box, self._route.box, self._decides])
        self._made = html(key="made")
        self._reopen = button("decide-again", word(Word.DECIDE_AGAIN), self._edit)
        self._later = html()
        self._follow = choose("follow", word(Word.CHOOSE_FOLLOW), [please, *pairs(data["follow_ups"])],
                              self._drafted("follow"), style="list")  # fmt: skip
        self._follows = button("follow-button", word(Word.FOLLOW_BUTTON), self._follow_up)
        self._next = VBox([self._later, self._follow.box, self._follows])
        self._told_part = html(key="told")
        self._retry = button("try-again", word(Word.TRY_AGAIN), self._try_again)
        self._onward = button("onward", "", self._go_on, main=True)
        self._left = html()
        return [
            self._left, self._cards.box, self._card_text, self._path, self._all,
            html(_heading(word(Word.DIRECTORY_HEADING))), *self._directory.widgets,
            html(_heading(word(Word.DECIDE_HEADING))), self._form, self._made, self._reopen, self._next,
            self._told_part, HBox([self._onward, self._retry]),
        ]  # fmt: skip

    def _card_options(self) -> list[tuple[str, str]]:
        return [(f"{card['title']} ({self._counts(card)})", card["id"]) for card in self.data["cards"]]

    def _counts(self, card: Mapping[str, Any]) -> str:
        return self.word(Word.PRACTICE_CARD if card["practice"] else Word.COUNTED_CARD)

    # ------------------------------------------------------------ drawing

    def draw(self, view: dict[str, Any]) -> None:
        """Show the open card, where it stands, and the part of the work that is next on it."""
        seen = {card["id"]: card for card in view["cards"]}
        self._undone = [name for name, card in seen.items() if not _done(card)]
        if self._card is None:
            self._card = next(iter(self._undone), view["cards"][0]["id"])
        self._seen, card = seen, seen[self._card]
        self._cards.show(self._card)
        text = by_id(self.data["cards"], self._card) or {}
        self._card_text.value = _heading(self.word(Word.CARD_HEADING), " tabindex=-1") + paragraphs([text["text"]])
        self._path.value = _heading(self.word(Word.PATH_HEADING)) + self._way(card)
        self._all.value = self._overview(view)
        self._left.value = paragraphs([self.word(Word.LEFT_CARDS, left=view["left"])])
        self._draw_work(card)
        self._told_part.value = self._told_markup(card)

    def _draw_work(self, card: Mapping[str, Any]) -> None:
        made = card["made"]
        deciding = made is None or card["id"] in self._editing
        done = _done(card)
        after = [name for name in self._undone if name != card["id"]]
        if after:
            self._onward.description = self.say("lab-next", name=(by_id(self.data["cards"], after[0]) or {})["title"])
        values = self._drafts.get(card["id"]) or {**_EMPTY, **(made or {})}
        self._service.show(values["service"])
        self._share.show(values["share"])
        self._route.show(values["route"] or None)
        self._follow.show(values["follow"])
        for field in (self._service, self._share, self._route, self._follow):
            field.tell(None)
        sends = values["service"] not in (NONE, DECLINED)
        for box, shown in (
            (self._form, deciding),
            (self._nothing, not sends),
            (self._share.box, sends),
            (self._route.box, sends),
            (self._made, not deciding),
            (self._reopen, not deciding and not card["practice"]),
            (self._next, not deciding and not (done and card["practice"])),
            (self._retry, not deciding and card["practice"]),
            (self._onward, not deciding and done and bool(after)),
        ):
            reveal(box, shown=shown)
        primary(self._decides, main=not self.finishable)
        primary(self._follows, main=not done)
        self._made.value = "" if deciding else self._decision(made)
        if not deciding:
            ends = made["service"] if made["service"] in (NONE, DECLINED) else "sent"
            self._later.value = _heading(self.word(Word.FOLLOW_HEADING)) + paragraphs([self.word(f"later-{ends}")])

    def _way(self, card: Mapping[str, Any]) -> str:
        names = [self.word(f"step-{step}") for step in STEPS]
        said = self.word(f"stands-{card['stands']}")
        return pathway(names, card["reached"], said, self.number, backward=direction(self.language) == "rtl")

    def _overview(self, view: Mapping[str, Any]) -> str:
        titles = {card["id"]: f"{card['title']} ({self._counts(card)})" for card in self.data["cards"]}
        lines = [f"{titles[card['id']]}: {self.word('stands-' + card['stands'])}" for card in view["cards"]]
        return f"<details><summary>{text_html(self.word(Word.ALL_CARDS))}</summary>{bullets(lines)}</details>"

    def _decision(self, made: Mapping[str, Any]) -> str:
        service = by_id(self.data["services"], made["service"])
        if service is None:
            return paragraphs([self.word(f"ends-{made['service']}")])
        lines = [service["title"], self._list_of(made["share"]) or self.word(Word.NOTHING_SHARED)]
        return bullets([*lines, *names_of(self.data["routes"], [made["route"]])])

    def _list_of(self, fields: list[str]) -> str:
        return ALL[self.language].separator.join(names_of(self.data["fields"], fields))

    def _told_markup(self, card: Mapping[str, Any]) -> str:
        made = card["made"]
        if made is None or made["follow"] is None or card["id"] in self._editing:
            return ""
        follow = bullets(names_of(self.data["follow_ups"], [made["follow"]]))
        if card["told"] is None:
            return follow + f'<h4 tabindex="-1">{text_html(self.word(Word.COUNTED_DONE))}</h4>'
        told = card["told"]
        answer = (by_id(self.data["cards"], card["id"]) or {})["wants"]
        notes = {note["id"]: note["text"] for note in answer["notes"]}
        rows = []
        for part in PARTS:
            right = told["parts"][part]
            sign = f"{'✓' if right else '✗'} {self.word(Word.RIGHT if right else Word.NOT_YET)}"
            why = paragraphs([*self._reasons(part, told), notes[part]])
            rows.append(f"<h5>{text_html(self.word(f'part-{part}'))}: {text_html(sign)}</h5>{why}")
        return f'{follow}<h4 tabindex="-1">{text_html(self.word(Word.TOLD_HEADING))}</h4>{"".join(rows)}'

    def _reasons(self, part: str, told: Mapping[str, Any]) -> list[str]:
        if part == "fit":
            return [self.word(f"why-{reason}") for reason in told["misfits"]]
        among = {"consent": (Word.AGAINST,), "minimum": (Word.MISSING, Word.BEYOND)}.get(part, ())
        return [self.word(name, fields=self._list_of(told[name])) for name in among if told[name]]

    def result(self, view: dict[str, Any]) -> str:
        """Return what was decided on each card."""
        del view  # what the trainee chose is told in the same words as to a marker
        return bullets(labs.told(self.activity, self._record.state["decisions"]))

    # ------------------------------------------------------------ what is done

    def _open_card(self, card: str | None) -> None:
        if card is not None and card != self._card:
            self._card = card
            self.redraw()

    def _go_on(self) -> None:
        after = next((name for name in self._undone if name != self._card), None)
        if after is not None:
            self._open_card(after)
            self.focus("text")

    def missing(self, view: dict[str, Any]) -> str | None:
        """Return how many cards that count are left, and go to the first."""
        card = next(card for card in view["cards"] if card["id"] in self._undone and not card["practice"])
        self._open_card(card["id"])
        self.focus("service" if card["made"] is None else "follow")
        return self.word(Word.LEFT_CARDS, left=view["left"])

    def _drafted(self, name: str) -> Any:
        def keep(value: object) -> None:
            card = self._card or ""
            made = self._seen[card]["made"] or {}
            draft = self._drafts.setdefault(card, {**_EMPTY, **made})
            draft[name] = value
            if name == "service":
                sends = value not in (NONE, DECLINED)
                for box, shown in ((self._nothing, not sends), (self._share.box, sends), (self._route.box, sends)):
                    reveal(box, shown=shown)

        return keep

    def _send(self) -> None:
        service, route = self._service.value, self._route.value
        share = self._share.value
        if service in (NONE, DECLINED):
            share, route = [], ""
        wrong = {
            "service": self.word(Word.NEED_SERVICE) if service is None else None,
            "route": self.word(Word.NEED_ROUTE) if service is not None and route is None else None,
            "share": self.word(Word.NEED_NOTHING) if route == ALONE and share else None,
        }
        for name, field in (("service", self._service), ("share", self._share), ("route", self._route)):
            field.tell(wrong[name])
        first = next((name for name in ("service", "share", "route") if wrong[name]), None)
        if first is not None:
            self.focus(first)
            return
        self._editing.discard(self._card or "")
        self._done({"card": self._card, "service": service, "share": share, "route": route}, "follow")

    def _follow_up(self) -> None:
        if self._follow.value is None:
            self._follow.tell(self.word(Word.NEED_FOLLOW))
            self.focus("follow")
            return
        self._done({"card": self._card, "follow": self._follow.value}, "told")

    def _edit(self) -> None:
        self._editing.add(self._card or "")
        self.redraw()
        self.focus("service")

    def _try_again(self) -> None:
        self._done({"card": self._card, "again": True}, "service")

    def _done(self, value: dict[str, Any], focus: str) -> None:
        """Record a decision; what was chosen stays in the fields if it could not be kept."""
        kept = self._drafts.pop(self._card or "", None)
        if self.decide(value):
            self.focus(focus)
        elif kept is not None:
            self._drafts[self._card or ""] = kept


def _done(card: Mapping[str, Any]) -> bool:
    return card["made"] is not None and card["made"]["follow"] is not None


def _heading(text: str, more: str = "") -> str:
    return f"<h4{more}>{text_html(text)}</h4>"
