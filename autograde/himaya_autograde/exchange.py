"""The trainee's side of nbgrader's exchange, in processes of their own: fetch a module, fetch its feedback.

A worker with the steps `fetch` and `feedback`, each given a course and a folder; see `himaya.worker`.
"""

from __future__ import annotations

import logging
import os
from functools import partial
from pathlib import Path
from typing import Any

from nbgrader.apps.baseapp import NbGrader
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeFetchAssignment, ExchangeFetchFeedback

from himaya.answers.private import private_folder
from himaya.errors import CourseError
from himaya.worker import serve


def configured(course: str, folder: Path) -> Any:
    """Return nbgrader's configuration for one trainee's copy of one module."""
    app = NbGrader()
    app.load_config_file()
    config = app.config
    config.CourseDirectory.course_id = course
    config.CourseDirectory.assignment_id = folder.name
    config.Exchange.assignment_dir = str(folder.parent)
    config.Exchange.path_includes_course = False
    trainee = os.environ.get("HIMAYA_TRAINEE")
    if trainee:
        config.CourseDirectory.student_id = trainee  # the demonstration's one Unix user is not its trainee
    return config


def run(kind: Any, config: Any, **more: object) -> Any:
    """Start one exchange step quietly and return it; `more` are attributes that our own kinds of step need.

    Raises:
        CourseError: With nbgrader's reason.
    """
    step = kind(coursedir=CourseDirectory(config=config), authenticator=Authenticator(config=config), config=config)
    for name, value in more.items():
        setattr(step, name, value)
    step.log.setLevel(logging.CRITICAL)
    private_folder(Path(step.cache))  # with the secrets of what was handed in
    try:
        step.start()
    except ExchangeError as error:
        raise CourseError(str(error) or "ExchangeError") from error
    return step


def _step(kind: Any, course: str, folder: str) -> dict[str, Any]:
    run(kind, configured(course, Path(folder)))
    return {}


if __name__ == "__main__":
    serve({"fetch": partial(_step, ExchangeFetchAssignment), "feedback": partial(_step, ExchangeFetchFeedback)})
