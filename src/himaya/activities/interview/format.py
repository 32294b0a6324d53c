"""What an author may write in interviews/*.yaml: a conversation with one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from himaya.activities.format import Id, Model, Note, Portrait, Simulation, Text
from himaya.activities.limits import EFFECT, METER
from himaya.activities.simulations import Quality

if TYPE_CHECKING:
    from collections.abc import Iterable

    from himaya.activities.format import Writer

Effect = Annotated[int, Field(ge=-EFFECT, le=EFFECT)]
Group = Literal["welcome", "explain", "listen", "safety", "consent", "plan", "silence", "colleague", "close"]
"""What one is doing with a move; the screen shows moves by it. The last three are always at hand."""


class Gauge(Model):
    """A small whole number from 0 up to `max`."""

    start: int = Field(ge=0, le=METER)
    max: int = Field(ge=1, le=METER)


class Range(Model):
    """Both ends belong to the range."""

    min: int = 0
    max: int = 99


class When(Model):
    """A condition: all its parts hold. `has`, `has_any` and `lacks` name facts told, agreements and notes.

    In endings and in the words for a friend also behaviours shown, and how it ended: `closed` or `left`.
    """

    trust: Range = Range()
    strain: Range = Range()
    has: list[Id] = Field(default_factory=list)
    has_any: list[Id] = Field(default_factory=list)
    lacks: list[Id] = Field(default_factory=list)


class Person(Model):
    """Whom one talks with. Invented, with a life beyond what happened."""

    name: Annotated[Text, Note("the name of an invented person")]
    gender: Literal["woman", "man"]
    age: int = Field(ge=18, le=99)
    life: Annotated[Text, Note("the life of an invented person")]
    portrait: Portrait | None = Field(default=None, description="Without one, the first letter of the name.")


class Fact(Model):
    """Something that the person may tell."""

    id: Id
    text: Annotated[Text, Note("something that the person told, as a colleague would note it")]
    need: Literal["must", "may", "private"] = Field(
        description="must: needed for safety or consent. private: not yours to ask."
    )
    why: Annotated[Text | None, Note("why this has to be known")] = None
    planned: list[Id] = Field(
        default_factory=list,
        description="For a danger: the agreements, one of which has to be reached once it is told.",
    )


class Agreement(Model):
    """Something that the two may agree."""

    id: Id
    text: Annotated[Text, Note("something that was agreed")]
    need: Literal["must", "may"] = "must"


class Reply(Model):
    """What the person answers; the first reply whose `when` holds is spoken, the last one has none."""

    when: When = When()
    says: Annotated[Text, Note("what the person says or does")]
    tells: list[Id] = Field(default_factory=list, description="Facts that are told here for the first time.")
    again: list[Id] = Field(default_factory=list, description="Facts that are spoken of once more.")
    denies: list[Id] = Field(default_factory=list, description="Facts that are denied here.")
    trust: Effect = 0
    strain: Effect = 0
    sets: list[Id] = Field(default_factory=list, description="Agreements reached, and notes for later conditions.")
    clears: list[Id] = Field(default_factory=list)
    stage: Id | None = Field(default=None, description="Where the conversation goes on from here.")
    ends: bool = False
    quality: Quality
    shows: list[Id] = Field(default_factory=list, description="Behaviours that the trainee shows here.")


class FirstReply(Reply):
    """A reply that comes before a move's own, for every move with one of these tags."""

    tags: list[Id] = Field(min_length=1)
    spares: list[Id] = Field(default_factory=list, description="Moves that it does not come before.")


class Move(Model):
    """Something that the trainee may say or do."""

    id: Id
    group: Group
    text: Annotated[Text, Note("something to say or do in a conversation")]
    stages: list[Id] = Field(default_factory=list, description="Where it can be said; everywhere if none is named.")
    available: When = When()
    tags: list[Id] = Field(default_factory=list)
    replies: list[Reply] = Field(min_length=1)


class Stage(Model):
    """A part of the conversation, such as at the counter or in the room."""

    id: Id
    text: Annotated[Text, Note("where two people talk")]


class Ending(Model):
    """What became of it. The first ending whose `when` holds is taken; the last one needs none."""

    id: Id
    level: Literal["good", "open", "harm"]
    title: Text
    text: Annotated[Text, Note("what became of a conversation")]
    when: When = When()


