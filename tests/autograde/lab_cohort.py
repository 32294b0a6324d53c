"""Trainees who hand in work of one graded lab, in a released course."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbgrader.api import Gradebook

from himaya.publish.assignment import write_assignment
from himaya.publish.canonical import canonical
from tests.autograde.cohorts import built_and_released, own_settings
from tests.autograde.pages import Reader
from tests.courses import one_module_course
from tests.engine.shipped import in_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from himaya_autograde.course import CourseDirectory

MODULES = Path(__file__).parents[2] / "modules"


@contextmanager
def handed_in(home: Path, module: str, lab: str, decisions: Mapping[str, list[Any]]) -> Iterator[CourseDirectory]:
    """Yield a released course with everybody's decisions in `submitted`; the trainee `unfinished` did not finish."""
    (home / "exchange").mkdir()
    with own_settings(home):
        course = built_and_released(one_module_course(home / "core-protection", module), MODULES, module)
        for trainee, made in decisions.items():
            folder = course.path / "submitted" / trainee / module
            shutil.copytree(course.path / "release" / module, folder)
            (folder / "timestamp.txt").write_text("2026-01-11 08:00:00.000000 UTC", encoding="utf-8")
            _write_journal(folder, lab, made, finished=trainee != "unfinished")
        yield course


def _write_journal(folder: Path, lab: str, decisions: list[Any], *, finished: bool) -> None:
    content = json.loads((folder / "activities.json").read_text(encoding="utf-8"))["activities"][lab]["hash"]
    done: list[dict[str, Any]] = [{"type": "begin", "content": content}]
    done += [{"type": "decide", "value": value} for value in decisions]
    done += [{"type": "finish"}] if finished else []
    lines = [
        {"id": f"{number:032x}", "activity": lab, "turn": max(0, number - 1), "seq": number, **event,
         "time": "2026-01-10T08:00:00.000Z"}
        for number, event in enumerate(done)
    ]  # fmt: skip
    (folder / "responses.jsonl").write_text("".join(f"{canonical(line)}\n" for line in lines), encoding="utf-8")


def scores(course: CourseDirectory, module: str, lab: str, trainees: Mapping[str, Any]) -> dict[str, float | None]:
    """Return what the gradebook holds of the lab for each trainee."""
    with Gradebook(f"sqlite:///{course.path}/gradebook.db") as gradebook:
        return {name: gradebook.find_grade(lab, module, module, name).auto_score for name in trainees}


def batch_scores(
    course: CourseDirectory, module: str, lab: str, trainees: Mapping[str, Any]
) -> dict[str, float | None]:
    """Return what the lab earns each trainee in the batch."""
    assert course.grade().problems == {}
    return scores(course, module, lab, trainees)


def nbgrader_scores(
    course: CourseDirectory, module: str, lab: str, trainees: Mapping[str, Any]
) -> dict[str, float | None]:
    """Return what the lab earns each trainee in nbgrader."""
    for trainee in trainees:
        assert course.api.autograde(module, trainee, force=True, create=True)["success"]
    return scores(course, module, lab, trainees)


def told_in_feedback(course: CourseDirectory, module: str, lab: str, trainee: str) -> str:
    """Return what feedback says of the lab, after stock nbgrader has graded it."""
    assert course.api.autograde(module, trainee, force=True, create=True)["success"]
    assert course.api.generate_feedback(module, trainee, force=True)["success"]
    page = (course.path / "feedback" / trainee / module / f"{module}.html").read_text(encoding="utf-8")
    return Reader(page).articles[lab]


def held(files: Mapping[str, str], secret: Iterable[str]) -> list[str]:
    """Return which sentences stand in a file, as they are or as JSON writes them."""
    return [one for one in secret if any(one in text or json.dumps(one)[1:-1] in text for text in files.values())]


def released_labs(files: Mapping[str, str], lab: str) -> list[dict[str, Any]]:
    """Return the lab in each language as a trainee's files hold it."""
    return [json.loads(text)["activities"][lab] for name, text in files.items() if name.startswith("activities")]


def released_files(module: str, target: Path, language: str) -> dict[str, str]:
    """Return the text of each file of a trainee who opens a module in `language`, as nbgrader releases it, by name."""
    own, *others = (in_language(module, name) for name in sorted(("en", "ar", "ckb"), key=language.__ne__))
    folder = write_assignment(own, target, "core-protection", None, others)
    notebook = nbformat.read(folder / f"{module}.ipynb", 4)
    for cell in notebook.cells:  # nbgrader takes these out when it releases
        cell.source = cell.source.split("### BEGIN HIDDEN TESTS")[0]
    nbformat.write(notebook, folder / f"{module}.ipynb")
    files = {path.name: path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}
    assert files.keys() >= {"activities.json", *(f"activities.{other.language}.json" for other in others)}
    return files
