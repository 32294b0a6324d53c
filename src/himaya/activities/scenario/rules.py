"""Scenario: a branching simulation. Decide, see what happens, go on; endings depend on meters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

from himaya.activities.events import by_id, is_count
from himaya.activities.key import pick, secrets, split
from himaya.activities.kind import Key, Public, Rules, initial_state
from himaya.activities.simulations import (
    QUALITY_POINTS,
    Face,
    Likeness,
    Quality,
    SimulationActivity,
    SimulationState,
    skip,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.activities.kind import Event

END = "end"
Condition = tuple[str, int, int]
"""The id of a meter, the lowest and the highest value that are allowed."""


class Meter(TypedDict):
    """A small whole number that a scenario keeps."""

    id: str
    label: str
    start: int
    min: int
    max: int
    levels: list[str]
    sticky: bool
    lower: NotRequired[bool]


class Character(TypedDict):
    """Somebody in the story, with a portrait."""

    id: str
    name: str
    portrait: Likeness


class Choice(TypedDict):
    """One way to act; from `effects` on it is part of the key."""

    id: str
    text: str
    consequence: str
    to: str
    when: list[Condition]
    effects: NotRequired[list[tuple[str, int]]]
    quality: NotRequired[Quality]
    rationale: NotRequired[str]
    principle: NotRequired[str]
    source: NotRequired[list[str]]
    face: NotRequired[Face]


class Node(TypedDict):
    """A decision point. `person` is drawn; how the person looks is part of the key."""

    id: str
    title: str
    text: str
    prompt: str
    choices: list[Choice]
    person: NotRequired[str]
    face: NotRequired[Face]


class Ending(TypedDict):
    """Where a run ends."""

    id: str
    title: str
    text: str
    when: list[Condition]


class ScenarioActivity(SimulationActivity):
    """A compiled scenario. A graded trainee's copy has no meters and one ending."""

    kind: Literal["scenario"]
    setting: str
    people: NotRequired[list[Character]]
    start: str
    meters: list[Meter]
    nodes: list[Node]
    endings: list[Ending]


class ScenarioState(SimulationState):
    """`path` holds [node, choice] pairs of this run. The phase is decide, consequence, skipped or ended."""

    node: str
    path: list[list[str]]


class Taken(TypedDict):
    """A choice that was taken, with its reason as far as the copy of the activity holds it."""

    id: str
    text: str
    consequence: str
    quality: NotRequired[Quality]
    rationale: NotRequired[str]
    principle: NotRequired[str]
    source: NotRequired[list[str]]


class Decision(Taken):
    """One decision of a path, for the debrief; `better` is the text of a better choice that was open."""

    node: str
    title: str
    better: str | None


class PrincipleCount(TypedDict):
    """How many choices were best, acceptable and harmful by one principle."""

    principle: str
    best: int
    acceptable: int
    harmful: int


_NODE = ("id", "title", "text", "prompt", "person")
_CHOICE = ("id", "text", "consequence", "to", "when")


class ScenarioRules:
    """The first finished run counts: best 2, acceptable 1, harmful 0 of 2 for each decision."""

    public = Public(("minutes", "content_note", "alternative", "setting", "people", "start"))

    def start(self, activity: ScenarioActivity, seed: int) -> ScenarioState:
        """Return the state before the first event."""
        return {**initial_state(seed, "decide"), "node": activity["start"], "path": [], "value": ""}

    def step(self, activity: ScenarioActivity, state: ScenarioState, event: Event) -> ScenarioState | None:
        """Return the next state, or None where the event does not fit the place the journal has reached."""
        kind = event.get("type")
        if not is_count(event.get("turn"), state["turn"]):
            return None
        if kind == "choose":
            return _choose(activity, state, event)
        if kind == "continue" and state["phase"] == "consequence":
            return _go_on(activity, state)
        if kind in ("skip", "answer", "unskip"):
            return skip(state, "decide", event)
        return _practise_again(activity, state, event) if activity["mode"] == "practice" and state["path"] else None

    def score(self, activity: ScenarioActivity, state: ScenarioState) -> tuple[int, int]:
        """Return the share earned."""
        if state["phase"] != "ended":
            return 0, 1
        earned = sum(QUALITY_POINTS[_taken(activity, taken)["quality"]] for taken in state["path"])
        return earned, 2 * len(state["path"])

    def split(self, whole: ScenarioActivity) -> tuple[dict[str, Any], Key]:
        """Return the public copy, without meters and endings, and the key: what each choice does and is worth."""
        copy, key = split(whole, self.public)
        copy["meters"] = []
        copy["nodes"] = [
            {**pick(node, _NODE), "choices": [pick(choice, _CHOICE) for choice in node["choices"]]}
            for node in whole["nodes"]
        ]
        copy["endings"] = [{"id": "finished", "title": "", "text": "", "when": []}]
        key["nodes"] = {node["id"]: secrets(node["choices"], _CHOICE) for node in whole["nodes"]}
        return copy, key

    def join(self, public: Mapping[str, Any], key: Mapping[str, Any]) -> dict[str, Any]:
        """Return the whole scenario."""
        whole = {**public, **{name: value for name, value in key.items() if name != "nodes"}}
        whole["nodes"] = [
            {**node, "choices": [{**c, **key["nodes"][node["id"]][c["id"]]} for c in node["choices"]]}
            for node in public["nodes"]
        ]
        return whole


