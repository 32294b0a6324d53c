"""The trainer's desk: its cards and tabs, and its first page with modules, steps, tables and saved answers."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Any

from tornado import web  # type: ignore[attr-defined]

from himaya.content.assignments import is_second_form
from himaya.course.course import load_course
from himaya.errors import ContentError, WorkerError
from himaya.languages.dates import written_day
from himaya.languages.facts import SOURCE
from himaya.languages.interface import interface
from himaya.translation.translated import translated_course
from himaya.worker import ask, without_waiting
from himaya_server.home import cards, formgrader, state
from himaya_server.home.handlers import STEP_TIMEOUT, Page
from himaya_server.home.snapshot import Folders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from himaya_autograde.course import CourseDirectory
    from himaya_server.home.cards import Cards
    from himaya_server.home.handlers import Taken
    from himaya_server.home.snapshot import Snapshot, Snapshots

    Rows = Sequence[Mapping[str, Any]]
    """What waits in each module, as `state.waiting` returns it."""


TABS = ("modules", "people", "marking", "questions", "learned", "reports")
"""In this order; a tab is shown where the desk serves it, and the modules always."""
GRADEBOOK = "gradebook"
"""What the pages of the desk need that is read ahead."""
_PATIENCE = 1.0  # seconds that a page waits for it before it says so
SERVED = "himaya_desk_tabs"
"""The setting of the server that names the tabs which are served."""


class View:
    """What a page of the desk is drawn from: one course; what a page does not ask for is not looked at."""

    def __init__(self, course: CourseDirectory, snapshots: Snapshots, language: str, today: date) -> None:
        """Look at nothing yet.

        Args:
            course: Its directory.
            snapshots: The classes of this server.
            language: In which titles are told.
            today: The day in this place.
        """
        self.course = course
        self._snapshots, self._language, self._today = snapshots, language, today

    @cached_property
    def known(self) -> Snapshot:
        """What its gradebook says."""
        return self._snapshots.of(self.course)

    @cached_property
    def folders(self) -> Folders:
        """What lies in its folders."""
        return Folders.of(self.course)

    @cached_property
    def rows(self) -> Rows:
        """What waits in each module."""
        return state.waiting(self.course, self.known, self.folders, self._language)

    @cached_property
    def cards(self) -> Cards:
        """The four cards."""
        return cards.cards_of(self.course, self.known, self.folders, self.rows, self._today)


class Desk(Page):
    """A page of the trainer's desk: the four cards, the tabs, and what the tab `tab` shows of one course.

    Attributes:
        needs: What has to be read ahead before it is drawn, in the order in which it is read.
    """

    role = "trainer"
    tab = "modules"
    has_cards = True
    needs: Sequence[str] = (GRADEBOOK,)

    @property
    def course(self) -> Taken:
        """The course that the address names."""
        return self.place.course(self.path_args[0])

    def tab_address(self, tab: str, course: Taken, *parts: str) -> str:
        """Return where a tab of a course lies, or a page below it."""
        if tab == "modules":
            return self.to(course.address, "trainer", *parts)
        return self.to("himaya/desk", course.id, tab, *parts)

    async def draw_tab(self, template: str, look: Callable[[View], Mapping[str, Any]], **more: object) -> None:
        """Draw a page that extends `desk.html`.

        Args:
            template: Its name.
            look: Returns what the template is given; called outside the loop.
            more: What else the template is given.
        """
        self.draw(template, **await self.seen(look) | more)

    async def seen(self, look: Callable[[View], Mapping[str, Any]]) -> dict[str, Any]:
        """Return what every page of the desk is given, and what `look` returns."""
        await self.wait_for_reading()

        def read() -> dict[str, Any]:
            view = View(self.place.directory(self.course), self.place.snapshots, self.spoken, self.today)
            others = [each for each in self.place.courses if each != self.course]
            titles = {each.id: self._title(self.place.root / each.directory) for each in others}
            titles[self.course.id] = title, language = self._title(view.course.path)
            served = {"modules", *self.settings.get(SERVED, ())}
            marking = self.tab_address("marking", self.course, "next")
            return {
                "title": title,
                "language": language,
                "courses": [
                    (each.id, self.tab_address(self.tab, each), *titles[each.id]) for each in self.place.courses
                ],
                "here": self.course.id,
                "at": self.to(self.course.address),
                "tab": self.tab,
                "tabs": [(name, self.tab_address(name, self.course)) for name in TABS if name in served],
                "tab_address": partial(self.tab_address, course=self.course),
                "formgrader": self.to(formgrader.address(self.course)),
                "read_next": marking if "marking" in served else self.to(formgrader.address(self.course)),
                "cards": view.cards if self.has_cards else None,
                "rows": view.rows if self.has_cards else [],
                "day": self.day,
                "asks": False,
                **look(view),
            }

        return await asyncio.get_running_loop().run_in_executor(None, read)

    async def wait_for_reading(self) -> None:
        """Draw that the class is being read, and end the request, where the server started a moment ago."""
        if self.request.method != "GET":
            return
        course, needs = self.course.id, self.needs

        def is_read() -> bool:
            end = monotonic() + _PATIENCE
            return all(self.place.ahead.is_read((course, each), end - monotonic()) for each in needs)

        if await asyncio.get_running_loop().run_in_executor(None, is_read):
            return
        self.set_status(202)  # reading.js looks for it
        self.set_header("Cache-Control", "no-store")
        self.draw("reading.html")
        raise web.Finish

    @property
    def today(self) -> date:
        """The day in this place."""
        return datetime.now().astimezone().date()

    async def step(self, name: str, *arguments: str) -> dict[str, Any]:
        """Take one step outside this server's process and return what it did; nothing where it does not say."""
        folder = str(self.place.root / self.course.directory)
        nothing: dict[str, Any] = {"problem": "", "good": [], "problems": {}, "people": {}, "files": [], "missing": []}
        step = partial(ask, "himaya_autograde.step", name, folder, str(self.place.exchange), *arguments)
        try:
            return nothing | await without_waiting(partial(step, seconds=STEP_TIMEOUT))
        except WorkerError as error:
            return nothing | {"problem": error.in_words(interface(self.spoken))}
        finally:
            self.place.read_ahead(self.course)

    def day(self, day: date) -> str:
        """Return a day as it is written in the language of the page."""
        return written_day(day, self.spoken, self.place.home.digits)

    def _title(self, folder: Path) -> tuple[str, str]:
        """Return the title of the course in `folder` and its language."""
        course = load_course(folder)
        try:
            return translated_course(course, "", folder, self.spoken)[0].title, self.spoken
        except ContentError:
            return course.title, SOURCE


