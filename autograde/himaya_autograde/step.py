"""A trainer's steps in a process of their own, so that grading never blocks the server that formgrader runs in.

A worker, see `himaya.worker`. Each step but `button` is given a course and an exchange: `collect`, `grade`, `bring_in`
(both), `feedback`, `send_ready` (of what is fully marked); `feedback_of` with a trainee and a module of several paths;
`grade_one` with a module and a trainee; `release` with a module; `export` with a folder, for `tables.zip`; `take_in`
with a module and a JSON file that lists for each saved file its `path`, its `trainee` and the `name` it came with. A
file `done` beside it tells how many are done. `button` is one of formgrader's: a step of nbgrader's API, a course, a
module and maybe a trainee.
"""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from himaya.errors import CourseError
from himaya.languages.readable import LINE, readable
from himaya.worker import quietly, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
        one = take_in(place, Roster({path.name: trainee}, frozenset()), [path], own_path=True)
        done += [[name, taken.good, taken.text + new] for taken in one]
        Path(index).with_name("done").write_text(str(len(done)), encoding="ascii")  # the page asks how far it is
    return {"files": done, "missing": sorted(name for name in known if not place.folder(name).is_dir())}


def _bring_in(course: CourseDirectory) -> dict[str, Any]:
    """Collect and grade; `fetched` are the submissions that were scored just now, in all and by person."""
    collected, graded = course.collect(), course.grade()
    problems = {**collected.problems, **{name: why for name, why in graded.problems.items() if "/" in name}}
    whose = {name.partition("/")[2] for name in graded.good}
    return {
        "fetched": [len(graded.good), len(whose)],
        "problems": problems,
        "people": {**collected.people, **graded.people},
    }


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


_COURSE_STEPS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "collect": lambda course: asdict(course.collect()),
    "grade": lambda course: asdict(course.grade()),
    "grade_one": lambda course, module, trainee: asdict(course.grade(module, trainee=trainee)),
    "feedback_of": lambda course, trainee, module: asdict(course.feedback_of(trainee, module)),
    "feedback": lambda course: asdict(course.feedback()),
    "bring_in": _bring_in,
    "send_ready": lambda course: asdict(course.feedback(marked_only=True)),
    "release": lambda course, module: asdict(course.release(module)),
    "export": _export,
    "take_in": _take_in,
}


def in_course(name: str, course: str, exchange: str, *arguments: str) -> dict[str, Any]:
    """Take one step in the course in a folder and return what its page shows of it."""
    from himaya_autograde.course import CourseDirectory

    answer = _COURSE_STEPS[name](CourseDirectory(Path(course), Path(exchange)), *arguments)
    return {name: _readable(value) for name, value in answer.items()}


# --- formgrader's buttons -----------------------------------------------------------------------------------------

_USUAL = ("Removing existing ", "Updating existing ")  # warnings about what every second press of a button does


def press(step: str, root: str, module: str, *trainee: str) -> dict[str, Any]:
    """Take one step in the course in `root` and return `success` and `log` or `error`, as nbgrader's API does."""
    from himaya_autograde.course import CourseDirectory

    quiet = logging.root.manager.disable
    logging.disable(logging.NOTSET)  # nbgrader's answer holds what it logged, such as whose work was refused
    try:
        course = CourseDirectory(Path(root))
        if step == "autograde":
            return _graded(course, module, *trainee)
        return _worth_telling(getattr(course.api, step)(module, *trainee))
    except CourseError as error:
        return {"success": False, "error": str(error)}
    finally:
        logging.disable(quiet)


def _graded(course: CourseDirectory, module: str, trainee: str) -> dict[str, Any]:
    done = course.grade(module, trainee=trainee, force=True)
    if done.problems:
        return {"success": False, "error": "\n".join(done.problems.values())}
    return {"success": True, "log": "\n".join(["Graded.", *done.people.values()])}


def _worth_telling(answer: dict[str, Any]) -> dict[str, Any]:
    """Return nbgrader's answer; of a success without its log, but for what it warns of."""
    if not answer.get("success"):
        return answer
    lines = [line.partition("] ")[2] for line in answer.get("log", "").splitlines() if line.startswith(("[W", "[E"))]
    told = [line for line in lines if not line.startswith(_USUAL)]
    return {"success": True, "log": "\n".join(told)} if told else {"success": True}


if __name__ == "__main__":
    # Nothing of nbgrader is imported above: each grading worker imports this file anew, under another name.
    quietly()
    serve({**{name: partial(in_course, name) for name in _COURSE_STEPS}, "button": press})
