"""Scenario: a branching simulation. Decide, see what happens, go on; endings depend on meters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.kinds import QUALITY_POINTS, by_id, is_count, shuffled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.activities.kinds import Activity, Event, State, View

END = "end"


def start(activity: Activity) -> State:
    """Return the fields a scenario adds to a fresh state; `path` holds [node, choice] pairs of this run."""
    return {"phase": "decide", "node": activity["start"], "path": [], "value": ""}


def step(activity: Activity, state: State, event: Event) -> State | None:
    """Return the next state, or None where the event does not fit the place the journal has reached."""
    kind = event.get("type")
    if not is_count(event.get("turn"), state["turn"]):
        return None
    if kind == "choose":
        return _choose(activity, state, event)
    if kind == "continue" and state["phase"] == "consequence":
        return _go_on(activity, state)
    if kind in ("skip", "answer", "unskip"):
        return _skip(state, event)
    return _practise_again(activity, state, kind) if activity["mode"] == "practice" and state["path"] else None


def _practise_again(activity: Activity, state: State, kind: object) -> State | None:
    """Practice may take back its last choice before going on, and may begin anew at any time."""
    if kind == "back" and state["phase"] == "consequence":
        return {**state, "phase": "decide", "node": state["path"][-1][0], "path": state["path"][:-1]}
    return {**state, **start(activity), "value": state["value"]} if kind == "restart" else None


def _choose(activity: Activity, state: State, event: Event) -> State | None:
    if state["phase"] != "decide" or event.get("at") != state["node"]:
        return None
    for choice in _open_choices(activity, state):
        if choice["id"] == event.get("choice"):
            return {**state, "phase": "consequence", "path": [*state["path"], [state["node"], choice["id"]]]}
    return None


def _skip(state: State, event: Event) -> State | None:
    """Skipping is always allowed between decisions: the trainee writes the alternative instead, or comes back."""
    kind, value = event["type"], event.get("value")
    if kind == "skip" and state["phase"] == "decide":
        return {**state, "phase": "skipped"}
    if state["phase"] != "skipped":
        return None
    if kind == "answer" and isinstance(value, str):
        return {**state, "value": value, "finished": state["finished"] or value != ""}
    return {**state, "phase": "decide"} if kind == "unskip" else None


def _go_on(activity: Activity, state: State) -> State:
    target = _taken(activity, state["path"][-1])["to"]
    if target == END:
        return {**state, "phase": "ended", "finished": True}
    return {**state, "phase": "decide", "node": target}


def _node(activity: Activity, node_id: str) -> Mapping[str, Any]:
    node = by_id(activity["nodes"], node_id)
    assert node is not None  # noqa: S101 - the content check refuses unknown nodes; a state holds only known ones
    return node


def _taken(activity: Activity, taken: list[str]) -> Mapping[str, Any]:
    choice = by_id(_node(activity, taken[0])["choices"], taken[1])
    assert choice is not None  # noqa: S101 - as above
    return choice


def meters(activity: Activity, path: list[list[str]]) -> dict[str, int]:
    """Return each meter's value after `path`, clamped to its range; a sticky meter that reached its minimum stays."""
    values = {meter["id"]: meter["start"] for meter in activity["meters"]}
    for taken in path:
        effects = _taken(activity, taken).get("effects", [])
        for meter_id, change in effects:
            meter = by_id(activity["meters"], meter_id)
            if meter is None or (meter["sticky"] and values[meter_id] == meter["min"]):
                continue
            values[meter_id] = min(meter["max"], max(meter["min"], values[meter_id] + change))
    return values


def _holds(when: list[list[Any]], values: Mapping[str, int]) -> bool:
    """Return whether every condition holds; one on a meter that this copy does not know never does."""
    return all(meter_id in values and lowest <= values[meter_id] <= highest for meter_id, lowest, highest in when)


def _open_choices(activity: Activity, state: State) -> list[Mapping[str, Any]]:
    values = meters(activity, state["path"])
    return [choice for choice in _node(activity, state["node"])["choices"] if _holds(choice["when"], values)]


