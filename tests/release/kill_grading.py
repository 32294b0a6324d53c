"""Kill `himaya grade` at a hundred moments and look at what it left; in a process of its own, because it forks.

Usage: python kill_grading.py COURSE TIMES. Prints one line of JSON for each kill.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import select
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

from himaya_autograde.batch import run
from himaya_autograde.course import CourseDirectory
from tests.autograde.cohorts import rows
from tests.shipped import a_module

MODULE = a_module("core-protection")
# What a run does to the world: a kill just before or after one of these is a kill at the worst moment.
EFFECTS = ("rename", "rmdir", "unlink", "execute", "executemany", "commit", "write")


def grade(course: CourseDirectory) -> None:
    """Grade in this process, two submissions a transaction, so that a small cohort has many of them."""
    run.CHUNK = 2
    done = course.grade(MODULE)
    if done.problems:
        raise SystemExit(str(done.problems))


def in_a_child(task: Any) -> int:
    """Run `task` in a forked child and return its process id."""
    child = os.fork()
    if child == 0:
        try:
            task()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - never let a child run on into the parent's code
            os._exit(1)
    return child


def effects_of(course: CourseDirectory, last: int | None) -> int:
    """Grade and return how many effects there were; kill this process at effect `last`, if there is one."""
    count = 0

    def watch(_frame: Any, event: str, function: Any) -> None:
        nonlocal count
        if event in ("c_call", "c_return") and function.__name__ in EFFECTS:
            count += 1
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)
    grade(course)
    sys.setprofile(None)
    return count


def ended_within(child: int, seconds: float) -> bool:
    """Wait `seconds` at most, and return whether the child has ended by then."""
    watched = os.pidfd_open(child)
    try:
        return bool(select.select([watched], [], [], seconds)[0])
    finally:
        os.close(watched)


def fresh(course: CourseDirectory, gradebook: bytes) -> None:
    """Put the course back to where nothing was graded."""
    shutil.rmtree(course.path / "autograded", ignore_errors=True)
    for journal in course.path.glob("gradebook.db-*"):
        journal.unlink()
    (course.path / "gradebook.db").write_bytes(gradebook)


def main() -> None:
    """Alternate between kills at an effect and kills at a time."""
    course = CourseDirectory(Path(sys.argv[1]))
    gradebook = (course.path / "gradebook.db").read_bytes()
    effects = effects_of(course, None)
    undisturbed, folders = rows(course.path), _folders(course)
    fresh(course, gradebook)
    began = time.monotonic()
    grade(course)
    seconds = time.monotonic() - began
    dice = random.Random("kills")
    kills = 0
    while kills < int(sys.argv[2]):
        fresh(course, gradebook)
        if kills % 2:
            moment: float = dice.uniform(0, seconds)
            began = time.monotonic()
            child = in_a_child(lambda: grade(course))
            if ended_within(child, moment):  # the run can be quicker than the first one was
                seconds = min(seconds, time.monotonic() - began)
            os.kill(child, signal.SIGKILL)
        else:
            # The first of them at the very end, where a random moment seldom falls.
            moment = dice.randint(1, effects) if kills else effects
            child = in_a_child(lambda last=moment: effects_of(course, last))
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            continue  # it was done before the kill came
        kills += 1
        left = rows(course.path)
        grade(course)
        told = {
            "moment": moment,
            "left": len(left) / len(undisturbed),
            "halves": _halves(left, undisturbed),
            "same": rows(course.path) == undisturbed and _folders(course) == folders,
        }
        sys.stdout.write(json.dumps(told) + "\n")


def _folders(course: CourseDirectory) -> dict[str, str]:
    """Return a hash of every autograded file, so that a stray or half-written one shows."""
    files = (path for path in (course.path / "autograded").rglob("*") if path.is_file())
    return {str(path.relative_to(course.path)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _halves(left: dict[Any, Any], whole: dict[Any, Any]) -> list[str]:
    """Return the trainees that the gradebook holds, but not with every row and every value."""
    halves = []
    for trainee in sorted({key[1] for key in left}):
        here = {key: row for key, row in left.items() if key[1] == trainee}
        if here != {key: row for key, row in whole.items() if key[1] == trainee}:
            halves.append(trainee)
    return halves


if __name__ == "__main__":
    main()
