"""The tab of people: one row each, never in the order of points; who is stuck and why; a reminder to copy.

It says that somebody practised, and never what they chose there.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from nbgrader.utils import parse_utc
from tornado import web  # type: ignore[attr-defined]

from himaya.answers.journal import FILE_NAME, Journal
from himaya.content.assignments import form_of
from himaya.course.roster import is_trainee
from himaya.errors import CourseError, JournalError, KeysError
from himaya.languages.facts import ALL, direction, known
from himaya.languages.interface import interface
from himaya.publish.folder import SPOKEN
from himaya_autograde.keys import read_keys
from himaya_autograde.markbook import Markbook
from himaya_autograde.paths import Paths, choose, offered
from himaya_server.home.marking import MARKER, marker_of
from himaya_server.home.trainer import Desk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from himaya_autograde.course import CourseDirectory
    from himaya_autograde.gradebook import Trainee
    from himaya_server.home.cards import Cards
    from himaya_server.home.snapshot import Folders, Snapshot
    from himaya_server.home.trainer import Rows, View

SORTS = ("name", "group", "seen", "waits")
"""What rows can be sorted by. Points are not among them."""
_IDLE = timedelta(days=14)
_LONGEST_GROUP = 60  # characters


@dataclass(frozen=True)
class Person:
    """A row.

    Attributes:
        seen: When work of theirs last came in, in UTC; None before any did.
        states: By module: open, late, new, read, marked or sent.
        waits: How much of theirs waits for the trainer.
    """

    id: str
    name: str
    group: str
    seen: datetime | None
    states: Mapping[str, str]
    waits: int


@dataclass(frozen=True)
class Stuck:
    """Why somebody may be stuck: a sentence of the interface with what it names, and one with the next step."""

    person: Person
    why: str
    values: Mapping[str, Any]

    @property
    def step(self) -> str:
        """The key of the next step."""
        return f"{self.why}-do"


def people_of(course: CourseDirectory, known: Snapshot, folders: Folders, cards: Cards) -> list[Person]:
    """Return a row for everybody in the gradebook, by name."""
    handed_in = known.handed_in
    book = Markbook(course.path)
    groups, aside = book.groups(), book.aside()
    paths = cards.paths
    unread = {each.answer[:2] for each in known.judged if each.waits and each.answer not in aside}
    late = {(each.trainee, each.module) for each in cards.late}
    modules = [name for name in folders.assignments if (course.path / "release" / name).is_dir()]
    waiting = {name: folders.arrived(name) for name in modules}
    times: dict[str, list[datetime]] = defaultdict(list)
    for (trainee, _), work in handed_in.items():
        if work.time:
            times[trainee].append(work.time)
    for arrivals in waiting.values():
        for trainee, text in arrivals.items():
            if time := _time(text):
                times[trainee].append(time)

    def state(trainee: str, module: str) -> str:
        key = (trainee, module)
        if key in handed_in:
            return "read" if key in unread or handed_in[key].waits else "marked" if key in cards.unsent else "sent"
        return "new" if trainee in waiting[module] else "late" if key in late else "open"

    def row(each: Trainee) -> Person:
        states = {
            module: state(each.id, module)
            for module in modules
            if (paths.counts(each.id, module) and not form_of(module))
            or (each.id, module) in handed_in
            or each.id in waiting[module]
        }
        return Person(
            id=each.id,
            name=each.name,
            group=groups.get(each.id, ""),
            seen=max(times.get(each.id, ()), default=None),
            states=states,
            waits=sum(each in ("new", "read", "marked") for each in states.values()),
        )

    return sorted(map(row, known.trainees), key=_by["name"])


@lru_cache(maxsize=1 << 14)
def _time(text: str) -> datetime | None:
    """Return the time of a hand-in's folder, without a zone as the gradebook has it; None where it says none."""
    with suppress(ValueError, OverflowError):
        return parse_utc(text.partition("+")[0]) if text else None
    return None


