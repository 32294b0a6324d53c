"""The trainer's page: what waits, the steps that do it, the tables, and answers that were saved from pages."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tornado import web  # type: ignore[attr-defined]

from himaya.content.assignments import is_second_form
from himaya.course.course import load_course
from himaya.errors import ContentError, WorkerError
from himaya.languages.facts import SOURCE
from himaya.languages.interface import interface
from himaya.translation.translated import translated_course
from himaya.worker import ask, without_waiting
from himaya_server.home import formgrader, state
from himaya_server.home.handlers import STEP_TIMEOUT, Page

if TYPE_CHECKING:
    from himaya_server.home.handlers import Taken


class Trainer(Page):
    """The course and what waits."""

    role = "trainer"

    @web.authenticated
    async def get(self, _course: str | None) -> None:
        """Draw the table, and what became of saved answers that were brought in."""
        batch = self.place.batches.get(self.get_query_argument("taken", ""))
        await self._table(taken=batch.report if batch and batch.course == self.course else None)

    @property
    def course(self) -> Taken:
        """The course that the address names."""
        return self.place.course(self.path_args[0])

    async def step(self, name: str, *arguments: str) -> dict[str, Any]:
        """Take one step outside this server's process and return what it did; nothing where it does not say."""
        folder = str(self.place.root / self.course.directory)
        nothing: dict[str, Any] = {"problem": "", "good": [], "problems": {}, "people": {}, "files": [], "missing": []}
        step = partial(ask, "himaya_autograde.step", name, folder, str(self.place.exchange), *arguments)
        try:
            return nothing | await without_waiting(partial(step, seconds=STEP_TIMEOUT))
        except WorkerError as error:
            return nothing | {"problem": error.in_words(interface(self.spoken))}

    async def _table(self, **done: object) -> None:
        def look() -> dict[str, Any]:
            course = self.place.directory(self.course)
            others = [each for each in self.place.courses if each != self.course]
            titles = {each.id: self._title(self.place.root / each.directory) for each in others}
            titles[self.course.id] = title, language = self._title(course.path)
            return {
                "title": title,
                "language": language,
                "courses": [(each.id, self.to(each.address), *titles[each.id]) for each in self.place.courses],
                "at": self.to(self.course.address),
                "local_facts": self.to("himaya/trainer/local-facts") if self.place.home.repository else "",
                "formgrader": self.to(formgrader.address(self.course)),
                "rows": state.waiting(course, self.spoken),
                "trainees": state.trainees(course),
                "passed": state.passed_count(course),
            }

        known = await asyncio.get_running_loop().run_in_executor(None, look)
        self.draw("trainer.html", **known, **{"done": None, "taken": None, **done})

    def _title(self, folder: Path) -> tuple[str, str]:
        """Return the title of the course in `folder` and its language."""
        course = load_course(folder)
        try:
            return translated_course(course, "", folder, self.spoken)[0].title, self.spoken
        except ContentError:
            return course.title, SOURCE


class TrainerStep(Trainer):
    """Collect, grade or release feedback for the whole course."""

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
