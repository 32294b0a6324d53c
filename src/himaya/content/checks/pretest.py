"""Rules for the pretest: each item is the twin of a graded one and as hard by design, and no outcome is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.findings import unknown
from himaya.activities.kinds import KINDS, format_of, report_of
from himaya.content.load import items_of, module_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from himaya.activities.format import Finding, Item
    from himaya.content.load import LoadedModule
    from himaya.errors import Problem


def pretest_problems(loaded: LoadedModule) -> list[Problem]:
    """Return what is wrong with the pretest of a module."""
    items = items_of(loaded.activities)
    problems = []
    for item in items.values():
        found = _of_pretest(item, items) if item.mode == "pretest" else _of_others(item)
        problems += [loaded.problem(item.id, text, *path) for text, path in found]
    asked = {item.outcome for item in items.values() if item.mode == "pretest"}
    scored = {item.outcome for item in items.values() if item.mode == "graded" and not report_of(item.kind).by_hand}
    for position, outcome in enumerate(loaded.module.outcomes):
        if outcome.id in scored - asked:
            text = f"no pretest item asks about the outcome '{outcome.id}'; write a twin of one of its graded items."
            problems.append(module_problem(loaded, text, "outcomes", position))
    return problems


def _of_others(item: Item) -> Iterator[Finding]:
    if item.twin is not None:
        yield "only a pretest item has a 'twin'; set 'mode: pretest', or remove 'twin'.", ("twin",)


def _of_pretest(item: Item, items: dict[str, Item]) -> Iterator[Finding]:
    if report_of(item.kind).by_hand:
        *names, last = [kind for kind in KINDS if format_of(kind).difficulty is not None]
        yield f"a pretest item is not read by a person; allowed: {', '.join(names)} or {last}.", ("kind",)
    if "points" in item.model_fields_set:
        yield "a pretest item earns nothing; remove 'points'.", ("points",)
    if item.safety_critical:
        yield "a pretest item decides nothing; remove 'safety_critical'.", ("safety_critical",)
    if item.twin is None:
        yield "this pretest item has no 'twin'; name the graded item that it mirrors.", ("mode",)
        return
    graded = {name: other for name, other in items.items() if other.mode == "graded"}
    if item.twin not in graded:
        yield unknown("this is the twin of the graded item", item.twin, list(graded)), ("twin",)
        return
    for what, ours, theirs in _shapes(item, graded[item.twin]):
        if ours != theirs:
            text = f"{what} is {ours} here and {theirs} in its twin '{item.twin}'; make both the same."
            yield text, ("outcome",) if what == "outcome" else ("kind",)


def _shapes(item: Item, twin: Item) -> Iterator[tuple[str, object, object]]:
    """Yield what has to be equal, so that the two are as hard by design: its name, and both values."""
    yield "outcome", item.outcome, twin.outcome
    yield "kind", item.kind, twin.kind
    ours, theirs = _difficulty(item), _difficulty(twin)
    yield from ((what, ours[what], theirs[what]) for what in ours if what in theirs)


def _difficulty(item: Item) -> Mapping[str, object]:
    measure = format_of(item.kind).difficulty
    return {} if measure is None else measure(item)
