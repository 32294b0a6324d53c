"""The tab of marking: one answer at a time, by question or by person, without names; marks are nbgrader's own.

Addresses name a submission as nbgrader does, with letters that say nothing, so no log and no file of the browser
holds who wrote what.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tornado import web  # type: ignore[attr-defined]

from himaya.errors import HimayaError, KeysError, MarksError
from himaya.languages.dates import clock_time
from himaya.languages.facts import direction
from himaya.languages.interface import interface
from himaya_autograde.gradebook import Gradebook, Judged
from himaya_autograde.keys import read_keys
from himaya_autograde.markbook import Change, Markbook, now
from himaya_autograde.marks import LONGEST_COMMENT, ChangedError, Given, given
from himaya_server.home.marking import MARKER, hub_user, marker_of, to_mark
from himaya_server.home.trainer import Desk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from himaya_autograde.course import CourseDirectory
    from himaya_server.home.trainer import View

WAYS = ("question", "person")
PHRASES = 4
"""So many comments to use again come with the platform, in every language: `phrase-1` and so on."""
LEVELS = 4
"""Of a text that was written instead of a scenario, as of every rubric; they share the points evenly."""
_LONGEST_NAME = 60  # characters
_ID = re.compile(r"[0-9a-zA-Z-]{8,64}")
_FIRST_HOUR = ("aside-hour-1", "aside-hour-2", "aside-hour-3", "aside-hour-4", "aside-hour-5")


@dataclass(frozen=True)
class Agreement:
    """How two markers read the same answers.

    Attributes:
        pairs: Answers that both marked, each with the first and the second points.
        same: How many got the same points.
        near: How many are one level apart.
        far: How many are further apart.
    """

    pairs: Sequence[tuple[Judged, float, float]]
    same: int
    near: int
    far: int

    @property
    def words(self) -> str:
        """The key of the sentence that says how well they agree."""
        both = len(self.pairs)
        if both < 10:
            return "agree-too-few"
        if self.same >= 0.8 * both and not self.far:
            return "agree-well"
        return "agree-roughly" if self.same + self.near >= 0.9 * both else "agree-badly"


def agreement(judged: Sequence[Judged], changes: Sequence[Change]) -> Agreement:
    """Return how first and second marks agree; levels are a quarter of the points.

    Args:
        judged: What the gradebook holds, without what is set aside.
        changes: The record.
    """
    second = {each.answer: each.score for each in changes if each.kind == "second" and each.score is not None}
    pairs = [
        (each, each.score, second[each.answer])
        for each in judged
        if each.score is not None and not each.waits and each.answer in second
    ]
    apart = Counter(min(2, round(4 * abs(one - other) / each.most)) if each.most else 0 for each, one, other in pairs)
    return Agreement(pairs, apart[0], apart[1], apart[2])


class MarkingTab(Desk):
    """What there is to read, by question and by person; second marks; what is set aside; comments to use again."""

    tab = "marking"

    @web.authenticated
    async def get(self, _course: str) -> None:
        """Draw the lists."""

        def look(view: View) -> dict[str, Any]:
            course, say = view.course, interface(self.spoken, self.place.home.digits)
            book, judged = Markbook(course.path), self.judged(course, view.known.judged)
            aside, changes = book.aside(), book.changes()
            open_here = [each for each in judged if each.answer not in aside]
            second = agreement(open_here, changes)
            return {
                "questions": _counted(open_here, lambda each: (each.module, each.activity)),
                "persons": [*enumerate(_counted(open_here, lambda each: each.submission), 1)],
                "title_of": lambda key: self.title_of(course, *key),
                "first": {
                    **{(each.module, each.activity): each for each in reversed(_waiting_first(open_here))},
                    **{each.submission: each for each in reversed(_waiting_first(open_here))},
                },
                "aside": [each for each in judged if each.answer in aside],
                "agreement": second,
                "apart": [pair for pair in second.pairs if pair[1] != pair[2]],
                "second_waits": len(second_queue(open_here, changes, self.marker)),
                "phrases": book.phrases(),
                "waits_of": cache(lambda waits, total: say["waits-of"].format(n=waits, total=total)),
                **self.common,
            }

        await self.draw_tab("marking-tab.html", look)

    @property
    def common(self) -> dict[str, Any]:
        """What every page of marking is given."""
        return {"marker": self.marker, "known_user": bool(hub_user()), "answer_at": self.answer_at}

    @property
    def marker(self) -> str:
        """Who marks, as they call themselves; the name of the account where there are accounts."""
        return marker_of(self.get_cookie(MARKER), self.spoken)

    def written_time(self, at: str) -> str:
        """Return when a line of the record was written, by this machine's clock."""
        return clock_time(datetime.fromisoformat(at).timestamp(), self.spoken, self.place.home.digits)

    def answer_at(self, each: Judged, by: str = "question", *, second: bool = False) -> str:
        """Return the address of an answer."""
        at = self.tab_address("marking", self.course, each.submission, each.activity)
        return f"{at}?by={by}{'&second=1' if second else ''}"

    def judged(self, course: CourseDirectory, answers: Iterable[Judged]) -> list[Judged]:
        """Return answers by module and question in the order of the course."""
        order = {name: place for place, name in enumerate(course.assignments)}
        places: dict[str, dict[str, int]] = {}

        def place(each: Judged) -> tuple[int, int, str]:
            if each.module not in places:
                places[each.module] = {name: n for n, name in enumerate(self.keys(course, each.module)["activities"])}
            return order.get(each.module, len(order)), places[each.module].get(each.activity, 9999), each.submission

        return sorted(answers, key=place)

    def keys(self, course: CourseDirectory, module: str) -> dict[str, Any]:
        """Return a module's activities in the language of the page where there are any, else as it was built."""
        for language in (self.spoken, None):
            try:
                return read_keys(course.path, module, language)
            except KeysError:
                continue
        return {"module": {"title": module, "language": "en"}, "activities": {}}

    def title_of(self, course: CourseDirectory, module: str, activity: str) -> tuple[str, str, str]:
        """Return the title of a module, what a question asks, and their language."""
        keys = self.keys(course, module)
        whole = keys["activities"].get(activity, {})
        asks = whole.get("title") or whole.get("stem") or activity
        return keys["module"]["title"], str(asks), keys["module"]["language"]


