"""Rules for a course's first page, overview.md: plain Markdown, known sources, words that anybody may meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.content.checks.prose import citation_faults, uncited
from himaya.content.checks.words import markdown_faults, markdown_hints
from himaya.content.load import Problem
from himaya.content.markdown import images, markdown_dangers
from himaya.content.prose import Cell
from himaya.content.source import LARGEST_TEXT, ContentError, read_text

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.activities.format import Course


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
