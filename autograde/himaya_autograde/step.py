"""One trainer's step in a process of its own, so that grading never blocks the server that formgrader runs in.

Usage: python -m himaya_autograde.step collect|grade|feedback COURSE EXCHANGE. Prints one line of JSON.
"""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path

from himaya_autograde.course import CourseDirectory, CourseError

if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    try:
        course = CourseDirectory(Path(sys.argv[2]), Path(sys.argv[3]))
        answer = asdict(getattr(course, sys.argv[1])())
    except CourseError as error:
        answer = {"problem": str(error)}
    sys.stdout.write(json.dumps(answer) + "\n")