def _waiting_first(judged: Sequence[Judged]) -> list[Judged]:
    return sorted(judged, key=lambda each: not each.waits)


def _counted(judged: Sequence[Judged], key: Any) -> list[tuple[Any, int, int]]:
    """Return each key with how many of its answers wait, of how many."""
    waits, total = Counter[Any](), Counter[Any]()
    for each in judged:
        total[key(each)] += 1
        waits[key(each)] += each.waits
    return [(each, waits[each], total[each]) for each in total]


def second_queue(judged: Sequence[Judged], changes: Sequence[Change], marker: str) -> list[Judged]:
    """Return what another marker marked, and nobody a second time."""
    last = {each.answer: each.marker for each in changes if each.kind == "mark"}
    done = {each.answer for each in changes if each.kind == "second"}
    marked = (each for each in judged if each.score is not None and not each.waits and each.answer not in done)
    return [each for each in marked if last.get(each.answer) != marker]


class Marker(MarkingTab):
    """Who marks."""

    @web.authenticated
    async def post(self, _course: str) -> None:
        """Keep the name in this browser."""
        name = " ".join(self.get_body_argument("marker", "").split())[:_LONGEST_NAME]
        about = {"path": self.base_url, "expires_days": 30, "samesite": "Lax", "httponly": True}
        self.set_cookie(MARKER, name.encode().hex(), **about)
        self.redirect(self.tab_address("marking", self.course))


class NextAnswer(MarkingTab):
    """The first answer that waits; the list where none does."""

    @web.authenticated
    async def get(self, _course: str) -> None:
        """Go there."""
        by = self.get_query_argument("by", "question")
        second = self.get_query_argument("second", "") == "1"
        await self.wait_for_reading()

        def look() -> Judged | None:
            course = self.place.directory(self.course)
            book = Markbook(course.path)
            aside = book.aside()
            found = self.judged(course, self.place.snapshots.of(course).judged)
            judged = [each for each in found if each.answer not in aside]
            if second:
                return next(iter(second_queue(judged, book.changes(), self.marker)), None)
            return next((each for each in _ordered(judged, by) if each.waits), None)

        found = await asyncio.get_running_loop().run_in_executor(None, look)
        here = self.tab_address("marking", self.course)
        self.redirect(self.answer_at(found, by, second=second) if found else here)


