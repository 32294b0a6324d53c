"""What the gradebook and the keys say of each class, read once and kept until one of their files has changed.

Only what these files hold is kept. What was handed in, graded and sent lies in folders, and is looked at each time.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.exc import DBAPIError

from himaya.content.assignments import form_names, form_of
from himaya.errors import CourseError
from himaya_autograde import arrivals
from himaya_autograde.editions import FOLDER as EDITIONS
from himaya_autograde.editions import NAMES
from himaya_autograde.gradebook import PATIENCE, in_order, in_use
from himaya_autograde.keys import FOLDER as KEYS
from himaya_autograde.markbook import FILE as MARKBOOK
from himaya_autograde.marks import give, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from sqlalchemy import Engine

    from himaya_autograde.arrivals import Arrivals
    from himaya_autograde.course import CourseDirectory
    from himaya_autograde.export import Results
    from himaya_autograde.gradebook import HandedIn, Judged, Trainee
    from himaya_autograde.marks import Given

T = TypeVar("T")
_TRY, _PAUSE = 0.1, 0.4  # seconds of a try at a gradebook that others use, and until the next one
_SETTLED = 2_000_000_000
"""Nanoseconds: the clocks of file systems tick at least so often."""


def mark(path: Path | str) -> object:
    """Return what is equal only where a file did not change in between; None where there is none.

    Two changes within one tick of the file system's clock leave the same times. So what was changed just now is equal
    to nothing.
    """
    try:
        about = os.stat(path)
    except OSError:
        return None
    if time.time_ns() - about.st_ctime_ns < _SETTLED:
        return object()
    return about.st_mtime_ns, about.st_ctime_ns, about.st_size, about.st_ino


def identity(path: Path | None) -> object:
    """Return what is equal only for the same file, whatever is in it; None where there is none."""
    try:
        about = os.stat(path) if path else None
    except OSError:
        about = None
    return about and (about.st_dev, about.st_ino)


def marks(folder: Path) -> object:
    """Return the same of all files of a folder, by their names."""
    try:
        return sorted((path.name, mark(path)) for path in folder.iterdir())
    except OSError:
        return None


class _read_once(cached_property[T]):  # noqa: N801 - used as cached_property is
    """What two threads that ask at the same time read once; Python's own has no lock from 3.12 on."""

    def __get__(self, snapshot: Any, owner: type[Any] | None = None) -> Any:
        if snapshot is None:  # asked of the class
            return self
        with snapshot.reading:
            return super().__get__(snapshot, owner)


class Snapshot:
    """A class at one moment; what a page does not ask for is not read."""

    def __init__(self, course: CourseDirectory, before: Results | None = None) -> None:
        """Remember which class, and what everybody had before."""
        self.reading = threading.RLock()
        self._course, self._before = course, before
        self._gradebook = course.gradebook()

    def after(self, marked: AbstractSet[str], course: CourseDirectory) -> Snapshot:
        """Return a later moment, since which nothing but marks was written into the gradebook.

        Args:
            marked: nbgrader's ids of the submitted notebooks that were marked; of the gradebook only these are read.
            course: The class.
        """
        now, read = Snapshot(course, self.last_results), vars(self).copy()  # other threads may read more of it
        if "handed_in" in read:
            now.handed_in = {**read["handed_in"], **now._gradebook.handed_in(marked)} if marked else read["handed_in"]
        if "judged" in read:
            others = [each for each in read["judged"] if each.submission not in marked]
            now.judged = in_order([*others, *now._gradebook.judged(marked)]) if marked else read["judged"]
        return now

    @_read_once
    def results(self) -> Results | None:
        """What everybody has; None where a module was never built here, so that its answers cannot be read."""
        try:
            found = self._course.results(self._before, self.handed_in)
        except CourseError:
            found = None
        self._before = None
        return found

    @property
    def last_results(self) -> Results | None:
        """What everybody had when somebody last asked."""
        return self.__dict__.get("results") or self._before

    @_read_once
    def trainees(self) -> list[Trainee]:
        """Everybody in the gradebook, in nbgrader's order."""
        return self.results.trainees if self.results else self._gradebook.trainees()

    @_read_once
    def handed_in(self) -> Mapping[tuple[str, str], HandedIn]:
        """What was graded, by trainee and module."""
        return self._gradebook.handed_in()

    @_read_once
    def judged(self) -> list[Judged]:
        """Every answer that a person marks."""
        return self._gradebook.judged()

    @_read_once
    def passed(self) -> int:
        """How many have passed the course."""
        return sum(self.results.verdict(each.id).passed for each in self.trainees) if self.results else 0

    @_read_once
    def second_forms(self) -> dict[str, int]:
        """By second form, how many missed something in the first and have passed neither; 0 left out."""
        waits: Counter[str] = Counter()
        for _, module, missed in self._unsafe:
            first, second = form_names(module)
            waits[second] += first in missed
        return {form: count for form, count in waits.items() if count}

    @_read_once
    def missed_safety(self) -> dict[str, str]:
        """By trainee, the module whose first safety form was not all right, where no form was passed since."""
        tried = {trainee for trainee, name in self.handed_in if form_of(name)}
        return {trainee: module for trainee, module, _ in self._unsafe if trainee in tried}

    def read_all(self) -> None:
        """Read what the desk's first page shows."""
        for name in ("judged", "passed", "second_forms"):
            getattr(self, name)

    @_read_once
    def _unsafe(self) -> list[tuple[str, str, set[str]]]:
        """Trainee, module, and in what of it they missed something about safety, where no try was all right."""
        found: list[tuple[str, str, set[str]]] = []
        if self.results is None:
            return found
        course = self._course.course
        names = {each: {each, *course.assignments_of(each).values(), *form_names(each)} for each in course.modules}
        for trainee in self.trainees:
            works = {work.module: work for work in self.results.works(trainee.id)}
            for module, of in names.items():
                missed = {name for name in of if name in works and works[name].missed}
                if missed and not any(works[name].safe for name in of if name in works):
                    found.append((trainee.id, module, missed))
        return found


