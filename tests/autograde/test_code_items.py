"""A module with a pandas task, from the author's file to the gradebook: right, half right, wrong, hostile, missing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from himaya.content.check import check_module
from himaya.content.load import load_module
from himaya_autograde import gradebook
from himaya_autograde.codeproof import proof_problems
from himaya_autograde.keys import read_keys
from himaya_autograde.sandbox import run as sandbox
from himaya_server.home.marking import to_mark
from tests.autograde.cohorts import ROOT, built_and_released, course_in
from tests.autograde.conftest import needs_sandbox
from tests.autograde.pages import Reader
from tests.content.sound import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya_autograde.course import CourseDirectory

MODULE = "sound-module"
ITEM = "smallest-group"
ALL = """
sizes = people.groupby(keys).size()
smallest = sizes.min()
def risky(table, keys, least):
    return table.groupby(keys).filter(lambda group: len(group) < least)
"""
ANSWERS = {
    "right": (ALL, 4),
    "half": ("smallest = people.groupby(keys).size().min()\nsizes = people.camp", 2),
    "wrong": ("smallest = 9", 0),
    "fails": ("smallest = people.nothing", 0),
    "hostile": (
        """
import os, sqlite3
class Yes(int):
    def __eq__(self, other): return True
smallest = sizes = Yes(1)
found = os.popen("find / -name '*.db' 2>/dev/null").read()
for path in found.split(): sqlite3.connect(path).execute("delete from grade")
print("<script>", found)
""",
        0,
    ),
    "unanswered": (None, 0),
}


def module(home: Path) -> Path:
    """Return the sound module with the code item in it."""
    folder = Path(shutil.copytree(FIXTURES / MODULE, home / "modules" / MODULE))
    shutil.copytree(Path(__file__).with_name("code-module"), folder, dirs_exist_ok=True)
    prose = (folder / "module.md").read_text(encoding="utf-8")
    shown = f'```{{code-cell}} ipython3\ncode("{ITEM}")\n```\n\n+++\n\n## Summary'
    (folder / "module.md").write_text(prose.replace("## Summary", shown), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseDirectory]:
    """A released course with everybody's work in `submitted`."""
    home = tmp_path_factory.mktemp("code")
    with course_in(home) as folder:
        text = f"id: core-protection\ntitle: x\nsummary: x\nmodules: [{MODULE}]\npass_mark: 80\nlanguages: [en]\n"
        (folder / "course.yaml").write_text(text, encoding="utf-8")
        module(home)
        directory = built_and_released(folder, home / "modules")
        for trainee, (answer, _) in ANSWERS.items():
            hand_in(directory, trainee, answer)
        (hand_in(directory, "damaged", None) / f"{MODULE}.ipynb").write_text("no notebook", encoding="utf-8")
        yield directory


def hand_in(course: CourseDirectory, trainee: str, answer: str | None) -> Path:
    """Put one trainee's work where collect would."""
    folder = course.path / "submitted" / trainee / MODULE
    shutil.copytree(course.path / "release" / MODULE, folder)
    (folder / "timestamp.txt").write_text("2026-01-11 08:00:00.000000 UTC", encoding="utf-8")
    if answer is not None:
        path = folder / f"{MODULE}.ipynb"
        notebook = nbformat.read(path, 4)
        cell = next(c for c in notebook.cells if c.metadata.nbgrader.grade_id == f"{ITEM}-answer")
        assert "YOUR CODE HERE" in cell.source
        cell.source = cell.source.split("# YOUR CODE HERE")[0] + answer
        nbformat.write(notebook, path)
    return folder


def scores(course: CourseDirectory) -> dict[str, tuple[float | None, bool]]:
    """Return each trainee's automatic points in the code item, and whether a person has to look."""
    with Gradebook(f"sqlite:///{course.path}/gradebook.db") as gradebook:
        return {
            trainee: (grade.auto_score, grade.needs_manual_grade)
            for trainee in [*ANSWERS, "damaged"]
            for grade in [gradebook.find_grade(ITEM, MODULE, MODULE, trainee)]
        }


def marked_by_hand(course: CourseDirectory, trainee: str) -> dict[str, Any]:
    """Return what a marker sees of the code item."""
    found = gradebook.Gradebook(f"sqlite:///{course.path}/gradebook.db").marks(MODULE, trainee)
    folder = course.path / "autograded" / trainee / MODULE
    shown = to_mark(read_keys(course.path, MODULE), found, folder, gradebook.Work(MODULE, MODULE, trainee, ""))
    return next(entry for entry in shown["entries"] if entry["id"] == ITEM)


EXPECTED = {**{name: (points, False) for name, (_, points) in ANSWERS.items()}, "damaged": (0, False)}


@pytest.mark.proof
def test_the_released_notebook_holds_neither_solution_nor_checks(course: CourseDirectory) -> None:
    released = (course.path / "release" / MODULE / f"{MODULE}.ipynb").read_text(encoding="utf-8")
    assert "people.csv" in released
    assert "size of the smallest group" in released
    for secret in ("sizes.min", "score_code", "easy to find", "BEGIN SOLUTION"):
        assert secret not in released
    assert (course.path / "release" / MODULE / "people.csv").exists()


@pytest.mark.proof
@needs_sandbox
def test_batch_grades_on_after_hostile_answer(course: CourseDirectory) -> None:
    """Each answer gets its points."""
    done = course.grade()
    assert done.problems == {}
    assert scores(course) == EXPECTED
    assert "without any answer" not in done.people["sound-module/right"]
    assert "without any answer" in done.people["sound-module/unanswered"]
    notebook = (course.path / "autograded" / "hostile" / MODULE / f"{MODULE}.ipynb").read_text(encoding="utf-8")
    assert "gradebook.db" not in notebook
    again = course.grade()
    assert again.good == []


