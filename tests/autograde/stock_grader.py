"""Autograde every assignment of one course with nbgrader as it comes; several of these run at once.

Where nbgrader could not grade something, its log is printed.

Usage: python stock_grader.py COURSE
"""

from __future__ import annotations

import sys
from pathlib import Path

from himaya_autograde.course import CourseDirectory
from himaya_server.ports import choose_kernel_ports

if __name__ == "__main__":
    choose_kernel_ports()
    course = CourseDirectory(Path(sys.argv[1]))
    for module in course.assignments:
        if course.api.get_submitted_students(module):
            done = course.api.autograde(module, "*", force=True)
            if not done["success"]:
                print(done["log"])
