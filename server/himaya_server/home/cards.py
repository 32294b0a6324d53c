"""What waits for a trainer, as the four cards of the desk: to bring in, to read, to send, and who is late."""

from __future__ import annotations

import os
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from nbgrader.utils import notebook_hash

from himaya_autograde.course import fully_marked
from himaya_autograde.markbook import Markbook
from himaya_autograde.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date
    from typing import Any

    from himaya_autograde.course import CourseDirectory
    from himaya_server.home.snapshot import Folders, Snapshot


@dataclass(frozen=True)
class Late:
    """A trainee who has not handed in a module, or the path of it that counts for them, after its last day."""

    trainee: str
    module: str
    due: date


@dataclass(frozen=True)
class Cards:
    """Four numbers and what is behind them.

    Attributes:
        new: Hand-ins that nobody brought in and scored yet.
        to_read: Answers that wait for a person, but for those that are set aside.
        unsent: Submissions that are fully marked and not sent yet, by trainee and module.
        unmarked: Submissions in which an answer waits for a person.
        late: Who has not handed in what after its last day.
        paths: Who is on which path.
    """

    new: int
    to_read: int
    unsent: frozenset[tuple[str, str]]
    unmarked: int
    late: tuple[Late, ...]
    paths: Paths

    @property
    def ready(self) -> int:
        """How many submissions are ready to send."""
        return len(self.unsent)

    @property
    def late_people(self) -> int:
        """How many people are late."""
        return len({each.trainee for each in self.late})


def cards_of(
    course: CourseDirectory, known: Snapshot, folders: Folders, rows: Iterable[Mapping[str, Any]], today: date
) -> Cards:
    """Return the cards of a course.

    Args:
        course: Its directory.
        known: What its gradebook says.
        folders: What lies in its folders.
        rows: As `state.waiting` returns them.
        today: The day in this place.
    """
    aside = Markbook(course.path).aside()
    paths = paths_in(course, known, folders)
    return Cards(
        new=sum(row["collect"] + row["grade"] for row in rows),
        to_read=sum(each.waits and each.answer not in aside for each in known.judged),
        unsent=frozenset(key for key in fully_marked(known.handed_in) if not is_sent(course, *key)),
        unmarked=sum(work.waits for work in known.handed_in.values()),
        late=tuple(late(course, known, folders, paths, today)),
        paths=paths,
    )


def late(course: CourseDirectory, known: Snapshot, folders: Folders, paths: Paths, today: date) -> Iterable[Late]:
    """Yield who has not handed in what by its last day, of modules that are released; of several paths, their own.

    Args:
        course: Its directory.
        known: What its gradebook says.
        folders: What lies in its folders.
        paths: Who is on which path.
        today: The day in this place.
    """
    for module, due in course.course.due.items():
        if due >= today or not (course.path / "release" / module).is_dir():
            continue
        here: dict[str, AbstractSet[str]] = {}
        for name in (module, *course.course.assignments_of(module).values()):
            graded = {trainee for trainee, other in known.handed_in if other == name}
            here[name] = folders.submitted[name] | folders.arrived(name).keys() | graded
        for each in known.trainees:
            mine = paths.assigned(each.id, module)
            if each.id not in here[mine]:
                yield Late(each.id, mine, due)


def paths_in(course: CourseDirectory, known: Snapshot, folders: Folders) -> Paths:
    """Return who is on which path: where nobody chose, on the one of which something came in first, graded or not yet.

    Args:
        course: Its directory.
        known: What its gradebook says.
        folders: What lies in its folders.
    """
    if not course.course.paths:
        return Paths(course.course, {}, ())
    chosen = Markbook(course.path).paths()
    for module in [name for name in course.course.modules if name in course.course.paths]:
        names = course.course.assignments_of(module)
        came = [
            (time, trainee, path) for path, name in names.items() for trainee, time in folders.arrived(name).items()
        ]
        came += [("", trainee, path) for path, name in names.items() for trainee in folders.submitted[name]]
        graded = {trainee for trainee, name in known.handed_in if name in names.values()}
        for _, trainee, path in sorted(came, key=itemgetter(0)):
            if trainee not in graded:
                chosen.setdefault((trainee, module), path)
    return Paths(course.course, chosen, known.handed_in)


def is_sent(course: CourseDirectory, trainee: str, module: str) -> bool:
    """Return whether a trainee has feedback that is not older than the grading of the submission."""
    released = f"{course.exchange}/{course.course.id}/feedback"
    # Text instead of paths: there are thousands of these for each look at the desk.
    page = f"{course.path}/feedback/{trainee}/{module}/{module}.html"
    try:
        with open(f"{course.path}/submitted/{trainee}/{module}/submission_secret.txt", encoding="utf-8") as file:
            page = f"{released}/{notebook_hash(secret=file.read(), notebook_id=module)}.html"
    except (OSError, UnicodeDecodeError):
        pass  # brought in from a page: its feedback is given by hand
    try:
        graded = os.stat(f"{course.path}/autograded/{trainee}/{module}/{module}.ipynb")
        return os.stat(page).st_mtime >= graded.st_mtime
    except OSError:
        return False