def view(activity: Activity, state: State, base: View) -> View:
    """Return what to draw: the decision, its consequence, or the ending with the debrief (practice only)."""
    values = meters(activity, state["path"])
    drawn = {
        **base,
        "step": len(state["path"]) + (1 if state["phase"] == "decide" else 0),
        "meters": [_meter_view(meter, values[meter["id"]]) for meter in activity["meters"]],
    }
    if state["phase"] == "ended":
        return {**drawn, "ending": _ending(activity, values), **_debrief(activity, state)}
    if state["phase"] == "skipped":
        return {**drawn, "value": state["value"], "can": ["answer", "unskip"]}
    node = _node(activity, state["node"])
    drawn.update({"node": node["id"], "title": node["title"], "text": node["text"], "prompt": node["prompt"]})
    if state["phase"] == "consequence":
        choice = _taken(activity, state["path"][-1])
        return {**drawn, "taken": _told(choice), "can": ["continue", "back"] if _teaches(activity) else ["continue"]}
    position = activity["nodes"].index(node)
    options = shuffled(_open_choices(activity, state), state["seed"], position)
    return {**drawn, "choices": [{"id": c["id"], "text": c["text"]} for c in options], "can": ["choose", "skip"]}


def _teaches(activity: Activity) -> bool:
    return bool(activity["mode"] == "practice")


def _meter_view(meter: Mapping[str, Any], value: int) -> View:
    word = meter["levels"][value - meter["min"]] if meter["levels"] else None
    return {"id": meter["id"], "label": meter["label"], "value": value, "max": meter["max"], "word": word}


def _told(choice: Mapping[str, Any]) -> View:
    """Return a taken choice with its reason, as far as this copy of the activity holds them."""
    told = {"id": choice["id"], "text": choice["text"], "consequence": choice["consequence"]}
    for field in ("quality", "rationale", "principle", "source"):
        if field in choice:
            told[field] = choice[field]
    return told


def _ending(activity: Activity, values: Mapping[str, int]) -> View:
    for ending in activity["endings"]:
        if _holds(ending["when"], values):
            return {"id": ending["id"], "title": ending["title"], "text": ending["text"]}
    last = activity["endings"][-1]
    return {"id": last["id"], "title": last["title"], "text": last["text"]}


def _debrief(activity: Activity, state: State) -> View:
    if not _teaches(activity):
        return {"debrief": [], "principles": [], "can": []}
    decisions = debrief(activity, state["path"])
    return {"debrief": decisions, "principles": by_principle(decisions), "can": ["restart"]}


def debrief(activity: Activity, path: list[list[str]]) -> list[View]:
    """Return each decision of `path` with its consequence, reason and the better choice; needs the key."""
    decisions = []
    for node_id, choice_id in path:
        node = _node(activity, node_id)
        better = None  # one that was open: a repair choice may not have been
        for choice in node["choices"]:
            if choice["quality"] == "best" and better is None and choice["when"] == []:
                better = choice["text"]
        told = _told(_taken(activity, [node_id, choice_id]))
        decisions.append({"node": node_id, "title": node["title"], **told, "better": better})
    return decisions


def by_principle(decisions: list[View]) -> list[View]:
    """Return for each principle, in the order of `decisions`, how many choices were best, acceptable and harmful."""
    groups: list[View] = []
    for decision in decisions:
        group = None
        for known in groups:
            if known["principle"] == decision["principle"]:
                group = known
        if group is None:
            group = {"principle": decision["principle"], "best": 0, "acceptable": 0, "harmful": 0}
            groups.append(group)
        group[decision["quality"]] += 1
    return groups


def score(activity: Activity, state: State) -> tuple[int, int]:
    """Return the share earned by the first finished run: best 2, acceptable 1, harmful 0 of 2 for each decision."""
    if state["phase"] != "ended":
        return 0, 1
    earned = 0
    for taken in state["path"]:
        earned += QUALITY_POINTS[_taken(activity, taken)["quality"]]
    return earned, 2 * len(state["path"])
