"""Labs: pure, seeded models of a piece of work. No widget, no Jupyter, no I/O, no clock; pandas only inside a lab.

A lab is a module `himaya.activities.lab.<name>.model` with the functions of `Model`. Decisions are JSON values from a
journal: hostile until `decide` has read them. A replay is a reduction: the same decisions lead to the same state.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NotRequired, Protocol, TypeAlias, TypedDict, cast

from himaya.activities.simulations import SimulationActivity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


NAMES = tuple(sorted(each.parent.name.replace("_", "-") for each in Path(__file__).parent.glob("*/model.py")))
"""The labs there are: each is a folder here."""
if TYPE_CHECKING:
    LabName: TypeAlias = str
else:
    LabName = Literal[NAMES]
Data: TypeAlias = "Mapping[str, Any]"
"""What a model needs: `data` of the lab's file, and below `key` what a graded trainee must not see."""
State: TypeAlias = "dict[str, Any]"


class Assumption(TypedDict):
    """What a model takes for granted, with its sources."""

    says: str
    source: list[str]


class LabActivity(SimulationActivity):
    """A compiled lab; `key`, where it has one, stands beside `data` and not in it."""

    kind: Literal["lab"]
    lab: str
    seed: int
    least: int
    briefing: list[str]
    first_step: list[str]
    assumptions: list[Assumption]
    words: dict[str, str]
    data: dict[str, Any]
    debrief: NotRequired[list[str]]
    source: NotRequired[list[str]]
    key: NotRequired[dict[str, Any]]


class Model(Protocol):
    """What every module `himaya.activities.lab.<name>.model` offers."""

    def start(self, data: Data, seed: int) -> State:
        """Return the state before the first decision."""

    def decide(self, data: Data, state: State, value: object) -> State | None:
        """Return the state after one decision; None where the value does not fit, and never an exception."""

    def view(self, data: Data, state: State) -> dict[str, Any]:
        """Return what the widget draws: ids, numbers, lists; no text of its own."""

    def finished(self, state: State) -> bool:
        """Return whether enough is decided to finish."""

    def score(self, data: Data, state: State) -> tuple[int, int]:
        """Return the share earned as (numerator, denominator); needs the key. Practice is never asked."""

    def told(self, data: Data, words: Mapping[str, str], state: State) -> list[str]:
        """Return what was decided, one plain line each, for a marker or a printed page. Shows no key."""


def module_name(lab: str) -> str:
    """Return the last part of the module of a lab: `find_me` for `find-me`."""
    return lab.replace("-", "_")


def model(lab: str) -> Model:
    """Return the pure model of a lab; it is imported when it is first asked for."""
    return cast("Model", import_module(f"himaya.activities.lab.{module_name(lab)}.model"))


def data_of(activity: LabActivity) -> dict[str, Any]:
    """Return what the model of an activity gets: its data, with the key where this copy holds one."""
    return {**activity["data"], "key": activity["key"]} if "key" in activity else dict(activity["data"])


def run(activity: LabActivity, decisions: Iterable[object]) -> State:
    """Return the model's state after `decisions`; how many of them did not fit is counted in `ignored`.

    Args:
        activity: A built activity of kind `lab`.
        decisions: As the state of the activity keeps them.
    """
    lab, data = model(activity["lab"]), data_of(activity)
    state, ignored = lab.start(data, activity["seed"]), 0
    for value in decisions:
        after = lab.decide(data, state, value)
        if after is None:
            ignored += 1
        else:
            state = after
    return {**state, "ignored": ignored}


def score(activity: LabActivity, decisions: Iterable[object]) -> tuple[int, int]:
    """Return the share of the points of a graded lab; needs an activity with its key."""
    return model(activity["lab"]).score(data_of(activity), run(activity, decisions))


def told(activity: LabActivity, decisions: Iterable[object]) -> list[str]:
    """Return what was decided, in the activity's language, one plain line each."""
    return model(activity["lab"]).told(data_of(activity), activity["words"], run(activity, decisions))


def judged(activity: LabActivity, decisions: Iterable[object]) -> list[str]:
    """Return what was right and why, one plain line each, for the feedback of a graded lab; needs the key.

    A model that has more to say than its score offers `judged(data, words, state)`.
    """
    judge = getattr(model(activity["lab"]), "judged", None)
    if judge is None or activity["mode"] != "graded":
        return []
    return list(judge(data_of(activity), activity["words"], run(activity, decisions)))
