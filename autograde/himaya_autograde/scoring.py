"""Score one activity from the journal beside the notebook: the last value of a grade cell is its partial credit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from himaya.activities.fold import replay
from himaya.activities.fold import score as share_of
from himaya.activities.kinds import with_key
from himaya.answers.journal import FILE_NAME, Journal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from himaya.activities.kind import Compiled, Event
    from himaya.activities.kinds import State

PRACTISED = "practised"
"""The type of the event that stands for all that somebody did in one practice activity; its `value`: finished or not.

A class hands it in instead of what was chosen; see `himaya_autograde.practice`.
"""


def replayed(whole: Compiled, events: Iterable[Event]) -> State:
    """Return what the events of a hand-in lead to; of practice that was kept out of it, whether it was finished."""
    rows = list(events)
    state = replay(whole, rows)
    finished = any(each.get("value") is True for each in kept_out(whole, rows))
    return {**state, "finished": True} if finished else state


def kept_out(whole: Compiled, events: Iterable[Event]) -> list[Event]:
    """Return the events that say of a practice activity that it was done, and not what was chosen."""
    if whole["mode"] != "practice":
        return []
    return [each for each in events if each.get("activity") == whole["id"] and each.get("type") == PRACTISED]


def earned(whole: Compiled, state: State) -> float:
    """Return the points of one activity, 0 to its `points`.

    Practice earns its points by being finished, whatever was chosen. Graded earns its share, rounded to four
    places. A text earns nothing here: a person marks it.

    Args:
        whole: The activity with its key.
        state: What its events replay to.
    """
    if whole["mode"] == "practice":
        return float(whole["points"]) if state["finished"] else 0.0
    part, of = share_of(whole, state)
    return round(float(whole["points"]) * part / of, 4)


def score(activity_id: str, key: Mapping[str, Any], folder: Path | None = None) -> float:
    """Return the points that this folder's journal earns in one activity.

    Runs inside a locked grade cell, on the trainer's side only, where `activities.json` is the trainer's own.

    Args:
        activity_id: The activity.
        key: What its released copy does not hold, or only `points` for practice.
        folder: Where the journal and activities lie; the kernel's own folder by default.

    Raises:
        KeyError: If the activity or its key is missing: a fault of the build, never a trainee's.
        JournalError: If the journal is a link or too large.
    """
    folder = folder or Path.cwd()
    content = json.loads((folder / "activities.json").read_text(encoding="utf-8"))
    public: Compiled = content["activities"][activity_id]
    whole = with_key(public, key) if public["mode"] == "graded" else public
    state = replayed(whole, Journal(folder / FILE_NAME).rows(activity_id))
    return earned(whole, state)