def _practise_again(activity: ScenarioActivity, state: ScenarioState, event: Event) -> ScenarioState | None:
    """Practice may take back its last choice before going on, at the end go back to any, and begin anew at any time."""
    if event.get("type") == "restart":
        return {**state, "phase": "decide", "node": activity["start"], "path": []}
    if event.get("type") != "back":
        return None
    path = state["path"]
    for number in range(len(path)):
        last = state["phase"] == "consequence" and number == len(path) - 1
        if last or (state["phase"] == "ended" and is_count(event.get("value"), number)):
            return {**state, "phase": "decide", "node": path[number][0], "path": path[:number]}
    return None


def _choose(activity: ScenarioActivity, state: ScenarioState, event: Event) -> ScenarioState | None:
    if state["phase"] != "decide" or event.get("at") != state["node"]:
        return None
    for choice in open_choices(activity, state):
        if choice["id"] == event.get("choice"):
            return {**state, "phase": "consequence", "path": [*state["path"], [state["node"], choice["id"]]]}
    return None


def _go_on(activity: ScenarioActivity, state: ScenarioState) -> ScenarioState:
    target = _taken(activity, state["path"][-1])["to"]
    if target == END:
        return {**state, "phase": "ended", "finished": True}
    return {**state, "phase": "decide", "node": target}


def node_of(activity: ScenarioActivity, node_id: str) -> Node:
    """Return a node."""
    node = by_id(activity["nodes"], node_id)
    assert node is not None  # noqa: S101 - the content check refuses unknown nodes; a state holds only known ones
    return node


def _taken(activity: ScenarioActivity, taken: list[str]) -> Choice:
    choice = by_id(node_of(activity, taken[0])["choices"], taken[1])
    assert choice is not None  # noqa: S101 - as above
    return choice


def meters(activity: ScenarioActivity, path: list[list[str]]) -> dict[str, int]:
    """Return each meter's value after `path`, clamped to its range; a sticky meter that reached its minimum stays."""
    values = {meter["id"]: meter["start"] for meter in activity["meters"]}
    for taken in path:
        for meter_id, change in _taken(activity, taken).get("effects", []):
            meter = by_id(activity["meters"], meter_id)
            if meter is None or (meter["sticky"] and values[meter_id] == meter["min"]):
                continue
            values[meter_id] = min(meter["max"], max(meter["min"], values[meter_id] + change))
    return values


def _holds(when: list[Condition], values: Mapping[str, int]) -> bool:
    """Return whether every condition holds; one on a meter that this copy does not know never does."""
    return all(meter_id in values and lowest <= values[meter_id] <= highest for meter_id, lowest, highest in when)


def open_choices(activity: ScenarioActivity, state: ScenarioState) -> list[Choice]:
    """Return the choices of the state's node whose conditions hold."""
    values = meters(activity, state["path"])
    return [choice for choice in node_of(activity, state["node"])["choices"] if _holds(choice["when"], values)]


def ending(activity: ScenarioActivity, path: list[list[str]]) -> Ending:
    """Return where a finished run ends: the first ending that holds, or the last."""
    values = meters(activity, path)
    return next((one for one in activity["endings"] if _holds(one["when"], values)), activity["endings"][-1])


def debrief(activity: ScenarioActivity, path: list[list[str]]) -> list[Decision]:
    """Return each decision of `path` with its consequence, reason and the better choice; needs the key."""
    decisions = []
    for node_id, choice_id in path:
        node = node_of(activity, node_id)
        better = None  # one that was open: a repair choice may not have been
        for choice in node["choices"]:
            if choice["quality"] == "best" and better is None and choice["when"] == []:
                better = choice["text"]
        told = _told(_taken(activity, [node_id, choice_id]))
        decisions.append(Decision(node=node_id, title=node["title"], **told, better=better))
    return decisions


def _told(choice: Choice) -> Taken:
    told = Taken(id=choice["id"], text=choice["text"], consequence=choice["consequence"])
    if "quality" in choice:
        told["quality"] = choice["quality"]
    if "rationale" in choice:
        told["rationale"] = choice["rationale"]
    if "principle" in choice:
        told["principle"] = choice["principle"]
    if "source" in choice:
        told["source"] = choice["source"]
    return told


def by_principle(decisions: list[Decision]) -> list[PrincipleCount]:
    """Return for each principle, in the order of `decisions`, how many choices were best, acceptable and harmful."""
    groups: dict[str, PrincipleCount] = {}
    for decision in decisions:
        none = PrincipleCount(principle=decision["principle"], best=0, acceptable=0, harmful=0)
        groups.setdefault(decision["principle"], none)[decision["quality"]] += 1
    return list(groups.values())


RULES: Rules[ScenarioActivity, ScenarioState] = ScenarioRules()
