"""formgrader's autograde button, in a process of its own: nbgrader's would stop the whole server while it grades."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from nbgrader.server_extensions.formgrader.apihandlers import AutogradeHandler
from nbgrader.server_extensions.formgrader.base import check_notebook_dir, check_xsrf
from tornado import web  # type: ignore[attr-defined]

from himaya_autograde.batch.work import follow_parent

ROUTE = r"/formgrader/api/submission/([^/]+)/([^/]+)/autograde"


class Autograde(AutogradeHandler):
    """Takes the place of nbgrader's handler, and answers what formgrader's page expects."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    async def post(self, module: str, trainee: str) -> None:
        """Grade one submission and say how it went."""
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(_grader(), grade_one, str(self.coursedir.root), module, trainee)
        except BrokenExecutor:
            _grader.cache_clear()
            answer = {"success": False, "error": "The system ended the grading process. Try again."}
        self.write(json.dumps(answer))


@cache
def _grader() -> ProcessPoolExecutor:
    """Return the one process that grades for this server: two would wait for each other's gradebook."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    follow_parent()
    os.nice(5)  # the server that people look at goes first


def grade_one(root: str, module: str, trainee: str) -> dict[str, Any]:
    """Grade one submission of the course in `root` and return `success` and `log`, as nbgrader's API does."""
    from himaya_autograde.course import CourseDirectory, CourseError  # noqa: PLC0415 - in the grading process only

    try:
        done = CourseDirectory(Path(root)).grade(module, trainee=trainee, force=True)
    except CourseError as error:
        return {"success": False, "error": str(error)}
    if done.problems:
        return {"success": False, "error": "\n".join(done.problems.values())}
    return {"success": True, "log": "\n".join(["Graded.", *done.people.values()])}
