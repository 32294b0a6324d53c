"""The two widgets: a player for each activity and the hand-in box. The player's code goes to a page once."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from himaya.answers.journal import fits
from himaya.errors import JournalError
from himaya.publish.folder import summary
from himaya.publish.receipts import last_receipt
from himaya_widgets.handin import hand_in, said
from himaya_widgets.player import built, packed, page_bundle, page_words

if TYPE_CHECKING:
    from himaya.publish.folder import ModuleFolder


class _Drawn(anywidget.AnyWidget):
    """What the player and the hand-in box share: the small loader, and the bundle for a page that asks.

    No layout is synchronised: it would be one more message for each activity, and a reference that a reloaded page
    may not find.
    """

    _esm = built("loader.js")
    page = traitlets.Unicode().tag(sync=True)
    draws = traitlets.Unicode().tag(sync=True)
    layout = traitlets.Any(None)
    tabbable = traitlets.Any(None)
    tooltip = traitlets.Any(None)

    def __init__(self, folder: ModuleFolder, draws: str, **state: object) -> None:
        self._folder = folder
        super().__init__(page=_packed(folder)[0], draws=draws, **state)
        self.on_msg(self._receive)

    def _receive(self, _widget: object, message: object, _buffers: object) -> None:
        if not isinstance(message, dict):
            return
        if message.get("type") == "bundle":
            self.send({"bundle": True}, buffers=[_packed(self._folder)[1]])
        elif message.get("type") == "words":
            language = message.get("language")
            own = self._folder.content if language == self._folder.language else None
            other = self._folder.in_language(language) or own
            if other is not None:
                around = message.get("around", "prose")
                words = page_words(other, around=around if around in ("prose", "steps") else "none")
                self.send({"words": True}, buffers=[packed(words)])
        else:
            self._answer(message)

    def _answer(self, message: dict[str, Any]) -> None:
        raise NotImplementedError


@cache
def _packed(folder: ModuleFolder) -> tuple[str, bytes]:
    """Return the name and the bytes of what a page needs once: player, styles, sentences, the module's activities."""
    whole = page_bundle(folder)
    return hashlib.sha256(whole).hexdigest()[:8], whole


class Player(_Drawn):
    """One activity on the screen. Takes events in, writes the journal, answers with its rows."""

    activity = traitlets.Unicode().tag(sync=True)
    rows = traitlets.Unicode().tag(sync=True)
    owner = traitlets.Unicode().tag(sync=True)
    seed = traitlets.Int().tag(sync=True)
    keeps = traitlets.Bool().tag(sync=True)

    def __init__(self, folder: ModuleFolder, activity_id: str) -> None:
        """Draw `activity_id` of `folder` as far as its journal has come."""
        self._folder = folder
        self._activity_id = activity_id
        super().__init__(
            folder,
            "group" if folder.content.get("group") else "play",
            activity=activity_id,
            rows=json.dumps(self._first_rows(), ensure_ascii=False),
            owner=folder.owner,
            seed=folder.seed(activity_id),
            keeps=folder.keeps,
        )

    def _first_rows(self) -> list[dict[str, Any]]:
        try:
            return self._known()
        except JournalError:
            return []  # the page opens all the same, and the first put says what is wrong

    def _known(self) -> list[dict[str, Any]]:
        return self._folder.journal.rows(self._activity_id) if self._folder.keeps else []

    def _answer(self, message: dict[str, Any]) -> None:
        """Write what a page sent and answer with the rows it does not know. No answer means: not written."""
        if not self._folder.keeps:
            return  # the page keeps practice answers itself; who sends one all the same gets nothing written
        try:
            start, events = _read_put(message)
            fitting = [event for event in events if fits(event, self._activity_id)]
            if fitting:
                self._folder.journal.put(fitting)
            rows = self._known()
        except JournalError as error:
            self.send({"problem": error.code})
            return
        start = start if start <= len(rows) and self._folder.journal.appends else 0
        answer: dict[str, Any] = {"from": start, "rows": rows[start:]}
        if refused := self._refused(events, fitting):
            answer["refused"] = refused
        self.send(answer)

    def _refused(self, events: list[dict[str, Any]], fitting: list[dict[str, Any]]) -> list[str]:
        """Return the ids that will never stand in the journal, so that the page sets them aside and sends the rest."""
        known = {row["id"]: row["activity"] for row in self._folder.journal.rows()}
        taken = {event["id"] for event in fitting if known.get(event["id"], self._activity_id) == self._activity_id}
        return [event["id"] for event in events if event["id"] not in taken]


def _read_put(message: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    if message.get("type") != "put":
        raise JournalError("event-malformed")
    start, events = message.get("from"), message.get("events")
    if not isinstance(start, int) or start < 0 or not isinstance(events, list):
        raise JournalError("event-malformed")
    if any(not isinstance(event, dict) or not isinstance(event.get("id"), str) for event in events):
        raise JournalError("event-malformed")
    return start, events


class HandIn(_Drawn):
    """The last box of a module: what is open, Submit, the receipt."""

    summary = traitlets.Unicode().tag(sync=True)
    receipt = traitlets.Unicode().tag(sync=True)

    def __init__(self, folder: ModuleFolder) -> None:
        """Draw the box for `folder`."""
        receipt = last_receipt(folder)
        shown = json.dumps(receipt and said(folder, receipt), ensure_ascii=False)
        super().__init__(folder, "handIn", summary=json.dumps(summary(folder)), receipt=shown)

    def _answer(self, message: dict[str, Any]) -> None:
        if message.get("type") == "summary":
            receipt = last_receipt(self._folder)
            local = {"receipt": said(self._folder, receipt, message.get("ahead"))} if receipt else {}
            self.send({"type": "summary", **summary(self._folder, message.get("language")), **local})
        elif message.get("type") == "submit":
            self.send(hand_in(self._folder, message.get("language"), message.get("ahead")))
