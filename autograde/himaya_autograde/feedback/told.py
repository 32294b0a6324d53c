"""What the page tells of one activity: plain data, made from the activity with its key, the state and the mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.kind import title_of
from himaya.activities.kinds import report

if TYPE_CHECKING:
    from himaya.activities.kind import Compiled
    from himaya.activities.kinds import State
    from himaya.languages.facts import Digits
    from himaya_autograde.gradebook import Mark


def told(whole: Compiled, state: State, mark: Mark | None, digits: Digits = "western") -> dict[str, Any]:
    """Return what the page tells of one graded or pretest activity.

    Args:
        whole: The activity with its key.
        state: What its events replay to.
        mark: What it earned; None for what earns nothing.
        digits: How the page writes its numbers.
    """
    kind = report(whole)
    return {
        "id": whole["id"],
        "kind": whole["kind"],
        "section": kind.section,
        "title": title_of(whole),
        "changed": state["content"] is not None and state["content"] != whole["hash"],
        "safety": bool(whole.get("safety_critical")),
        "outcome": whole.get("outcome"),
        "principle": whole.get("principle"),
        "source": whole.get("source", []),
        "mark": mark,
        **kind.feedback(whole, state, mark, digits),
    }
