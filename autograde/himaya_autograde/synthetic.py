"""Synthetic trainees: journals that a person could have written, the same for one seed. All invented."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from himaya.activities.fold import start, step
from himaya.activities.kinds import report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from himaya.activities.kind import Compiled


def synthetic_journal(activities: Mapping[str, Compiled], rng: Random, skill: float, share: float) -> str:
    """Return a journal as text.

    Args:
        activities: Compiled activities with their keys, by id.
        rng: Seeded by the caller; the only source of chance.
        skill: Chance, 0 to 1, of taking the key's answer.
        share: Share of the activities, 0 to 1, that this trainee does.
    """
    lines: list[dict[str, Any]] = []
    for activity in activities.values():
        if rng.random() < share:
            lines += _events(activity, rng, skill)
    for number, line in enumerate(lines):
        line.update({"id": f"{rng.getrandbits(96):024x}", "time": "2026-01-11T08:00:00.000Z", "seq": number})
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _events(activity: Compiled, rng: Random, skill: float) -> list[dict[str, Any]]:
    state, trainee = start(activity), report(activity)
    events: list[dict[str, Any]] = []
    following: dict[str, Any] | None = {"type": "begin", "content": activity["hash"]}
    while following is not None:
        event = {"activity": activity["id"], "turn": state["turn"], **following}
        events.append(event)
        state = step(activity, state, event)
        following = trainee.synthetic(activity, state, rng, skill)
    return events
