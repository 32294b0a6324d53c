"""The tabs of numbers: questions, what was learned and what to teach again, reports. Each is a trainer's alone."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tornado import web  # type: ignore[attr-defined]

from himaya.content.assignments import form_of
from himaya.errors import CourseError
from himaya.languages.digits import in_digits
from himaya.languages.facts import ALL, digits_of, direction
from himaya_autograde.table import write_table
from himaya_server.desk import charts, reports
from himaya_server.desk.answers import whole_title, words_of
from himaya_server.desk.learned import learned_in, teach_again
from himaya_server.desk.questions import numbers_of
from himaya_server.home.state import modules_of
from himaya_server.home.trainer import GRADEBOOK, Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from himaya_autograde.course import CourseDirectory
    from himaya_server.desk.answers import ClassAnswers, Classes
    from himaya_server.home.handlers import Place
    from himaya_server.home.trainer import View

CLASSES = "himaya_classes"
"""The setting of the server that holds the classes that were read."""
CLASS = "class"
"""What is read ahead of the journals: who answered what, and which modules there are."""
EVERYTHING = "everything"
"""All journals, and what is worked out from all of them."""
ANSWERS = (GRADEBOOK, CLASS, EVERYTHING)
"""What pages need that are about the answers of every module."""


def answers_of(module: str) -> str:
    """Return the name of what is read ahead for the pages of one module."""
    return f"answers of {module}"


def read_ahead(place: Place, classes: Classes, course: CourseDirectory) -> None:
    """Begin to read the journals of a course, and to work out what pages say in the server's first language."""
    language = place.home.languages[0]

    def now() -> ClassAnswers:
        return classes.of(course.path, lambda: place.snapshots.of(course).results or course.results())

    def numbers(module: str) -> object:
        return now().once(numbers_of, module, language)

    with suppress(CourseError):  # the pages say what was never built
        for module in now().results.keys:
            place.ahead.begin((course.course.id, answers_of(module)), partial(numbers, module))
        place.ahead.begin((course.course.id, EVERYTHING), lambda: now().once(teach_again, language))


class Numbers(Desk):
    """A page about the class that the address names."""

    tab = "questions"

    @property
    def folder(self) -> Path:
        """The directory of that course."""
        return self.place.root / self.course.directory

    def read(self) -> ClassAnswers:
        """Return the class as it is now.

        Raises:
            CourseError: If a module was never built here, so that its answers cannot be read.
        """
        classes: Classes = self.settings[CLASSES]
        course = self.place.directory(self.course)
        return classes.of(self.folder, lambda: self.place.snapshots.of(course).results or course.results())

    def at(self, *parts: str) -> str:
        """Return the address of a page of this desk."""
        return self.to("himaya/desk", self.course.id, *parts)

    async def look(self, template: str, look: Callable[[ClassAnswers], Mapping[str, Any]], **more: object) -> None:
        """Draw a template with what `look` says of the class, which is read outside the loop.

        Args:
            template: Its name; it extends `numbers.html`.
            look: Called with the class.
            more: What else the template is given.
        """
        problem = ""

        def told(_view: View) -> Mapping[str, Any]:
            nonlocal problem
            try:
                return look(self.read())
            except CourseError as error:
                problem = str(error)
                return {}

        known = await self.seen(told)
        self.set_header("Cache-Control", "no-store")
        about = {
            "problem": problem,
            "page": self.at,
            "bar": partial(charts.bar, way=direction(self.spoken)),
            "percent": self.percent,
            "decimal": self.decimal,
            "languages_named": lambda code: ALL[code].name,
        }
        self.draw(template if not problem else "numbers.html", **about | known | more)

    def percent(self, share: float) -> str:
        """Return a share, 0 to 1, as a whole percent in the digits of the page."""
        return self.digits(f"{100 * share:.0f}")

    def decimal(self, value: float) -> str:
        """Return a number with two places in the digits of the page, its sign kept beside it."""
        text = self.digits(f"{abs(value):.2f}")
        return f"\u2066\u2212{text}\u2069" if round(value, 2) < 0 else text

    def digits(self, text: str) -> str:
        """Return text in the digits of the page."""
        return in_digits(text, digits_of(self.spoken, self.place.home.digits))

    def titles(self, known: ClassAnswers) -> dict[str, str]:
        """Return the title of each module that somebody handed in, in the order of the course."""
        here = {module for _, module in known.submissions}
        return {
            name: words_of(self.folder, name, self.spoken)["module"]["title"]
            for name in known.results.keys
            if name in here
        }

    def chosen_module(self, titles: Mapping[str, str]) -> str | None:
        """Return the module that the address asks for, else the first; None where nothing was handed in."""
        asked = self.get_query_argument("module", next(iter(titles), ""))
        if titles and asked not in titles:
            raise web.HTTPError(404, "Nobody has handed in such a module.")
        return asked or None


