"""Small activities written out by hand, as the build writes them, and the events of somebody who acts on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.fold import replay, step
from tests.engine import screen

if TYPE_CHECKING:
    pass

LETTERS = "abcdef"


def _common(kind: str, mode: str) -> dict[str, Any]:
    fixed = {"version": 1, "language": "en", "hash": "0123456789abcdef", "points": 2}
    return {"id": f"the-{kind}", "kind": kind, "mode": mode, **fixed}


def _item(kind: str, mode: str, **fields: Any) -> dict[str, Any]:
    asked = {
        "stem": "What do you do?",
        "outcome": "o",
        "principle": None,
        "safety_critical": False,
        "source": ["A guide"],
    }
    return {**_common(kind, mode), **asked, **fields}


def choice(correct: str = "b", options: str = "abc", select: str = "one", mode: str = "graded") -> dict[str, Any]:
    """Return a choice item; `correct` names the right options."""
    entries = [{"id": o, "text": f"Option {o}", "correct": o in correct, "rationale": f"Why {o}"} for o in options]
    return _item("choice", mode, select=select, options=entries)


def order(key: str = LETTERS, mode: str = "graded") -> dict[str, Any]:
    """Return an order item with the steps of `key`."""
    entries = [{"id": o, "text": f"Step {o}"} for o in sorted(key)]
    return _item("order", mode, options=entries, key=list(key), rationale="Each step prepares the next.")


def match(mode: str = "graded") -> dict[str, Any]:
    """Return a matching item: rows r1 to r3 belong to a to c, d is left over."""
    rows = [{"id": f"r{n}", "text": f"Row {n}", "answer": LETTERS[n - 1], "rationale": f"Why {n}"} for n in (1, 2, 3)]
    return _item("match", mode, rows=rows, options=[{"id": o, "text": f"Option {o}"} for o in "abcd"])


def number(answer: int = 125_000, tolerance: int = 5_000, mode: str = "graded") -> dict[str, Any]:
    """Return a number item; `answer` and `tolerance` in ten-thousandths."""
    return _item("number", mode, unit="weeks", answer=answer, tolerance=tolerance, shown="12.5", rationale="Counted.")


def text(mode: str = "graded") -> dict[str, Any]:
    """Return a reflection."""
    levels = [{"level": n, "text": f"Level {n}", "exemplar": f"An exemplar of level {n}"} for n in (1, 2, 3, 4)]
    return _item("text", mode, words=[80, 120], rubric=levels)


def scenario(mode: str = "practice", *, sticky: bool = False) -> dict[str, Any]:
    """Return two decisions, hello then goodbye, with one meter from 0 to 3 that begins at 1.

    At hello, gentle adds 2 and blunt takes 2; at goodbye, thanks ends, again goes back to hello, and repair is open
    only while trust is 2 or more.
    """
    meter = {"id": "trust", "label": "Trust", "start": 1, "min": 0, "max": 3, "levels": [], "sticky": sticky}
    hello = [
        _way("gentle", "best", "goodbye", 2),
        _way("blunt", "harmful", "goodbye", -2),
        _way("wait", "acceptable", "goodbye", 0),
    ]
    goodbye = [
        _way("thanks", "best", "end", 0),
        _way("again", "acceptable", "hello", 1),
        {**_way("repair", "best", "end", 1), "when": [["trust", 2, 3]]},
    ]
    nodes = [
        {"id": name, "title": name.title(), "text": f"{name} text", "prompt": f"{name} prompt", "choices": ways}
        for name, ways in (("hello", hello), ("goodbye", goodbye))
    ]
    endings = [
        {"id": "warm", "title": "Warm", "text": "Trust has grown.", "when": [["trust", 2, 3]]},
        {"id": "cold", "title": "Cold", "text": "Trust is low.", "when": []},
    ]
    told = {"title": "A visit", "minutes": 5, "outcomes": ["o"], "content_note": "A talk.", "setting": "A desk."}
    built = {"alternative": "Write instead.", "meters": [meter], "start": "hello", "nodes": nodes, "endings": endings}
    return {**_common("scenario", mode), **told, **built}


def _way(name: str, quality: str, to: str, trust: int) -> dict[str, Any]:
    reasons = {
        "quality": quality,
        "rationale": f"Why {name}",
        "principle": f"Principle of {name}",
        "source": ["A guide"],
    }
    told = {"id": name, "text": f"Do {name}", "consequence": f"After {name}"}
    return {**told, "to": to, "when": [], "effects": [["trust", trust]] if trust else [], **reasons}


class Trainee:
    """Somebody who acts on one activity; every event is made at the place that the screen shows."""

    def __init__(self, activity: Any, seed: int = 0) -> None:
        self.activity = activity
        self.events: list[dict[str, Any]] = []
        self.state = replay(activity, [], seed)

    def does(self, kind: str, **fields: Any) -> Trainee:
        """Send one event with the turn of the present view, unless `fields` says otherwise."""
        event = {"activity": self.activity["id"], "type": kind, "turn": self.state["turn"], **fields}
        self.events.append(event)
        self.state = step(self.activity, self.state, event)
        return self

    def chooses(self, *choices: str) -> Trainee:
        """Take each choice where the scenario stands, and continue after it."""
        for taken in choices:
            self.does("choose", at=self.state["node"], choice=taken).does("continue")
        return self

    def answers(self, value: object) -> Trainee:
        """Answer an item."""
        return self.does("answer", value=value)

    @property
    def view(self) -> dict[str, Any]:
        """What the screen shows now."""
        return screen.view(self.activity, self.state)
