"""What an author may write in module.yaml: one unit of learning."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from himaya.activities.format import Claim, Id, Model, Note, Text
from himaya.activities.limits import LESSON_MINUTES, REHEARSAL_MINUTES

EVERYBODY = "everybody"
"""The role of who has no other; all roles are the sentences `for-` of the interface."""


class Outcome(Model):
    """Something the trainee will be able to do: "You can ..." and a visible verb."""

    id: Id
    text: Annotated[Text, Note("what the trainee will be able to do")]
    taught: list[Text] = Field(min_length=1, description="Titles of the `##` sections of module.md that teach it.")


class Principle(Model):
    """A guiding principle, as the trainee reads it in a debrief."""

    id: Id
    text: Annotated[Text, Note("a guiding principle; the same words wherever it returns")]


class Behaviour(Claim):
    """Something that can be seen in how a worker talks: in conversations, in feedback, on the practice sheet."""

    id: Id
    level: Literal["harmful", "basic", "advanced"]
    text: Annotated[Text, Note("what a worker does, seen from outside; begins with a verb")]
    principle: Id


class Behaviours(Model):
    """behaviours.yaml: what a worker can be seen to do, harmful ones first."""

    behaviours: list[Behaviour] = Field(min_length=1)


class Rehearsal(Model):
    """rehearsal.yaml: a scene that three people play, and what whoever leads it has to know of it."""

    title: Annotated[Text, Note("title of a scene that is played in a room")]
    minutes: int = Field(ge=3, le=REHEARSAL_MINUTES, description="How long one scene is played.")
    setting: Annotated[Text, Note("what all three are told before a scene is played; all invented")]
    worker: Annotated[Text, Note("card of the one who plays the worker")]
    partner: Annotated[Text, Note("card of the one who plays the other person; nobody else reads it")]
    script: list[Text] = Field(min_length=1, description="The first lines, to begin with.")
    look_for: list[Id] = Field(min_length=1, description="Behaviours of behaviours.yaml on the observer's list.")
    talk: list[Text] = Field(min_length=3, max_length=3, description="Questions for the talk after playing.")
    care: list[Text] = Field(min_length=1, description="What can go wrong in this scene, for whoever leads it.")


class Source(Model):
    """A document that claims rest on."""

    title: Annotated[Text, Note("title of a document; the list of sources also shows the English title")]
    by: Annotated[Text, Note("who published it: translate 'and', keep names and abbreviations")]
    year: Annotated[Text, Note("year of a document")]
    status: Literal["seen", "seen-in-part", "title-only", "design"]
    note: Text | None = None


Sources: TypeAlias = dict[Annotated[str, StringConstraints(pattern=r"^S\d+$|^design$")], Source]


class Lesson(Model):
    """A part of a module that a trainee does in one go; it ends where the next one starts."""

    id: Id
    title: Annotated[Text, Note("title of a lesson: a few words, as in a list of lessons")]
    minutes: int = Field(ge=1, le=LESSON_MINUTES)
    roles: list[Id] = Field(default=[EVERYBODY], min_length=1, description="Whose work it is about, or everybody's.")
    starts: Text = Field(description="Title of a `##` or `###` section of module.md, or id of an activity shown there.")


class Module(Model):
    """module.yaml: one unit of learning."""

    id: Id
    version: int = Field(ge=1)
    title: Text
    minutes: int = Field(ge=1)
    summary: Text
    content_note: Text
    outcomes: list[Outcome] = Field(min_length=1)
    principles: list[Principle] = Field(min_length=1)
    sources: Sources
    lessons: list[Lesson] = Field(default_factory=list)
    reference: list[Text] = Field(
        default_factory=list,
        description="Titles of the `##` sections of module.md that are looked up and belong to no lesson.",
    )
    safety: dict[Id, Annotated[list[Id], Field(min_length=3)]] = Field(
        default_factory=dict,
        min_length=4,
        max_length=4,
        description="Four cells of the danger check, each with at least three safety-critical items of its own.",
    )
    behaviours: list[Behaviour] = Field(default_factory=list, description="Written in behaviours.yaml.")
    rehearsal: Rehearsal | None = Field(default=None, description="Written in rehearsal.yaml.")
