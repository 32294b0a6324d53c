"""Questions: what choice, order, match, number and text have in common. An answer replaces the earlier one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, Literal, NotRequired, TypeVar, cast

from himaya.activities.events import is_count
from himaya.activities.key import Keyed
from himaya.activities.kind import Activity, Counted, Picked, Prompt, Response, Section, State, initial_state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from himaya.activities.kind import Event, Mark, Rules
    from himaya.activities.plain import Plain
    from himaya.languages.facts import Digits


class ItemActivity(Activity):
    """What every compiled question holds; the rest of a graded one is its key."""

    stem: str
    outcome: NotRequired[str]
    principle: NotRequired[str | None]
    safety_critical: NotRequired[bool]
    source: NotRequired[list[str]]
    twin: NotRequired[str]


class ItemState(State):
    """Each question adds `value`: the answer as `read` returned it, or None. The phase is answer or checked."""


A = TypeVar("A", bound=ItemActivity)
S = TypeVar("S", bound=ItemState)


class ItemRules(Keyed, ABC, Generic[A, S]):
    """One step for all questions. Practice can be checked at once and tried again."""

    def start(self, _activity: A, seed: int) -> S:
        """Return the state before the first event."""
        return cast("S", {**initial_state(seed, "answer"), "value": None})

    def step(self, activity: A, state: S, event: Event) -> S | None:
        """Return the next state, or None where the event is not an answer, a check or a retry that fits now."""
        kind = event.get("type")
        practice = activity["mode"] == "practice"
        if kind == "answer" and state["phase"] == "answer":
            value = self.read(activity, event.get("value"))
            if value is None:
                return None
            after = cast("S", {**state, "value": value})
            return after if practice else cast("S", {**after, "finished": self.answered(activity, after)})
        if not practice or not is_count(event.get("turn"), state["turn"]):
            return None
        if kind == "check" and state["phase"] == "answer" and self.answered(activity, state):
            return cast("S", {**state, "phase": "checked", "finished": True})
        if kind == "retry" and state["phase"] == "checked":
            return cast("S", {**state, "phase": "answer"})
        return None

    @abstractmethod
    def read(self, activity: A, value: object) -> object | None:
        """Return an answer in its checked shape, or None."""

    @abstractmethod
    def answered(self, activity: A, state: S) -> bool:
        """Return whether the answer is complete enough to check."""

    @abstractmethod
    def score(self, activity: A, state: S) -> tuple[int, int]:
        """Return the share earned; needs the key."""


class ItemReport(ABC, Generic[A, S]):
    """What is told of a question that is right or not."""

    section: Section = "questions"
    counted: Counted = "items"
    runs = False
    by_hand = False
    needs_kernel = False
    voted = False
    unshown: tuple[str, ...] = ()

    def __init__(self, rules: Rules[A, S]) -> None:
        """Keep the rules by which answers are scored."""
        self._rules = rules

    @abstractmethod
    def given(self, activity: A, state: S, say: Plain) -> list[str]:
        """Return HTML of an answer."""

    @abstractmethod
    def feedback_parts(self, activity: A, state: S) -> dict[str, Any]:
        """Return what the feedback draws beside the verdict."""

    @abstractmethod
    def chosen(self, state: S) -> str:
        """Return an answer as one cell of a table."""

    @abstractmethod
    def guess(self, activity: A, draw: Random, *, knows: bool) -> object:
        """Return the key's answer, or any."""

    def plain(self, activity: A, state: S, say: Plain) -> list[str]:
        """Return HTML of what was answered."""
        if _value(state) in (None, "", []):
            return [say.paragraph(say["unanswered"])]
        return self.given(activity, state, say)

    def feedback(self, activity: A, state: S, _mark: Mark | None, _digits: Digits) -> dict[str, Any]:
        """Return the verdict, which names a sentence of the interface catalogue, and what was answered."""
        return {"verdict": self.verdict(activity, state), **self.feedback_parts(activity, state)}

    def verdict(self, activity: A, state: S) -> Literal["unanswered", "right", "partly-right", "not-right"]:
        """Return how good the answer is."""
        if _value(state) in (None, "", []):
            return "unanswered"
        part, of = self._rules.score(activity, state)
        return "right" if part == of else "partly-right" if part else "not-right"

    def marking(self, activity: A, _state: S) -> Prompt:
        """Return the question; no person judges it."""
        return {
            "title": None,
            "prompt": activity["stem"],
            "skipped": False,
            "written": "",
            "rubric": [],
            "judged": False,
        }

    def response(self, activity: A, _before: S, after: S, event: Event) -> Response | None:
        """Return each answer; of practice each that was checked."""
        if event["type"] != ("check" if activity["mode"] == "practice" else "answer"):
            return None
        part, of = self._rules.score(activity, after)
        quality = "right" if part == of else "partly" if part else "wrong"
        return Response(None, self.chosen(after), quality, part, of)

    def picked(self, _activity: A, _at: str | None, _choice: str) -> list[Picked]:
        """Return nothing: an answer that is not picked from a list may be of any kind."""
        return []

    def shown(self, _activity: A, _choices: Sequence[str]) -> list[tuple[str, str, str]]:
        """Return nothing: a question names no behaviours."""
        return []

    def synthetic(self, activity: A, state: S, draw: Random, skill: float) -> dict[str, Any] | None:
        """Return one answer, and a check in practice."""
        if _value(state) is None:
            return {"type": "answer", "value": self.guess(activity, draw, knows=draw.random() < skill)}
        return {"type": "check"} if activity["mode"] == "practice" and state["phase"] == "answer" else None


def _value(state: ItemState) -> object:
    return cast("dict[str, object]", state)["value"]
