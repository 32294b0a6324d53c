"""The first page of a course: built from its text, its modules in their order, and nothing to answer."""

from __future__ import annotations

import json
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from himaya.content.paths import paths_of
from himaya.course.course import load_course
from himaya.languages.interface import sentence
from himaya.publish.overview import write_overview
from himaya.translation.translated import translated_course
from tests.engine import shipped

if TYPE_CHECKING:
    from himaya.course.course import Course

COURSES = sorted(path.parent for path in (Path(__file__).parents[2] / "courses").glob("*/course.yaml"))


def _written(folder: Path, target: Path) -> tuple[Course, Path]:
    course = load_course(folder)
    modules = [shipped.loaded(name) for name in course.modules]
    return course, write_overview(course, folder, modules, target, date(2026, 11, 24))


@pytest.mark.parametrize("folder", COURSES, ids=lambda path: path.name)
def test_overview_lists_modules_with_their_times(folder: Path, tmp_path: Path) -> None:
    course, written = _written(folder, tmp_path)
    notebook = nbformat.read(written / "overview.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown"] * 3
    paths = [paths_of(shipped.loaded(name), course.paths.get(name, ())) for name in course.modules]
    modules = [first.module for first, *_ in paths]
    wanted = [
        f"{n}. **{path.module.title}** ({round(path.module.minutes / 30) / 2:g} hour"
        for n, path in enumerate(chain.from_iterable(paths), 1)
    ]
    assert len({line.partition("**")[2] for line in wanted}) == sum(map(len, paths))
    lines = notebook.cells[1].source.splitlines()
    assert [line[: len(start)] for line, start in zip(lines[2:], wanted, strict=False)] == wanted
    hours = round(sum(module.minutes for module in modules) / 30) / 2
    assert f"All modules: {hours:g} {'hour' if hours == 1 else 'hours'}" in lines
    rule = lines[-1]
    assert rule.startswith(sentence("pass-rule", percent=course.pass_mark))
    assert "What counts: graded questions and written answers." in rule
    assert "For learning only, not counted: graded scenarios, graded exercises, practice activities." in rule


@pytest.mark.parametrize("folder", COURSES, ids=lambda path: path.name)
def test_overview_names_workstreams_and_pillars_with_sources(folder: Path, tmp_path: Path) -> None:
    _course, written = _written(folder, tmp_path)
    prose, _modules, sources = (cell.source for cell in nbformat.read(written / "overview.ipynb", as_version=4).cells)
    for name in ("Core Protection", "Return and Reintegration", "Protection Mainstreaming and PSEAH"):
        assert f"| {name} |" in prose
    pillars = prose.partition("| Pillar |")[2].split("\n## ")[0]
    assert len([line for line in pillars.splitlines() if line.startswith("| ") and "---" not in line]) == 6
    assert "[S0" not in prose
    assert "](#Sources)" in prose
    assert sources.startswith("## Sources\n\n1. ")


def test_overview_is_reproducible_without_handin(tmp_path: Path) -> None:
    course, written = _written(COURSES[0], tmp_path / "one")
    again = _written(COURSES[0], tmp_path / "two")[1]
    assert {p.name: p.read_bytes() for p in written.iterdir()} == {p.name: p.read_bytes() for p in again.iterdir()}
    content = json.loads((written / "activities.json").read_text(encoding="utf-8"))
    assert (content["course"], content["activities"], content["modules"]) == (None, {}, course.modules)


@pytest.mark.parametrize("folder", COURSES, ids=lambda path: path.name)
def test_overview_title_is_found_in_every_language(folder: Path, tmp_path: Path) -> None:
    course = load_course(folder)
    modules = [shipped.loaded(name) for name in course.modules]
    first, *others = course.languages
    written = write_overview(course, folder, modules, tmp_path)
    assert sorted(path.name for path in written.glob("activities*.json")) == sorted(
        ["activities.json", *(f"activities.{language}.json" for language in others)]
    )
    for language in others:
        content = json.loads((written / f"activities.{language}.json").read_text(encoding="utf-8"))
        title = translated_course(course, "", folder, language)[0].title
        assert title != course.title
        assert content["language"] == language
        assert content["module"]["title"] == sentence("about-course", language, title=title)
    assert json.loads((written / "activities.json").read_text(encoding="utf-8"))["language"] == first
