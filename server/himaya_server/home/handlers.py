"""The pages themselves: thin handlers over what `state` tells."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property, partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_escape, url_path_join
from tornado import web  # type: ignore[attr-defined]

from himaya.activities.kinds import report
from himaya.errors import WorkerError
from himaya.languages.dates import written_day
from himaya.languages.digits import in_digits
from himaya.languages.facts import ALL, SOURCE, digits_of, direction, known
from himaya.languages.interface import interface
from himaya.languages.isolates import marked_up
from himaya.publish.folder import FolderError, open_folder
from himaya.publish.look import look
from himaya.publish.rehearsal import SHEET
from himaya.worker import ask, without_waiting
from himaya_autograde.course import CourseDirectory
from himaya_autograde.feedback.page import LANGUAGES, LESSON
from himaya_server.font import font_rule
from himaya_server.home import state
from himaya_server.home.ahead import Ahead
from himaya_server.home.snapshot import Snapshots

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from jinja2 import Environment

    from himaya_server.builds import Builds

# Feedback shows what trainees wrote: nothing in it may run, and nothing may be fetched from anywhere.
_FEEDBACK_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
_PAGE_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
_SAID = re.compile('<html lang="([a-z]+)"')
_COOKIE = "himaya-language"

STEP_TIMEOUT = 3600  # seconds: a whole cohort


@dataclass(frozen=True)
class Taken:
    """A course that this server's user takes, teaches or shows.

    Attributes:
        directory: The trainer's nbgrader course directory, below the server's root.
        trainee: Folder of the trainee's modules, below the server's root.
        address: Where its pages lie on this server.
    """

    id: str
    directory: str
    trainee: str
    address: str


@dataclass(frozen=True)
class Place:
    """What every page knows: configuration, server root, templates, saved answers on their way in, classes as read.

    Attributes:
        readers: What is read of a class ahead of its pages, by name, in this order.
    """

    home: Any
    root: Path
    templates: Environment
    builds: Builds
    batches: dict[str, Any] = field(default_factory=dict)
    snapshots: Snapshots = field(default_factory=Snapshots)
    ahead: Ahead = field(default_factory=Ahead)
    readers: dict[str, Callable[[CourseDirectory], object]] = field(default_factory=dict)
    shows: Any = None

    def is_own(self, folder: Path) -> bool:
        """Return whether a folder, without links, belongs to a role whose modules this server's user opens as apps."""
        own = {"trainee": self.home.trainee, "mentor": self.home.mentor}
        return any(
            folder.is_relative_to((self.root / part).resolve()) for role, part in own.items() if role in self.home.roles
        )

    @property
    def exchange(self) -> Path:
        """Nbgrader's exchange."""
        return Path(self.home.exchange)

    @cached_property
    def courses(self) -> list[Taken]:
        """All courses; the first one's addresses are those of a platform with one course."""
        return [
            Taken(**each, address=f"himaya/course/{each['id']}" if number else "himaya")
            for number, each in enumerate(self.home.courses)
        ]

    def course(self, name: str | None) -> Taken:
        """Return a course by its id, the first without one.

        Raises:
            HTTPError: If there is none.
        """
        found = next((each for each in self.courses if name in (None, each.id)), None)
        if found is None:
            raise web.HTTPError(404, "No such course is open here.")
        return found

    def course_with(self, module: str) -> str:
        """Return the id of the first course that has a module; empty where none has it."""
        have = (each.id for each in self.courses if module in state.modules_of(self.root / each.directory))
        return next(have, "")

    def read_ahead(self, *courses: Taken) -> None:
        """Begin to read what pages show of courses, before somebody asks for it."""
        for what, read in self.readers.items():
            for course in courses:
                self.ahead.begin((course.id, what), partial(self._read, course, read))

    def _read(self, course: Taken, read: Callable[[CourseDirectory], object]) -> None:
        if (self.root / course.directory / "gradebook.db").is_file():  # nbgrader would make one
            read(self.directory(course))

    def directory(self, course: Taken) -> CourseDirectory:
        """The trainer's directory of a course."""
        return CourseDirectory(self.root / course.directory, self.exchange)


