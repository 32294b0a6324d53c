"""What an author may write in a referral lab: the directory, the request cards, and what makes them sound."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from pydantic import Field

from himaya.activities.format import Id, Model, Text
from himaya.activities.lab.format import Data, Lab, words_of
from himaya.activities.lab.referral.model import ALONE, CONSENTS, COSTS, DECLINED, FAMILIES, NONE, PARTS, Word, misfits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.activities.format import Finding

Group: TypeAlias = Literal["women", "men", "girls", "boys"]
if TYPE_CHECKING:
    Cost: TypeAlias = str
    Consent: TypeAlias = str
    End: TypeAlias = str
    WeighedPart: TypeAlias = str
else:
    Cost = Literal[COSTS]
    Consent = Literal[CONSENTS]
    End = Literal["service", NONE, DECLINED]
    WeighedPart = Literal[PARTS]


class Named(Model):
    """Something to choose or to show, and the words for it."""

    id: Id
    text: Text


class Service(Model):
    """One row of the directory. Invented, without a number to call."""

    id: Id
    title: Text
    kind_of_help: Id
    area: Id
    text: Text = Field(description="When it is open.")
    cost: Cost = "free"
    groups_served: list[Group] = Field(min_length=1)
    female_staff: bool
    access: list[Id] = Field(default_factory=list, description="What makes it easier to reach.")
    speaks: list[Id] = Field(min_length=1)
    consent_required: Consent = "spoken"
    asks: list[Id] = Field(description="The fields without which it cannot help.")
    last_verified: int = Field(ge=0, le=2000, description="How many days ago somebody checked this entry.")
    capacity_left: int = Field(ge=0, le=99, description="Free places this week.")


class Note(Model):
    """Why, for one part; about the action, never the person."""

    id: WeighedPart
    text: Text


class Answer(Data):
    """What a person needs and agreed to."""

    ends: End
    kinds_of_help: list[Id] = Field(min_length=1)
    group: Group
    areas: list[Id] = Field(min_length=1, description="Where the person can go or call.")
    language: Id
    access: list[Id] = Field(default_factory=list)
    female_staff: bool = False
    free: bool = True
    signs: bool = Field(default=True, description="Whether the person would sign a paper.")
    unsafe: list[Id] = Field(default_factory=list, description="Services that would put this person in danger.")
    agreed: list[Id] = Field(description="The fields that the person agreed to share.")
    also: list[Id] = Field(default_factory=list, description="Fields needed beyond what the service asks for.")
    routes: list[Id] = Field(description="The ways that the person agreed to; `[self]`: goes alone, nothing is sent.")
    follow: list[Id] = Field(min_length=1)
    notes: list[Note] = Field(min_length=4, max_length=4)


class Card(Model):
    """One request: what a person asks for, and the limits of the consent."""

    id: Id
    title: Text
    text: Text
    practice: bool = False
    wants: Answer | None = Field(default=None, description="On a practice card. Of a card that counts: in `key`.")


class CountedAnswer(Answer):
    """The answer of a card that counts."""

    id: Id


class Key(Data):
    """What a trainee does not see before feedback."""

    answers: list[CountedAnswer] = Field(min_length=1, max_length=12)


class ReferralData(Data):
    """The directory, the request cards, and what a trainee can choose."""

    old_after_days: int = Field(ge=1, description="An entry that nobody checked for longer counts as old.")
    kinds_of_help: list[Named] = Field(min_length=1)
    areas: list[Named] = Field(min_length=1)
    groups: list[Named] = Field(min_length=1)
    access: list[Named] = Field(min_length=1)
    speaks: list[Named] = Field(min_length=1, description="Languages.")
    fields: list[Named] = Field(min_length=2, max_length=12, description="What can be shared.")
    routes: list[Named] = Field(min_length=2, max_length=8, description="Ways to send.")
    follow_ups: list[Named] = Field(min_length=2, max_length=10)
    services: list[Service] = Field(min_length=2, max_length=40)
    cards: list[Card] = Field(min_length=1, max_length=12)
    key: Key


class Written(Lab):
    """A referral lab."""

    lab: Literal["referral"]
    data: ReferralData

    WORDS: ClassVar[tuple[str, ...]] = words_of(Word, FAMILIES)

    def findings(self) -> Iterator[Finding]:
        """Yield each fault of the data: what to do, and the path inside it."""
        data = self.data
        for name in ("services", "cards", "fields", "routes", "follow_ups"):
            for twice in _twice(getattr(data, name)):
                yield f"the id '{twice}' is used twice in {name}.", ("data", name)
        for at, service in enumerate(data.services):
            for text, name in _unknown(data, service, _OF_SERVICE):
                yield text, ("data", "services", at, name)
        yield from _card_faults(data)


_OF_SERVICE = {
    "kind_of_help": "kinds_of_help",
    "area": "areas",
    "groups_served": "groups",
    "access": "access",
    "speaks": "speaks",
    "asks": "fields",
}
_OF_ANSWER = {
    "kinds_of_help": "kinds_of_help",
    "areas": "areas",
    "group": "groups",
    "access": "access",
    "language": "speaks",
    "agreed": "fields",
    "also": "fields",
    "routes": "routes",
    "follow": "follow_ups",
    "unsafe": "services",
}
"""For each field that holds ids: the list of the data in which they stand."""


def _twice(entries: list[Any]) -> list[str]:
    return [name for name, times in Counter(entry.id for entry in entries).items() if times > 1]


def _unknown(data: ReferralData, entry: Model, lists: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, among in lists.items():
        allowed = [known.id for known in getattr(data, among)]
        value = getattr(entry, name)
        for missing in sorted(set(value if isinstance(value, list) else [value]) - set(allowed)):
            yield f"'{missing}' does not exist; allowed: {', '.join(allowed)}.", name


def _card_faults(data: ReferralData) -> Iterator[Finding]:
    answered = {answer.id for answer in data.key.answers}
    placed: list[tuple[Answer, tuple[str | int, ...]]] = []
    for at, card in enumerate(data.cards):
        if card.practice != (card.wants is not None) or card.practice == (card.id in answered):
            yield "a practice card has 'wants'; one that counts has it in 'key'.", ("data", "cards", at)
        if card.wants:
            placed.append((card.wants, ("data", "cards", at, "wants")))
    for at, counted in enumerate(data.key.answers):
        placed.append((counted, ("data", "key", "answers", at)))
        if counted.id not in {card.id for card in data.cards}:
            yield f"there is no card '{counted.id}'.", ("data", "key", "answers", at, "id")
    for answer, path in placed:
        for text, name in _answer_faults(data, answer):
            yield text, (*path, name)


def _answer_faults(data: ReferralData, answer: Answer) -> Iterator[tuple[str, str]]:
    yield from _unknown(data, answer, _OF_ANSWER)
    plain = data.model_dump()
    fitting = [service["id"] for service in plain["services"] if not misfits(plain, answer.model_dump(), service)]
    if answer.ends == "service" and not fitting:
        yield "no service fits this card, so its end is 'none'; or one of its limits is wrong.", "ends"
    if answer.ends == "none" and fitting:
        yield f"'{fitting[0]}' fits this card, so its end is not 'none'.", "ends"
    if answer.ends == "service" and not answer.routes:
        yield "a card that ends with a service needs a way that its person agreed to.", "routes"
    if ALONE in answer.routes and len(answer.routes) > 1:
        yield f"'{ALONE}' stands alone: nothing is sent, or something is.", "routes"
    if not set(answer.also) <= set(answer.agreed):
        yield "a field is needed here that the person did not agree to share.", "also"
