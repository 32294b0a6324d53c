"""What a class answered, read when it is asked for and kept while it is the same. No page says who chose what.

Of a practice item the first checked answer counts, of a simulation the first run, of everything else the answer that
was handed in.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from himaya.activities.kinds import report
from himaya.answers.journal import FILE_NAME, Journal
from himaya.errors import JournalError, KeysError
from himaya.languages.facts import known
from himaya.publish.folder import SPOKEN
from himaya_autograde.keys import FOLDER as KEYS
from himaya_autograde.keys import files, read_keys
from himaya_autograde.markbook import FILE as MARKBOOK
from himaya_autograde.markbook import Markbook
from himaya_autograde.responses import by_activity, content_of, responses
from himaya_server.home.snapshot import mark, marks, whose

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from himaya.activities.kind import Event
    from himaya_autograde.export import Results

T = TypeVar("T")
FROM_ANSWERS = ("numbers_of",)
"""What is worked out from answers alone, so that it holds after a mark."""
PRACTICE = "practice"
"""The folder of a course in which it stands what its classes chose in practice, by nobody's name."""


class Said(NamedTuple):
    """One response.

    Attributes:
        at: The place in a simulation, or None.
        choice: What was chosen, as ids, or None.
        quality: How good it was, or None.
        share: The share earned, 0 to 1, or None.
        content: The hash of what was answered, or None.
    """

    at: str | None
    choice: str | None
    quality: str | None
    share: float | None
    content: str | None


@dataclass(frozen=True)
class Submission:
    """What one person answered in one module.

    Attributes:
        language: In which it was handed in.
        items: One response for each question that was answered.
        runs: The first run of each simulation that was begun.
    """

    language: str
    items: Mapping[str, Said]
    runs: Mapping[str, list[Said]]


@dataclass(frozen=True)
class ClassAnswers:
    """A class at one moment.

    Attributes:
        results: What everybody has.
        submissions: By trainee and module, of everybody whose work was graded.
        hashes: By module and activity, the hash of each language of the edition that the class has now.
        passed: Who has passed the course.
        practice: By module and activity, what classes chose in practice, in full fives: a list of responses for each
            person, one of a question, the first run of a simulation. It names nobody, and is in no submission.
        kept: What was worked out from it, see `once`.
        words: What is equal only where the words of its modules are the same.
    """

    results: Results
    submissions: Mapping[tuple[str, str], Submission]
    hashes: Mapping[tuple[str, str], frozenset[str]]
    passed: frozenset[str]
    practice: Mapping[tuple[str, str], list[list[Said]]] = field(default_factory=dict)
    kept: dict[tuple[str, ...], Any] = field(default_factory=dict)
    words: object = field(default_factory=object)

    def once(self, make: Callable[..., T], *about: str) -> T:
        """Return what `make` says of this class and `about` it, such as a module and a language, worked out once."""
        key = (make.__name__, *about)
        if key not in self.kept:
            self.kept[key] = make(self, *about)
        found: T = self.kept[key]
        return found

    def answered_as(self, other: ClassAnswers) -> bool:
        """Return whether everybody's answers are those of another moment: a mark or a group may have changed since."""
        return (
            (self.words, self.submissions, self.hashes, self.practice, self.results.keys)
            == (other.words, other.submissions, other.hashes, other.practice, other.results.keys)
        ) and (
            {key: work.time for key, work in self.results.handed_in.items()}
            == {key: work.time for key, work in other.results.handed_in.items()}
        )

    def of(self, module: str) -> Iterator[tuple[str, Submission]]:
        """Yield who handed in a module, with their answers, the earliest hand-in first."""
        people = [trainee for trainee, name in self.submissions if name == module]
        handed_in = self.results.handed_in

        def moment(trainee: str) -> tuple[str, str]:
            work = handed_in.get((trainee, module))
            return (str(work.time) if work else "", trainee)

        for trainee in sorted(people, key=moment):
            yield trainee, self.submissions[trainee, module]

    def is_now(self, module: str, activity: str, said: Said) -> bool:
        """Return whether a response was to the edition that the class has now: others ask something else."""
        return said.content is None or said.content in self.hashes[module, activity]


