"""Rules for a course's first page, overview.md: plain Markdown, known sources, words that anybody may meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.content.checks.prose import citation_faults, outside, uncited
from himaya.content.checks.words import markdown_faults, markdown_hints
from himaya.content.load import Problem
from himaya.content.prose import IMAGE, Cell

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
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return [Problem(shown, 1, "this file is missing; it says what the course belongs to and how it is passed.")]
    except UnicodeDecodeError:
        return [Problem(shown, 1, "this file is not UTF-8 text; save it as UTF-8.")]
    found = [*outside(text), *citation_faults(text, list(course.sources))]
    found += [(text.count("\n", 0, image.start()), "an overview has no image.") for image in IMAGE.finditer(text)]
    problems = [Problem(shown, 1 + below, fault) for below, fault in found]
    return problems + [Problem(shown, line, fault) for line, fault in markdown_faults(text, 1)]


def overview_hints(file: Path, shown: str) -> list[Problem]:
    """Return what an author may want to look at in an overview that `overview_problems` finds in order."""
    text = file.read_text(encoding="utf-8")
    found = [*uncited([Cell("markdown", text, 1)]), *markdown_hints(text, 1)]
    return [Problem(shown, line, hint) for line, hint in found]
