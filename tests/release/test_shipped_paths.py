"""Every path that a shipped course names, with both safety forms: pages, import, stock nbgrader, feedback, export."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from random import Random
from typing import TYPE_CHECKING

import pytest

from himaya.content.assignments import form_names
from himaya.content.forms import parts_to_build
from himaya.course.course import load_course
from himaya.course.pass_rule import of_module
from himaya.course.roster import Roster
from himaya.publish.assignment import compile_module
from himaya.publish.pages import write_pages
from himaya_autograde.course import CourseDirectory
from himaya_autograde.import_answers import place_of, take_in
from himaya_autograde.markbook import Markbook
from himaya_autograde.paths import note_hand_ins
from himaya_autograde.synthetic import synthetic_journal
from himaya_server.home import state
from himaya_widgets.player import page_code
from tests.autograde.cohorts import COURSE, ROOT, Rows, built_and_released, configure, copy_of, own_settings, rows
from tests.autograde.cohorts import hand_in as put
from tests.engine import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SHIPPED = [
    (course.id, module, paths)
    for course in (load_course(path.parent) for path in sorted(ROOT.glob("courses/*/course.yaml")))
    for module, paths in course.paths.items()
]


class _Class:
    """A class of one module: on each path somebody who hands in by exchange, and somebody whose page is imported."""

    def __init__(self, directory: CourseDirectory, module: str) -> None:
        self.directory, self.module = directory, module
        self.paths = directory.course.assignments_of(module)
        self.assignments = [*self.paths.values(), *form_names(module)]
        parts = parts_to_build(shipped.loaded(module), directory.course.paths[module])
        self.activities = {part.module.id: compile_module(part) for part in parts}
        self.trainees = {f"{way}-{path}": name for path, name in self.paths.items() for way in ("sent", "page")}

    def answers(self, trainee: str, assignment: str) -> bytes:
        dice = Random(f"{assignment}/{trainee}")
        return synthetic_journal(self.activities[assignment], dice, 0.9, 1.0).encode()


@pytest.fixture(scope="module", params=_SHIPPED, ids=lambda each: each[1])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Class]:
    """A graded class with feedback; everybody answered one path and both forms."""
    _, module, paths = request.param
    home = tmp_path_factory.mktemp("shipped-paths")
    (home / "exchange").mkdir(mode=0o777)
    folder = home / COURSE
    folder.mkdir()
    about = {"id": COURSE, "title": "Paths", "summary": "One.", "modules": [module], "pass_mark": 80}
    text = json.dumps({**about, "languages": ["en"], "paths": {module: paths}})
    (folder / "course.yaml").write_text(text, encoding="utf-8")
    (folder / "overview.md").write_text("# Paths\n", encoding="utf-8")
    configure(folder, stock=False)
    with own_settings(home):
        made = _Class(built_and_released(folder, ROOT / "modules"), module)
        assert made.directory.release(form_names(module)[1]).problems == {}
        for trainee, path in made.trainees.items():
            for name in (path, *form_names(module)):
                if trainee.startswith("sent"):
                    put(folder, name, trainee, made.answers(trainee, name))
                    note_hand_ins(folder, name, [trainee])
                    continue
                saved = home / f"{trainee}-{name}.jsonl"
                saved.write_bytes(made.answers(trainee, name))
                (taken,) = take_in(place_of(folder, name), Roster({saved.name: trainee}, frozenset()), [saved])
                assert taken.good, taken.text
        assert made.directory.grade().problems == {}
        by_hand = {f"{name}/{who}" for who, path in made.trainees.items() for name in (path, *form_names(module))}
        assert made.directory.feedback().problems.keys() == {each for each in by_hand if "/page-" in each}
        yield made


def _grades(found: Rows, trainee: str, labs: set[str]) -> Rows:
    """Return somebody's rows, without what stock nbgrader cannot say: that a lab waits for a person."""
    return {
        key: {name: value for name, value in row.items() if not (name == "needs_manual_grade" and key[3] in labs)}
        for key, row in found.items()
        if key[:2] == ("grade", trainee)
    }


def test_stock_nbgrader_grades_as_the_batch(trained: _Class, tmp_path: Path) -> None:
    (tmp_path / "exchange").mkdir()
    stock = copy_of(trained.directory, tmp_path, stock=True)
    with CourseDirectory(stock).api.gradebook as gradebook:
        for trainee, path in trained.trainees.items():
            for name in (path, *form_names(trained.module)):
                gradebook.remove_submission(name, trainee)
                shutil.rmtree(stock / "autograded" / trainee / name)
    script = str(ROOT / "tests" / "autograde" / "stock_grader.py")
    subprocess.run([sys.executable, script, str(stock)], check=True, capture_output=True)
    labs = {name for each in trained.activities.values() for name, one in each.items() if one["kind"] == "lab"}
    ours, theirs = rows(trained.directory.path), rows(stock)
    for trainee, path in trained.trainees.items():
        mine = _grades(ours, trainee, labs)
        assert {key[2] for key in mine} == {path, *form_names(trained.module)}
        assert _grades(theirs, trainee, labs) == mine


def test_feedback_and_tables_show_the_own_path(trained: _Class, tmp_path: Path) -> None:
    results = trained.directory.results()
    trained.directory.export(tmp_path)
    with (tmp_path / "grades.csv").open(encoding="utf-8-sig") as file:
        lines = [(line["student_id"], line["assignment"]) for line in csv.DictReader(file)]
    for trainee, path in trained.trainees.items():
        (work,) = (each for each in results.works(trainee) if each.module in trained.paths.values())
        percent = of_module(trained.directory.course, work).percent
        assert work.module == path
        page = trained.directory.path / "feedback" / trainee / path / f"{path}.html"
        standing = state.standing_of(page.read_text(encoding="utf-8"))
        assert standing is not None
        assert (standing.percent, standing.worth) == (percent, work.worth)
        for form in form_names(trained.module):
            assert (trained.directory.path / "feedback" / trainee / form / f"{form}.html").is_file()
        mine = [name for who, name in lines if who == trainee]
        assert sorted(set(mine) & set(trained.assignments)) == sorted([path, *form_names(trained.module)])


def test_imported_and_sent_answers_count_alike(trained: _Class) -> None:
    results, chosen = trained.directory.results(), Markbook(trained.directory.path).paths()
    on = {name: path for path, name in trained.paths.items()}
    for trainee, name in trained.trainees.items():
        works = {work.module: work for work in results.works(trainee)}
        assert works.keys() == {name, *form_names(trained.module)}
        assert all(work.graded and work.earned > 0 for work in works.values())
        assert chosen[trainee, trained.module] == on[name]


def test_pages_hold_what_the_assignments_hold(trained: _Class, tmp_path: Path) -> None:
    where = trained.directory.path
    asked = {"second_forms": True}
    written = [*write_pages(trained.directory.course, where, ROOT / "modules", tmp_path / "out", page_code(), **asked)]
    pages = {each.path.stem: each.path.read_text(encoding="utf-8") for each in written if each.kind == "module"}
    assert pages.keys() == {*trained.assignments}
    every = {name for each in trained.activities.values() for name in each}
    for name, page in pages.items():
        assert {each for each in every if f'data-show="{each}"' in page} == {*trained.activities[name]}
