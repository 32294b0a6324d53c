"""What an author may write: the formats of module.yaml, scenarios/*.yaml, items.yaml, course.yaml, country.yaml."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads it when it runs
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from himaya.languages.facts import LANGUAGES, Digits

Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
"""Lower-case words joined by hyphens; begins with a letter, so that no JavaScript engine reorders it."""
Text: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
if TYPE_CHECKING:
    LanguageCode: TypeAlias = str
else:
    LanguageCode = Literal[LANGUAGES]
Mode: TypeAlias = Literal["practice", "graded"]
ItemMode: TypeAlias = Literal["practice", "graded", "pretest"]
"""pretest: ungraded, asked before the module; the twin of a graded item, so that both show what was learned."""
Quality: TypeAlias = Literal["best", "acceptable", "harmful"]
Mark: TypeAlias = Literal["verify", "sop", "design"]
"""verify: a specialist has yet to confirm it; sop: differs by local procedure; design: our own teaching choice."""


class Model(BaseModel):
    """Base of every format: unknown fields are errors, so that a misspelt field cannot be lost in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Claim(Model):
    """Anything that states a fact about protection practice."""

    source: list[Text] = Field(min_length=1, description='Codes from module.yaml with a place: "S1: Part II, step 1".')
    marks: list[Mark] = Field(default_factory=list)


class Meter(Model):
    """A small whole number a scenario keeps, drawn as "Trust 3 of 4" or, with `levels`, in words."""

    label: Text
    start: int = Field(ge=0, le=10)
    min: int = Field(default=0, ge=0, le=10)
    max: int = Field(default=4, ge=1, le=10)
    levels: list[Text] = Field(default_factory=list, description="One word for each value, lowest first.")
    sticky: bool = Field(default=False, description="Once at its lowest value it stays there.")
    lower_is_better: bool = False


class Range(Model):
    """Condition on one meter; both ends belong to the range."""

    min: int = 0
    max: int = 10


When: TypeAlias = dict[Id, Range]


class Choice(Claim):
    """One way to act at a decision point."""

    id: Id
    text: Text
    quality: Quality
    effects: dict[Id, Annotated[int, Field(ge=-2, le=2)]] = Field(default_factory=dict)
    consequence: Text = Field(description="What happens: calm, concrete, without praise or blame.")
    rationale: Text = Field(description="Why, named by the principle; about the action, never the person.")
    principle: Id
    when: When = Field(default_factory=dict, description="The choice is open only while these meters hold.")
    goto: Id = Field(description='A node, or "end".')


class Node(Model):
    """A decision point: what is happening, and the question."""

    title: Text
    text: Text
    prompt: Text
    choices: list[Choice] = Field(min_length=2, max_length=5)


class Ending(Model):
    """Where a run ends. The first ending whose `when` holds is taken; the last one needs none."""

    id: Id
    title: Text
    text: Text
    when: When = Field(default_factory=dict)


class Scenario(Model):
    """A branching simulation. The trainee is always the worker, never the survivor."""

    id: Id
    kind: Literal["scenario"] = "scenario"
    mode: Mode
    title: Text
    minutes: int = Field(ge=1, le=60)
    points: int = Field(ge=1, le=20)
    outcomes: list[Id] = Field(min_length=1)
    content_note: Text
    alternative: Text = Field(description="What to do instead, for equal credit.")
    setting: Text = Field(description="Who the trainee is, where, and what is known. All invented.")
    meters: dict[Id, Meter] = Field(default_factory=dict)
    start: Id
    nodes: dict[Id, Node] = Field(min_length=1)
    endings: list[Ending] = Field(min_length=1)


class Item(Claim):
    """An assessment question."""

    id: Id
    mode: ItemMode
    twin: Id | None = Field(default=None, description="For a pretest item: the graded item it mirrors.")
    stem: Text
    outcome: Id
    principle: Id | None = None
    safety_critical: bool = False
    points: int = Field(default=1, ge=1, le=10)


class Option(Model):
    """One option of a choice item; every option says why it is right or how it harms."""

    id: Id
    text: Text
    correct: bool = False
    rationale: Text


class ChoiceItem(Item):
    """One or several right options."""

    kind: Literal["choice"]
    select: Literal["one", "several"] = "one"
    options: list[Option] = Field(min_length=2, max_length=8)