def _ordered(judged: Sequence[Judged], by: str) -> list[Judged]:
    return sorted(judged, key=lambda each: each.submission) if by == "person" else [*judged]


class OneAnswer(MarkingTab):
    """An answer with its rubric; marks are saved one by one."""

    has_cards = False

    @web.authenticated
    async def get(self, _course: str, submission: str, activity: str) -> None:
        """Draw it."""
        by = self.get_query_argument("by", "question")
        if by not in WAYS:
            raise web.HTTPError(400, "Answers are in order by question or by person.")
        second = self.get_query_argument("second", "") == "1"

        def look(view: View) -> dict[str, Any]:
            course = view.course
            book = Markbook(course.path)
            aside, changes = book.aside(), book.changes()
            whole = self.judged(course, view.known.judged)
            here = _found(whole, submission, activity)
            is_aside = here.answer in aside
            queue = [each for each in whole if each.answer not in aside or each is here]
            queue = second_queue(queue, changes, self.marker) if second else _ordered(queue, by)
            persons = sorted({each.submission for each in whole})
            seen = given(course.api.coursedir.db_url, submission, activity)
            mine = next((e for e in reversed(changes) if e.answer == here.answer and e.kind == "second"), None)
            return {
                **self.entry(course, here),
                **_neighbours(queue, here),
                "number": persons.index(submission) + 1,
                "submission": here,
                "by": by,
                "second": second,
                "is_aside": is_aside,
                "first_hour": _FIRST_HOUR,
                "seen": Given(mine.score if mine else None, "") if second else seen,
                "changes": [] if second else [each for each in changes if each.answer == here.answer],
                "elsewhere": not second and _elsewhere(changes, here),
                "phrases": [each.text for each in book.phrases()],
                "time": self.written_time,
                **self.common,
            }

        await self.draw_tab("answer.html", look)

    def entry(self, course: CourseDirectory, here: Judged) -> dict[str, Any]:
        """Return what the page shows of an answer."""
        gradebook = Gradebook(course.api.coursedir.db_url)
        work = gradebook.work(here.submission)
        folder = course.path / "autograded" / here.trainee / here.module
        keys = self.keys(course, here.module)
        told = to_mark(keys, gradebook.marks(here.module, here.trainee), folder, work)
        entry = next((e for e in (*told["entries"], *told["scored"]) if e["id"] == here.activity), None)
        if entry is None:
            raise web.HTTPError(404, "There is no such answer.")
        language = keys["module"]["language"]
        if entry["skipped"] and not entry["rubric"]:
            said = interface(self.spoken)
            levels = [(level, entry["mark"].most * level / LEVELS) for level in range(LEVELS, 0, -1)]
            plain = [
                {"level": n, "points": most, "text": said[f"plain-level-{n}"], "exemplar": ""} for n, most in levels
            ]
            entry = {**entry, "rubric": plain}
        return {
            "entry": entry,
            "module_title": keys["module"]["title"],
            "spoken_in": language,
            "way": direction(language),
            "phrase_languages": {
                code: [str(interface(code)[f"phrase-{n + 1}"]) for n in range(PHRASES)]
                for code in course.course.languages
            },
        }

    @web.authenticated
    async def put(self, _course: str, submission: str, activity: str) -> None:
        """Write a mark; answered with 409 and what stands there where somebody was quicker."""
        try:
            sent = _Sent.read(self.request.body)
        except (ValueError, TypeError, KeyError) as error:
            raise web.HTTPError(400, "This is not a mark.") from error
        marker = self.marker

        def write() -> dict[str, Any]:
            course = self.place.directory(self.course)
            here = _found(course.gradebook().judged([submission]), submission, activity)
            book = Markbook(course.path)
            if here.answer in book.aside():
                raise web.HTTPError(409, "This answer is set aside.")
            if not sent.second:
                self.place.snapshots.give(course, submission, activity, sent.wanted, sent.seen)
            book.write(
                Change(
                    sent.id, now(), marker, "second" if sent.second else "mark", *here.answer,
                    sent.wanted.score, sent.wanted.comment or None,
                )
            )  # fmt: skip
            return {"saved": True}

        try:
            answer = await asyncio.get_running_loop().run_in_executor(None, write)
        except ChangedError as error:
            self.set_status(409)
            answer = {"score": error.now.score, "comment": error.now.comment}
        except MarksError as error:
            self.set_status(404)
            answer = {"problem": str(error)}
        except HimayaError as error:
            self.set_status(503)
            answer = {"problem": str(error)}
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(answer))


