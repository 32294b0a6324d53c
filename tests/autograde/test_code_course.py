"""The shipped course in code: released without its keys, answered right, half right, wrong and hostile, and graded."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbgrader.api import Gradebook

from himaya.content.check import check_module
from himaya.content.load import load_module
from himaya.course.course import load_course
from himaya.publish.edition import Edition
from himaya.publish.page import module_page
from himaya.publish.page_code import Code
from himaya_autograde.codeproof import proof_problems
from tests.autograde.cohorts import ROOT, built_and_released, course_in
from tests.autograde.conftest import needs_sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya_autograde.course import CourseDirectory

pytestmark = pytest.mark.proof

MODULE = "data-protection-code"
TASKS = ("records-in-small-groups", "mean-risk-in-code", "recode-and-recount", "hide-small-cells")
RIGHT = {
    "records-in-small-groups": """
def below(table, keys, k):
    return len(table) - len(table.groupby(keys).filter(lambda group: len(group) >= k))
found = below(people, keys, 3)
""",
    "mean-risk-in-code": """
def mean_risk(table, keys):
    return (1 / table.groupby(keys)[keys[0]].transform("size")).mean()
risk = mean_risk(people, keys)
""",
    "recode-and-recount": """
def recode(table):
    coarse = table.copy()
    coarse["age"] = pandas.cut(table.age, [0, 44, 200], labels=["18-44", "45 and over"]).astype(str)
    coarse["marital"] = table.marital.where(table.marital == "married", "not married")
    return coarse
sizes = recode(people).groupby(["block", "age", "marital"]).size()
with_block = sizes[sizes < 3].sum()
sizes = recode(people).groupby(["age", "marital"]).size()
without_block = sizes[sizes < 3].sum()
""",
    "hide-small-cells": """
def hide(table):
    rows = []
    for name, *cells in table.itertuples(index=False):
        kept = [cell if cell >= 5 else None for cell in cells]
        if kept.count(None) == 1:
            kept[kept.index(min(cell for cell in kept if cell is not None))] = None
        rows.append([name, *kept])
    return pandas.DataFrame(rows, columns=table.columns)
safe = hide(counts)
""",
}
HALF = {
    # Groups are counted instead of records; the risk is typed in; the table itself is changed; no second number.
    "records-in-small-groups": """
def below(table, keys, k):
    return int((table.groupby(keys).size() < k).sum())
found = 11
""",
    "mean-risk-in-code": "risk = 12 / 31",
    "recode-and-recount": """
def recode(table):
    table["age"] = ["18-44" if age < 45 else "45 and over" for age in table.age]
    table["marital"] = ["married" if one == "married" else "not married" for one in table.marital]
    return table
with_block, without_block = 13, 1
""",
    "hide-small-cells": """
def hide(table):
    return table.where(table.iloc[:, 1:].ge(5).assign(**{table.columns[0]: True})[list(table.columns)])
safe = hide(counts)
""",
}
HOSTILE = dict.fromkeys(
    TASKS,
    """
import os, builtins
class Yes(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
found = risk = with_block = without_block = safe = Yes(7)
below = mean_risk = recode = hide = lambda *a: Yes(7)
builtins.abs = lambda x: 0
pandas.DataFrame = lambda *a, **k: Yes(7)
os.system("find / -name gradebook.db -delete 2>/dev/null")
os.kill(os.getppid(), 9) if os.getppid() > 1 else None
print("<script>alert(1)</script>")
""",
)
ANSWERS: dict[str, dict[str, str]] = {
    "right": RIGHT,
    "half": HALF,
    "wrong": dict.fromkeys(TASKS, "found = risk = with_block = without_block = safe = 99"),
    "hostile": HOSTILE,
    "one-fails": {**RIGHT, "mean-risk-in-code": "risk = people.nothing"},
    "unanswered": {},
}
EXPECTED = {
    "right": [3, 3, 4, 5],
    "half": [1, 1, 2, 2],
    "wrong": [0, 0, 0, 0],
    "hostile": [0, 0, 0, 0],
    "one-fails": [3, 0, 4, 5],
    "unanswered": [0, 0, 0, 0],
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseDirectory]:
    """The shipped course, released, with everybody's work in `submitted`."""
    with course_in(tmp_path_factory.mktemp("code-course"), "data-in-code") as folder:
        directory = built_and_released(folder, ROOT / "modules")
        assert directory.course.modules == [MODULE]
        for trainee, answers in ANSWERS.items():
            _hand_in(directory, trainee, answers)
        yield directory


def _hand_in(course: CourseDirectory, trainee: str, answers: dict[str, str]) -> None:
    folder = course.path / "submitted" / trainee / MODULE
    shutil.copytree(course.path / "release" / MODULE, folder)
    (folder / "timestamp.txt").write_text("2026-01-11 08:00:00.000000 UTC", encoding="utf-8")
    notebook = nbformat.read(folder / f"{MODULE}.ipynb", 4)
    for task, answer in answers.items():
        cell = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == f"{task}-answer")
        cell.source = cell.source.split("# YOUR CODE HERE")[0] + answer
    nbformat.write(notebook, folder / f"{MODULE}.ipynb")


def _scores(course: CourseDirectory) -> dict[str, list[float | None]]:
    with Gradebook(f"sqlite:///{course.path}/gradebook.db") as gradebook:
        return {
            trainee: [gradebook.find_grade(task, MODULE, MODULE, trainee).auto_score for task in TASKS]
            for trainee in ANSWERS
        }


def test_module_and_its_solutions_are_sound() -> None:
    loaded = load_module(ROOT / "modules" / MODULE)
    assert check_module(ROOT / "modules" / MODULE) == []
    assert [item.points for item in loaded.code.values()] == EXPECTED["right"]


@needs_sandbox
def test_solutions_earn_all_and_starters_none() -> None:
    assert proof_problems(load_module(ROOT / "modules" / MODULE)) == []


def test_no_other_course_has_code() -> None:
    for file in (ROOT / "courses").glob("*/course.yaml"):
        if file.parent.name != "data-in-code":
            assert MODULE not in file.read_text(encoding="utf-8")


def test_release_has_data_but_no_solutions(course: CourseDirectory) -> None:
    released = (course.path / "release" / MODULE / f"{MODULE}.ipynb").read_text(encoding="utf-8")
    assert (course.path / "release" / MODULE / "households.csv").is_file()
    assert "is the number of records in groups smaller than 3" in released
    for secret in ("score_code", "BEGIN SOLUTION", 'transform(\\"size\\")', "0.3870967", "idxmin"):
        assert secret not in released


@needs_sandbox
def test_answers_earn_expected_points_everywhere(course: CourseDirectory) -> None:
    """In the batch and in stock nbgrader."""
    assert course.grade().problems == {}
    assert _scores(course) == EXPECTED
    for trainee in ANSWERS:
        done = course.api.autograde(MODULE, trainee, force=True, create=True)
        assert done["success"], done
    assert _scores(course) == EXPECTED


def test_page_says_code_needs_the_notebook() -> None:
    bare = Code("", "", frozenset())
    edition = Edition(load_course(ROOT / "courses" / "data-in-code"), {"module": bare})
    page = module_page(edition, load_module(ROOT / "modules" / MODULE))
    assert "cannot run the tasks" in page
    assert "groupby(keys)[keys[0]]" not in page, "no solution"
    assert "score_code" not in page