class Page(JupyterHandler):
    """A page of one role; another role's user gets 403."""

    role: str | None = None

    def initialize(self, place: Place) -> None:
        """Keep the place; refuse roles that this server's user does not have."""
        self.place = place

    async def prepare(self) -> None:
        """Check the role after the server checked the login."""
        await super().prepare()
        if self.role is not None and self.role not in self.place.home.roles:
            raise web.HTTPError(403, "This page is for another role.")

    def draw(self, template: str, **values: object) -> None:
        """Write one template, with the policy that lets nothing in from elsewhere."""
        nonce = secrets.token_urlsafe(16)
        self.set_header("Content-Security-Policy", _PAGE_POLICY.format(nonce=nonce))
        page = self.place.templates.get_template(template)
        home, spoken = self.place.home, self.spoken
        common = {"base": self.base_url, "roles": home.roles, "role": self.role, "say": interface(spoken, home.digits)}
        common["look"] = font_rule(f"{self.base_url}himaya/font/") + look()
        here = self.request.path
        languages = [(each, ALL[each].name, direction(each), f"{here}?language={each}") for each in home.languages]
        written = partial(in_digits, digits=digits_of(spoken, home.digits))
        way = direction(spoken)
        speaks = {"spoken": spoken, "spoken_direction": way, "languages": languages, "in_digits": written}
        html = page.render(**common, **speaks, nonce=nonce, xsrf=self.xsrf_token.decode(), **values)
        self.finish(marked_up(html))

    @property
    def spoken(self) -> str:
        """The language of this page: the one just chosen, else the one chosen before, else the usual one."""
        return self.chosen or str(self.place.home.languages[0])

    @property
    def chosen(self) -> str | None:
        """The language just chosen, else the one chosen before, if any; what was just chosen is kept."""
        languages: list[str] = self.place.home.languages
        chosen = self.get_query_argument("language", None)
        if chosen in languages:
            # As long as the notebooks' own preference; a language says nothing of who chose it.
            self.set_cookie(_COOKIE, chosen, path=self.base_url, expires_days=365, samesite="Lax", httponly=True)
            return str(chosen)
        before = self.get_cookie(_COOKIE)
        return str(before) if before in languages else None

    def practice_apps(self) -> list[dict[str, Any]]:
        """Return the mentor's practice apps: id, course, title, language, address and what is played in each."""
        apps = []
        folder = self.place.root / self.place.home.mentor
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            try:
                opened = open_folder(path)
            except FolderError:
                continue
            content = opened.in_language(self.spoken) or opened.content
            played = [a for a in content["activities"].values() if report(a).runs]
            address = self.to("voila", "render", url_escape(f"{self.place.home.mentor}/{path.name}/{path.name}.ipynb"))
            address = f"{address}?language={self.spoken}"
            app = {"title": content["module"]["title"], "language": known(content.get("language"))}
            app |= {"id": path.name, "course": self.place.course_with(path.name)}
            app["draft"] = content.get("draft") is True
            app["sheet"] = self.to("himaya/mentor/sheet", path.name) if _sheets(path) else None
            apps.append({**app, "address": address, "played": played})
        return apps

    def to(self, *parts: str) -> str:
        """Return an address on this server."""
        return str(url_path_join(self.base_url, *parts))


class OtherRole(Page):
    """An address that is for another role."""

    @web.authenticated
    def get(self) -> None:
        """Refuse."""
        raise web.HTTPError(403, "This page is for another role.")

    post = put = get


class Welcome(Page):
    """Choose a role, or go straight on where there is only one."""

    @web.authenticated
    def get(self) -> None:
        """Draw the three doors."""
        roles = self.place.home.roles
        if len(roles) == 1:
            self.redirect(self.to("himaya", roles[0]))
            return
        self.draw("welcome.html")


class Trainee(Page):
    """Modules with how far this trainee is."""

    role = "trainee"

    @web.authenticated
    def get(self) -> None:
        """Draw the list."""
        self._list()

    def _list(self, problem: str | None = None) -> None:
        shown = [each for each in map(self._course, self.place.courses) if each["modules"]]
        every = [(course, module) for course in shown for module in course["modules"]]
        found = state.to_go_on_with(module for _, module in every)
        go_on = next(((course, module) for course, module in every if module is found), None)
        fresh = [(course, module) for course, module in every if self._is_new(course, module)]
        self.draw("trainee.html", courses=shown, fresh=fresh, go_on=go_on, day=self._day, problem=problem)

    def _is_new(self, course: dict[str, Any], module: state.ModuleState) -> bool:
        """Whether this browser has not opened the newest feedback of a module."""
        return module.feedback_at > 0 and self.get_cookie(_read(course["id"], module.id)) != str(module.feedback_at)

    def _day(self, day: date) -> str:
        return written_day(day, self.spoken, self.place.home.digits)

    def _course(self, course: Taken) -> dict[str, Any]:
        """Return what the list tells of one course."""
        exchange, say = self.place.exchange, interface(self.spoken, self.place.home.digits)
        modules = state.trainee_modules(self.place.root / course.trainee, exchange, course.id, self.spoken)
        whole = state.course_so_far(exchange, course.id, modules)
        return {
            "at": self.to(course.address),
            "id": course.id,
            "title": state.course_title(exchange, course.id, self.spoken),
            "modules": modules,
            "rule": state.rule(exchange, course.id, say, self.spoken),
            "so_far": whole.in_words(say, "pass-so-far") if whole else "",
        }