@dataclass(frozen=True)
class _Sent:
    """A mark as the browser sends it."""

    id: str
    wanted: Given
    seen: tuple[Given, ...]
    second: bool

    @staticmethod
    def read(body: bytes) -> _Sent:
        """Return it.

        Raises:
            ValueError: If it is none.
        """
        try:
            told = json.loads(body)
        except RecursionError as error:
            message = "lists in lists without end"
            raise ValueError(message) from error
        if not (isinstance(told["id"], str) and _ID.fullmatch(told["id"])):
            message = "a mark has an id"
            raise ValueError(message)
        return _Sent(
            told["id"], _given(told["wanted"]), tuple(map(_given, told["seen"][:20])), told.get("second") is True
        )


def _given(told: Mapping[str, Any]) -> Given:
    score, comment = told["score"], told["comment"]
    if not (score is None or (isinstance(score, int | float) and not isinstance(score, bool))):
        message = "points are a number"
        raise ValueError(message)
    if not isinstance(comment, str) or len(comment) > LONGEST_COMMENT:
        message = "a comment is a text"
        raise ValueError(message)
    return Given(None if score is None else float(score), comment.strip())


def _found(judged: Sequence[Judged], submission: str, activity: str) -> Judged:
    found = next((each for each in judged if (each.submission, each.activity) == (submission, activity)), None)
    if found is None:
        raise web.HTTPError(404, "There is no such answer. It may have been graded anew; go back to the list.")
    return found


def _neighbours(queue: Sequence[Judged], here: Judged) -> dict[str, Any]:
    """Return what comes before and after an answer, and what waits next."""
    at = queue.index(here) if here in queue else len(queue)
    later = [each for each in (*queue[at + 1 :], *queue[:at]) if each.waits]
    return {
        "place": at + 1,
        "total": len(queue),
        "previous": queue[at - 1] if at else None,
        "following": queue[at + 1] if at + 1 < len(queue) else None,
        "next_waiting": later[0] if later else None,
        "still_waiting": len(later),
    }


def _elsewhere(changes: Sequence[Change], here: Judged) -> bool:
    """Return whether the gradebook holds a mark that the record does not know: of formgrader or of nbgrader."""
    last = next((each for each in reversed(changes) if each.answer == here.answer and each.kind == "mark"), None)
    return here.score is not None and (last is None or last.score != here.score)


class Whose(MarkingTab):
    """Whose work a submission is: asked for, never sent along."""

    @web.authenticated
    async def get(self, _course: str, submission: str) -> None:
        """Return the name."""
        course = self.place.directory(self.course)
        try:
            work = course.gradebook().work(submission)
        except MarksError as error:
            raise web.HTTPError(404, str(error)) from error
        self.set_header("Cache-Control", "no-store")
        self.finish({"name": " ".join(filter(None, (work.name, work.trainee)))})


class SetAside(MarkingTab):
    """Take an answer out of tables, exports and second marking at once, or put it back."""

    @web.authenticated
    async def post(self, _course: str, submission: str, activity: str, what: str) -> None:
        """Write it down and draw the answer again."""
        course = self.place.directory(self.course)
        here = _found(course.gradebook().judged([submission]), submission, activity)
        Markbook(course.path).write(Change(os.urandom(16).hex(), now(), self.marker, what, *here.answer))
        self.redirect(self.answer_at(here))


class Phrases(MarkingTab):
    """Keep a comment to use again, or keep it no more."""

    @web.authenticated
    async def post(self, _course: str) -> None:
        """Write it down and draw the lists again."""
        book = Markbook(Path(self.place.root / self.course.directory))
        remove = self.get_body_argument("remove", "")
        text = self.get_body_argument("text", "").strip()[:LONGEST_COMMENT]
        if remove.isdecimal():
            book.remove_phrase(int(remove))
        elif text:
            book.add_phrase(self.spoken, text)
        self.redirect(self.tab_address("marking", self.course))
