"""Feedback in a course directory: equal to the gradebook, the same on every way, and no key before it."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from nbgrader.api import Gradebook

from himaya.languages.interface import sentence
from himaya.languages.isolates import without_isolates
from himaya.publish.folder import SPOKEN
from himaya_autograde.gradebook import points
from himaya_autograde.keys import FOLDER, read_keys
from himaya_server.home.state import ModuleState, _standing, course_so_far
from himaya_server.platform import hand_in_synthetic
from tests.autograde.cohorts import ROOT, own_settings
from tests.autograde.conftest import MODULE, copy_of
from tests.autograde.pages import Reader
from tests.shipped import activities_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya_autograde.course import CourseDirectory

TRAINEES = [f"trainee-0{number}" for number in (1, 2, 3)]
ARAB = "trainee-04"  # handed in reading Arabic
COMMENT = "Clear. Name <b>one</b> limit of your role."


@pytest.fixture(scope="module")
def course(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseDirectory]:
    """A course with three graded trainees: one marked by hand with extra credit, one late."""
    home = tmp_path_factory.mktemp("feedback")
    with own_settings(home):
        directory = copy_of(released, home)
        hand_in_synthetic(directory, ROOT / "modules" / MODULE, range(len(TRAINEES) + 1))
        (next((directory.exchange / "core-protection" / "inbound").glob(f"{ARAB}+*")) / SPOKEN).write_text("ar\n")
        directory.collect(MODULE)
        assert not directory.grade(MODULE).problems
        with _gradebook(directory) as gradebook:
            marked = gradebook.find_submission_notebook(MODULE, MODULE, "trainee-01")
            for grade in marked.grades:
                if grade.cell_type == "markdown":
                    grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 3.0, 0.5, False
            for comment in marked.comments:
                comment.manual_comment = COMMENT
            gradebook.find_submission_notebook(MODULE, MODULE, "trainee-02").late_submission_penalty = 1.5
            gradebook.db.commit()
        yield directory


def _gradebook(course: CourseDirectory) -> Gradebook:
    return Gradebook(course.api.coursedir.db_url, course.course.id)


def _page(course: CourseDirectory, trainee: str) -> Path:
    return course.path / "feedback" / trainee / MODULE / f"{MODULE}.html"


@pytest.fixture(scope="module")
def pages(course: CourseDirectory) -> dict[str, str]:
    """The page of each trainee, after a look that no key was out before it."""
    _assert_no_key_outside(course)
    done = course.feedback(MODULE)
    assert (done.good, done.problems) == ([MODULE], {})
    return {trainee: _page(course, trainee).read_text(encoding="utf-8") for trainee in TRAINEES}


def _assert_no_key_outside(course: CourseDirectory) -> None:
    whole = [
        activity
        for language in (None, "ar", "ckb")
        for activity in read_keys(course.path, MODULE, language)["activities"].values()
    ]
    waiting = [each for each in whole if each["mode"] in ("graded", "pretest")]
    secrets = [option["rationale"] for each in waiting for option in each.get("options", ()) if "rationale" in option]
    secrets += [c["rationale"] for each in waiting for node in each.get("nodes", ()) for c in node["choices"]]
    secrets += [level["exemplar"] for each in waiting for level in each.get("rubric", ())]
    assert len(secrets) > 150
    reachable = [path for path in course.exchange.rglob("*") if path.is_file()]
    reachable += [path for path in (course.path / "release").rglob("*") if path.is_file()]
    assert any(path.name == "activities.json" for path in reachable)
    assert FOLDER not in {part for path in reachable for part in path.parts}
    for path in reachable:
        text = path.read_text(encoding="utf-8")
        strings = text + "\n".join(_strings(json.loads(text))) if path.suffix in (".json", ".ipynb") else text
        assert not [secret for secret in secrets if secret in strings], f"a key lies in {path}"


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


@pytest.mark.parametrize("trainee", TRAINEES)
def test_page_shows_the_gradebook_points(course: CourseDirectory, pages: dict[str, str], trainee: str) -> None:
    page = Reader(pages[trainee])
    keys = read_keys(course.path, MODULE)["activities"]
    practice = {name: each for name, each in keys.items() if each["mode"] != "graded"}
    played = {name: each for name, each in keys.items() if each["kind"] in ("scenario", "interview", "lab")}
    with _gradebook(course) as gradebook:
        notebook = gradebook.find_submission_notebook(MODULE, MODULE, trainee)
        assert len(notebook.grades) > 25
        for grade in notebook.grades:
            told = page.text if grade.name in practice else page.articles[grade.name]
            assert sentence("points", earned=points(grade.score, 2), points=points(grade.max_score, 2)) in told
        counted = [grade for grade in notebook.grades if grade.name not in practice | played]
        kept = 1 - (notebook.late_submission_penalty or 0) / notebook.score
        earned, worth = kept * sum(g.score for g in counted), sum(g.max_score for g in counted)
        percent = int(100 * earned / worth)
        said = sentence("pass-standing", earned=points(earned, 2), worth=points(worth, 2), percent=percent, needed=80)
        assert said in page.text
        assert ("1.5 points taken off" in page.text) is (trainee == "trainee-02")
        assert ("not your final result" in page.text) is bool(notebook.needs_manual_grade)


_WRITTEN = [found.id for found in activities_of("text", MODULE)]


def test_marker_comment_is_shown_as_text(pages: dict[str, str]) -> None:
    page = Reader(pages["trainee-01"])
    assert page.quotes.count(COMMENT) == 2
    written = [page.articles[name] for name in _WRITTEN]
    assert [text for text in written if "Level 3" in text]  # who left one out has no level there
    assert "3.5 of 4 points" in page.articles[_WRITTEN[0]]


def test_feedback_is_written_in_every_language(course: CourseDirectory, pages: dict[str, str]) -> None:
    folder = _page(course, ARAB).parent
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}
    assert set(written) == {f"{MODULE}{end}.html" for end in ("", ".ar", ".ckb", ".en")}
    assert written[f"{MODULE}.html"] == written[f"{MODULE}.ar.html"]
    assert {name.split(".")[1]: Reader(page).root["lang"] for name, page in written.items()} == {
        "html": "ar", "ar": "ar", "ckb": "ckb", "en": "en"
    }  # fmt: skip
    activities = read_keys(course.path, MODULE, "ar")["activities"]
    rationale = next(
        each["rationale"] for each in activities.values() if each["mode"] == "graded" and each["kind"] == "order"
    )
    assert rationale in without_isolates(Reader(written[f"{MODULE}.ar.html"]).text)
    assert Reader(pages["trainee-01"]).root["lang"] == "en", "who says no language reads that of the course"


@pytest.mark.parametrize("said", ["", "fr\n", "../../etc\n", "ar" * 5000, "\x00\x01"])
def test_unsupported_language_falls_back_to_course(course: CourseDirectory, said: str) -> None:
    spoken = course.path / "autograded" / "trainee-03" / MODULE / SPOKEN
    spoken.write_text(said)
    try:
        assert course.api.generate_feedback(MODULE, "trainee-03", force=True)["success"]
    finally:
        spoken.unlink()
    assert Reader(_page(course, "trainee-03").read_text(encoding="utf-8")).root["lang"] == "en"


def test_page_shows_no_hidden_test_or_code(pages: dict[str, str]) -> None:
    for text in pages.values():
        for code in ("HIDDEN TESTS", "score(", "show(", "<script", "himaya_autograde"):
            assert code not in text


def test_plain_command_writes_the_same_page(course: CourseDirectory, pages: dict[str, str]) -> None:
    """Even over a hostile notebook."""
    notebook = course.path / "autograded" / "trainee-03" / MODULE / f"{MODULE}.ipynb"
    notebook.chmod(0o644)
    notebook.write_text("<script>alert(1)</script> no notebook", encoding="utf-8")
    _page(course, "trainee-03").unlink()
    command = [str(Path(sys.executable).with_name("nbgrader")), "generate_feedback", MODULE, "--student", "trainee-03"]
    done = subprocess.run(
        [*command, "--force"],
        cwd=course.path,
        env={**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert _page(course, "trainee-03").read_text(encoding="utf-8") == pages["trainee-03"]


def test_page_table_and_home_show_same_percent(course: CourseDirectory, pages: dict[str, str], tmp_path: Path) -> None:
    _, items, _ = course.export(tmp_path / "exports")
    with items.open(encoding="utf-8-sig", newline="") as file:
        table = {row["student_id"]: row for row in csv.DictReader(file)}
    outbound = course.exchange / "core-protection" / "outbound"
    for trainee in TRAINEES:
        standing = _standing(_page(course, trainee))
        assert standing is not None
        assert f"{standing.percent} % of the points that count" in Reader(pages[trainee]).text
        assert table[trainee][f"{MODULE}/percent"] == str(standing.percent)
        module = ModuleState(MODULE, "", "feedback", standing=standing)
        so_far = course_so_far(course.exchange, "core-protection", [module])
        # Only one of the two modules is released here, but what the other is worth stands in the course's rule.
        assert json.loads((outbound / "overview" / "activities.json").read_text())["pass"]["worth"].keys() > {MODULE}
        assert so_far is not None
        assert so_far.percent < standing.percent
        assert so_far.earned == pytest.approx(course.results().verdict(trainee).standing.earned)


def test_unreadable_journal_leaves_points_standing(course: CourseDirectory, pages: dict[str, str]) -> None:
    journal = course.path / "autograded" / "trainee-03" / MODULE / "responses.jsonl"
    kept = journal.with_name("kept")
    journal.rename(kept)
    journal.symlink_to("/etc/hostname")
    try:
        assert course.api.generate_feedback(MODULE, "trainee-03", force=True)["success"]
        page = Reader(_page(course, "trainee-03").read_text(encoding="utf-8"))
    finally:
        journal.unlink()
        kept.rename(journal)
    assert "cannot be read" in page.text
    total = Reader(pages["trainee-03"]).text.split(" % of the points")[0]
    assert page.text.split(" % of the points")[0] == total


def test_unmarked_submission_blocks_no_feedback(course: CourseDirectory, pages: dict[str, str]) -> None:
    stranger = course.path / "autograded" / "stranger"
    shutil.copytree(course.path / "autograded" / "trainee-03", stranger)
    shutil.rmtree(course.exchange / course.course.id / "feedback")
    try:
        done = course.feedback(MODULE)
    finally:
        shutil.rmtree(stranger)
    assert list(done.problems) == [f"{MODULE}/stranger"]
    assert "holds no marks of 'stranger'" in done.problems[f"{MODULE}/stranger"]
    released = course.exchange / course.course.id / "feedback"
    assert len(list(released.glob("*.html"))) == 4 * (len(pages) + 1), "as handed in, and in each of three languages"


def test_missing_keys_name_the_command(course: CourseDirectory) -> None:
    away = course.path / "away"
    (course.path / FOLDER).rename(away)
    try:
        done = course.feedback(MODULE)
    finally:
        away.rename(course.path / FOLDER)
    assert set(done.problems) == {f"{MODULE}/{trainee}" for trainee in (*TRAINEES, ARAB)}
    assert f"Run: himaya build {course.path}" in done.problems[f"{MODULE}/trainee-01"]
