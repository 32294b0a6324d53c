"""The content check: everything wrong with a module or a course, each with file, line and what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.format import Claim, Known, Model
from himaya.activities.kinds import FORMATS, format_of
from himaya.content.checks.images import image_hints, image_problems
from himaya.content.checks.items import item_problems
from himaya.content.checks.lessons import lesson_hints, lesson_problems
from himaya.content.checks.outcomes import outcome_hints, outcome_problems
from himaya.content.checks.pretest import pretest_problems
from himaya.content.checks.prose import prose_hints, prose_problems
from himaya.content.checks.rehearsal import rehearsal_problems
from himaya.content.checks.words import word_hints, word_problems
from himaya.content.country import country_problems
from himaya.content.forms import form_problems
from himaya.content.load import load_module
from himaya.errors import ContentError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya.activities.format import Format
    from himaya.content.load import LoadedModule


def check_module(path: Path, base: Path | None = None) -> list[Problem]:
    """Return everything wrong with the module in the folder `path`, sorted; an empty list if it is sound.

    Args:
        path: Folder with module.yaml, module.md, items.yaml and scenarios/.
        base: Folder that file names in problems are shown relative to; two above `path` if not given.
    """
    try:
        loaded = load_module(path, base)
    except ContentError as error:
        return error.problems
    return sorted({problem for rule in _RULES for problem in rule(loaded)})


def module_hints(path: Path, base: Path | None = None) -> list[Problem]:
    """Return what the authors of a module may want to look at, sorted; empty where `check_module` cannot read it.

    Args:
        path: As for `check_module`.
        base: As for `check_module`.
    """
    try:
        loaded = load_module(path, base)
    except ContentError:
        return []
    return sorted({hint for rule in _HINTS for hint in rule(loaded)})


def known_in(loaded: LoadedModule) -> Known:
    """Return what a module offers its activities."""
    module = loaded.module
    return Known(
        [outcome.id for outcome in module.outcomes],
        [principle.id for principle in module.principles],
        list(module.sources),
        loaded.path / "data",
        [behaviour.id for behaviour in module.behaviours],
    )


def activity_problems(loaded: LoadedModule) -> Iterator[Problem]:
    """Yield what the formats of all kinds find wrong with the activities of a module, alone and together."""
    known = known_in(loaded)
    for form, models in _by_format(loaded):
        for model in models:
            for text, path in form.findings(model, known):
                yield loaded.problem(model.id, text, *path)
        for model, (text, path) in form.together(models):
            yield loaded.problem(model.id, text, *path)


def activity_hints(loaded: LoadedModule) -> Iterator[Problem]:
    """Yield what the authors of the activities of a module may want to look at."""
    for form, models in _by_format(loaded):
        for model in models:
            for text, path in form.hints(model):
                yield loaded.problem(model.id, text, *path)


def _by_format(loaded: LoadedModule) -> Iterator[tuple[Format[Any], list[Any]]]:
    """Yield the format of each kind with what is written in it, in the order of the files."""
    written = sorted(loaded.places, key=lambda name: loaded.problem(name, "").line)
    for kind in FORMATS:
        form = format_of(kind)
        yield form, [one for name in written if isinstance(one := loaded.written(name), form.model)]


def marked(model: Model, mark: str, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """Yield the path to the `marks` of each claim in a format, at any depth, that has this mark."""
    if isinstance(model, Claim) and mark in model.marks:
        yield (*path, "marks")
    for name in type(model).model_fields:
        entry = getattr(model, name)
        entries = entry.items() if isinstance(entry, dict) else enumerate(entry) if isinstance(entry, list) else ()
        for key, each in [*entries, *([(None, entry)] if isinstance(entry, Model) else [])]:
            if isinstance(each, Model):
                yield from marked(each, mark, *path, name, *([] if key is None else [key]))


_RULES = (
    activity_problems,
    item_problems,
    form_problems,
    outcome_problems,
    lesson_problems,
    pretest_problems,
    prose_problems,
    rehearsal_problems,
    image_problems,
    country_problems,
    word_problems,
)
_HINTS = (activity_hints, outcome_hints, lesson_hints, prose_hints, image_hints, word_hints)
