"""The content check: everything wrong with a module or a course, each with file, line and what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.code.checks import code_problems
from himaya.activities.findings import unknown
from himaya.activities.format import Course, Scenario
from himaya.activities.lab.checks import lab_problems
from himaya.activities.lab.format import Lab
from himaya.activities.scenario.checks import scenario_hints, scenario_problems
from himaya.content.checks.images import image_hints, image_problems
from himaya.content.checks.items import item_hints, item_problems
from himaya.content.checks.outcomes import outcome_hints, outcome_problems
from himaya.content.checks.pretest import pretest_problems
from himaya.content.checks.prose import prose_hints, prose_problems
from himaya.content.checks.words import word_hints, word_problems
from himaya.content.country import country_problems
from himaya.content.load import ContentError, Problem, load_module, read_yaml, validate
from himaya.content.places import module_problem, prose_file
from himaya.content.prose import MARK
from himaya.course.check import overview_hints, overview_problems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya.content.activities import Activity
    from himaya.content.load import LoadedModule

OVERVIEW = "overview.md"


def check_module(path: Path, base: Path | None = None) -> list[Problem]:
    """Return everything wrong with the module in the folder `path`, sorted; an empty list if it is sound.

    Args:
        path: Folder with module.yaml, module.md, items.yaml and scenarios/.
        base: Folder that file names in problems are shown relative to; two above `path` if not given.
    """
    try:
        loaded = load_module(path, base)
    except ContentError as error:
        return error.problems
    return sorted({problem for rule in _RULES for problem in rule(loaded)})


def module_hints(path: Path, base: Path | None = None) -> list[Problem]:
    """Return what the authors of a module may want to look at, sorted; empty where `check_module` cannot read it.

    Args:
        path: As for `check_module`.
        base: As for `check_module`.
    """
    try:
        loaded = load_module(path, base)
    except ContentError:
        return []
    return sorted({hint for rule in _HINTS for hint in rule(loaded)})


def check_course(path: Path, modules_folder: Path) -> list[Problem]:
    """Return everything wrong with the course in the folder `path`, sorted.

    Args:
        path: Folder with course.yaml.
        modules_folder: Folder that holds one folder for each module.
    """
    base = path.parent.parent
    try:
        document = read_yaml(path / "course.yaml", (path / "course.yaml").relative_to(base).as_posix())
        course = validate(document, Course)
    except ContentError as error:
        return error.problems
    known = sorted(folder.parent.name for folder in modules_folder.glob("*/module.yaml"))
    page = path / OVERVIEW
    problems = overview_problems(course, page, page.relative_to(base).as_posix())
    for position, name in enumerate(course.modules):
        line = document.line("modules", position)
        if name not in known:
            problems.append(Problem(document.file, line, unknown("the course lists the module", name, known)))
        elif name in course.modules[:position]:
            problems.append(Problem(document.file, line, f"the module '{name}' is listed twice; list each once."))
    return sorted(problems)


def course_hints(path: Path) -> list[Problem]:
    """Return what the authors of a course that `check_course` finds in order may want to look at, sorted."""
    return sorted(overview_hints(path / OVERVIEW, (path / OVERVIEW).relative_to(path.parent.parent).as_posix()))


def release_problems(loaded: LoadedModule) -> list[Problem]:
    """Return what keeps a module marked as released from being one: no review, and facts nobody has confirmed."""
    module = loaded.module
    if module.status != "released" or any(review.language == "en" for review in module.reviews):
        return []
    text = "the status is 'released', but 'reviews' has no entry with language: en; get one, or set 'draft'."
    problems = [module_problem(loaded, text, "status")]
    for activity in loaded.activities.values():
        problems += [loaded.problem(activity.id, _UNCONFIRMED, *path) for path in _open_marks(activity)]
    for cell in loaded.cells:
        if cell.kind == "markdown":
            for found in MARK.finditer(cell.source):
                if found[1].lower() == "verify":
                    line = cell.line + cell.source.count("\n", 0, found.start())
                    problems.append(Problem(prose_file(loaded), line, _UNCONFIRMED))
    return problems


_UNCONFIRMED = (
    "a released module still has 'verify' here; allowed only once a specialist has signed: add an entry with "
    "language: en to 'reviews' in module.yaml, or confirm the fact and remove the mark."
)


def _open_marks(activity: Activity) -> Iterator[tuple[str | int, ...]]:
    if not isinstance(activity, Scenario):
        if "verify" in activity.marks:
            yield ("marks",)
        for position, assumption in enumerate(activity.assumptions if isinstance(activity, Lab) else ()):
            if "verify" in assumption.marks:
                yield "assumptions", position, "marks"
        return
    for name, node in activity.nodes.items():
        for position, choice in enumerate(node.choices):
            if "verify" in choice.marks:
                yield "nodes", name, "choices", position, "marks"


_RULES = (
    scenario_problems,
    lab_problems,
    item_problems,
    outcome_problems,
    pretest_problems,
    code_problems,
    prose_problems,
    image_problems,
    country_problems,
    word_problems,
    release_problems,
)
_HINTS = (scenario_hints, item_hints, outcome_hints, prose_hints, image_hints, word_hints)
