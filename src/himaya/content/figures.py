"""What the modules hold, counted: the page docs/modules.md, which `himaya check --table docs/modules.md` writes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from himaya.activities.kinds import FORMATS, format_of
from himaya.content.check import marked
from himaya.content.checks.outcomes import items_of, practised_in
from himaya.content.lessons import minutes_of, outline
from himaya.content.load import items_of as all_items
from himaya.content.prose import COUNTRY, MARK, words
from himaya.content.twins import key_stays, twin_sets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from himaya.activities.format import Figures
    from himaya.content.load import LoadedModule

MODES = ("graded", "practice", "pretest")
_DOUBTS = {"verify": "To confirm", "sop": "By local procedure", "design": "Our own choice"}
"""What stands over the count of each mark that trainees are shown."""
_INTRODUCTION = """# The modules in figures

Made by `himaya check --table docs/modules.md` from the modules themselves; a test holds it. What the columns mean is
below the tables.
"""
_LEGEND = """## What the columns mean

- **Words** are those of the prose in module.md, tables and lists included, without scenarios, labs and items.
- **Minutes** of a lesson are what its author claims. **Counted** are its words at 130 a minute, two minutes for a
  question, seven for a text, fifteen for a task in code, and what a scenario or lab says of itself.
- **To confirm** counts the marks "verify" in prose, items, choices, labs: facts that a specialist has yet to confirm.
- **Doubts** stand beside a statement, at the end of its step, in words, and change this for the trainee. *To confirm*:
  the fact may turn out otherwise, a reason to ask before acting on it; no module is released with one unsigned. *By
  local procedure*: where the office's own procedure says something else, that holds. *Our own choice*: no source asks
  for it, and another course may teach it otherwise. *Local facts* come from `courses/country.yaml`: one that no lawyer
  has checked says "ask before you act", and one that is not shown sends the trainee to the supervisor.
"""
_OF_TWINS = """- **Twins** are single-choice questions with the same options word for word and another stem. In about
  a third of the sets the changed fact does not change the key, so that "the other one" is no rule; a test allows 28 to
  40 %.
"""


def tables(modules: Sequence[LoadedModule]) -> str:
    """Return docs/modules.md: each English module, its lessons, its outcomes, and what each kind of activity counts."""
    figures = [format_of(kind).figures for kind in FORMATS]
    parts = [_INTRODUCTION, _modules(modules), "## Lessons\n", _lessons(modules)]
    parts += ["## Outcomes\n", _outcomes(modules)]
    parts += ["## Doubts\n", _doubts(modules)]
    for each in figures:
        if each.title:
            parts += [f"## {each.title}\n", _of_kind(each, modules)]
    parts += ["## Twins\n", _twins(modules)]
    return "\n".join([*parts, _LEGEND + "".join(each.legend for each in figures) + _OF_TWINS])


def _markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def _modules(modules: Sequence[LoadedModule]) -> str:
    rows = [_module(loaded) for loaded in modules]
    return _markdown_table(list(rows[0]) if rows else [], [list(row.values()) for row in rows])


def _module(loaded: LoadedModule) -> dict[str, object]:
    items = all_items(loaded.activities).values()
    modes: Counter[str] = Counter(item.mode for item in items)
    counted = {
        heading: count(models) for figures, models in _by_kind(loaded) for heading, count in figures.columns.items()
    }
    return {
        "Module": loaded.module.title,
        "Words": f"{sum(len(words(cell.source)) for cell in loaded.cells if cell.kind == 'markdown'):,}",
        "Minutes": loaded.module.minutes,
        "Outcomes": len(loaded.module.outcomes),
        **counted,
        **{f"Items, {mode}": modes[mode] for mode in MODES},
        "Safety-critical": sum(item.safety_critical for item in items),
        "Sources": sum(code != "design" for code in loaded.module.sources),
        "To confirm": to_confirm(loaded),
    }


def _by_kind(loaded: LoadedModule) -> Iterator[tuple[Figures[Any], list[Any]]]:
    """Yield what each kind counts with what a module has of it, in the order of the prose."""
    written = [*loaded.activities.values(), *loaded.code.values()]
    for kind in FORMATS:
        form = format_of(kind)
        yield form.figures, [one for one in written if isinstance(one, form.model)]


def _of_kind(figures: Figures[Any], modules: Sequence[LoadedModule]) -> str:
    rows = [
        [loaded.module.title, *row]
        for loaded in modules
        for counted, models in _by_kind(loaded)
        if counted is figures
        for row in figures.rows(models)
    ]
    return _markdown_table(["Module", *figures.header], rows) if rows else "No module has one yet.\n"


def to_confirm(loaded: LoadedModule) -> int:
    """Return how many claims of a module a specialist has yet to confirm: its marks `verify`."""
    return _marks(loaded, "verify")


def _marks(loaded: LoadedModule, mark: str) -> int:
    prose = [found[1].lower() for cell in loaded.cells for found in MARK.finditer(cell.source)]
    return prose.count(mark) + sum(len(list(marked(a, mark))) for a in loaded.activities.values())


def _doubts(modules: Sequence[LoadedModule]) -> str:
    rows = [
        [
            loaded.module.title,
            *(_marks(loaded, mark) for mark in _DOUBTS),
            sum(len(COUNTRY.findall(cell.source)) for cell in loaded.cells if cell.kind == "markdown"),
        ]
        for loaded in modules
    ]
    return _markdown_table(["Module", *_DOUBTS.values(), "Local facts"], rows)


def _lessons(modules: Sequence[LoadedModule]) -> str:
    header = ["Module", "Lesson", "For", "Minutes", "Counted", "Steps", "Activities"]
    rows = [
        [
            loaded.module.title,
            lesson.title,
            ", ".join(lesson.roles),
            lesson.minutes,
            minutes_of(loaded, part.blocks),
            len(part.steps),
            sum(block.activity is not None for block in part.blocks),
        ]
        for loaded in modules
        for lesson, part in zip(loaded.module.lessons, outline(loaded).lessons, strict=True)
    ]
    return _markdown_table(header, rows)


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


def _twins(modules: Sequence[LoadedModule]) -> str:
    found = {loaded.module.title: [key_stays(questions) for questions in twin_sets(loaded)] for loaded in modules}
    found["All"] = [stays for one in found.values() for stays in one]
    rows = [[title, len(one), sum(one), f"{sum(one) / len(one):.0%}"] for title, one in found.items() if one]
    return _markdown_table(["Module", "Sets", "Key stays", "Share"], rows) if rows else "No module has twins yet.\n"
