"""One trainer's step in a process of its own, so that grading never blocks the server that formgrader runs in.

Usage: python -m himaya_autograde.step NAME COURSE EXCHANGE [MORE...]. Prints one line of JSON.

NAME is collect, grade or feedback; export with a folder, for `tables.zip`; take_in with a module and a JSON file that
lists for each saved file its `path`, its `trainee` and the `name` it came with. A file `done` beside
it tells how many are done.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from himaya.languages.readable import LINE, readable

if TYPE_CHECKING:
    from collections.abc import Callable

    from himaya_autograde.course import CourseDirectory


def _export(course: CourseDirectory, folder: str) -> dict[str, Any]:
    course.export(Path(folder) / "tables")
    return {"file": shutil.make_archive(f"{folder}/tables", "zip", f"{folder}/tables")}


def _take_in(course: CourseDirectory, module: str, index: str) -> dict[str, Any]:
    from himaya.course.roster import Roster, is_trainee, no_trainee
    from himaya_autograde.import_answers import take_in

    place, done = course.taking_in(module), []
    with course.api.gradebook as gradebook:
        known = {student.id for student in gradebook.students}
    for file in json.loads(Path(index).read_text(encoding="utf-8")):
        path, trainee, name = Path(file["path"]), file["trainee"].strip(), file["name"]
        if not is_trainee(trainee):
            done.append([name, False, no_trainee(trainee)])
            continue
        new = "" if trainee in known else f" {trainee} is new in this course: check the name."
        one = take_in(place, Roster({path.name: trainee}, frozenset()), [path])
        done += [[name, taken.good, taken.text + new] for taken in one]
        Path(index).with_name("done").write_text(str(len(done)), encoding="ascii")  # the page asks how far it is
    return {"files": done, "missing": sorted(name for name in known if not place.folder(name).is_dir())}


def _readable(answer: Any) -> Any:
    """Return what a page shows of a step, every name in it without control characters and marks of direction."""
    match answer:
        case str():
            return readable(answer, LINE)
        case list():
            return [_readable(each) for each in answer]
        case dict():
            return {readable(name): _readable(each) for name, each in answer.items()}
        case _:
            return answer


_STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "collect": lambda course: asdict(course.collect()),
    "grade": lambda course: asdict(course.grade()),
    "feedback": lambda course: asdict(course.feedback()),
    "export": _export,
    "take_in": _take_in,
}

if __name__ == "__main__":
    # Imported here: each grading worker imports this file anew, under another name, and needs no nbgrader.
    from himaya.errors import CourseError
    from himaya_autograde.course import CourseDirectory

    os.nice(5)  # the server that people look at goes first
    logging.disable(logging.CRITICAL)
    try:
        answer = _STEPS[sys.argv[1]](CourseDirectory(Path(sys.argv[2]), Path(sys.argv[3])), *sys.argv[4:])
    except CourseError as error:
        answer = {"problem": str(error)}
    sys.stdout.write(json.dumps(_readable(answer)) + "\n")