class Told(Model):
    """One sentence that the person tells a friend, spoken where it holds."""

    when: When = When()
    text: Annotated[Text, Note("what the person tells a friend about the conversation")]


class Interview(Simulation):
    """A conversation. The trainee is always the worker, never the survivor."""

    kind: Literal["interview"] = "interview"
    signed_first: bool = Field(
        default=False, description="Practice only, until a specialist has signed the part of the module it stands in."
    )
    setting: Text = Field(description="Who the trainee is, where, and what is known. All invented.")
    person: Person
    opening: Annotated[Text, Note("how the conversation begins")]
    leaving: Annotated[Text, Note("what the person says or does on leaving")]
    trust: Gauge = Gauge(start=2, max=5)
    strain: Gauge = Gauge(start=0, max=5)
    stages: list[Stage] = Field(min_length=1)
    facts: list[Fact] = Field(min_length=1)
    agreements: list[Agreement] = Field(default_factory=list)
    first: list[FirstReply] = Field(default_factory=list)
    moves: list[Move] = Field(min_length=3)
    endings: list[Ending] = Field(min_length=1)
    friend: list[Told] = Field(min_length=1)
    debrief: list[Text] = Field(default_factory=list, description="Questions to talk about afterwards.")
    examples: list[list[Id]] = Field(min_length=1, description="Strong conversations, as ids of moves; one is shown.")


def replies_of(interview: Interview, move: Move) -> list[Reply]:
    """Return everything a move may be answered with, in the order in which it is tried."""
    first = [one for one in interview.first if set(one.tags) & set(move.tags) and move.id not in one.spares]
    return [*first, *move.replies]


def compile_interview(interview: Interview, write: Writer) -> dict[str, Any]:
    """Return the fields of a compiled interview, with its key."""
    plain = ("title", "minutes", "outcomes", "content_note", "alternative", "setting", "opening")
    shown_fields = {*plain, "leaving", "person", "trust", "strain", "stages"}
    dumped = interview.model_dump(mode="json", include=shown_fields, exclude_none=True)
    shown = {name for move in interview.moves for reply in replies_of(interview, move) for name in reply.shows}
    return {
        **dumped,
        "facts": [one.model_dump(mode="json", exclude_none=True) for one in interview.facts],
        "agreements": [one.model_dump(mode="json") for one in interview.agreements],
        "moves": [_move(interview, move) for move in interview.moves],
        "endings": [
            {"id": one.id, "title": one.title, "text": one.text, "level": one.level, "when": when(one.when)}
            for one in interview.endings
        ],
        "behaviours": [one for one in write.behaviours() if one["id"] in shown],
        "friend": [{"when": when(one.when), "text": one.text} for one in interview.friend],
        "questions": interview.debrief,
        "example": interview.examples[0],
    }


def _move(interview: Interview, move: Move) -> dict[str, Any]:
    return {
        "id": move.id,
        "group": move.group,
        "text": move.text,
        "stages": move.stages,
        "available": when(move.available),
        "replies": [_reply(str(n), one) for n, one in enumerate(replies_of(interview, move), 1)],
    }


def _reply(name: str, reply: Reply) -> dict[str, Any]:
    fields = {"says", "tells", "trust", "strain", "sets", "clears", "ends", "quality", "shows"}
    dumped = reply.model_dump(mode="json", include=fields)
    return {"id": name, "when": when(reply.when), **dumped, "stage": reply.stage or ""}


def when(condition: When) -> dict[str, Any]:
    """Return a compiled condition."""
    return {
        "trust": [condition.trust.min, condition.trust.max],
        "strain": [condition.strain.min, condition.strain.max],
        "has": condition.has,
        "any": condition.has_any,
        "lacks": condition.lacks,
    }


def conditions(interview: Interview) -> Iterable[tuple[When, tuple[str | int, ...]]]:
    """Yield each condition on which a conversation depends, and where it stands."""
    for n, one in enumerate(interview.first):
        yield one.when, ("first", n, "when")
    for n, move in enumerate(interview.moves):
        yield move.available, ("moves", n, "available")
        for k, reply in enumerate(move.replies):
            yield reply.when, ("moves", n, "replies", k, "when")
