"""The first page of a course: what it is part of, which modules it has, how long they take, when it is passed."""

from __future__ import annotations

import hashlib
import json
import shutil
from itertools import chain
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.v4 import new_markdown_cell

from himaya.content.forms import without_forms
from himaya.content.paths import paths_of
from himaya.course.pass_rule import as_data, in_words
from himaya.languages.facts import SOURCE, digits_of
from himaya.languages.interface import Sentence, interface, sentence
from himaya.languages.isolates import marked_up
from himaya.publish.notebook import finished
from himaya.publish.reading import Reader
from himaya.signoff.standing import facts_to_show
from himaya.translation.translated import translated_course

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from himaya.content.load import LoadedModule
    from himaya.course.course import Course

NAME = "overview"  # of its folder and its notebook; no module may have this id


def write_overview(
    course: Course, folder: Path, modules: Sequence[LoadedModule], target: Path, on: date | None = None
) -> Path:
    """Write `target/overview/` anew and return it: a notebook without activities, so without an assignment.

    Args:
        course: The course, with the languages that are shipped: the home page has its title in each of them.
        folder: Its folder, with overview.md.
        modules: Its modules, in the order of the course.
        target: Where to write.
        on: The day of the build, which decides which country settings are fresh; without one, none is.
    """
    written = target / NAME
    shutil.rmtree(written, ignore_errors=True)
    written.mkdir(parents=True)
    base = modules[0].path.parent.parent
    language, sources = modules[0].language, course.sources
    prose = (folder / f"{NAME}.md").read_text(encoding="utf-8").strip()
    for other in set(course.languages) - {language}:
        title = translated_course(course, prose, folder, other)[0].title
        _write_content(written, course, modules, title, other)
    course, prose = translated_course(course, prose, folder, language)
    english = None if language == SOURCE else sources
    local = facts_to_show(base, on, language, modules[0].digits)
    reader = Reader(folder, course.sources, local, language, modules[0].digits, english)
    cells = [
        new_markdown_cell(marked_up(text), id=hashlib.sha256(f"{course.id}/{name}".encode()).hexdigest()[:12])
        for name, text in (
            ("prose", reader.read(prose)),
            ("modules", modules_section(course, modules)),
            ("sources", reader.bibliography()),
        )
    ]
    notebook = finished(cells, {"module": NAME, "version": 1, "language": language})
    (written / f"{NAME}.ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    _write_content(written, course, modules, course.title, language, "activities.json")
    return written


def _write_content(
    written: Path, course: Course, modules: Sequence[LoadedModule], title: str, language: str, name: str = ""
) -> None:
    """Write what the home page asks for: the title in one language, the modules in their order, days, the pass rule."""
    content = {
        "module": {"id": NAME, "version": 1, "title": sentence("about-course", language, title=title)},
        "course": None,
        "modules": course.modules,
        **({"due": {name: day.isoformat() for name, day in course.due.items()}} if course.due else {}),
        "pass": _rule(course, modules),
        "activities": {},
        "language": language,
        "digits": digits_of(language, course.digits),
    }
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (written / (name or f"activities.{language}.json")).write_text(text + "\n", encoding="utf-8")


def _rule(course: Course, modules: Sequence[LoadedModule]) -> dict[str, Any]:
    """Return the pass rule with what each path of each module is worth."""
    built = (paths_of(without_forms(each), course.paths.get(each.module.id, ())) for each in modules)
    several = {each: list(course.assignments_of(each).values()) for each in course.modules}
    rule = as_data(course, [*chain.from_iterable(built)])
    paths = {module: names for module, names in several.items() if len(names) > 1}
    return {**rule, **({"paths": paths} if paths else {})}


def modules_section(course: Course, modules: Sequence[LoadedModule]) -> str:
    """Return the section with the modules in their order, the time they take and the rule for passing."""
    say = interface(modules[0].language, modules[0].digits)
    paths = [paths_of(each, course.paths.get(each.module.id, ())) for each in modules]
    lines = [f"{number}. {_entry(each, say)}" for number, each in enumerate(chain.from_iterable(paths), 1)]
    total = f"{say['all-modules']}: {_time(sum(first.module.minutes for first, *_ in paths), say)}"
    rule = " ".join(in_words(as_data(course, modules), say, modules[0].language))
    return "\n".join([f"## {say['modules-of-course']}", "", *lines, "", total, "", rule])


def _entry(loaded: LoadedModule, say: Mapping[str, Sentence]) -> str:
    summary = " ".join(loaded.module.summary.split())
    return f"**{loaded.module.title}** ({_time(loaded.module.minutes, say)}): {summary}"


def _time(minutes: int, say: Mapping[str, Sentence]) -> str:
    return say["hours"].format(n=f"{round(minutes / 30) / 2:g}")  # nobody plans a module to the minute
