"""Every walk a trainee can take through a scenario, by `himaya.activities.scenario.rules`. Judges nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from himaya.activities.limits import MOST_STATES
from himaya.activities.scenario.rules import END

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from himaya.activities.scenario.format import Choice, Ending, Node, Scenario, When

Values: TypeAlias = "dict[str, int]"
_State: TypeAlias = "tuple[str, tuple[int, ...]]"


@dataclass(frozen=True)
class Walks:
    """What exploring a scenario found.

    Attributes:
        nodes: Ids of the nodes that some walk visits.
        endings: Ids of the endings that some walk reaches.
        stuck: For a node, meter values at which none of its choices is open.
        trapped: For a node, meter values from which choices are open but no walk reaches an ending.
        complete: False if there were more states than allowed; then the other fields hold only a part.
    """

    nodes: frozenset[str]
    endings: frozenset[str]
    stuck: dict[str, Values]
    trapped: dict[str, Values]
    complete: bool


def after(scenario: Scenario, values: Values, choice: Choice) -> Values:
    """Return the meters after `choice`: clamped to their range; a sticky meter at its lowest value stays there."""
    changed = dict(values)
    for name, change in choice.effects.items():
        meter = scenario.meters[name]
        if not (meter.sticky and values[name] == meter.min):
            changed[name] = min(meter.max, max(meter.min, values[name] + change))
    return changed


def holds(when: When, values: Values) -> bool:
    """Return whether every meter of `when` is in its range."""
    return all(wanted.min <= values[name] <= wanted.max for name, wanted in when.items())


def ending_at(scenario: Scenario, values: Values) -> Ending:
    """Return the first ending that holds, or else the last one."""
    return next((ending for ending in scenario.endings if holds(ending.when, values)), scenario.endings[-1])


def beginning(scenario: Scenario) -> Values:
    """Return the meters before the first decision."""
    return {name: meter.start for name, meter in scenario.meters.items()}


def explore(scenario: Scenario, limit: int = MOST_STATES, quality: str | None = None) -> Walks:
    """Return every node and ending that can be reached, walking each (node, meter values) once.

    Args:
        scenario: One whose gotos, start and meters all exist.
        limit: States after which to give up.
        quality: Take only choices of this quality, wherever one is open.
    """
    first = _state(scenario.start, beginning(scenario))
    onward: dict[_State, list[_State]] = {}
    waiting = [first]
    while waiting and len(onward) <= limit:
        state = waiting.pop()
        if state not in onward:
            onward[state] = [] if state[0] == END else list(_next_states(scenario, state, quality))
            waiting += onward[state]
    if len(onward) > limit:
        return Walks(frozenset(), frozenset(), {}, {}, complete=False)
    names = list(scenario.meters)
    ended = [state for state in onward if state[0] == END]
    stuck = [state for state, targets in onward.items() if not targets and state[0] != END]
    lost = onward.keys() - _leading_to(onward, [*ended, *stuck])
    return Walks(
        frozenset(node for node, _ in onward if node != END),
        frozenset(ending_at(scenario, dict(zip(names, state[1], strict=True))).id for state in ended),
        {node: dict(zip(names, values, strict=True)) for node, values in stuck},
        {node: dict(zip(names, values, strict=True)) for node, values in sorted(lost)},
        complete=True,
    )


def _state(node: str, values: Values) -> _State:
    return node, tuple(values.values())


def _next_states(scenario: Scenario, state: _State, quality: str | None = None) -> Iterator[_State]:
    values = dict(zip(scenario.meters, state[1], strict=True))
    open_choices = [choice for choice in scenario.nodes[state[0]].choices if holds(choice.when, values)]
    wanted = [choice for choice in open_choices if choice.quality == quality]
    for choice in wanted or open_choices:
        yield _state(choice.goto, after(scenario, values, choice))


def _leading_to(onward: dict[_State, list[_State]], goals: Iterable[_State]) -> set[_State]:
    back: dict[_State, list[_State]] = {}
    for state, targets in onward.items():
        for target in targets:
            back.setdefault(target, []).append(state)
    found, waiting = set(goals), list(goals)
    while waiting:
        for state in back.get(waiting.pop(), []):
            if state not in found:
                found.add(state)
                waiting.append(state)
    return found


def without_end(scenario: Scenario) -> list[str]:
    """Return the nodes from which no goto, however the meters stand, leads to the end."""
    found = {END}
    while True:
        more = {node for node, body in scenario.nodes.items() if any(c.goto in found for c in body.choices)} - found
        if not more:
            return [node for node in scenario.nodes if node not in found]
        found |= more


def reachable(scenario: Scenario, start: str | None = None) -> set[str]:
    """Return the nodes to which gotos lead from `start`, or from the first one, however the meters stand."""
    found: set[str] = set()
    waiting = [start or scenario.start]
    while waiting:
        name = waiting.pop()
        if name not in found and name != END:
            found.add(name)
            waiting += [choice.goto for choice in scenario.nodes[name].choices]
    return found


def decisions_left(scenario: Scenario) -> dict[str, tuple[int, int] | None]:
    """Return the fewest and the most decisions from each node to the end; None where a run can go round.

    Args:
        scenario: One whose gotos all exist. Meters and conditions are not looked at.
    """
    known: dict[str, tuple[int, int] | None] = {END: (0, 0)}

    def count(name: str, before: tuple[str, ...]) -> tuple[int, int] | None:
        if name in before:
            return None
        if name not in known:
            onward = [count(choice.goto, (*before, name)) for choice in scenario.nodes[name].choices]
            found = [left for left in onward if left is not None]
            whole = len(found) == len(onward)
            known[name] = (1 + min(n for n, _ in found), 1 + max(n for _, n in found)) if whole else None
        return known[name]

    for name in scenario.nodes:
        count(name, ())
    return known


def idle_cycle(scenario: Scenario) -> list[tuple[str, int]]:
    """Return one cycle that choices without effects can walk, as (node, choice position), or an empty list."""
    idle = {node: list(_idle_choices(body)) for node, body in scenario.nodes.items()}
    for first in idle:
        trail = _way_back(idle, first, first, set())
        if trail:
            return trail
    return []


def _idle_choices(node: Node) -> Iterator[tuple[int, str]]:
    for position, choice in enumerate(node.choices):
        if not any(choice.effects.values()):
            yield position, choice.goto


def _way_back(idle: dict[str, list[tuple[int, str]]], here: str, goal: str, seen: set[str]) -> list[tuple[str, int]]:
    seen.add(here)
    for position, target in idle.get(here, []):
        if target == goal:
            return [(here, position)]
        rest = [] if target in seen else _way_back(idle, target, goal, seen)
        if rest:
            return [(here, position), *rest]
    return []


def count_walks(scenario: Scenario) -> int | None:
    """Return how many different walks lead from the first decision to an end; None where a circle makes them endless.

    Args:
        scenario: One that the check found no fault in.
    """
    known: dict[_State, int | None] = {}
    on_the_way: set[_State] = set()

    def count(state: _State) -> int | None:
        if state[0] == END:
            return 1
        if state in on_the_way:
            return None
        if state not in known:
            on_the_way.add(state)
            onward = [count(target) for target in _next_states(scenario, state)]
            on_the_way.remove(state)
            known[state] = None if None in onward else sum(filter(None, onward))
        return known[state]

    return count(_state(scenario.start, beginning(scenario)))
