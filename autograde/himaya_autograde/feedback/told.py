"""What the page tells of one activity: plain data, made from the activity with its key, the state and the mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.fold import score as share_of
from himaya.activities.lab import model as labs
from himaya.activities.scenario.rules import by_principle, debrief
from himaya.languages.digits import in_digits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.activities.kinds import Activity, State
    from himaya.languages.facts import Digits
    from himaya_autograde.gradebook import Mark


def told(whole: Activity, state: State, mark: Mark | None, digits: Digits = "western") -> dict[str, Any]:
    """Return what the page tells of one graded or pretest activity.

    Args:
        whole: The activity with its key.
        state: What its events replay to.
        mark: What it earned; None for what earns nothing.
        digits: How the page writes its numbers.
    """
    common = {
        "id": whole["id"],
        "kind": whole["kind"],
        "title": whole.get("title") or whole["stem"],
        "changed": state["content"] is not None and state["content"] != whole["hash"],
        "safety": bool(whole.get("safety_critical")),
        "outcome": whole.get("outcome"),
        "principle": whole.get("principle"),
        "source": whole.get("source", []),
        "mark": mark,
    }
    if whole["kind"] == "scenario":
        return {**common, **_scenario(whole, state)}
    if whole["kind"] == "lab":
        return {**common, **_lab(whole, state, digits)}
    if whole["kind"] == "text":
        return {**common, **_text(whole, state, mark)}
    return {**common, "verdict": verdict(whole, state), **_item(whole, state)}


def verdict(whole: Activity, state: State) -> str:
    """Return unanswered, right, partly-right or not-right, which name sentences of the interface catalogue."""
    if state["value"] in (None, "", []):
        return "unanswered"
    part, of = share_of(whole, state)
    return "right" if part == of else "partly-right" if part else "not-right"


def _texts(entries: list[Mapping[str, Any]]) -> dict[str, str]:
    return {entry["id"]: entry["text"] for entry in entries}


def _item(whole: Activity, state: State) -> dict[str, Any]:
    value = state["value"]
    if whole["kind"] == "choice":
        picked = [option for option in whole["options"] if option["id"] in (value or [])]
        missed = [option for option in whole["options"] if option["correct"] and option not in picked]
        return {"picked": picked, "missed": missed}
    why = {"why": whole.get("rationale")}
    if whole["kind"] == "number":
        unit = whole["unit"]
        typed = None if value in (None, "") else f"{value} {unit}"
        return {"given": typed, "key": f"{whole['shown']} {unit}", **why}
    texts = _texts(whole["options"])
    if whole["kind"] == "order":
        given = None if value is None else [texts[option] for option in value]
        return {"given": given, "key": [texts[option] for option in whole["key"]], **why}
    chosen = dict(value or [])
    rows = [
        {
            "text": row["text"],
            "given": texts.get(chosen.get(row["id"], "")),
            "key": texts[row["answer"]],
            "right": chosen.get(row["id"]) == row["answer"],
            "why": row["rationale"],
        }
        for row in whole["rows"]
    ]
    return {"rows": rows}


def _text(whole: Activity, state: State, mark: Mark | None) -> dict[str, Any]:
    level = level_of(whole, mark) if state["value"] else None
    levels = {entry["level"]: entry["text"] for entry in whole["rubric"]}
    return {
        "given": state["value"] or "",
        "level": level,
        "level_text": levels.get(level),
        "next_text": None if level is None else levels.get(level + 1),
    }


def level_of(whole: Activity, mark: Mark | None) -> int | None:
    """Return the rubric level that the marker's points reach, 1 to 4, or None before a person has marked.

    The levels share the points evenly, so half of the points reach level 2 of 4: our own choice.
    """
    if mark is None or not mark.by_hand or not mark.most:
        return None
    reached = int(len(whole["rubric"]) * mark.score / mark.most + 1e-9)
    return min(max(reached, 1), len(whole["rubric"]))


def _lab(whole: Activity, state: State, digits: Digits) -> dict[str, Any]:
    if state["phase"] == "skipped":
        return {"skipped": True, "alternative": whole["alternative"], "given": state["value"], "debrief": []}
    return {
        "skipped": False,
        "ended": state["phase"] == "finished",
        "lines": [in_digits(line, digits) for line in labs.told(whole, state["decisions"])],
        "judged": [in_digits(line, digits) for line in labs.judged(whole, state["decisions"])],
        "debrief": whole["debrief"],
    }


def _scenario(whole: Activity, state: State) -> dict[str, Any]:
    if state["phase"] == "skipped":
        return {"skipped": True, "alternative": whole["alternative"], "given": state["value"]}
    decisions = debrief(whole, state["path"])
    harmful = [decision for decision in decisions if decision["quality"] == "harmful"]
    return {
        "skipped": False,
        "ended": state["phase"] == "ended",
        "decisions": decisions,
        "first_harmful": harmful[0] if harmful else None,
        "principles": by_principle(decisions),
    }