class Questions(Numbers):
    """The questions of one module, the worst first, and its simulations."""

    @web.authenticated
    async def get(self, _course: str) -> None:
        """Draw them."""
        first = next(iter(modules_of(self.folder)), "")
        self.needs = (GRADEBOOK, CLASS, answers_of(self.get_query_argument("module", first)))

        def look(known: ClassAnswers) -> dict[str, Any]:
            titles = self.titles(known)
            module = self.chosen_module(titles)
            numbers = None if module is None else known.once(numbers_of, module, self.spoken)
            return {"titles": titles, "module": module, "numbers": numbers}

        await self.look("questions.html", look)


class Discuss(Numbers):
    """One question to talk about in class: large, first without and then with what the class chose."""

    has_cards = False  # it is shown to the class

    @web.authenticated
    async def get(self, _course: str, module: str, name: str) -> None:
        """Draw it."""
        self.needs = (GRADEBOOK, CLASS, answers_of(module))

        def look(known: ClassAnswers) -> dict[str, Any]:
            activity = words_of(self.folder, module, self.spoken)["activities"].get(name)
            numbers = known.once(numbers_of, module, self.spoken) if module in known.results.keys else None
            found = [each for each in numbers.questions if each.id == name] if numbers else []
            if activity is None or not found:
                raise web.HTTPError(404, "There is no such question.")
            return {"activity": activity, "question": found[0], "module": module}

        await self.look("discuss.html", look)


class LearnedPage(Numbers):
    """Before and after in each module."""

    tab = "learned"
    needs = ANSWERS

    @web.authenticated
    async def get(self, _course: str) -> None:
        """Draw it."""

        def look(known: ClassAnswers) -> dict[str, Any]:
            here = {module for _, module in known.submissions}
            modules = [name for name in known.results.keys if name in here and not form_of(name)]
            return {"learned": [known.once(learned_in, name, self.spoken) for name in modules]}

        await self.look("learned.html", look)


class AgainPage(Numbers):
    """What to teach again tomorrow, on one page to print."""

    tab = "learned"
    needs = ANSWERS

    @web.authenticated
    async def get(self, _course: str) -> None:
        """Draw it."""
        await self.look("again.html", lambda known: {"again": known.once(teach_again, self.spoken)})


class Reports(Numbers):
    """What can be printed and downloaded."""

    tab = "reports"

    @web.authenticated
    async def get(self, _course: str) -> None:
        """Draw the list."""
        await self.look("reports.html", lambda _known: {"tables": tuple(reports.TABLES)})


class ReportPage(Numbers):
    """A report to print, from the browser also as PDF."""

    tab = "reports"
    needs = ANSWERS

    @web.authenticated
    async def get(self, _course: str, name: str) -> None:
        """Draw it."""

        def look(known: ClassAnswers) -> dict[str, Any]:
            modules = known.results.course.modules
            titles = {each: whole_title(words_of(self.folder, each, self.spoken)) for each in modules}
            told: dict[str, Any] = {"name": name, "titles": titles, "day": self.day(datetime.now(UTC).date())}
            if name == "donors":
                return told | {"donors": known.once(reports.donor_tables, self.spoken)}
            return told | {"rows": known.once(reports.class_rows), "shown_day": self.day}

        await self.look("report.html", look)


class ReportTable(Numbers):
    """The same as a table for a spreadsheet."""

    tab = "reports"

    @web.authenticated
    async def get(self, _course: str, name: str) -> None:
        """Send it, or draw the page that says what is missing."""

        def write() -> bytes:
            with TemporaryDirectory(prefix="himaya-") as folder:
                return write_table(Path(folder) / "table.csv", *reports.TABLES[name](self.read())).read_bytes()

        try:
            table = await asyncio.get_running_loop().run_in_executor(None, write)
        except CourseError:
            await self.look("reports.html", lambda _known: {"tables": tuple(reports.TABLES)})
            return
        self.set_header("Content-Type", "text/csv; charset=utf-8")
        self.set_header("Content-Disposition", f'attachment; filename="{self.course.id}-{name}.csv"')
        self.set_header("Cache-Control", "no-store")
        self.finish(table)
