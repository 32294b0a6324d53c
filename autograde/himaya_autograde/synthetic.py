"""Synthetic trainees: journals that a person could have written, the same for one seed. All invented."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from himaya.activities.fold import start, step, view

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

_TEXTS = (
    (
        "I would say that help does not depend on a signature. One risk is that my colleague feels judged, so I would"
        " ask to look at the procedure together. My next step is to ask the supervisor how we explain consent here."
    ),
    "Signatures protect us, but people can be afraid of papers. I would explain first and note the decision.",
    "I would tell the supervisor today and keep the supervision hour. Quality falls when the load is too high.",
)


def synthetic_journal(activities: Mapping[str, Mapping[str, Any]], rng: Random, skill: float, share: float) -> str:
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


def _events(activity: Mapping[str, Any], rng: Random, skill: float) -> list[dict[str, Any]]:
    state = start(activity)
    events: list[dict[str, Any]] = []

    def record(kind: str, **fields: object) -> None:
        nonlocal state
        event = {"activity": activity["id"], "type": kind, "turn": state["turn"], **fields}
        events.append(event)
        state = step(activity, state, event)

    record("begin", content=activity["hash"])
    if activity["kind"] == "lab":  # what a lab asks only its own model knows; the alternative counts the same
        record("skip")
        record("answer", value=rng.choice(_TEXTS))
        return events
    if activity["kind"] != "scenario":
        record("answer", value=_answer(activity, rng, skill))
        if activity["mode"] == "practice":
            record("check")
        return events
    for _ in range(40):  # a run is far shorter; a loop in a scenario must not keep us here
        if state["phase"] == "ended":
            break
        if state["phase"] == "consequence":
            record("continue")
            continue
        choices = view(activity, state)["choices"]
        node = next(node for node in activity["nodes"] if node["id"] == state["node"])
        quality = {choice["id"]: choice["quality"] for choice in node["choices"]}
        best = [choice["id"] for choice in choices if quality[choice["id"]] == "best"]
        chosen = rng.choice(best) if best and rng.random() < skill else rng.choice(choices)["id"]
        record("choose", at=state["node"], choice=chosen)
    return events


def _answer(activity: Mapping[str, Any], rng: Random, skill: float) -> object:
    knows = rng.random() < skill
    kind = activity["kind"]
    if kind == "text":
        return rng.choice(_TEXTS)
    if kind == "number":
        return activity["shown"] if knows else str(rng.randint(1, 40))
    options = [option["id"] for option in activity["options"]]
    if kind == "order":
        return activity["key"] if knows else rng.sample(options, len(options))
    if kind == "match":
        chosen = rng.sample(options, len(activity["rows"]))
        return [
            [row["id"], row["answer"] if knows else other] for row, other in zip(activity["rows"], chosen, strict=True)
        ]
    if knows:
        return [option["id"] for option in activity["options"] if option["correct"]]
    return [rng.choice(options)] if activity["select"] == "one" else rng.sample(options, rng.randint(1, len(options)))