@pytest.mark.proof
@needs_sandbox
def test_nbgrader_autograde_gives_the_same(course: CourseDirectory) -> None:
    for trainee in EXPECTED:
        done = course.api.autograde(MODULE, trainee, force=True, create=True)
        assert done["success"], done
    assert scores(course) == EXPECTED


@pytest.mark.proof
@needs_sandbox
def test_feedback_shows_checks_results_and_solution(course: CourseDirectory) -> None:
    for trainee in ("half", "hostile"):
        assert course.api.autograde(MODULE, trainee, force=True, create=True)["success"]
        assert course.api.generate_feedback(MODULE, trainee, force=True)["success"]
    half, hostile = (
        Reader((course.path / "feedback" / trainee / MODULE / f"{MODULE}.html").read_text(encoding="utf-8"))
        for trainee in ("half", "hostile")
    )
    told = half.articles[ITEM]
    assert "2 of 4 points" in told
    assert "`smallest` is the size of the smallest group. (Right) Found in your answer: 2" in told
    assert "Found in your answer: NameError: name 'risky' is not defined Expected: {" in told
    assert "sizes = people.camp" in told
    assert "smallest = int(sizes.min())" in told
    assert "class Yes(int):" in hostile.articles[ITEM]
    assert not [tag for tag in hostile.tags if tag.startswith("script")]


@pytest.mark.proof
def test_code_needs_a_marker_without_sandbox(course: CourseDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything else of the module is graded."""
    monkeypatch.setattr(sandbox.shutil, "which", lambda _: None)
    sandbox.missing.cache_clear()
    try:
        done = course.api.autograde(MODULE, "right", force=True, create=True)
    finally:
        sandbox.missing.cache_clear()
    assert done["success"]
    assert scores(course)["right"] == (None, True)
    judged = marked_by_hand(course, "right")
    assert judged["prompt"].startswith("The table holds nine invented people.")
    assert "sizes.min()" in judged["written"]
    assert "score_code" not in judged["written"]
    assert "apt-get install bubblewrap" in (
        course.path / "autograded" / "right" / MODULE / f"{MODULE}.ipynb"
    ).read_text(encoding="utf-8")


def test_the_sound_item_is_in_order(tmp_path: Path) -> None:
    assert check_module(module(tmp_path)) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("starter: |\n      import", "starter: |\n      import import"), "this is not Python"),
        (("value: smallest", "value: smallest ="), "this is not an expression"),
        (("[people.csv]", "[persons.csv]"), "the file 'persons.csv' does not exist; put it into the module's data/."),
        (("id: smallest-group", "id: smallest"), "this shows the code item 'smallest-group', which does not exist."),
        (("outcome: next-step", "outcome: next"), "this measures the outcome 'next', which does not exist."),
        (("S1: Part II", "S7: Part II"), "this cites the source 'S7', which does not exist."),
        (("sizes = people", "### END SOLUTION\n      sizes = people"), "'###' marks what is taken out"),
    ],
)
def test_a_fault_of_a_code_item_is_named(tmp_path: Path, wrong: tuple[str, str], sentence: str) -> None:
    folder = module(tmp_path)
    text = (folder / "code.yaml").read_text(encoding="utf-8")
    assert text.count(wrong[0]) == 1
    (folder / "code.yaml").write_text(text.replace(*wrong), encoding="utf-8")
    found = [str(problem) for problem in check_module(folder)]
    assert any("code.yaml:" in problem or "module.md:" in problem for problem in found)
    assert any(sentence in problem for problem in found), found


@needs_sandbox
def test_running_the_solution_finds_wrong_check(tmp_path: Path) -> None:
    folder = module(tmp_path)
    assert proof_problems(load_module(folder)) == []
    text = (folder / "code.yaml").read_text(encoding="utf-8")
    text = text.replace("equals: 2\n", "equals: 3\n").replace("value: sorted(sizes)", "value: len(keys) * [2] + [2, 3]")
    (folder / "code.yaml").write_text(text, encoding="utf-8")
    found = [str(problem) for problem in proof_problems(load_module(folder))]
    assert [problem.partition(": ")[::2] for problem in found] == [
        (
            "modules/sound-module/code.yaml:21",
            "the solution does not pass this check: it gives the value 2, and 'equals' is 3.",
        ),
        (
            "modules/sound-module/code.yaml:29",
            "the starter passes this check as it is; look at something that only the solution gives.",
        ),
    ]


def test_the_guide_s_example_is_in_order(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "code-cells.md").read_text(encoding="utf-8")
    example = guide.split("```yaml\n")[1].split("```")[0].replace("outcome: safe-to-share", "outcome: next-step")
    folder = module(tmp_path)
    (folder / "code.yaml").write_text(example, encoding="utf-8")
    assert check_module(folder) == []
    assert proof_problems(load_module(folder)) == []


def test_a_mentor_s_app_has_no_code(tmp_path: Path) -> None:
    from himaya.publish.assignment import write_practice_app  # only here

    written = write_practice_app(load_module(module(tmp_path)), tmp_path / "app")
    assert "pandas" not in (written / f"{MODULE}.ipynb").read_text(encoding="utf-8")
    assert ITEM not in json.loads((written / "activities.json").read_text(encoding="utf-8"))["activities"]