class Step(Model):
    """One thing to put in order, or to match with."""

    id: Id
    text: Text


class OrderItem(Item):
    """Steps written in their right order."""

    kind: Literal["order"]
    options: list[Step] = Field(min_length=3, max_length=8)
    rationale: Text


class Row(Model):
    """One row of a matching item and the option that belongs to it."""

    id: Id
    text: Text
    answer: Id
    rationale: Text


class MatchItem(Item):
    """Rows, each with one option; one option more than rows, so that the last pair is not free."""

    kind: Literal["match"]
    rows: list[Row] = Field(min_length=2, max_length=8)
    options: list[Step] = Field(min_length=3, max_length=9)


class NumberItem(Item):
    """A number in a stated unit. Decimals are written as text ("2.5") with at most four places."""

    kind: Literal["number"]
    answer: Text
    tolerance: Text = "0"
    unit: Text
    rationale: Text


class Level(Model):
    """One rubric level with an exemplar answer, seen only by markers."""

    level: int = Field(ge=1, le=4)
    text: Text
    exemplar: Text


class Words(Model):
    """How long an answer should be. Advice, never enforced."""

    min: int = Field(ge=1)
    max: int = Field(ge=1)


class TextItem(Item):
    """A reflection, marked by a person with the rubric."""

    kind: Literal["text"]
    words: Words
    rubric: list[Level] = Field(min_length=4, max_length=4)


AnyItem: TypeAlias = Annotated[ChoiceItem | OrderItem | MatchItem | NumberItem | TextItem, Field(discriminator="kind")]


class Items(Model):
    """items.yaml."""

    items: list[AnyItem]


class Outcome(Model):
    """Something the trainee will be able to do: "You can ..." and a visible verb."""

    id: Id
    text: Text
    taught: list[Text] = Field(min_length=1, description="Titles of the `##` sections of module.md that teach it.")


class Principle(Model):
    """A guiding principle, as the trainee reads it in a debrief."""

    id: Id
    text: Text


class Source(Model):
    """A document that claims rest on."""

    title: Text
    by: Text
    year: Text
    status: Literal["seen", "seen-in-part", "title-only", "design"]
    note: Text | None = None


Sources: TypeAlias = dict[Annotated[str, StringConstraints(pattern=r"^S\d+$|^design$")], Source]


class Review(Model):
    """A named specialist's signature on one language of a module."""

    name: Text
    role: Text
    date: Text
    language: Text


class Module(Model):
    """module.yaml: one unit of learning."""

    id: Id
    version: int = Field(ge=1)
    title: Text
    status: Literal["draft", "reviewed", "released"]
    minutes: int = Field(ge=1)
    summary: Text
    content_note: Text
    outcomes: list[Outcome] = Field(min_length=1)
    principles: list[Principle] = Field(min_length=1)
    sources: Sources
    reviews: list[Review] = Field(default_factory=list)


Counted = Literal["items", "scenarios", "labs", "practice"]
"""What can count towards a pass: graded questions, graded scenarios, graded labs, and whatever is for practice."""


class Course(Model):
    """course.yaml: modules in an order."""

    id: Id
    title: Text
    summary: Text
    modules: list[Id] = Field(min_length=1)
    pass_mark: int = Field(ge=1, le=100, description="Percent of the points that count.")
    counts: list[Counted] = Field(default=["items"], min_length=1, description="Whose points count towards the pass.")
    languages: list[LanguageCode] = Field(min_length=1, description="What an assignment ships; it opens in the first.")
    digits: Digits = Field(default="arabic-indic", description="How Arabic and Sorani screens write numbers.")
    sources: Sources = Field(default_factory=dict, description="What overview.md cites.")


class Setting(Model):
    """One local fact, such as an age or an office: never written into a module, because it differs and grows old."""

    about: Text = Field(description="What the value says, for whoever fills it in.")
    value: Text | None = None
    source: Text | None = None
    last_checked: date | None = None
    checked_by: Text | None = Field(default=None, description="A role, such as 'course administrator'; no name.")
    status: Literal["empty", "verify", "checked"]


class Country(Model):
    """country.yaml: what `[country: an-id]` in the prose stands for."""

    settings: dict[Id, Setting]
