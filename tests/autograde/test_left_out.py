"""A course without a lesson: the same in all doors; answers to it from before are kept, named and graded."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from himaya.commands.apps import _write as write_gallery
from himaya.course.pass_rule import of_module
from himaya.publish.page_code import Code
from himaya.publish.pages import write_pages
from himaya_autograde.course import CourseDirectory
from himaya_server.classroom.pages import write_class_pages
from himaya_server.home import state
from himaya_server.platform import Platform, _write_practice
from himaya_widgets.player import class_code, page_code
from tests.autograde.cohorts import built_and_released, configure, hand_in, own_settings, rows
from tests.content.sound import FIXTURES
from tests.courses import one_module_repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COURSE, MODULE = "every-module", "sound-module"
LESSONS = """lessons:
  - {id: talk, title: A talk, minutes: 5, starts: A first talk}
  - {id: walk, title: A walk, minutes: 5, starts: short-walk}
  - {id: ask, title: Questions, minutes: 5, starts: who-first}
  - {id: sort, title: Order, minutes: 5, starts: in-order}
  - {id: end, title: The end, minutes: 5, starts: Summary}
reference: [Words you need]
"""
LEFT_OUT = ["short-walk", "who-first", "say-which"]
STAY = ["in-order", "who-does-what", "how-many", "your-words"]
RIGHT = {"who-first": ["your-name"], "in-order": ["name", "ask", "agree"], "how-many": "1.5"}


def _journal(course: Path) -> bytes:
    released = json.loads((course / "release" / MODULE / "activities.json").read_text(encoding="utf-8"))["activities"]
    events: list[dict[str, Any]] = []
    for name, value in RIGHT.items():
        if name in released:
            begun = {"type": "begin", "turn": 0, "content": released[name]["hash"]}
            events += [{"activity": name, **each} for each in (begun, {"type": "answer", "turn": 0, "value": value})]
    return "".join(json.dumps({"id": f"event-{n:06d}", **event}) + "\n" for n, event in enumerate(events)).encode()


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = one_module_repository(tmp_path_factory.mktemp("repository"), FIXTURES / MODULE)
    with (made / MODULE / "module.yaml").open("a", encoding="utf-8") as file:
        file.write(LESSONS)
    return made


@pytest.fixture(scope="module")
def course(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseDirectory]:
    """A class that answered, then left two lessons out and moved on; one more answered after that."""
    home = tmp_path_factory.mktemp("left-out")
    folder = home / COURSE
    folder.mkdir()
    (home / "exchange").mkdir()
    about = {"id": COURSE, "title": "One", "summary": "One.", "modules": [MODULE], "pass_mark": 80, "languages": ["en"]}
    (folder / "course.yaml").write_text(json.dumps(about), encoding="utf-8")
    (folder / "overview.md").write_text("# One\n", encoding="utf-8")
    configure(folder, stock=False)
    with own_settings(home), pytest.MonkeyPatch.context() as patch:
        patch.setattr("himaya_autograde.course.check_module", lambda _: [])
        built_and_released(folder, modules)
        hand_in(folder, MODULE, "before", _journal(folder))
        about["leave_out"] = {MODULE: ["walk", "ask"]}
        (folder / "course.yaml").write_text(json.dumps(about), encoding="utf-8")
        directory = CourseDirectory(folder, home / "exchange")
        kept: list[str] = []
        directory.build(modules, on_kept=kept.append)
        assert ["--move-on" in each for each in kept] == [True]
        directory.build(modules, move_on=True)
        assert directory.release().problems == {}
        hand_in(folder, MODULE, "after", _journal(folder))
        yield directory


def _graded(folder: Path) -> dict[str, str]:
    cells = json.loads((folder / MODULE / f"{MODULE}.ipynb").read_text(encoding="utf-8"))["cells"]
    about = ((cell["metadata"].get("nbgrader", {}), cell["source"]) for cell in cells)
    return {each["grade_id"]: str(source) for each, source in about if each.get("grade") or each.get("task")}


def test_grade_cells_that_stay_are_equal(course: CourseDirectory) -> None:
    (earlier,) = (course.path / "editions" / MODULE).iterdir()
    before, now = _graded(earlier / "source"), _graded(course.path / "source")
    assert before.keys() - now.keys() == {*LEFT_OUT}
    assert now.items() < before.items()
    for name in ("keys", "source", "release"):
        text = "".join(path.read_text(encoding="utf-8") for path in (course.path / name).rglob("*.*") if path.is_file())
        assert not [each for each in LEFT_OUT if f'"{each}"' in text.replace("\\", "")], name
    rule = json.loads((course.path / "release" / "overview" / "activities.json").read_text(encoding="utf-8"))["pass"]
    keys = json.loads((course.path / "keys" / f"{MODULE}.json").read_text(encoding="utf-8"))["activities"]
    counted = [each["points"] for each in keys.values() if each["mode"] == "graded" and each["kind"] != "scenario"]
    assert rule["worth"][MODULE] == sum(counted)


@pytest.mark.parametrize("door", ["page", "practice page", "file", "class", "apps", "mentor"])
def test_every_door_leaves_it_out(door: str, course: CourseDirectory, modules: Path, tmp_path: Path) -> None:
    about, folder, today = course.course, course.path, datetime.now(UTC).date()
    match door:
        case "class":
            code: dict[str, Code] = {str(kind): each for kind, each in class_code().items()}
            write_class_pages(about, folder, modules, tmp_path, code, today)
        case "apps":
            write_gallery(folder, modules, ("en",), tmp_path, graded=True)
        case "mentor":
            _write_practice(Platform(tmp_path, COURSE), about, modules)
        case _:
            asked = {"practice": door == "practice page", "single": door == "file"}
            [*write_pages(about, folder, modules, tmp_path, page_code(), on=today, **asked)]
    found = [path for path in tmp_path.rglob("*") if path.suffix in (".html", ".json", ".ipynb")]
    text = "".join(path.read_text(encoding="utf-8") for path in found)
    assert [name for name in STAY if name not in text] == []
    assert [name for name in LEFT_OUT if name in text or any(name in path.name for path in found)] == []


def test_answers_from_before_are_kept_and_named(course: CourseDirectory) -> None:
    done = course.grade()
    assert done.problems == {}
    assert (
        "answered, and not in every edition of the module: who-first; the answers are kept"
        in (done.people[f"{MODULE}/before"])
    )
    assert "not in every edition" not in done.people.get(f"{MODULE}/after", "")
    journal = (course.path / "submitted" / "before" / MODULE / "responses.jsonl").read_text(encoding="utf-8")
    assert '"who-first"' in journal
    assert course.feedback().problems == {}
    results = course.results()
    for trainee, asked in (("before", {*RIGHT}), ("after", {*RIGHT} - {"who-first"})):
        (work,) = results.works(trainee)
        assert {each.activity for each in work.results if each.earned} == asked
        page = (course.path / "feedback" / trainee / MODULE / f"{MODULE}.html").read_text(encoding="utf-8")
        standing = state.standing_of(page)
        assert standing is not None
        assert (standing.percent, standing.worth) == (of_module(course.course, work).percent, work.worth)
        assert ("Who you are" in page or "who-first" in page) is (trainee == "before")


def test_nbgrader_itself_gives_the_same_rows(course: CourseDirectory) -> None:
    course.grade()
    batch = rows(course.path)
    assert course.api.autograde(MODULE, "*", force=True)["success"]
    assert rows(course.path) == batch
