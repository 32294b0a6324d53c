"""Autograde every assignment of one course with nbgrader as it comes; several of these run at once.

Usage: python stock_grader.py COURSE
"""

from __future__ import annotations

import sys
from pathlib import Path

from himaya_autograde.course import CourseDirectory

if __name__ == "__main__":
    course = CourseDirectory(Path(sys.argv[1]))
    for module in course.assignments:
        if course.api.get_submitted_students(module):
            course.api.autograde(module, "*", force=True)