_by: Mapping[str, Any] = {
    "name": lambda each: (each.name.casefold(), each.id),
    "group": lambda each: (not each.group, each.group.casefold(), each.name.casefold()),
    "seen": lambda each: each.seen or datetime.min,  # noqa: DTZ901 - as the gradebook has it
    "waits": lambda each: -each.waits,
}


def stuck(known: Snapshot, folders: Folders, cards: Cards, people: Iterable[Person], now: datetime) -> list[Stuck]:
    """Return who may be stuck, each with the one reason that comes first.

    Args:
        known: What the gradebook of a course says.
        folders: What lies in its folders.
        cards: Its cards.
        people: As `people_of` returns them.
        now: In UTC, without a zone as the gradebook has it.
    """
    late = {each.trainee: each for each in reversed(cards.late)}
    refused = _refused(folders, cards.paths)
    missed = known.missed_safety
    somebody = any(set(each.states.values()) - {"open", "late"} for each in people)
    found = []
    for each in people:
        still_open = [module for module, state in each.states.items() if state == "open"]
        if each.id in refused:
            found.append(Stuck(each, "stuck-refused", {"module": refused[each.id]}))
        elif each.id in late:
            found.append(Stuck(each, "stuck-late", {"module": late[each.id].module, "day": late[each.id].due}))
        elif each.id in missed:
            found.append(Stuck(each, "stuck-safety", {"module": cards.paths.assigned(each.id, missed[each.id])}))
        elif each.seen is None and still_open and somebody:
            found.append(Stuck(each, "stuck-never", {}))
        elif each.seen is not None and still_open and each.seen < now - _IDLE:
            found.append(Stuck(each, "stuck-idle", {"module": still_open[0], "day": each.seen}))
    return found


def _refused(folders: Folders, paths: Paths) -> dict[str, str]:
    """Return by trainee the module of a hand-in that collect refused, where nothing newer was taken and it counts."""
    found = {}
    for module in folders.assignments:
        last = folders.arrived(module)
        for name in folders.seen[module].refused:
            who = name.rpartition(f"+{module}+")[0]
            if name.endswith(f"+{module}+{last.get(who)}") and paths.counts(who, module):
                found[who] = module
    return found


def language_of(course: CourseDirectory, trainee: str) -> str:
    """Return the language a trainee last handed in in, else the first of the course."""
    for path in sorted((course.path / "submitted" / trainee).glob(f"*/{SPOKEN}"), reverse=True):
        with suppress(OSError, UnicodeDecodeError):
            return known(path.read_text(encoding="ascii").strip())
    return str(course.course.languages[0])


def practised(course: CourseDirectory, trainee: str, module: str) -> bool:
    """Return whether a trainee did anything in practice in a module they handed in; not what."""
    try:
        activities = read_keys(course.path, module)["activities"]
        events = Journal(course.path / "submitted" / trainee / module / FILE_NAME).rows()
    except (KeysError, JournalError):
        return False
    practice = {name for name, each in activities.items() if each["mode"] == "practice"}
    return any(event["activity"] in practice and event["type"] != "begin" for event in events)


def paths_of(
    course: CourseDirectory, known: Snapshot, rows: Rows, trainee: str
) -> dict[str, tuple[str, list[str], str]]:
    """Return, of each module with several paths, the one a trainee is on, all of them, and the title of the first."""
    paths = Paths(course.course, Markbook(course.path).paths(), known.handed_in)
    titles = {row["module"]: row["title"] for row in rows}
    found = {}
    for module in course.course.paths:
        names = offered(course.course, course.path, module)
        mine = next((path for path, name in names.items() if name == paths.assigned(trainee, module)), "")
        if len(names) > 1:
            found[module] = (mine, list(names), titles.get(names.get(mine), module))
    return found


