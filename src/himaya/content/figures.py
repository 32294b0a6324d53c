"""What the modules hold, counted: the page docs/modules.md, which `himaya check --table docs/modules.md` writes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from himaya.activities.choice.checks import guesses
from himaya.activities.choice.format import ChoiceItem
from himaya.activities.lab.format import Lab
from himaya.activities.scenario.format import Scenario
from himaya.activities.scenario.walks import count_walks, explore
from himaya.content.check import marked
from himaya.content.checks.outcomes import items_of, practised_in
from himaya.content.load import items_of as all_items
from himaya.content.prose import MARK, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from himaya.content.load import LoadedModule

MODES = ("graded", "practice", "pretest")
_INTRODUCTION = """# The modules in figures

Made by `himaya check --table docs/modules.md` from the modules themselves; a test holds it. What the columns mean is
below the tables.
"""
_LEGEND = """## What the columns mean

- **Words** are those of the prose in module.md, tables and lists included, without scenarios, labs and items.
- **Walks** are the different ways through a scenario, from the first decision to an end. A repair that leads back to an
  earlier decision makes them endless.
- **Best** and **harmful** name the endings that somebody reaches who takes only best, or only harmful choices.
- **To confirm** counts the marks "verify" in prose, items, choices, labs: facts that a specialist has yet to confirm.
- **Guessing** is the share of graded items with one right option that a habit gets right: the longest option, or always
  the option listed first, second or third. The check refuses more than chance and 10 points. Each trainee sees the
  options in an order of their own.
"""


def tables(modules: Sequence[LoadedModule]) -> str:
    """Return docs/modules.md: each module, its outcomes, its scenarios and how its items resist guessing."""
    parts = [_INTRODUCTION, _modules(modules)]
    for title, rows in (("Outcomes", _outcomes), ("Scenarios", _scenarios), ("Labs", _labs)):
        parts += [f"## {title}\n", rows(modules)]
    parts += ["## Guessing\n", _guessing(modules), _LEGEND]
    return "\n".join(parts)


def _markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def _modules(modules: Sequence[LoadedModule]) -> str:
    header = ["Module", "Words", "Minutes", "Outcomes", "Scenarios", "Decision points", "Endings", "Labs"]
    header += [f"Items, {mode}" for mode in MODES] + ["Tasks in code", "Safety-critical", "Sources", "To confirm"]
    return _markdown_table(header, [_module(loaded) for loaded in modules])


def _module(loaded: LoadedModule) -> list[object]:
    scenarios = scenarios_of(loaded)
    items = all_items(loaded.activities).values()
    modes: Counter[str] = Counter(item.mode for item in items)
    return [
        loaded.module.title,
        f"{sum(len(words(cell.source)) for cell in loaded.cells if cell.kind == 'markdown'):,}",
        loaded.module.minutes,
        len(loaded.module.outcomes),
        len(scenarios),
        sum(len(scenario.nodes) for scenario in scenarios),
        sum(len(scenario.endings) for scenario in scenarios),
        len(labs_of(loaded)),
        *(modes[mode] for mode in MODES),
        len(loaded.code),
        sum(item.safety_critical for item in items),
        sum(code != "design" for code in loaded.module.sources),
        to_confirm(loaded),
    ]


def scenarios_of(loaded: LoadedModule) -> list[Scenario]:
    """Return the scenarios of a module, in the order of the prose."""
    return [activity for activity in loaded.activities.values() if isinstance(activity, Scenario)]


def labs_of(loaded: LoadedModule) -> list[Lab]:
    """Return the labs of a module, in the order of the prose."""
    return [activity for activity in loaded.activities.values() if isinstance(activity, Lab)]


def to_confirm(loaded: LoadedModule) -> int:
    """Return how many claims of a module a specialist has yet to confirm: its marks `verify`."""
    prose = [mark[1].lower() for cell in loaded.cells for mark in MARK.finditer(cell.source)]
    return prose.count("verify") + sum(len(list(marked(a, "verify"))) for a in loaded.activities.values())


def _outcomes(modules: Sequence[LoadedModule]) -> str:
    header = ["Module", "Outcome", "Taught in", "Practised in", *(f"Items, {mode}" for mode in MODES)]
    rows = [
        [
            loaded.module.title,
            outcome.text,
            "; ".join(outcome.taught),
            ", ".join(f"`{name}`" for name in practised_in(loaded, outcome.id)),
            *(len(items_of(loaded, outcome.id, mode)) for mode in MODES),
        ]
        for loaded in modules
        for outcome in loaded.module.outcomes
    ]
    return _markdown_table(header, rows)


def _scenarios(modules: Sequence[LoadedModule]) -> str:
    header = ["Module", "Scenario", "Mode", "Decision points", "Walks", "Endings", "Best", "Harmful"]
    rows = [
        [
            loaded.module.title,
            scenario.title,
            scenario.mode,
            len(scenario.nodes),
            "endless" if (walks := count_walks(scenario)) is None else f"{walks:,}",
            len(scenario.endings),
            *(_ending_titles(scenario, quality) for quality in ("best", "harmful")),
        ]
        for loaded in modules
        for scenario in scenarios_of(loaded)
    ]
    return _markdown_table(header, rows)


def _labs(modules: Sequence[LoadedModule]) -> str:
    header = ["Module", "Lab", "Model", "Mode", "Minutes", "Points", "Assumptions said"]
    rows = [
        [loaded.module.title, lab.title, lab.lab, lab.mode, lab.minutes, lab.points, len(lab.assumptions)]
        for loaded in modules
        for lab in labs_of(loaded)
    ]
    return _markdown_table(header, rows) if rows else "No module has a lab yet.\n"


def _ending_titles(scenario: Scenario, quality: str) -> str:
    reached = explore(scenario, quality=quality).endings
    return "; ".join(ending.title for ending in scenario.endings if ending.id in reached)


def _guessing(modules: Sequence[LoadedModule]) -> str:
    header = ["Module", "Items", "Three options", "Chance", "Longest", "First", "Second", "Third"]
    rows = []
    for loaded in modules:
        asked = [
            item
            for item in loaded.activities.values()
            if isinstance(item, ChoiceItem) and item.select == "one" and item.mode == "graded"
        ]
        if not asked:
            continue
        found = guesses(asked)
        three = sum(len(item.options) == 3 for item in asked)  # the default
        shares = [f"{found[habit]:.0%}" for habit in ("chance", "longest", "first", "second", "third")]
        rows.append([loaded.module.title, len(asked), three, *shares])
    return _markdown_table(header, rows)