class Open(Trainee):
    """Open a module as app or notebook; the first time, fetch it from the exchange."""

    @web.authenticated
    async def get(self, name: str | None, module: str, door: str) -> None:
        """Fetch where needed and go to the module's own page."""
        course = self.place.course(name)
        if module not in state.released_modules(self.place.exchange, course.id):
            raise web.HTTPError(404, "No such module is open.")
        self.place.builds.remember_released()
        folder = self.place.root / course.trainee / module
        if not (folder / f"{module}.ipynb").exists():
            folder.parent.mkdir(exist_ok=True)
            try:
                fetch = partial(ask, "himaya_autograde.exchange", "fetch", course.id, str(folder), seconds=STEP_TIMEOUT)
                await without_waiting(fetch)
            except WorkerError as error:
                self.set_status(503)
                self._list(error.in_words(interface(self.spoken)))
                return
        notebook = f"{course.trainee}/{module}/{module}.ipynb"
        view = ("voila", "render") if door == "app" else ("notebooks",)
        language = f"?language={self.spoken}" if door == "app" else ""
        self.redirect(f"{self.to(*view, url_escape(notebook))}{language}")


class Feedback(Page):
    """The newest feedback of a module, as nbgrader released it, in the language chosen last, if any.

    Who chose none reads it in the language of the submission.
    """

    role = "trainee"

    @web.authenticated
    def get(self, name: str | None, module: str) -> None:
        """Write the page under a policy that lets nothing run."""
        course = self.place.course(name)
        files = state.feedback_files(self.place.exchange, course.id, module)
        if not files:
            raise web.HTTPError(404, "There is no feedback for this module yet.")
        released = str(int(files[None].stat().st_mtime))
        about = {"path": self.base_url, "expires_days": 365, "samesite": "Lax", "httponly": True}
        self.set_cookie(_read(course.id, module), released, **about)
        found = files.get(self.chosen, files[None])
        self.set_header("Content-Security-Policy", _FEEDBACK_POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        html = found.read_text(encoding="utf-8")
        spoken = _SAID.search(html)
        others = [(each, ALL[each].name, direction(each)) for each in files if each is not None]
        say = interface(spoken[1] if spoken else SOURCE)
        way = self.place.templates.get_template("feedback-languages.html")
        shown = way.render(say=say, home=self.to("himaya"), languages=others, spoken=spoken and spoken[1])
        module_page = escape(self.to(course.address, "open", module, "app"))
        lesson = LESSON.replace(" hidden", "").replace("#", f"{module_page}#")
        self.finish(html.replace(LANGUAGES, shown, 1).replace(LESSON, lesson))


class Mentor(Page):
    """Practice apps to show, without grading and without a journal."""

    role = "mentor"

    @web.authenticated
    def get(self) -> None:
        """Draw the list of apps."""
        place = self.place
        self.draw("mentor.html", apps=self.practice_apps(), can_show=bool(place.home.modules), shown=place.shows.now)


class PracticeSheet(Page):
    """A scene to play in a room, to print: as it was written when the platform was built."""

    role = "mentor"

    @web.authenticated
    def get(self, module: str) -> None:
        """Send the sheet in the language of the page, else in the one that there is."""
        sheets = _sheets(self.place.root / self.place.home.mentor / module)
        if not sheets:
            raise web.HTTPError(404, "This module has no practice sheet.")
        html = sheets.get(self.spoken, next(iter(sheets.values()))).read_text(encoding="utf-8")
        self.set_header("Content-Security-Policy", _FEEDBACK_POLICY)
        self.set_header("Cache-Control", "no-store")
        self.finish(html)


def _sheets(folder: Path) -> dict[str, Path]:
    """Return the practice sheets that lie in a module's folder, by language."""
    found = {language: folder / SHEET.format(language=language) for language in ALL}
    return {language: path for language, path in found.items() if path.is_file()}


def _read(course: str, module: str) -> str:
    """Return the name of the cookie that holds which feedback of a module was opened in this browser."""
    return f"himaya-read-{course}-{module}"
