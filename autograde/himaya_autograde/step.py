"""One trainer's step in a process of its own, so that grading never blocks the server that formgrader runs in.

Usage: python -m himaya_autograde.step collect|grade|feedback COURSE EXCHANGE. Prints one line of JSON.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path

if __name__ == "__main__":
    # Imported here: each grading worker imports this file anew, under another name, and needs no nbgrader.
    from himaya_autograde.course import CourseDirectory, CourseError

    os.nice(5)  # the server that people look at goes first
    logging.disable(logging.CRITICAL)
    try:
        course = CourseDirectory(Path(sys.argv[2]), Path(sys.argv[3]))
        answer = asdict(getattr(course, sys.argv[1])())
    except CourseError as error:
        answer = {"problem": str(error)}
    sys.stdout.write(json.dumps(answer) + "\n")
