"""The trainee's side of nbgrader's exchange, in processes of their own: fetch a module, fetch its feedback.

Usage: python -m himaya_autograde.exchange fetch|feedback COURSE FOLDER. Prints one line of JSON: `problem` or nothing.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

from nbgrader.apps.baseapp import NbGrader
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeFetchAssignment, ExchangeFetchFeedback

from himaya.answers.private import private_folder


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
        ExchangeError: With nbgrader's reason.
    """
    step = kind(coursedir=CourseDirectory(config=config), authenticator=Authenticator(config=config), config=config)
    for name, value in more.items():
        setattr(step, name, value)
    step.log.setLevel(logging.CRITICAL)
    private_folder(Path(step.cache))  # with the secrets of what was handed in
    step.start()
    return step


def main(action: str, course: str, folder: Path) -> dict[str, str]:
    """Take one step and return `problem` where it failed."""
    kind = {"fetch": ExchangeFetchAssignment, "feedback": ExchangeFetchFeedback}[action]
    try:
        run(kind, configured(course, folder))
    except ExchangeError as error:
        return {"problem": str(error) or "ExchangeError"}
    return {}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))) + "\n")