def words_of(course: Path, module: str, language: str) -> dict[str, Any]:
    """Return the keys of a module in a language if it has it, else in its own; nothing where there are none."""
    with suppress(KeysError):
        return read_keys(course, module, language)
    with suppress(KeysError):
        return read_keys(course, module)
    return {"module": {"title": module, "language": "en", "outcomes": {}}, "activities": {}}


def whole_title(about: Mapping[str, Any]) -> str:
    """Return the title of a module in its keys, where all of its paths are meant."""
    return str(about["module"].get("whole", about["module"]["title"]))


class Submissions(Mapping[tuple[str, str], Submission]):
    """What everybody answered, by trainee and module; a journal is read when somebody first asks for it."""

    def __init__(self, stamps: Mapping[tuple[str, str], object], read: Callable[[str, str], Submission]) -> None:
        """Read nothing yet.

        Args:
            stamps: By trainee and module, what is equal only where the answers are the same.
            read: Returns the answers of a trainee in a module.
        """
        self._stamps, self._read = stamps, read
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], Submission] = {}

    def take_over(self, before: Submissions) -> None:
        """Take what was read at an earlier moment and is the same still."""
        known = before._known.copy()  # other threads may read more of it
        self._known = {key: each for key, each in known.items() if self._stamps.get(key) == before._stamps[key]}

    def __getitem__(self, key: tuple[str, str]) -> Submission:
        """Return the answers of a trainee in a module."""
        if key not in self._stamps:
            raise KeyError(key)
        if key not in self._known:
            with self._lock:  # two pages that ask at the same time read it once
                if key not in self._known:
                    self._known[key] = self._read(*key)
        return self._known[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield who was graded in which module."""
        return iter(self._stamps)

    def __len__(self) -> int:
        """Return of how many submissions they are."""
        return len(self._stamps)

    def __eq__(self, other: object) -> bool:
        """Return whether everybody's answers are those of another moment."""
        return isinstance(other, Submissions) and self._stamps == other._stamps

    __hash__ = None  # type: ignore[assignment]


class Classes:
    """The classes of a server. Each is read anew when its gradebook, its keys or its graded work have changed."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[Path, tuple[object, ClassAnswers]] = {}
        self._locks: dict[Path, threading.Lock] = {}

    def of(self, path: Path, results: Callable[[], Results]) -> ClassAnswers:
        """Return the class of the course in a folder.

        Args:
            path: The course directory.
            results: Returns what everybody has; asked for only where something has changed.

        Raises:
            CourseError: If a module was never built here, so that its answers cannot be read.
        """
        with self._locks.setdefault(path, threading.Lock()):
            stamp = _stamp(path)
            if path in self._known and self._known[path][0] == stamp:
                return self._known[path][1]
            found = self._look(path, results())
            if path in self._known and found.answered_as(before := self._known[path][1]):
                kept = list(before.kept.items())  # at once: other threads add to it meanwhile
                found.kept.update({key: told for key, told in kept if key[0] in FROM_ANSWERS})
            self._known[path] = stamp, found
            return found

    def _look(self, path: Path, results: Results) -> ClassAnswers:
        words, graded = marks(path / KEYS), whose(path / "autograded")
        aside: dict[tuple[str, str], set[str]] = defaultdict(set)
        for trainee, module, activity in Markbook(path).aside():
            aside[trainee, module].add(activity)
        stamps = {}
        for module in results.keys:
            keys = mark(path / KEYS / f"{module}.json")
            for trainee in sorted(graded[module]):
                journal = mark(f"{path}/autograded/{trainee}/{module}/{FILE_NAME}")
                stamps[trainee, module] = journal, keys, frozenset(aside.get((trainee, module), ()))

        def read(trainee: str, module: str) -> Submission:
            found = _submission(path, trainee, module, results.keys[module])
            return _without(aside.get((trainee, module), ()), found)

        submissions = Submissions(stamps, read)
        last = self._known[path][1] if path in self._known else None
        if last is not None and isinstance(last.submissions, Submissions):
            submissions.take_over(last.submissions)
        same_words = last is not None and (last.words, [*last.results.keys]) == (words, [*results.keys])
        return ClassAnswers(
            results=results,
            submissions=submissions,
            hashes=last.hashes if last and same_words else _hashes(path, results),
            passed=frozenset(each.id for each in results.trainees if results.verdict(each.id).passed),
            practice=_practice(path, results),
            words=words,
        )


def _submission(course: Path, trainee: str, module: str, activities: Mapping[str, Any]) -> Submission:
    language = "en"
    with suppress(OSError, UnicodeDecodeError):
        told = (course / "submitted" / trainee / module / SPOKEN).read_text(encoding="ascii").strip()
        language = known(told)
    try:
        events = Journal(course / "autograded" / trainee / module / FILE_NAME).rows()
    except JournalError:  # grading has named it
        events = []
    return Submission(language, *first_responses(activities, events))


def first_responses(
    activities: Mapping[str, Any], events: Iterable[Event]
) -> tuple[dict[str, Said], dict[str, list[Said]]]:
    """Return of a journal one response for each question, and the first run of each simulation; needs the keys."""
    items: dict[str, Said] = {}
    runs: dict[str, list[Said]] = {}
    by_name = by_activity(activities, events)
    for name, activity in activities.items():
        told_of = report(activity)
        if told_of.by_hand and not told_of.runs:
            continue
        for attempt, _, state, one in responses(activity, by_name[name]):
            if attempt > 1 and (told_of.runs or activity["mode"] == "practice"):
                break
            share = None if one.score is None or not one.most else one.score / one.most
            said = Said(one.at, one.choice, one.quality, share, content_of(state))
            if not told_of.runs:
                items[name] = said
            elif one.choice is not None:
                runs.setdefault(name, []).append(said)
    return items, runs


def _practice(course: Path, results: Results) -> dict[tuple[str, str], list[list[Said]]]:
    """Return what the classes of a course chose in practice."""
    found: dict[tuple[str, str], list[list[Said]]] = defaultdict(list)
    for module in results.keys:
        for path in sorted((course / PRACTICE).glob(f"{module}.*.json")):
            with suppress(OSError, ValueError, TypeError, AttributeError):
                for name, runs in json.loads(path.read_text(encoding="utf-8")).items():
                    found[module, name] += [[Said(*one) for one in run] for run in runs]
    return found


def _without(names: Collection[str], submission: Submission) -> Submission:
    """Return a submission without the answers that were set aside: they may be about a real person."""
    if not names:
        return submission
    items = {name: said for name, said in submission.items.items() if name not in names}
    return Submission(submission.language, items, {n: run for n, run in submission.runs.items() if n not in names})


def _hashes(course: Path, results: Results) -> dict[tuple[str, str], frozenset[str]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for module in results.keys:
        for path in files(course, module):
            with suppress(KeysError):
                words = read_keys(course, module, path.stem.removeprefix(module).removeprefix(".") or None)
                for name, activity in words["activities"].items():
                    found[module, name].add(activity["hash"])
    return {key: frozenset(each) for key, each in found.items()}


def _stamp(path: Path) -> object:
    """Return what changes whenever something that a class's numbers come from does."""
    own = ("gradebook.db", "gradebook.db-wal", MARKBOOK, "course.yaml")
    folders = (path / "autograded", path / KEYS, path / PRACTICE)
    return (*(mark(path / name) for name in own), *map(marks, folders))
