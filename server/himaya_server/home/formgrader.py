"""formgrader for every course. Its buttons work in a process of their own: nbgrader's would stop the whole server.

nbgrader serves one course, or loads the settings of the folder that an address names, for all tabs at once. So each
further course has a formgrader of its own below its address, and no address names a folder.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections import ChainMap
from copy import deepcopy
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.utils import url_escape, url_path_join
from nbgrader.server_extensions.formgrader import apihandlers
from nbgrader.server_extensions.formgrader.base import BaseHandler, check_notebook_dir, check_xsrf
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from tornado import web  # type: ignore[attr-defined]

from himaya.course.course import load_course
from himaya.errors import HimayaError, WorkerError
from himaya.languages.interface import interface
from himaya.worker import Worker, without_waiting
from himaya_autograde.export import results_of
from himaya_autograde.gradebook import Gradebook
from himaya_autograde.markbook import Change, Markbook, now
from himaya_server.home.handlers import STEP_TIMEOUT, Page
from himaya_server.home.marking import MARKER, Marking, NoFiles, marker_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from himaya_autograde.export import Results
    from himaya_server.home.handlers import Place, Taken

_WORKER = Worker("himaya_autograde.step")
"""The one process that works for the buttons of this server: two would wait for each other's gradebook."""
_STEPS = {  # nbgrader's handler of a button, and what it asks of nbgrader's API
    apihandlers.AutogradeHandler: "autograde",
    apihandlers.AssignHandler: "generate_assignment",
    apihandlers.ReleaseHandler: "release_assignment",
    apihandlers.UnReleaseHandler: "unrelease",
    apihandlers.CollectHandler: "collect",
    apihandlers.GenerateAllFeedbackHandler: "generate_feedback",
    apihandlers.ReleaseAllFeedbackHandler: "release_feedback",
    apihandlers.GenerateFeedbackHandler: "generate_feedback",
    apihandlers.ReleaseFeedbackHandler: "release_feedback",
}
_COUNTED = (
    apihandlers.AssignmentCollectionHandler,
    apihandlers.AssignmentHandler,
    apihandlers.NotebookCollectionHandler,
    apihandlers.SubmissionCollectionHandler,
    apihandlers.SubmissionHandler,
    apihandlers.SubmittedNotebookCollectionHandler,
    apihandlers.StudentCollectionHandler,
    apihandlers.StudentHandler,
    apihandlers.StudentSubmissionCollectionHandler,
    apihandlers.StudentNotebookSubmissionCollectionHandler,
)


class _Outside:
    """Takes the place of nbgrader's handler, and answers what formgrader's page expects."""

    step: str
    coursedir: Any
    write: Any

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    async def post(self, module: str, *trainee: str) -> None:
        """Take the step for one submission, or a whole module, and say how it went."""
        press = partial(_WORKER.ask, "button", self.step, str(self.coursedir.root), module, *trainee)
        try:
            answer = await without_waiting(partial(press, seconds=STEP_TIMEOUT))
        except WorkerError as error:
            answer = {"success": False, "error": error.in_words(interface())}
        self.write(json.dumps(answer))


_BUTTONS = [
    (route, type(f"Outside{handler.__name__}", (_Outside, handler), {"step": _STEPS[handler]}))
    for route, handler in apihandlers.default_handlers
    if handler in _STEPS
]


class _Listed:
    """Takes the place of a list of nbgrader's, with everybody's points as all our pages say them."""

    coursedir: Any

    def write(self, listed: str) -> None:
        """Write the list; one that nbgrader could not make is written as it is."""
        folder = Path(self.coursedir.root)
        with contextlib.suppress(ValueError, HimayaError):
            results = results_of(Gradebook(self.coursedir.db_url), load_course(folder), folder)
            listed = json.dumps(counted(json.loads(listed), results))
        super().write(listed)  # type: ignore[misc]


_LISTS = [
    (route, type(f"Counted{handler.__name__}", (_Listed, handler), {}))
    for route, handler in apihandlers.default_handlers
    if handler in _COUNTED
]


class _Recorded:
    """Takes the place of nbgrader's handler of a mark or a comment, and writes down who gave it and when."""

    coursedir: Any
    gradebook: Any
    find: str

    def put(self, row: str) -> None:
        """Let nbgrader write it, and then the record; a mark is kept where the record cannot be written."""
        super().put(row)  # type: ignore[misc]
        if self.get_status() != HTTPStatus.OK:  # type: ignore[attr-defined]
            return
        marker = marker_of(self.get_cookie(MARKER))  # type: ignore[attr-defined]
        with contextlib.suppress(HimayaError):
            Markbook(Path(self.coursedir.root)).write(_change(getattr(self.gradebook, self.find)(row), marker))


def _change(row: Any, marker: str) -> Change:
    """Return the line of the record for a row of nbgrader's, a grade or a comment."""
    grade = next((each for each in row.notebook.grades if each.name == row.name), None)
    comment = next((each for each in row.notebook.comments if each.name == row.name), None)
    return Change(
        id=os.urandom(16).hex(),
        at=now(),
        marker=marker,
        kind="mark",
        trainee=row.notebook.student.id,
        module=row.notebook.assignment.name,
        activity=row.name,
        score=grade.manual_score if grade else None,
        comment=(comment.manual_comment or None) if comment else None,
    )


