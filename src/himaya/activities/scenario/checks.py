"""Rules for scenarios: every reference exists, every walk ends, and no way gives the better choice away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities import findings as references
from himaya.activities.findings import unknown
from himaya.activities.format import Figures, Format
from himaya.activities.limits import MOST_STATES
from himaya.activities.scenario.format import Scenario, compile_scenario
from himaya.activities.scenario.rules import END
from himaya.activities.scenario.walks import count_walks, decisions_left, explore, idle_cycle, reachable, without_end

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from himaya.activities.format import Finding, Known
    from himaya.activities.scenario.format import Node, When
    from himaya.activities.scenario.walks import Values, Walks


def findings(scenario: Scenario, known: Known, limit: int = MOST_STATES) -> list[Finding]:
    """Return what is wrong with one scenario.

    Walks are tried only when every node and meter that is named exists and the meters fit their ranges. A scenario with
    more states than `limit` is checked by its gotos alone.
    """
    lame = _lame(scenario)
    found = [*lame, *_claims(scenario, known), *_choices(scenario), *_endings(scenario), *_idle(scenario)]
    if scenario.mode == "graded":
        found += [*_leaks(scenario), *_faces(scenario)]
    if lame:
        return found
    walks = explore(scenario, limit)
    found += _dead_ends(scenario)
    if walks.complete:
        return [*found, *_unreachable(scenario, walks.nodes), *_walks(scenario, walks)]
    return [*found, *_unreachable(scenario, reachable(scenario))]


def hints(scenario: Scenario, limit: int = MOST_STATES) -> list[Finding]:
    """Return what an author may want to look at in one scenario; none for one that `findings` refuses to walk."""
    found = [hint for name, node in scenario.nodes.items() for hint in _lengths(name, node)]
    if _lame(scenario):
        return found
    if scenario.mode == "graded":
        found += _lone_ways(scenario)
    if not explore(scenario, limit).complete:
        text = f"this scenario has more than {limit:,} states; only its gotos were checked, not every walk."
        return [*found, (text, ("nodes",))]
    return [*found, *_runs(scenario, limit)]


def _lame(scenario: Scenario) -> list[Finding]:
    return [*_unknown_nodes(scenario), *_unknown_people(scenario), *_unknown_meters(scenario), *_meters(scenario)]


def _faces(scenario: Scenario) -> Iterator[Finding]:
    for name, node in scenario.nodes.items():
        places = [(node.face, ()), *((one.face, ("choices", n)) for n, one in enumerate(node.choices))]
        for face, path in places:
            if face is not None:
                yield (
                    "a graded scene draws one listening face, since any other tells the key.",
                    ("nodes", name, *path, "face"),
                )


def _unknown_people(scenario: Scenario) -> Iterator[Finding]:
    people = list(scenario.people)
    for name, node in scenario.nodes.items():
        if node.person is not None and node.person not in people:
            yield unknown(f"node '{name}' draws", node.person, people), ("nodes", name, "person")
    drawn = {node.person for node in scenario.nodes.values()}
    for name in people:
        if name not in drawn:
            yield f"'{name}' is drawn nowhere; name a node's `person`, or remove it.", ("people", name)


def _unknown_nodes(scenario: Scenario) -> Iterator[Finding]:
    nodes = list(scenario.nodes)
    if scenario.start not in nodes:
        yield unknown("the scenario starts at", scenario.start, nodes), ("start",)
    if END in nodes:
        yield f"a node cannot be called '{END}', which is where a run ends; give it another id.", ("nodes", END)
    for name, node in scenario.nodes.items():
        for position, choice in enumerate(node.choices):
            if choice.goto not in (*nodes, END):
                text = unknown(f"choice '{choice.id}' goes to", choice.goto, [*nodes, END])
                yield text, ("nodes", name, "choices", position, "goto")


def _unknown_meters(scenario: Scenario) -> Iterator[Finding]:
    meters = list(scenario.meters)
    for name, node in scenario.nodes.items():
        for position, choice in enumerate(node.choices):
            path = ("nodes", name, "choices", position)
            for meter in choice.effects:
                if meter not in meters:
                    yield unknown(f"choice '{choice.id}' changes the meter", meter, meters), (*path, "effects", meter)
            yield from _conditions(scenario, f"choice '{choice.id}'", choice.when, *path, "when")
    for position, ending in enumerate(scenario.endings):
        yield from _conditions(scenario, f"ending '{ending.id}'", ending.when, "endings", position, "when")


def _conditions(scenario: Scenario, what: str, when: When, *path: str | int) -> Iterator[Finding]:
    for name in when:
        if name not in scenario.meters:
            yield unknown(f"{what} depends on the meter", name, list(scenario.meters)), (*path, name)


def _meters(scenario: Scenario) -> Iterator[Finding]:
    for name, meter in scenario.meters.items():
        path = ("meters", name)
        if meter.min >= meter.max:
            yield f"meter '{name}' has min {meter.min} and max {meter.max}; min must be below max.", path
        elif not meter.min <= meter.start <= meter.max:
            text = f"meter '{name}' starts at {meter.start}; allowed: {meter.min} to {meter.max}."
            yield text, (*path, "start")
        elif meter.levels and len(meter.levels) != meter.max - meter.min + 1:
            wanted = meter.max - meter.min + 1
            text = f"meter '{name}' has {len(meter.levels)} levels; values {meter.min} to {meter.max} need {wanted}."
            yield text, (*path, "levels")


def _claims(scenario: Scenario, known: Known) -> Iterator[Finding]:
    yield from references.outcome_findings(scenario.outcomes, known, "outcomes")
    for name, node in scenario.nodes.items():
        for position, choice in enumerate(node.choices):
            path = ("nodes", name, "choices", position)
            yield from references.principle_findings(choice.principle, known, *path)
            yield from references.source_findings(choice, known, *path)


def _choices(scenario: Scenario) -> Iterator[Finding]:
    for name, node in scenario.nodes.items():
        path = ("nodes", name, "choices")
        ids = [choice.id for choice in node.choices]
        yield from references.repeated(ids, "choice", *path)
        yield from references.telling_ids(ids, *path)
        if not any(choice.quality == "best" and not choice.when for choice in node.choices):
            text = f"node '{name}' has no 'best' choice that is always open; one needs quality: best and no 'when'."
            yield text, path


def _lengths(name: str, node: Node) -> Iterator[Finding]:
    always = [(position, choice.text) for position, choice in enumerate(node.choices) if not choice.when]
    for position, sentence in references.uneven_lengths([text for _, text in always], "choice"):
        yield sentence, ("nodes", name, "choices", always[position][0], "text")


def _endings(scenario: Scenario) -> Iterator[Finding]:
    yield from references.repeated([ending.id for ending in scenario.endings], "ending", "endings")
    last = len(scenario.endings) - 1
    for position, ending in enumerate(scenario.endings):
        if position == last and ending.when:
            text = f"the last ending '{ending.id}' has 'when'; it is taken when no other holds, so it needs none."
            yield text, ("endings", position, "when")
        if position < last and not ending.when:
            text = f"ending '{ending.id}' has no 'when', so no later ending is ever taken; only the last may have none."
            yield text, ("endings", position)


def _idle(scenario: Scenario) -> Iterator[Finding]:
    cycle = idle_cycle(scenario)
    if cycle:
        node, position = cycle[0]
        way = " -> ".join([*(name for name, _ in cycle), node])
        text = (
            f"a trainee can go round {way} without progress: no choice on the way has an effect. "
            "Allowed: a circle in which at least one choice changes a meter, or a goto that leads on."
        )
        yield text, ("nodes", node, "choices", position, "goto")


def _leaks(scenario: Scenario) -> Iterator[Finding]:
    for name, node in scenario.nodes.items():
        for position, choice in enumerate(node.choices):
            path = ("nodes", name, "choices", position)
            if choice.when:
                text = f"choice '{choice.id}' has 'when'; in a graded scenario every choice is open, or it would tell."
                yield text, (*path, "when")

    if not _lame(scenario) and not without_end(scenario):
        yield from _unlike_ways(scenario)


def _unlike_ways(scenario: Scenario) -> Iterator[Finding]:
    """Find a decision of a graded scenario after which a trainee sees from the length of the way what was right."""
    left = decisions_left(scenario)
    for name, node in scenario.nodes.items():
        first = node.choices[0]
        for position, choice in enumerate(node.choices):
            path = ("nodes", name, "choices", position, "goto")
            if name in reachable(scenario, choice.goto):
                text = (
                    f"choice '{choice.id}' can come back to a decision that was taken; in a graded scenario a run "
                    "never goes round, or the repair would tell that something was wrong."
                )
                yield text, path
                continue
            ours, theirs = left[choice.goto], left[first.goto]
            if ours is not None and theirs is not None and ours != theirs:
                text = (
                    f"after choice '{choice.id}' there are {_range(ours)} decisions to come and after '{first.id}' "
                    f"{_range(theirs)}; in a graded scenario the ways of a node are equally long, or their length "
                    "would tell the quality."
                )
                yield text, path


def _range(numbers: tuple[int, int]) -> str:
    least, most = numbers
    return f"{least}" if least == most else f"{least} to {most}"


def _lone_ways(scenario: Scenario) -> Iterator[Finding]:
    """Find a graded scenario in which the choices of one quality always go a way of their own."""
    parting = [(name, node) for name, node in scenario.nodes.items() if len({c.goto for c in node.choices}) > 1]
    if len(parting) < 2:  # one decision shows no habit
        return
    for quality in ("best", "acceptable", "harmful"):
        if all(_alone(node, quality) for _, node in parting):
            text = (
                f"the {quality} choices go a way of their own in each of the {len(parting)} decisions that part; "
                "who reads the file could learn it. Let another quality part in one of them."
            )
            yield text, ("nodes", parting[0][0])


def _alone(node: Node, quality: str) -> bool:
    ways = {choice.goto for choice in node.choices if choice.quality == quality}
    return bool(ways) and not ways & {choice.goto for choice in node.choices if choice.quality != quality}


def _dead_ends(scenario: Scenario) -> Iterator[Finding]:
    for name in without_end(scenario):
        text = (
            f"node '{name}' is a dead end: no way from it leads to '{END}'; give one of its choices a goto that does."
        )
        yield text, ("nodes", name)


def _unreachable(scenario: Scenario, reached: Collection[str]) -> Iterator[Finding]:
    for name in scenario.nodes:
        if name not in reached:
            text = f"node '{name}' is unreachable: no walk from '{scenario.start}' comes here"
            yield f"{text}; let a choice go to it, or remove it.", ("nodes", name)


def _walks(scenario: Scenario, walks: Walks) -> Iterator[Finding]:
    for name, values in walks.stuck.items():
        text = f"node '{name}' has no open choice at {_said(values)}; keep one choice without 'when' in every node."
        yield text, ("nodes", name, "choices")
    for name, values in walks.trapped.items():
        if name not in without_end(scenario):
            text = f"node '{name}' has no way to '{END}' at {_said(values)}; keep one way out that has no 'when'."
            yield text, ("nodes", name, "choices")
    for position, ending in enumerate(scenario.endings):
        if ending.id not in walks.endings:
            text = f"no walk reaches the ending '{ending.id}'; change its 'when', put it before the endings that "
            yield f"{text}take its walks, or remove it.", ("endings", position)


def _said(values: Values) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items()) or "any time"


def _runs(scenario: Scenario, limit: int) -> Iterator[Finding]:
    """Find a scenario that ends in the same way for help and for harm."""
    if not scenario.meters:
        return
    kind, harmful = (explore(scenario, limit, quality).endings for quality in ("best", "harmful"))
    for ending in sorted(kind & harmful):
        text = (
            f"always choosing 'best' and always choosing 'harmful' both reach the ending '{ending}'; "
            "does the story answer what people did?"
        )
        yield text, ("endings",)


def _rows(scenarios: Sequence[Scenario]) -> Iterator[Sequence[object]]:
    for scenario in scenarios:
        walks = count_walks(scenario)
        yield (
            *(scenario.title, scenario.mode, len(scenario.nodes)),
            sum(len({choice.goto for choice in node.choices}) > 1 for node in scenario.nodes.values()),
            sum(bool(choice.when) for node in scenario.nodes.values() for choice in node.choices),
            "endless" if walks is None else f"{walks:,}",
            *(
                len(scenario.endings),
                _endings_reached(scenario, "best"),
                _endings_reached(scenario, "harmful"),
                ", ".join(f"{name} ({gender})" for name, gender in scenario.cast.items()),
            ),
        )


def _endings_reached(scenario: Scenario, quality: str) -> str:
    reached = explore(scenario, quality=quality).endings
    return "; ".join(ending.title for ending in scenario.endings if ending.id in reached)


_FIGURES: Figures[Scenario] = Figures(
    columns={
        "Scenarios": len,
        "Decision points": lambda scenarios: sum(len(scenario.nodes) for scenario in scenarios),
        "Endings": lambda scenarios: sum(len(scenario.endings) for scenario in scenarios),
    },
    title="Scenarios",
    header=("Scenario", "Mode", "Decision points", "Parting", "Late", "Walks", "Endings", "Best", "Harmful", "People"),
    rows=_rows,
    legend="""\
- **Parting** decisions lead to different scenes. **Late** are choices that are open only after certain earlier ones.
- **Walks** are the different ways through a scenario, from the first decision to an end. A repair that leads back to an
  earlier decision makes them endless.
- **Best** and **harmful** name the endings that somebody reaches who takes only best, or only harmful choices.
- **People** have a name in the story. The trainee, who is the worker, and people without a name are not listed.
""",
)


FORMAT: Format[Scenario] = Format(
    model=Scenario,
    files="scenarios/*.yaml",
    findings=findings,
    hints=hints,
    compile=compile_scenario,
    figures=_FIGURES,
)
