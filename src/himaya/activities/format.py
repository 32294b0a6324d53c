"""What the formats of all kinds share: ids, texts, claims, questions, simulations."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, Protocol, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from himaya.activities.limits import ACTIVITY_POINTS, ID_CHARACTERS, ITEM_POINTS, SCENARIO_MINUTES
from himaya.activities.simulations import Colour, Head
from himaya.languages.facts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=ID_CHARACTERS)]
"""Lower-case words joined by hyphens; begins with a letter, so that no JavaScript engine reorders it."""
Text: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
PICTURE = r"^media/[a-z0-9]+(-[a-z0-9]+)*\.svg$"
Picture: TypeAlias = Annotated[str, StringConstraints(pattern=PICTURE)]
"""A drawing of the module, checked like those of the prose; `Writer.picture` puts it into an activity."""
if TYPE_CHECKING:
    LanguageCode: TypeAlias = str
else:
    LanguageCode = Literal[LANGUAGES]
Mode: TypeAlias = Literal["practice", "graded"]
ItemMode: TypeAlias = Literal["practice", "graded", "pretest"]
"""pretest: ungraded, asked before the module; the twin of a graded item, so that both show what was learned."""
Mark: TypeAlias = Literal["verify", "sop", "design"]
"""verify: a specialist has yet to confirm it; sop: differs by local procedure; design: our own teaching choice."""


@dataclass(frozen=True)
class Note:
    """What a translator is told about a field: `option: Annotated[Text, Note("an option")]`.

    Attributes:
        words: What the text is.
        sisters: Whether the texts of one list have to be about equally long, since length would tell the key.
    """

    words: str
    sisters: bool = False


class Model(BaseModel):
    """Base of every format: unknown fields are errors, so that a misspelt field cannot be lost in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Claim(Model):
    """Anything that states a fact about protection practice."""

    source: list[Text] = Field(min_length=1, description='Codes from module.yaml with a place: "S1: Part II, step 1".')
    marks: list[Mark] = Field(default_factory=list)


class Simulation(Model):
    """A piece of work that is played through: it has a content note, and an alternative for equal credit."""

    id: Id
    kind: str
    mode: Mode
    title: Text
    minutes: int = Field(ge=1, le=SCENARIO_MINUTES)
    points: int = Field(ge=1, le=ACTIVITY_POINTS)
    outcomes: list[Id] = Field(min_length=1)
    content_note: Text
    alternative: Text = Field(description="What to do instead, for equal credit.")


class Portrait(Model):
    """How a person is drawn: one head for each character, whatever the language."""

    head: Head
    colour: Colour = "teal"


class Character(Model):
    """Somebody in a story. Invented."""

    name: Annotated[Text, Note("the name of an invented person")]
    portrait: Portrait


class Item(Claim):
    """An assessment question."""

    if TYPE_CHECKING:
        kind: str
    id: Id
    mode: ItemMode
    twin: Id | None = Field(default=None, description="For a pretest item: the graded item it mirrors.")
    stem: Text
    outcome: Id
    principle: Id | None = None
    safety_critical: bool = False
    points: int = Field(default=1, ge=1, le=ITEM_POINTS)


class Step(Model):
    """One thing to put in order, or to match with."""

    id: Id
    text: Annotated[Text, Note("a step, or an option to match with")]


Finding: TypeAlias = "tuple[str, tuple[str | int, ...]]"
"""What is wrong and what is allowed, and the path to it inside its activity."""


@dataclass(frozen=True)
class Known:
    """What a module offers its activities: ids, codes of sources, the folder of data."""

    outcomes: Sequence[str]
    principles: Sequence[str]
    sources: Sequence[str]
    data: Path
    behaviours: Sequence[str] = ()


class Writer(Protocol):
    """Writes out what only the whole module knows, as a trainee reads it."""

    def cite(self, claim: Claim) -> list[str]:
        """Return each source of a claim with title, year and place, then what is still open about it."""

    def principle(self, principle: str | None) -> str | None:
        """Return the words of a principle."""

    def picture(self, place: str) -> str:
        """Return a drawing of the module as an address that holds it."""

    def behaviours(self) -> list[dict[str, str]]:
        """Return the id, level and text of each behaviour that the module names."""

    def digits(self, text: str) -> str:
        """Return a text with its numbers in the digits of the course."""


M = TypeVar("M", bound=Model)


def _nothing_together(_models: Sequence[M]) -> Iterable[tuple[M, Finding]]:
    return ()


def _nothing(_model: M) -> Iterable[Finding]:
    return ()


def _no_rows(_models: Sequence[M]) -> Iterable[Sequence[object]]:
    return ()


@dataclass(frozen=True)
class Figures(Generic[M]):
    """What docs/modules.md counts of a kind.

    Attributes:
        columns: In the row of a module: what is counted of its activities of this kind, by heading.
        title: Of a table of its own; none where it is empty.
        header: Of that table; the module's title is put before it.
        rows: Its rows for one module.
        legend: What the columns mean, as a list in Markdown.
    """

    columns: Mapping[str, Callable[[Sequence[M]], object]] = field(default_factory=dict)
    title: str = ""
    header: tuple[str, ...] = ()
    rows: Callable[[Sequence[M]], Iterable[Sequence[object]]] = _no_rows
    legend: str = ""


@dataclass(frozen=True)
class Format(Generic[M]):
    """How a kind is written, checked and compiled.

    Attributes:
        model: The format of one activity.
        files: Where it stands in a module's folder: one in each file (`scenarios/*.yaml`), or a list (`items.yaml`).
        findings: What is wrong with one.
        hints: What its author may want to look at.
        compile: The fields of a compiled activity that are this kind's own, the key among them.
        difficulty: What has to be equal in a pretest item and the graded item it mirrors, by its name in a sentence.
        together: What only all of a module together show.
        narrowed: For a kind whose file chooses its format: that format, or what is wrong and where.
        figures: What docs/modules.md counts.
    """

    model: type[M]
    files: str
    findings: Callable[[M, Known], Iterable[Finding]]
    compile: Callable[[M, Writer], dict[str, Any]]
    hints: Callable[[M], Iterable[Finding]] = _nothing
    difficulty: Callable[[M], Mapping[str, object]] | None = None
    together: Callable[[Sequence[M]], Iterable[tuple[M, Finding]]] = _nothing_together
    narrowed: Callable[[object], type[M] | Finding] | None = None
    figures: Figures[M] = field(default_factory=Figures)


def mixed(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return entries in an order that has nothing to do with the key: by a hash of their ids."""
    return sorted(entries, key=lambda entry: hashlib.sha256(entry["id"].encode()).digest())


def item_fields(item: Item, write: Writer) -> dict[str, Any]:
    """Return the fields that the compiled items of all kinds have in common."""
    common = {
        "stem": item.stem,
        "outcome": item.outcome,
        "principle": write.principle(item.principle),
        "safety_critical": item.safety_critical,
        "source": write.cite(item),
    }
    return common if item.twin is None else {**common, "twin": item.twin}
