"""What a lab of complaint intake needs: concerns, cards, times, and which card belongs where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import Field

from himaya.activities.findings import repeated, unknown
from himaya.activities.format import Claim, Id, Model, Text
from himaya.activities.lab.complaint.model import CHOICES, CRITERIA, FAMILIES, NEVER, SEVERAL, SUPPORT, Word, minutes
from himaya.activities.lab.format import Data, Lab, words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from himaya.activities.format import Finding


_CLOCK_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"


class Slot(Model):
    """A time after the concern was heard; in their order."""

    id: Id
    text: Text
    minutes: int = Field(ge=0, le=10_000)


class Card(Model):
    """Something that one might do."""

    id: Id
    text: Text


class Concern(Model):
    """Somebody tells the worker something. All invented."""

    id: Id
    title: Text
    text: Text
    names: Text = Field(description="The names in the story, with commas between them.")


if TYPE_CHECKING:
    Criterion: TypeAlias = str
else:
    Criterion = Literal[CRITERIA]


class Judging(Model):
    """Phrases that judge the person who speaks."""

    lines: list[Text] = Field(min_length=1, description="A summary that holds one of them is flagged and costs a part.")


class CardKey(Claim):
    """When a card is right: from one time to another, or never; for one concern or for all."""

    id: Id
    concern: str = Field(
        default="", pattern=r"^([a-z][a-z0-9-]*)?$", description="Only for this concern; empty: for each."
    )
    criterion: Criterion
    first: Id
    last: Id
    harmful: bool = Field(default=False, description="At another time the whole day is unsafe: a third at most.")
    rationale: Text


class FieldKey(Claim):
    """What a field of the form should say of one concern."""

    id: Id
    concern: Id
    field: Id
    values: list[Id] = Field(
        default_factory=list, description="Options that are right; of support, all that were accepted and no other."
    )
    earliest: str | None = Field(default=None, pattern=_CLOCK_TIME, description='A time: right from here, as "10:20".')
    latest: str | None = Field(default=None, pattern=_CLOCK_TIME, description="A time: right until here.")
    criterion: Criterion
    rationale: Text


class Key(Data):
    """What a graded trainee must not see before feedback."""

    cards: list[CardKey]
    fields: list[FieldKey] = Field(default_factory=list)


class ComplaintData(Data):
    """The concerns, and what can be done in the first day."""

    slots: list[Slot] = Field(min_length=3, max_length=10)
    cards: list[Card] = Field(min_length=4, max_length=20)
    concerns: list[Concern] = Field(min_length=1, max_length=3)
    judging: Judging
    key: Key


_CLOCK = ("received-at", "reported-at")


class Written(Lab):
    """labs/*.yaml with `lab: complaint`."""

    lab: Literal["complaint"]
    data: ComplaintData

    def needs(self) -> Collection[str]:
        """Return the ids of all words that this lab shows."""
        return words_of(Word, FAMILIES)

    def findings(self) -> Iterator[Finding]:
        """Yield what in the key names no card, time, concern or field, and each card without a key."""
        for name, what in (("slots", "time"), ("cards", "card"), ("concerns", "concern")):
            yield from repeated([entry.id for entry in getattr(self.data, name)], what, "data", name)
        yield from repeated([field.id for field in self.data.key.fields], "answer", "data", "key", "fields")
        yield from _cards(self.data)
        yield from _fields(self.data)


def _cards(data: ComplaintData) -> Iterator[Finding]:
    slots, cards = [slot.id for slot in data.slots], [card.id for card in data.cards]
    concerns = [concern.id for concern in data.concerns]
    for at, card in enumerate(data.key.cards):
        path = ("data", "key", "cards", at)
        if card.id not in cards:
            yield unknown("the key names the card", card.id, cards), (*path, "id")
        if card.concern not in ("", *concerns):
            yield unknown("the key names the concern", card.concern, concerns), (*path, "concern")
        for name, slot in (("first", card.first), ("last", card.last)):
            if slot not in (*slots, NEVER):
                yield unknown("the key names the time", slot, [*slots, NEVER]), (*path, name)
        yield from _times(card, slots, path)
    for at, shown in enumerate(data.cards):
        for concern in concerns:
            keys = [
                place for place, one in enumerate(data.key.cards) if one.id == shown.id and one.concern in ("", concern)
            ]
            if len(keys) != 1:
                text = f"the card '{shown.id}' has {len(keys)} keys for '{concern}'; it needs one in 'data.key.cards'."
                yield text, ("data", "key", "cards", keys[-1], "id") if keys else ("data", "cards", at, "id")


def _times(card: CardKey, slots: list[str], path: tuple[str | int, ...]) -> Iterator[Finding]:
    if NEVER in (card.first, card.last):
        if card.first != card.last:
            yield f"a card is either never right or from one time to another; write '{NEVER}' twice.", (*path, "first")
    elif {card.first, card.last} <= set(slots) and slots.index(card.first) > slots.index(card.last):
        yield f"'{card.first}' comes after '{card.last}', so no time would be right.", (*path, "first")


def _fields(data: ComplaintData) -> Iterator[Finding]:
    concerns = [concern.id for concern in data.concerns]
    for at, field in enumerate(data.key.fields):
        path = ("data", "key", "fields", at)
        if field.concern not in concerns:
            yield unknown("the key names the concern", field.concern, concerns), (*path, "concern")
        allowed = CHOICES.get(field.field) or (SUPPORT if field.field in SEVERAL else ())
        if field.field in _CLOCK:
            times = [minutes(time or "") for time in (field.earliest, field.latest)]
            if None in times or field.values:
                yield "a time needs 'earliest' and 'latest', such as \"10:20\", and no 'values'.", (*path, "field")
        elif not allowed:
            yield unknown("the key names the field", field.field, [*CHOICES, *SEVERAL, *_CLOCK]), (*path, "field")
        elif wrong := [value for value in field.values if value not in allowed]:
            yield unknown("the key names the option", wrong[0], allowed), (*path, "values")
        elif field.earliest or field.latest or (field.field in CHOICES and not field.values):
            yield "an option needs 'values', and neither 'earliest' nor 'latest'.", (*path, "field")
