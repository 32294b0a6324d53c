"""Answers that somebody gave on paper: a trainer types them in, and they are scored like all others.

What was answered on a screen is not shown here and cannot be replaced.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from tornado import web  # type: ignore[attr-defined]

from himaya.activities.kinds import rules
from himaya.answers.journal import FILE_NAME, Journal
from himaya.course.roster import is_trainee
from himaya.errors import CourseError, HimayaError, JournalError
from himaya.languages.facts import direction
from himaya.languages.interface import interface
from himaya_autograde import paper
from himaya_autograde.import_answers import is_closed, type_in
from himaya_server.desk.marking import MarkingTab

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from himaya.activities.kind import Compiled
    from himaya_autograde.course import CourseDirectory
    from himaya_autograde.import_answers import Place
    from himaya_server.home.trainer import View

KINDS = ("choice", "order", "match", "number", "text")
"""What can be typed in from paper: questions, not simulations, which are played."""


class Paper(MarkingTab):
    """The graded questions of a module that somebody has not answered on a screen."""

    tab = "people"
    has_cards = False

    @web.authenticated
    async def get(self, _course: str, trainee: str, module: str) -> None:
        """Draw them."""
        await self._page(trainee, module)

    async def _page(self, trainee: str, module: str, **more: object) -> None:
        def look(view: View) -> dict[str, Any]:
            course = view.course
            place = _place(course, trainee, module)
            about = self.keys(course, module)["module"]
            names = _known(course, trainee)
            rows = _rows_of(place, trainee)
            return {
                "name": names[trainee],
                "trainee": trainee,
                "module_title": about["title"],
                "spoken_in": about["language"],
                "way": direction(about["language"]),
                "questions": self._open(course, place, trainee, rows),
                "typed": paper.typed_in(course.path, module, trainee, rows),
                "closed": is_closed(place, trainee),
                "today": self.today.isoformat(),
                "time": self.written_time,
                "marker": self.marker,
            }

        await self.draw_tab("paper.html", look, **{"wrong": (), "problem": "", "done": 0, "sent": {}} | more)

    def _open(self, course: CourseDirectory, place: Place, trainee: str, rows: list[dict[str, Any]]) -> list[Compiled]:
        """Return the questions that can be typed in, in the order of the module."""
        shown = paper.on_screen(rows, paper.kept(course.path, place.module, trainee))
        return [
            each
            for name, each in self.keys(course, place.module)["activities"].items()
            if each["mode"] == "graded" and each["kind"] in KINDS and name not in shown
        ]

    @web.authenticated
    async def post(self, _course: str, trainee: str, module: str) -> None:
        """Keep what was typed in and score it; where something does not fit, nothing is kept."""
        marker = self.marker
        sent = {name: self.get_body_arguments(name) for name in self.request.body_arguments}
        wrong: list[str] = []

        def write() -> int:
            course = self.place.directory(self.course)
            place = _place(course, trainee, module)
            _known(course, trainee)
            questions = self._open(course, place, trainee, _rows_of(place, trainee))
            answers = {}
            for each in questions:
                try:
                    value = answer_of(each, lambda name: sent.get(name, []))
                except ValueError:
                    wrong.append(each["id"])
                    continue
                if value is not None:
                    answers[each["id"]] = (each["hash"], value)
            if wrong or not answers:
                return 0
            type_in(place, trainee, answers, _noon(sent.get("day", [""])[0]), marker)
            return len(answers)

        try:
            done = await asyncio.get_running_loop().run_in_executor(None, write)
        except HimayaError as error:
            problem = str(interface(self.spoken)[error.code]) if isinstance(error, JournalError) else str(error)
            await self._page(trainee, module, problem=problem, sent=sent)
            return
        if not done:
            await self._page(trainee, module, wrong=wrong, sent=sent)
            return
        graded = await self.step("grade_one", module, trainee)
        problem = graded["problem"] or " ".join(map(str, graded["problems"].values()))
        await self._page(trainee, module, done=done, problem=problem)


def answer_of(activity: Compiled, given: Callable[[str], list[str]]) -> object | None:
    """Return an answer as the activity's rules read it; None where the whole question was left open.

    Args:
        activity: A question of one of `KINDS`.
        given: Returns what was typed in under a name: the question's id, or with a dot and a part of the question.

    Raises:
        ValueError: If it fits no answer, or only some of its parts were filled in.
    """
    name = activity["id"]
    whole: Mapping[str, Any] = activity
    value: object
    match activity["kind"]:
        case "choice":
            value = given(name)
        case "order":
            value = _in_order(_parts(given, name, whole["options"]))
        case "match":
            value = [list(pair) for pair in _parts(given, name, whole["rows"]).items()]
        case "number" | "text":
            value = "".join(given(name)).strip()
        case other:
            raise ValueError(other)
    if not value:
        return None
    state = rules(activity).start(activity, 0)
    after = rules(activity).step(activity, state, {"type": "answer", "value": value})
    if after is None or not after["finished"]:
        raise ValueError(name)
    return value


def _parts(given: Callable[[str], list[str]], name: str, parts: list[Mapping[str, Any]]) -> dict[str, str]:
    found = {part["id"]: "".join(given(f"{name}.{part['id']}")).strip() for part in parts}
    return {part: value for part, value in found.items() if value}


def _in_order(places: Mapping[str, str]) -> list[str]:
    """Return ids in the order of their places, each place taken once."""
    numbered = {int(place): part for part, place in places.items()}
    if len(numbered) != len(places):
        message = "a place is taken twice"
        raise ValueError(message)
    return [numbered[place] for place in sorted(numbered)]


def _known(course: CourseDirectory, trainee: str) -> dict[str, str]:
    """Return the names of everybody in the gradebook by id, where the trainee is one of them."""
    names = {each.id: each.name for each in course.gradebook().trainees()}
    if trainee not in names:
        raise web.HTTPError(404, "Nobody here has this id.")
    return names


def _place(course: CourseDirectory, trainee: str, module: str) -> Place:
    if not is_trainee(trainee):
        raise web.HTTPError(404, "Nobody here has this id.")
    try:
        return course.taking_in(module)
    except CourseError as error:
        raise web.HTTPError(404, str(error)) from error


def _rows_of(place: Place, trainee: str) -> list[dict[str, Any]]:
    return Journal(place.folder(trainee) / FILE_NAME).rows()


def _noon(day: str) -> datetime:
    """Return noon of the day on which it was written, or now: nothing is handed in tomorrow."""
    moment = datetime.now(UTC)
    try:
        written = datetime.combine(date.fromisoformat(day), time(12), UTC)
    except ValueError:
        return moment
    return min(written, moment)
