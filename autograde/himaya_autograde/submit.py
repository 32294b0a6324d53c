"""Hand one module in through nbgrader's exchange, in a process of its own.

Usage: python -m himaya_autograde.submit COURSE FOLDER. The last line printed is JSON: `timestamp`, or `problem`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeSubmit

from himaya_autograde.exchange import configured, run


def submit(course: str, folder: Path) -> dict[str, str]:
    """Submit `folder` (its name is the assignment) to `course` and return `timestamp` or `problem`."""
    config = configured(course, folder)
    # The other languages of a module are words that everybody has; a trainee's work is not in them.
    config.CourseDirectory.ignore = [*CourseDirectory(config=config).ignore, "activities.*.json"]
    root = Path(config.Exchange.get("root", ExchangeSubmit.root.default_value))
    if not os.access(root / course / "inbound", os.W_OK | os.X_OK):
        return {"problem": "no-exchange"}
    if not (root / course / "outbound" / folder.name).is_dir():
        return {"problem": "not-released"}
    try:
        return {"timestamp": run(ExchangeSubmit, config).timestamp}
    except ExchangeError as error:
        return {"problem": str(error) or "ExchangeError"}


if __name__ == "__main__":
    try:
        answer = submit(sys.argv[1], Path(sys.argv[2]))
    except Exception as error:  # noqa: BLE001 - the box must be told whatever went wrong
        answer = {"problem": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(answer) + "\n")
