"""Rules for a course: the modules it lists, and its first page, overview.md: plain Markdown, known sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.findings import unknown
from himaya.content.checks.prose import citation_faults, uncited
from himaya.content.checks.words import markdown_faults, markdown_hints
from himaya.content.forms import without_forms
from himaya.content.left_out import left_out_faults, left_out_hints
from himaya.content.load import load_module, read_yaml, validate
from himaya.content.markdown import images, markdown_dangers
from himaya.content.paths import paths_of
from himaya.content.prose import Cell
from himaya.content.source import LARGEST_TEXT, read_text
from himaya.course.course import Course
from himaya.errors import ContentError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


OVERVIEW = "overview.md"


def overview_problems(course: Course, file: Path, shown: str) -> list[Problem]:
    """Return what is wrong with the overview of a course.

    Args:
        course: Its course, with the sources that the overview may cite.
        file: overview.md.
        shown: How problems name it.
    """
    if not file.exists():
        return [Problem(shown, 1, "this file is missing; it says what the course belongs to and how it is passed.")]
    try:
        text = read_text(file, shown, LARGEST_TEXT)
    except ContentError as error:
        return error.problems
    found = [*markdown_dangers(text), *citation_faults(text, list(course.sources))]
    found += [(line, "an overview has no image.") for line, _, _ in images(text)]
    problems = [Problem(shown, 1 + below, fault) for below, fault in found]
    return problems + [Problem(shown, line, fault) for line, fault in markdown_faults(text, 1)]


def overview_hints(file: Path, shown: str) -> list[Problem]:
    """Return what an author may want to look at in an overview that `overview_problems` finds in order."""
    try:
        text = read_text(file, shown, LARGEST_TEXT)
    except ContentError:
        return []  # `overview_problems` says why
    found = [*uncited([Cell("markdown", text, 1)]), *markdown_hints(text, 1)]
    return [Problem(shown, line, hint) for line, hint in found]


def check_course(path: Path, modules_folder: Path) -> list[Problem]:
    """Return everything wrong with the course in the folder `path`, sorted.

    Args:
        path: Folder with course.yaml.
        modules_folder: Folder that holds one folder for each module.
    """
    base = path.parent.parent
    try:
        document = read_yaml(path / "course.yaml", (path / "course.yaml").relative_to(base).as_posix())
        course = validate(document, Course)
    except ContentError as error:
        return error.problems
    known = sorted(folder.parent.name for folder in modules_folder.glob("*/module.yaml"))
    page = path / OVERVIEW
    problems = overview_problems(course, page, page.relative_to(base).as_posix())
    for position, name in enumerate(course.modules):
        line = document.line("modules", position)
        if name not in known:
            problems.append(Problem(document.file, line, unknown("the course lists the module", name, known)))
        elif name in course.modules[:position]:
            problems.append(Problem(document.file, line, f"the module '{name}' is listed twice; list each once."))
    for name in course.due.keys() - set(course.modules):
        fault = unknown("the course has a due date for the module", name, course.modules)
        problems.append(Problem(document.file, document.line("due", name), fault))
    for name, lessons in course.leave_out.items():
        problems += [
            Problem(document.file, document.line("leave_out", name, *at), fault)
            for at, fault in _left_out_faults(course, modules_folder / name, lessons)
        ]
    for name, paths in course.paths.items():
        problems += [
            Problem(document.file, document.line("paths", name, *at), fault)
            for at, fault in _path_faults(course, modules_folder / name, paths)
        ]
    return sorted(problems)


def _left_out_faults(course: Course, module: Path, lessons: Sequence[str]) -> Iterator[tuple[tuple[int, ...], str]]:
    if module.name not in course.modules:
        yield (), unknown("the course leaves out lessons of the module", module.name, course.modules)
        return
    try:
        loaded = load_module(module)
    except ContentError:
        return  # its own check says why
    yield from (((position,), fault) for position, fault in left_out_faults(loaded, lessons))


def _path_faults(course: Course, module: Path, paths: Sequence[str]) -> Iterator[tuple[tuple[int, ...], str]]:
    if module.name not in course.modules:
        yield (), unknown("the course names paths of the module", module.name, course.modules)
        return
    try:
        loaded = without_forms(course.taught(load_module(module)))
    except ContentError:
        return  # its own check, or that of `leave_out`, says why
    for position, path in enumerate(paths):
        if path in paths[:position]:
            yield (position,), f"the path '{path}' is named twice; name each once."
            continue
        try:
            (cut,) = paths_of(loaded, [path])
        except ContentError as error:
            yield (position,), error.problems[0].text
            continue
        if not cut.code and not any(each.mode == "graded" for each in cut.activities.values()):
            yield (position,), f"nothing is graded on the path '{path}' of '{module.name}'; name another."


def course_hints(path: Path, modules_folder: Path) -> list[Problem]:
    """Return what the authors of a course that `check_course` finds in order may want to look at, sorted.

    Args:
        path: Folder with course.yaml.
        modules_folder: Folder that holds one folder for each module.
    """
    base = path.parent.parent
    document = read_yaml(path / "course.yaml", (path / "course.yaml").relative_to(base).as_posix())
    hints = overview_hints(path / OVERVIEW, (path / OVERVIEW).relative_to(base).as_posix())
    for name, lessons in validate(document, Course).leave_out.items():
        line = document.line("leave_out", name)
        hints += [
            Problem(document.file, line, each) for each in left_out_hints(load_module(modules_folder / name), lessons)
        ]
    return sorted(hints)
