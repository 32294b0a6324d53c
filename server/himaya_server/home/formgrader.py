"""formgrader's buttons, in a process of their own: nbgrader's would stop the whole server while they work."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.server_extensions.formgrader import apihandlers
from nbgrader.server_extensions.formgrader.base import check_notebook_dir, check_xsrf
from tornado import web  # type: ignore[attr-defined]

from himaya_autograde.batch.work import follow_parent

if TYPE_CHECKING:
    from himaya_autograde.course import CourseDirectory

_USUAL = ("Removing existing ", "Updating existing ")  # warnings about what every second press of a button does
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
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(_worker(), take, self.step, str(self.coursedir.root), module, *trainee)
        except BrokenExecutor:
            _worker.cache_clear()
            answer = {"success": False, "error": "The system ended the process that did this. Try again."}
        self.write(json.dumps(answer))


ROUTES = [
    (route, type(f"Outside{handler.__name__}", (_Outside, handler), {"step": _STEPS[handler]}))
    for route, handler in apihandlers.default_handlers
    if handler in _STEPS
]


@cache
def _worker() -> ProcessPoolExecutor:
    """Return the one process that works for this server: two would wait for each other's gradebook."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    follow_parent()
    os.nice(5)  # the server that people look at goes first


def take(step: str, root: str, module: str, *trainee: str) -> dict[str, Any]:
    """Take one step in the course in `root` and return `success` and `log` or `error`, as nbgrader's API does."""
    from himaya.errors import CourseError  # in the working process only
    from himaya_autograde.course import CourseDirectory  # in the working process only

    try:
        course = CourseDirectory(Path(root))
        if step == "autograde":
            return _graded(course, module, *trainee)
        return worth_telling(getattr(course.api, step)(module, *trainee))
    except CourseError as error:
        return {"success": False, "error": str(error)}


def _graded(course: CourseDirectory, module: str, trainee: str) -> dict[str, Any]:
    done = course.grade(module, trainee=trainee, force=True)
    if done.problems:
        return {"success": False, "error": "\n".join(done.problems.values())}
    return {"success": True, "log": "\n".join(["Graded.", *done.people.values()])}


def worth_telling(answer: dict[str, Any]) -> dict[str, Any]:
    """Return nbgrader's answer; of a success without its log, but for what it warns of."""
    if not answer.get("success"):
        return answer
    lines = [line.partition("] ")[2] for line in answer.get("log", "").splitlines() if line.startswith(("[W", "[E"))]
    told = [line for line in lines if not line.startswith(_USUAL)]
    return {"success": True, "log": "\n".join(told)} if told else {"success": True}
