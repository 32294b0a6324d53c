"""What a kind of activity offers to the rest of the house, and the data it is offered for. No pydantic, no Jupyter.

A kind is a folder here, named in `kinds.KINDS`, with `rules.py` (`RULES`), `report.py` (`REPORT`), `checks.py`
(`FORMAT`, see `himaya.activities.format`) and `feedback.html`. The rest of the house looks a kind up and names none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NotRequired, Protocol, TypeAlias, TypedDict, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from himaya.activities.plain import Plain
    from himaya.languages.facts import Digits

Mode: TypeAlias = Literal["practice", "graded", "pretest"]
Event: TypeAlias = Mapping[str, object]
"""One line of a journal. Hostile: each field is read through `himaya.activities.events`, or compared."""
Key: TypeAlias = dict[str, Any]
"""What a graded trainee's copy of an activity does not hold, as data that `ast.literal_eval` reads back."""
Section: TypeAlias = Literal["scenarios", "questions", "reflections", "code"]
"""Where in the feedback an activity stands."""
Counted: TypeAlias = Literal["items", "scenarios", "labs"]
"""What a course calls an activity when it says whose points count."""


class Activity(TypedDict):
    """What every compiled activity holds; each kind adds `kind` and its own fields."""

    id: str
    mode: Mode
    version: int
    language: str
    points: int
    hash: str


class Compiled(Activity):
    """A compiled activity as it is read by who names no kind: what all hold, and what some have in common.

    A simulation has a `title` and `outcomes`, a question has a `stem` and an `outcome`; a graded trainee's copy holds
    neither `outcome`.
    """

    kind: str
    title: NotRequired[str]
    minutes: NotRequired[int]
    outcomes: NotRequired[list[str]]
    stem: NotRequired[str]
    outcome: NotRequired[str]
    safety_critical: NotRequired[bool]
    twin: NotRequired[str]


class State(TypedDict):
    """What every state holds; each kind adds its own fields.

    `seed` fixes the order in which options are shown; `content` is the hash of what was answered, None before it is
    begun; `ignored` counts events that did not fit.
    """

    seed: int
    turn: int
    content: str | None
    ignored: int
    finished: bool
    phase: str


def initial_state(seed: int, phase: str) -> State:
    """Return what the states of all kinds have in common before the first event."""
    return {"seed": seed, "turn": 0, "content": None, "ignored": 0, "finished": False, "phase": phase}


@dataclass(frozen=True)
class Public:
    """The fields of a graded activity that may reach a trainee. A field that is not named here is secret.

    The order is that of the public copy, and so part of its hash.

    Attributes:
        fields: Beside those that are public in every kind.
        entries: For each list of entries with ids: what is public of an entry. The key holds the rest, by id.
        repeated: As `entries`, but the key repeats the whole list.
    """

    fields: tuple[str, ...]
    entries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    repeated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


A_contra = TypeVar("A_contra", contravariant=True)
S = TypeVar("S")
S_contra = TypeVar("S_contra", contravariant=True)


class Rules(Protocol[A_contra, S]):
    """The rules of a kind: pure, total, without a clock. Their JavaScript twin has `start`, `step` and `score`."""

    public: Public

    def start(self, activity: A_contra, seed: int) -> S:
        """Return the state before the first event."""

    def step(self, activity: A_contra, state: S, event: Event) -> S | None:
        """Return the next state, or None where the event does not fit the place the journal has reached."""

    def score(self, activity: A_contra, state: S) -> tuple[int, int]:
        """Return the share earned as (numerator, denominator), both whole numbers; needs the key."""

    def split(self, whole: A_contra) -> tuple[dict[str, Any], Key]:
        """Return the copy of a graded activity that may reach a trainee, and its key."""

    def join(self, public: Mapping[str, Any], key: Mapping[str, Any]) -> dict[str, Any]:
        """Return the whole activity; a KeyError where the key does not belong to it."""


class Mark(Protocol):
    """What one activity earned, as the gradebook has it."""

    @property
    def score(self) -> float:
        """Points, extra credit included."""

    @property
    def most(self) -> float:
        """Points it is worth."""

    @property
    def by_hand(self) -> bool:
        """Whether a person set them."""


class Prompt(TypedDict):
    """What a person who marks is shown of one activity, and whether it is theirs to judge."""

    title: str | None
    prompt: str
    skipped: bool
    written: str
    rubric: list[dict[str, Any]]
    judged: bool


class Response(NamedTuple):
    """One row of the table of responses: where, what was chosen, how good it was, the share of it earned."""

    at: str | None = None
    choice: str | None = None
    quality: str | None = None
    score: int | None = None
    most: int | None = None


class Picked(NamedTuple):
    """One thing that a response says, in words, for tables about a class.

    Attributes:
        words: What was picked.
        right: Whether nothing is better.
        why: The reason; may be empty.
        where: The place in a simulation; empty in a question.
        principle: What it is an example of; may be empty.
    """

    words: str
    right: bool
    why: str
    where: str = ""
    principle: str = ""


class Placed(Protocol):
    """Where all that is graded has its place, cells of code too.

    Attributes:
        section: Where it stands in the feedback.
        counted: What a course calls it when it says whose points count.
    """

    section: Section
    counted: Counted


class Report(Placed, Protocol[A_contra, S_contra]):
    """What a kind tells people who were not there: on a plain page, in feedback, in tables, to who marks.

    Attributes:
        runs: Whether it is played through and begun anew; else every response is an attempt.
        by_hand: Whether a person marks every graded one.
        needs_kernel: Whether its own program draws it, in a kernel.
        voted: Whether a room can play it by a show of hands.
        unshown: Fields that nothing on a page shows.
    """

    runs: bool
    by_hand: bool
    needs_kernel: bool
    voted: bool
    unshown: tuple[str, ...]

    def plain(self, activity: A_contra, state: S_contra, say: Plain) -> list[str]:
        """Return HTML of what was answered, for a marker or a printed page. Shows no key."""

    def feedback(self, activity: A_contra, state: S_contra, mark: Mark | None, digits: Digits) -> dict[str, Any]:
        """Return what `feedback.html` of this kind draws; needs the key."""

    def marking(self, activity: A_contra, state: S_contra) -> Prompt:
        """Return what a person who marks is shown."""

    def response(self, activity: A_contra, before: S_contra, after: S_contra, event: Event) -> Response | None:
        """Return the row of an event that fitted, or None where it is no response; needs the key."""

    def picked(self, activity: A_contra, at: str | None, choice: str) -> list[Picked]:
        """Return what the `choice` of a response says, where it is picked from a list; needs the key."""

    def shown(self, activity: A_contra, choices: Sequence[str]) -> list[tuple[str, str, str]]:
        """Return id, level and words of each behaviour that the choices of a run show; needs the key."""

    def synthetic(self, activity: A_contra, state: S_contra, draw: Random, skill: float) -> dict[str, Any] | None:
        """Return the next event of a synthetic trainee who takes the key's answer with the chance `skill`, or None."""


def title_of(activity: Compiled) -> str:
    """Return what an activity is called: its title, or the question it asks."""
    return str(activity.get("title") or activity["stem"])
