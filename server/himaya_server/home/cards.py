"""What waits for a trainer, as the four cards of the desk: to bring in, to read, to send, and who is late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbgrader.utils import notebook_hash

from himaya_autograde.arrivals import who_and_when
from himaya_autograde.course import fully_marked
from himaya_autograde.markbook import Markbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from typing import Any

    from himaya_autograde.course import CourseDirectory
    from himaya_autograde.gradebook import HandedIn


@dataclass(frozen=True)
class Late:
    """A trainee who has not handed in a module after its last day."""

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
    """

    new: int
    to_read: int
    unsent: frozenset[tuple[str, str]]
    unmarked: int
    late: tuple[Late, ...]

    @property
    def ready(self) -> int:
        """How many submissions are ready to send."""
        return len(self.unsent)

    @property
    def late_people(self) -> int:
        """How many people are late."""
        return len({each.trainee for each in self.late})


NOTHING = Cards(new=0, to_read=0, unsent=frozenset(), unmarked=0, late=())
"""For pages that show no cards: to count them takes a look at every hand-in."""


def cards_of(course: CourseDirectory, rows: Iterable[Mapping[str, Any]], today: date) -> Cards:
    """Return the cards of a course.

    Args:
        course: Its directory.
        rows: As `state.waiting` returns them.
        today: The day in this place.
    """
    gradebook = course.gradebook()
    handed_in = gradebook.handed_in()
    aside = Markbook(course.path).aside()
    return Cards(
        new=sum(row["collect"] + row["grade"] for row in rows),
        to_read=sum(each.waits and each.answer not in aside for each in gradebook.judged()),
        unsent=frozenset(key for key in fully_marked(handed_in) if not is_sent(course, *key)),
        unmarked=sum(work.waits for work in handed_in.values()),
        late=tuple(late(course, handed_in, today)),
    )


def late(course: CourseDirectory, handed_in: Mapping[tuple[str, str], HandedIn], today: date) -> Iterable[Late]:
    """Yield who has not handed in what by its last day, of modules that are released.

    Args:
        course: Its directory.
        handed_in: What was graded, by trainee and module.
        today: The day in this place.
    """
    trainees = [each.id for each in course.gradebook().trainees()]
    for module, due in course.course.due.items():
        if due >= today or not (course.path / "release" / module).is_dir():
            continue
        here: set[str] = set()
        for name in (module, *course.course.assignments_of(module).values()):
            here |= course.api.get_submitted_students(name) | arrived(course, name).keys()
            here |= {trainee for trainee, other in handed_in if other == name}
        yield from (Late(trainee, module, due) for trainee in trainees if trainee not in here)


def arrived(course: CourseDirectory, module: str) -> dict[str, str]:
    """Return who handed in something that may wait in the exchange, with `time+random` of the last."""
    try:
        names = sorted(entry.name for entry in (course.exchange / course.course.id / "inbound").iterdir())
    except OSError:
        return {}
    return {told[0]: told[1] for name in names if (told := who_and_when(name, module)) is not None}


def is_sent(course: CourseDirectory, trainee: str, module: str) -> bool:
    """Return whether a trainee has feedback that is not older than the grading of the submission."""
    page = course.path / "feedback" / trainee / module / f"{module}.html"
    try:
        secret = (course.path / "submitted" / trainee / module / "submission_secret.txt").read_text(encoding="utf-8")
        released = course.exchange / course.course.id / "feedback"
        page = released / f"{notebook_hash(secret=secret, notebook_id=module)}.html"
    except (OSError, UnicodeDecodeError):
        pass  # brought in from a page: its feedback is given by hand
    try:
        graded = course.path / "autograded" / trainee / module / f"{module}.ipynb"
        return page.stat().st_mtime >= graded.stat().st_mtime
    except OSError:
        return False