_FIND = {apihandlers.GradeHandler: "find_grade_by_id", apihandlers.CommentHandler: "find_comment_by_id"}
_RECORDED = [
    (route, type(f"Recorded{handler.__name__}", (_Recorded, handler), {"find": _FIND[handler]}))
    for route, handler in apihandlers.default_handlers
    if handler in _FIND
]


def counted(listed: Any, results: Results) -> Any:
    """Return rows of formgrader's lists with the points that count, over what counts in the edition handed in.

    nbgrader itself would compare everybody with the cells of all editions. Averages are over all that was graded.
    """
    for row in listed if isinstance(listed, list) else [listed]:
        if row is None:
            continue
        if "average_score" in row:  # a module, or its one notebook
            here = [who for who in results.handed_in if who[1] == row["name"]]
            theirs = [who for who in here if results.paths.counts(*who)]
            row.update(_average([results.points(*who) for who in theirs or here]))
        elif "student" in row:  # a hand-in
            row.update(results.points(row["student"], row["name"]) or {})
        else:  # a trainee in the whole course
            standing = results.verdict(row["id"]).standing
            row.update(score=standing.earned, max_score=standing.worth)
    return listed


def _average(points: Sequence[Mapping[str, float] | None]) -> dict[str, float]:
    known = [each for each in points if each is not None]
    names = {name: name if name.startswith("max_") else f"average_{name}" for name in (known or [{}])[0]}
    return {shown: sum(each[name] for each in known) / len(known) for name, shown in names.items()}


class Formgrader(Page):
    """Where formgrader begins; JupyterLab's menu names a folder, and a course's is the only one that is opened."""

    role = "trainer"

    @web.authenticated
    def get(self) -> None:
        """Go to the list of assignments."""
        path = self.get_query_argument("path", "")
        if not path:
            at = self.settings.get("himaya_formgrader", "formgrader")
        else:
            wanted = os.path.realpath(self.place.root / path)
            place = self.place
            found = [each for each in place.courses if os.path.realpath(place.root / each.directory) == wanted]
            if not found:
                raise web.HTTPError(404, "No course is in this folder.")
            at = address(found[0])
        self.redirect(self.to(at, "manage_assignments"))


class _Elsewhere(Page):
    """A link from a course's formgrader to another part of this server."""

    @web.authenticated
    def get(self, path: str) -> None:
        """Go there."""
        self.redirect(self.to(url_escape(path)))


def address(course: Taken) -> str:
    """Return where the formgrader of a course lies on this server."""
    return "formgrader" if course.address == "himaya" else f"{course.address}/formgrader"


def instead(place: Place) -> list[tuple[str, Any, dict[str, Any]]]:
    """Return the routes in the place of nbgrader's; those are added after us, and the first one answers."""
    return [
        (r"/formgrader/?", Formgrader, {"place": place}),
        (r"/formgrader/submissions/([0-9a-f]+)/?", Marking, {"place": place}),
        (r"/formgrader/submissions/[^/]+/(?!(?:next|prev)(?:_incorrect)?/?$).+", NoFiles, {"place": place}),
        *((route, handler, {}) for route, handler in (*_BUTTONS, *_LISTS, *_RECORDED)),
    ]


class _Routes:
    """Takes the place of the server's web application while nbgrader tells its settings and routes."""

    def __init__(self, base: str) -> None:
        self.settings: dict[str, Any] = {"base_url": base}
        self.routes: list[Any] = []

    def add_handlers(self, _host: str, routes: list[Any]) -> None:
        self.routes += routes


def of_course(app: Any, place: Place, course: Taken) -> list[tuple[Any, ...]]:
    """Return the routes of a formgrader that serves another course than nbgrader's own."""
    base = url_path_join(app.web_app.settings["base_url"], course.address)
    config = deepcopy(app.config)
    config.CourseDirectory.root = str(place.root / course.directory)
    extension = FormgradeExtension(parent=app, config=config)
    extension.root_dir, extension.log = app.root_dir, app.log
    extension.initialize([])
    told = _Routes(base)
    extension.init_tornado_settings(told)
    extension.init_handlers(told)
    own = {name: value for name, value in told.settings.items() if name != "base_url"}
    settings = ChainMap({**own, "himaya_formgrader": address(course)}, app.web_app.settings)
    ours = [(url_path_join(base, route), *rest) for route, *rest in instead(place)]
    elsewhere = (url_path_join(base, r"/((?:tree|lab|notebooks|edit|files)/.*)"), _Elsewhere, {"place": place})
    return [(route, _at(handler, base, settings), *given) for route, handler, *given in [*ours, *told.routes]] + [
        elsewhere
    ]


def _at(handler: Any, base: str, settings: Any) -> Any:
    """Return a handler that finds the course of these settings, and whose pages lead back to itself."""
    found: dict[str, Any] = {"settings": property(lambda _: settings)}
    if issubclass(handler, BaseHandler):
        found["base_url"] = property(lambda _: base)
    return type(handler.__name__, (handler,), found)
