"""Model of the lab "Can you find me?": settings for a file, and what they do to risk and use. Pure, no pandas.

A decision is `{"set": name, "to": value}`; a `treat` also names its `column`. The last one on a thing counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.events import read_id, read_ids
from himaya.activities.lab.find_me.figures import example, figures, file_of, found, table
from himaya.activities.lab.find_me.microdata import COLUMNS, PEOPLE
from himaya.activities.lab.find_me.release import COARSER, OFFERED_KEYS, TREATMENTS
from himaya.activities.lab.find_me.results import score as earned
from himaya.activities.lab.find_me.results import verdicts
from himaya.activities.lab.find_me.words import Word, word_id
from himaya.activities.lab.listing import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.activities.lab.model import Data, State

KNOWABLE = (
    "interview_day",
    "site_code",
    "hh_head_sex",
    "hh_head_age",
    "marital_status",
    "hh_size",
    "displacement_status",
    "mother_tongue",
    "disability_hh",
)
"""What a neighbour may know about a household."""
SUPPRESSED = (0, 3, 5)
ENDINGS = ("publish", "restricted", "metadata")
SENTENCES = ("no-keys", "all-dropped", "keys-dropped", "much-blank")
REASONS = ("low-figure", "still-sensitive", "agreement", "no-names", "useful")
TASKS = ("keys", "person", "ending", "reasons", "cells")
"""What has to be done before the lab is finished."""


def start(_data: Data, seed: int) -> State:
    """Return the state before the first decision: the file as it came, and nothing chosen."""
    return {
        "seed": seed,
        "keys": [],
        "treat": {},
        "suppress": 0,
        "person": "",
        "knows": [],
        "ending": "",
        "reasons": [],
        "cells": [],
    }


def decide(data: Data, state: State, value: object) -> State | None:
    """Return the state after one decision, or None where it fits nothing."""
    if not isinstance(value, dict) or not isinstance(value.get("set"), str):
        return None
    name, to = value["set"], value.get("to")
    if name == "treat":
        return _treat(state, value.get("column"), to)
    read = _read(data, name, to)
    return None if read is None else {**state, name: read}


def _treat(state: State, column: object, to: object) -> State | None:
    named, how = read_id(column, COLUMNS), read_id(to, TREATMENTS)
    if named is None or how is None or how not in ways(named):
        return None
    treat = {key: known for key, known in state["treat"].items() if key != named}
    return {**state, "treat": treat if how == "keep" else {**treat, named: how}}


def ways(column: str) -> tuple[str, ...]:
    """Return what can be done with a column."""
    return tuple(how for how in TREATMENTS if how != "coarse" or column in COARSER)


def _read(data: Data, name: str, to: object) -> object:
    """Return a setting that stands for itself as it is kept, or None where it does not fit."""
    if name == "suppress":
        return to if isinstance(to, int) and not isinstance(to, bool) and to in SUPPRESSED else None
    if name == "person":
        return read_id(to, PEOPLE)
    if name == "ending":
        return read_id(to, ENDINGS)
    lists = {"keys": OFFERED_KEYS, "knows": KNOWABLE, "reasons": REASONS, "cells": cell_names(data)}
    return read_ids(to, lists[name]) if name in lists else None


def cell_names(data: Data) -> list[str]:
    """Return the names of the cells of the small table: `0-2` is the first row's third."""
    return [f"{row}-{column}" for row, line in enumerate(data["counts"]) for column in range(len(line))]


def view(data: Data, state: State) -> dict[str, Any]:
    """Return all that the widget draws."""
    file = file_of(state)
    figured = figures(state, file)
    return {
        "state": {key: state[key] for key in ("keys", "treat", "suppress", "person", "knows", "reasons", "cells")},
        "ending": state["ending"],
        **figured,
        "find": found(state, file),
        "example": example(state, file),
        "table": table(data, state),
        "sentence": _sentence(state, figured),
        "missing": missing(state),
    }


def _sentence(state: State, figured: Mapping[str, Any]) -> str:
    """Return the id of what has to be said about the settings, or an empty text."""
    if len(state["treat"]) == len(COLUMNS) and all(how == "drop" for how in state["treat"].values()):
        return "all-dropped"
    if not state["keys"]:
        return "no-keys"
    if not figured["keys"]:
        return "keys-dropped"
    return "much-blank" if figured["blank"] > 0.2 else ""  # a fifth: our own choice


def missing(state: State) -> list[str]:
    """Return the ids of the parts that are still to be done."""
    done = {**state, "person": state["person"] and state["knows"]}
    return [name for name in TASKS if not done[name]]


def finished(state: State) -> bool:
    """Return whether each part has been tried."""
    return missing(state) == []


def score(data: Data, state: State) -> tuple[int, int]:
    """Return what the lab earns, as (numerator, denominator); needs the key."""
    return earned(data, state)


def judged(data: Data, words: Mapping[str, str], state: State) -> list[str]:
    """Return how each part stands and why, one plain line each: first what counts, then what only gets an answer."""
    return verdicts(data, words, state)


def _treated(column: str, how: str) -> str:
    """Return the id of the word for what is done with a column."""
    return f"coarse-{word_id(column)}" if how == "coarse" else f"treat-{how}"


def told(data: Data, words: Mapping[str, str], state: State) -> list[str]:
    """Return what was decided, one plain line each."""

    def names(ids: list[str], before: str) -> str:
        return listed(words[f"{before}-{word_id(entry)}"] for entry in ids) or "-"

    treated = [
        f"{words[f'column-{word_id(column)}']}: {words[_treated(column, how)]}"
        for column, how in state["treat"].items()
    ]
    return [
        f"{words[Word.KEYS_LABEL]}: {names(state['keys'], 'column')}",
        f"{words[Word.TREAT_LABEL]}: {listed(treated, ';') or '-'}",
        f"{words[Word.SUPPRESS_LABEL]}: {words['suppress-' + str(state['suppress'])]}",
        f"{words[Word.ENDING_LABEL]}: {names([state['ending']] if state['ending'] else [], 'ending')}",
        f"{words[Word.REASONS_LABEL]}: {names(state['reasons'], 'reason')}",
        f"{words[Word.CELLS_LABEL]}: {len(state['cells'])} / {len(cell_names(data))}",
    ]