@dataclass(frozen=True)
class Folders:
    """Who has what in the folders of a course and its exchange; each is listed once.

    Attributes:
        assignments: What of the course was built here.
        submitted: By module, who handed it in.
        autograded: By module, whose hand-in was graded.
        inbound: By module, trainee and `time+random` of what waits or waited in the exchange, by the name of its
            folder, in the order of names.
        seen: By module, what collect has seen of it.
    """

    assignments: Sequence[str]
    submitted: Mapping[str, AbstractSet[str]]
    autograded: Mapping[str, AbstractSet[str]]
    inbound: Mapping[str, Mapping[str, tuple[str, str]]]
    seen: Mapping[str, Arrivals]

    @staticmethod
    def of(course: CourseDirectory) -> Folders:
        """Return what lies in the folders of a course now."""
        inbound, assignments = course.exchange / course.course.id / "inbound", course.assignments
        # A path that was not built here may lie in the exchange all the same.
        paths = [name for module in course.course.modules for name in course.course.assignments_of(module).values()]
        return Folders(
            assignments,
            whose(course.path / "submitted"),
            whose(course.path / "autograded"),
            arrivals.by_module(_names(inbound), {*assignments, *paths}),
            arrivals.seen_of(course.path, assignments),
        )

    def arrived(self, module: str) -> dict[str, str]:
        """Return who handed in something that may wait in the exchange, with `time+random` of the last."""
        return dict(self.inbound[module].values())


def whose(folder: Path) -> Mapping[str, AbstractSet[str]]:
    """Return by the names of what lies in the folders of trainees, in whose."""
    found: dict[str, set[str]] = defaultdict(set)
    for trainee in _names(folder):
        for name in _names(folder / trainee) if not trainee.startswith(".") else ():
            found[name].add(trainee)
    return found


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


class _Class:
    """One class, and a connection to its gradebook that stays open.

    SQLite tells this connection whether any other one, of whatever process, has written since. Marks that are written
    through it are known one by one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._book: tuple[object, Engine] | None = None
        self._marked: set[str] = set()
        self._known: tuple[object, object, Snapshot] | None = None

    def now(self, course: CourseDirectory) -> Snapshot:
        """Return it as its files are now."""
        return self._patiently(partial(self._now, course))

    def give(self, course: CourseDirectory, submission: str, activity: str, *marks: Any) -> None:
        self._patiently(partial(self._give, course, submission, activity, *marks))

    def _patiently(self, step: Callable[[], T]) -> T:
        """Take a step under the lock; while others use the gradebook again and again, without the lock in between."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with self._lock:
                    return step()
            except (CourseError, DBAPIError) as error:
                if not in_use(error) or time.monotonic() > end:
                    raise
            time.sleep(_PAUSE)

    def _now(self, course: CourseDirectory) -> Snapshot:
        book = self._written_by_others(course)
        known, self._known = self._known, None  # an error on the way leaves nothing behind
        others = stamp_of(course)
        marked, self._marked = self._marked, set()
        if known is None or known[0] != book:
            now = Snapshot(course, known[2].last_results if known else None)
        elif known[1] != others or marked:
            now = known[2].after(marked, course)
        else:
            now = known[2]
        self._known = book, others, now
        return now

    def _give(self, course: CourseDirectory, submission: str, activity: str, *marks: Any) -> None:
        self._marked.add(submission)
        give(self._open(course), submission, activity, *marks)

    def _written_by_others(self, course: CourseDirectory) -> object:
        """Return what is equal only where nobody else wrote into the gradebook; a moment before it is read."""
        engine = self._open(course)
        if engine.dialect.name != "sqlite":  # which says nothing of changes
            return object()
        with engine.connect() as connection:
            version = connection.exec_driver_sql("PRAGMA data_version").scalar()
            return connection.connection.dbapi_connection, version  # another connection counts for itself

    def _open(self, course: CourseDirectory) -> Engine:
        gradebook = course.gradebook()
        file = identity(gradebook.file)
        if self._book is None or self._book[0] != file:
            if self._book is not None:
                self._book[1].dispose()
            self._book = file, writing(gradebook.url, _TRY)
        return self._book[1]


class Snapshots:
    """The classes of a server."""

    def __init__(self) -> None:
        """Begin with none."""
        self._classes: dict[Path, _Class] = {}

    def of(self, course: CourseDirectory) -> Snapshot:
        """Return a class as its files are now."""
        return self._classes.setdefault(course.path, _Class()).now(course)

    def give(
        self, course: CourseDirectory, submission: str, activity: str, wanted: Given, seen: Sequence[Given]
    ) -> None:
        """Write a mark as `marks.give` does, after which only this submission is read again."""
        self._classes.setdefault(course.path, _Class()).give(course, submission, activity, wanted, seen)


def stamp_of(course: CourseDirectory) -> object:
    """Return what is equal only where nothing beside the gradebook changed that a snapshot is read from."""
    own = (MARKBOOK, "course.yaml", f"{EDITIONS}/{NAMES}")
    return [*(mark(course.path / name) for name in own), marks(course.path / KEYS)]
