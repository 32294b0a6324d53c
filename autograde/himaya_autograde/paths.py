"""On which path of a module a person is; each choice is a line of the markbook, and the last one holds.

A trainer chooses, on the desk or with a roster. Where none did, a trainee chooses by handing in a path, once.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from nbgrader.utils import parse_utc

from himaya.content.assignments import form_of, module_of, path_names
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
        if module not in self.course.paths:
            return module
        names = self.course.assignments_of(module)
        chosen = names.get(self.chosen.get((trainee, module), ""))
        return chosen or next((name for name in names.values() if (trainee, name) in self.handed_in), module)

    def elsewhere(self, trainee: str, assignment: str) -> str | None:
        """Return the assignment that was chosen for a trainee instead of this path of its module; None if none was."""
        if (trainee, module_of(assignment)) not in self.chosen or self.counts(trainee, assignment):
            return None
        return self.assigned(trainee, module_of(assignment))

    def counts(self, trainee: str, assignment: str) -> bool:
        """Return whether an assignment counts for a trainee: of several paths of a module, one does."""
        return form_of(assignment) is not None or self.assigned(trainee, module_of(assignment)) == assignment


def several_paths(folder: Path, assignment: str) -> Paths | None:
    """Return who chose which path in a course directory; None where the module of an assignment has but one."""
    try:
        course = load_course(folder)
    except ContentError:
        return None
    if len(course.assignments_of(module_of(assignment))) < 2:
        return None
    return Paths(course, Markbook(folder).paths(), ())


def offered(course: Course, folder: Path, module: str) -> dict[str, str]:
    """Return the assignments of a module's paths that are released in a course directory, by path."""
    names = course.assignments_of(module)
    return {path: name for path, name in names.items() if (folder / "release" / name).is_dir()}


def choose(folder: Path, trainee: str, module: str, path: str, by: str) -> bool:
    """Write down on which path of a module a trainee is from now on, and who said so; return whether that is new.

    Raises:
        CourseError: If the course has no such path, it is not released, or it cannot be written.
    """
    course = load_course(folder)
    known = course.assignments_of(module)
    if path not in known:
        message = f"the module '{module}' has no path '{path}' in this course; it has: {', '.join(known) or 'none'}."
        raise CourseError(message)
    if path not in offered(course, folder, module):
        message = f"the path '{path}' of '{module}' is not released here. Run: himaya release {folder} {known[path]}"
        raise CourseError(message)
    book = Markbook(folder)
    if book.paths().get((trainee, module)) == path:
        return False
    book.write(Change(uuid4().hex, now(), by, "path", trainee, module, path))
    return True


def note_hand_ins(
    folder: Path, assignment: str, trainees: Iterable[str] | None = None, course: Course | None = None
) -> None:
    """Take what was handed in first for the choice of whoever is on no path of the module yet.

    A class that keeps an edition of the module from before it had paths has one of them built: nobody chooses there.

    Args:
        folder: The course directory.
        assignment: The module, or one of its paths.
        trainees: Whose hand-ins are looked at; everybody's if not given.
        course: The course, where it was read already.

    Raises:
        CourseError: If it cannot be written.
    """
    module = module_of(assignment)
    try:
        names = (course or load_course(folder)).assignments_of(module)
    except ContentError:
        return  # nothing of ours: nbgrader collects there, too
    if sum(is_built(folder, name) for name in names.values()) < 2:
        return
    book = Markbook(folder)
    chosen = book.paths()
    if trainees is None:
        found = (path.parent.name for name in names.values() for path in (folder / "submitted").glob(f"*/{name}"))
        trainees = dict.fromkeys(found)
    for trainee in trainees:
        here = [name for name in names.values() if (folder / "submitted" / trainee / name).is_dir()]
        if (trainee, module) in chosen or not here:
            continue
        first = min(here, key=lambda name: _order(folder, trainee, name))
        path = next(path for path, name in names.items() if name == first)
        book.write(Change(uuid4().hex, now(), trainee, "path", trainee, module, path))


def is_built(folder: Path, name: str) -> bool:
    """Return whether a course directory has an assignment; a kept edition of a module may lack one of its paths."""
    return any((folder / step / name).is_dir() for step in ("source", "release"))


def _order(folder: Path, trainee: str, name: str) -> tuple[bool, datetime]:
    """Return what sorts hand-ins: what was graded, and counted so far, comes before what says when it was handed in."""
    time = datetime.max.replace(tzinfo=UTC)
    with suppress(OSError, ValueError, OverflowError):
        text = (folder / "submitted" / trainee / name / "timestamp.txt").read_text(encoding="utf-8")
        time = parse_utc(text.strip()).replace(tzinfo=UTC)
    return not (folder / "autograded" / trainee / name).is_dir(), time


def refuse_moved(folder: Path, course: Course) -> None:
    """Refuse paths in course.yaml that would move people to another assignment than the one they chose.

    Raises:
        CourseError: If a path that somebody is on is gone, or has the assignment of another one; or if a path is named
            twice, or paths of a module that the course does not have.
    """
    for module, paths in course.paths.items():
        if module not in course.modules:
            message = f"course.yaml names paths of '{module}', which is none of its modules. Take them out of 'paths'."
            raise CourseError(message)
        if len(set(paths)) < len(paths):
            message = f"course.yaml names a path of '{module}' twice. Name each once."
            raise CourseError(message)
    for module, path in sorted({(module, path) for (_, module), path in Markbook(folder).paths().items()}):
        if module not in course.modules:
            continue
        name = course.assignments_of(module).get(path)
        beside = path_names(module, ("", path))[path]  # what it was called if it was not the first
        here = [each for each in {name, beside} - {None} if (folder / "release" / str(each)).is_dir()]
        if name is None or here != [name]:
            message = (
                f"people are on the path '{path}' of '{module}', which has another place in course.yaml now, or none. "
                "Add paths at the end; neither remove nor reorder what somebody is on."
            )
            raise CourseError(message)