class People(Desk):
    """Everybody in the course."""

    tab = "people"

    @web.authenticated
    async def get(self, _course: str) -> None:
        """Draw the rows in the order that is asked for."""
        order = self.get_query_argument("sort", "name")
        if order not in SORTS:
            raise web.HTTPError(400, "People are sorted by name, group, last seen or what waits.")
        await self.draw_tab("people.html", partial(self._look, order=order))

    def why(self, each: Stuck, rows: Rows) -> str:
        """Return why somebody may be stuck, as a sentence."""
        titles = {row["module"]: row["title"] for row in rows}
        shown = {
            name: titles.get(value, value) if name == "module" else self.day(value)
            for name, value in each.values.items()
        }
        return interface(self.spoken, self.place.home.digits)[each.why].format(**shown)

    def _look(self, view: View, order: str) -> dict[str, Any]:
        about = view.known, view.folders, view.cards
        people = people_of(view.course, *about)
        reasons: dict[tuple[str, str], list[Person]] = {}
        for each in stuck(*about, people, datetime.now(UTC).replace(tzinfo=None)):
            reasons.setdefault((self.why(each, view.rows), each.step), []).append(each.person)
        return {
            "people": sorted(people, key=_by[order]),
            "stuck": [
                (why, step, whose, sorted({language_of(view.course, each.id) for each in whose}))
                for (why, step), whose in reasons.items()
            ],
            "sort": order,
            "sorts": SORTS,
            "reminder": lambda language: (
                str(interface(language)["reminder"]),
                direction(language),
                ALL[language].name,
            ),
        }


class OnePerson(People):
    """One person: their modules, that they practised, their group and paths, a reminder in each language."""

    @web.authenticated
    async def get(self, _course: str, trainee: str) -> None:
        """Draw the page."""
        await self._person(trainee)

    @web.authenticated
    async def post(self, _course: str, trainee: str) -> None:
        """Put the person into a group, or on a path of a module."""
        group = " ".join(self.get_body_argument("group", "").split())
        if len(group) > _LONGEST_GROUP:
            raise web.HTTPError(400, f"A group's name has at most {_LONGEST_GROUP} characters.")
        course = self.place.directory(self.course)
        if trainee not in {each.id for each in course.gradebook().trainees()}:
            raise web.HTTPError(404, "Nobody here has this id.")
        if path := self.get_body_argument("path", ""):
            module, marker = self.get_body_argument("module"), marker_of(self.get_cookie(MARKER), self.spoken)
            try:
                is_new = choose(course.path, trainee, module, path, marker)
            except CourseError as error:
                raise web.HTTPError(400, "There is no such path.") from error
            if is_new:  # what they were sent may name a number that counts no more, or none that counts now
                sent = await self.step("feedback_of", trainee, module)
                if problem := sent["problem"] or " ".join(map(str, sent["problems"].values())):
                    raise web.HTTPError(500, "The path was written down; feedback was not: %s", problem)
        else:
            Markbook(course.path).set_groups([trainee], group)
        self.redirect(self.tab_address("people", self.course))

    async def _person(self, trainee: str) -> None:
        def look(view: View) -> dict[str, Any]:
            course = view.course
            about = view.known, view.folders, view.cards
            people = people_of(course, *about)
            found = next((each for each in people if each.id == trainee), None)
            if found is None or not is_trainee(trainee):
                raise web.HTTPError(404, "Nobody here has this id.")
            reasons = stuck(*about, people, datetime.now(UTC).replace(tzinfo=None))
            theirs = language_of(course, trainee)
            return {
                "person": found,
                "why": self.why,
                "practised": [module for module in found.states if practised(course, trainee, module)],
                "reasons": [each for each in reasons if each.person.id == trainee],
                "groups": sorted({each.group for each in people if each.group}),
                "paths": paths_of(course, view.known, view.rows, trainee),
                "reminders": [
                    (each, ALL[each].name, direction(each), str(interface(each)["reminder"]))
                    for each in sorted(course.course.languages, key=lambda each: each != theirs)
                ],
            }

        await self.draw_tab("person.html", look)
