"""On which path of a module a person is; each choice is a line of the markbook, and the last one holds.

A trainer chooses, on the desk or with a roster. Where none did, a trainee chooses by handing in a path, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from himaya.content.assignments import form_of, module_of
from himaya.course.course import load_course
from himaya.errors import ContentError, CourseError
from himaya_autograde.markbook import Change, Markbook, now

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from pathlib import Path

    from himaya.course.course import Course


@dataclass(frozen=True)
class Paths:
    """The paths of a class.

    Attributes:
        course: Which paths there are.
        chosen: The path by trainee and module, as `Markbook.paths` returns it.
        handed_in: Trainee and assignment of what was graded: without a choice, it says on which path somebody is.
    """

    course: Course
    chosen: Mapping[tuple[str, str], str]
    handed_in: Container[tuple[str, str]]

    def assigned(self, trainee: str, module: str) -> str:
        """Return the one assignment of a module that counts for a trainee."""
        names = self.course.assignments_of(module)
        chosen = names.get(self.chosen.get((trainee, module), ""))
        return chosen or next((name for name in names.values() if (trainee, name) in self.handed_in), module)

    def counts(self, trainee: str, assignment: str) -> bool:
        """Return whether an assignment counts for a trainee: of several paths of a module, one does."""
        return form_of(assignment) is not None or self.assigned(trainee, module_of(assignment)) == assignment


def choose(folder: Path, trainee: str, module: str, path: str, by: str) -> None:
    """Write down on which path of a module a trainee is from now on, and who said so.

    Raises:
        CourseError: If the course has no such path, or it cannot be written.
    """
    known = load_course(folder).assignments_of(module)
    if path not in known:
        message = f"the module '{module}' has no path '{path}' in this course; it has: {', '.join(known) or 'none'}."
        raise CourseError(message)
    book = Markbook(folder)
    if book.paths().get((trainee, module)) != path:
        book.write(Change(uuid4().hex, now(), by, "path", trainee, module, path))


def note_hand_ins(folder: Path, assignment: str, trainees: Iterable[str]) -> None:
    """Take what was handed in for the choice of whoever is on no path of the module yet.

    Raises:
        CourseError: If it cannot be written.
    """
    module = module_of(assignment)
    try:
        names = load_course(folder).assignments_of(module)
    except ContentError:
        return  # nothing of ours: nbgrader collects there, too
    path = next((path for path, name in names.items() if name == assignment), None)
    if path is None or len(names) == 1:
        return
    chosen = Markbook(folder).paths()
    for trainee in trainees:
        if (trainee, module) not in chosen:
            choose(folder, trainee, module, path, trainee)
