"""Hand one module in through nbgrader's exchange, in a process of its own.

Usage: python -m himaya_autograde.submit COURSE FOLDER. The last line printed is JSON: `timestamp`, or `problem`.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path

from nbgrader.apps import NbGrader
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeSubmit


def submit(course: str, folder: Path) -> dict[str, str]:
    """Submit `folder` (its name is the assignment) to `course` and return `timestamp` or `problem`."""
    app = NbGrader()
    app.load_config_file()
    config = app.config
    config.CourseDirectory.course_id = course
    config.CourseDirectory.assignment_id = folder.name
    config.Exchange.assignment_dir = str(folder.parent)
    config.Exchange.path_includes_course = False
    student = os.environ.get("HIMAYA_TRAINEE")
    if student:
        config.CourseDirectory.student_id = student  # the demonstration's one Unix user is not its trainee
    exchange = ExchangeSubmit(
        coursedir=CourseDirectory(config=config), authenticator=Authenticator(config=config), config=config
    )
    exchange.log.setLevel(logging.ERROR)
    root = Path(exchange.root)
    if not os.access(root / course / "inbound", os.W_OK | os.X_OK):
        return {"problem": "no-exchange"}
    if not (root / course / "outbound" / folder.name).is_dir():
        return {"problem": "not-released"}
    try:
        exchange.start()
    except ExchangeError as error:
        return {"problem": str(error) or "ExchangeError"}
    return {"timestamp": exchange.timestamp}


if __name__ == "__main__":
    try:
        answer = submit(sys.argv[1], Path(sys.argv[2]))
    except Exception as error:  # noqa: BLE001 - the box must be told whatever went wrong
        answer = {"problem": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(answer) + "\n")
