"""Case file: papers filled in one after the other. A paper with a harmful line never gets into the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

from himaya.activities.events import by_id, is_count, texts
from himaya.activities.key import Keyed
from himaya.activities.kind import Public, Rules, initial_state
from himaya.activities.simulations import Quality, SimulationActivity, SimulationState, skip

if TYPE_CHECKING:
    from himaya.activities.kind import Event


class Entry(TypedDict):
    """What a line may say."""

    id: str
    text: str
    quality: Quality
    rationale: str


class Line(TypedDict):
    """One line of a paper; its id is used once in the whole file."""

    id: str
    label: str
    options: list[Entry]


class Paper(TypedDict):
    """One paper: what is known when it is filled in, and its lines."""

    id: str
    title: str
    text: str
    rows: list[Line]


class CasefileActivity(SimulationActivity):
    """A compiled case file; always practice, so no part of it is a key."""

    kind: Literal["casefile"]
    setting: str
    papers: list[Paper]
    debrief: list[str]
    source: list[str]


class CasefileState(SimulationState):
    """`filled`: pairs of the ids of a line and an option, each line once; `kept`: how many papers are in the file.

    The phase is fill, checked, skipped or ended.
    """

    kept: int
    filled: list[list[str]]


class CasefileRules(Keyed):
    """Earns all once the last paper is in."""

    public = Public(())

    def start(self, _activity: CasefileActivity, seed: int) -> CasefileState:
        """Return the state before the first event."""
        return {**initial_state(seed, "fill"), "kept": 0, "filled": [], "value": ""}

    def step(self, activity: CasefileActivity, state: CasefileState, event: Event) -> CasefileState | None:
        """Return the next state, or None where the event does not fit the place the journal has reached."""
        kind, phase = event.get("type"), state["phase"]
        if not is_count(event.get("turn"), state["turn"]):
            return None
        if phase == "skipped" or kind == "skip":
            return skip(state, "fill", event)
        if kind == "restart" and state["filled"]:
            return {**state, "phase": "fill", "kept": 0, "filled": []}
        if phase == "fill" and kind == "choose":
            return _choose(activity, state, event)
        if phase == "fill" and kind == "check" and complete(activity, state):
            return {**state, "phase": "checked"}
        if phase == "checked" and kind == "retry":
            return {**state, "phase": "fill"}
        if phase == "checked" and kind == "continue" and not harmful(activity, state):
            return _keep(activity, state)
        return None

    def score(self, _activity: CasefileActivity, state: CasefileState) -> tuple[int, int]:
        """Return the share earned."""
        return (1 if state["finished"] else 0), 1


def current(activity: CasefileActivity, state: CasefileState) -> Paper:
    """Return the paper that is being filled in; before the end of the file."""
    return activity["papers"][state["kept"]]


def chosen(paper: Paper, filled: list[list[str]]) -> list[tuple[Line, Entry]]:
    """Return the filled lines of a paper with what stands in them, in the order of the paper."""
    picked = {pair[0]: pair[1] for pair in filled}
    found = []
    for line in paper["rows"]:
        option = by_id(line["options"], picked.get(line["id"]))
        if option is not None:
            found.append((line, option))
    return found


def complete(activity: CasefileActivity, state: CasefileState) -> bool:
    """Return whether every line of the current paper is filled in."""
    paper = current(activity, state)
    return len(chosen(paper, state["filled"])) == len(paper["rows"])


def harmful(activity: CasefileActivity, state: CasefileState) -> bool:
    """Return whether a line of the current paper can harm."""
    return any(option["quality"] == "harmful" for _, option in chosen(current(activity, state), state["filled"]))


def _choose(activity: CasefileActivity, state: CasefileState, event: Event) -> CasefileState | None:
    line = by_id(current(activity, state)["rows"], event.get("at"))
    choice = event.get("choice")
    if line is None or not isinstance(choice, str) or choice not in texts(line["options"]):
        return None
    others = [pair for pair in state["filled"] if pair[0] != line["id"]]
    return {**state, "filled": [*others, [line["id"], choice]]}


def _keep(activity: CasefileActivity, state: CasefileState) -> CasefileState:
    kept = state["kept"] + 1
    if kept < len(activity["papers"]):
        return {**state, "phase": "fill", "kept": kept}
    return {**state, "phase": "ended", "kept": kept, "finished": True}


RULES: Rules[CasefileActivity, CasefileState] = CasefileRules()