class Trainer(Desk):
    """The modules of a course and what waits in each."""

    @web.authenticated
    async def get(self, _course: str | None) -> None:
        """Draw the table, and what became of saved answers that were brought in."""
        batch = self.place.batches.get(self.get_query_argument("taken", ""))
        await self._table(taken=batch.report if batch and batch.course == self.course else None)

    async def _table(self, **done: object) -> None:
        def look(view: View) -> dict[str, Any]:
            about = view.course.course
            return {
                "local_facts": self.to("himaya/trainer/local-facts") if self.place.home.repository else "",
                "trainees": sorted(each.id for each in view.known.trainees),
                "passed": (view.known.passed, len(view.known.trainees)) if view.known.results else None,
                "due": {
                    name: day
                    for module, day in about.due.items()
                    for name in (module, *about.assignments_of(module).values())
                },
            }

        await self.draw_tab("trainer.html", look, **{"done": None, "taken": None, **done})


class Send(Trainer):
    """Release feedback; what is not fully marked only after it was asked about."""

    @web.authenticated
    async def post(self, _course: str | None) -> None:
        """Release, or draw the page with the question."""
        what = self.get_body_argument("what", "")
        if what in _SENT:
            await self._table(done=await self.step(_SENT[what]))
            return

        def waits() -> bool:
            known = self.place.snapshots.of(self.place.directory(self.course))
            return any(work.waits for work in known.handed_in.values())

        if await asyncio.get_running_loop().run_in_executor(None, waits):
            await self._table(asks=True)
        else:
            await self._table(done=await self.step("feedback"))


_SENT = {"ready": "send_ready", "all": "feedback"}


class TrainerStep(Trainer):
    """Collect, grade, or both, for the whole course."""

    @web.authenticated
    async def post(self, _course: str | None, name: str) -> None:
        """Take the step and draw the table again with what it did."""
        await self._table(done=await self.step(name))


class SecondForm(Trainer):
    """Open the second form of a safety set to trainees."""

    @web.authenticated
    async def post(self, _course: str | None, form: str) -> None:
        """Release it and draw the table again with what that did."""
        if not is_second_form(form):
            raise web.HTTPError(404, "This is not the second form of a safety set.")
        await self._table(done=await self.step("release", form))


class Tables(Trainer):
    """The three tables of `himaya export`, packed into one file."""

    @web.authenticated
    async def get(self, _course: str | None) -> None:
        """Write the file, or draw the page with what is missing."""
        with TemporaryDirectory(prefix="himaya-") as folder:
            answer = await self.step("export", folder)
            if answer["problem"]:
                await self._table(done=answer)
                return
            packed = (Path(folder) / "tables.zip").read_bytes()
        self.set_header("Content-Type", "application/zip")
        self.set_header("Content-Disposition", f'attachment; filename="{self.course.id}.zip"')
        self.set_header("Cache-Control", "no-store")
        self.finish(packed)
