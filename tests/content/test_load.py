"""Files that cannot be used as they are, and modules and courses that can."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from himaya.activities.lab.model import NAMES
from himaya.content.check import check_module
from himaya.course.check import check_course
from himaya.course.schemas import schemas
from tests.content.edits import EDITS
from tests.content.sound import loaded_sound_module

if TYPE_CHECKING:
    from collections.abc import Callable

MODULES = Path(__file__).parents[2] / "modules"

FAULTS = {
    "missing-rationale": [
        (
            "scenarios/short-walk.yaml:30: 'nodes.door.choices.1.rationale' is missing: every entry of this kind "
            "needs 'rationale'."
        ),
    ],
    "missing-consequence": [
        (
            "scenarios/short-walk.yaml:69: 'nodes.table.choices.2.consequence' is missing: every entry of this "
            "kind needs 'consequence'."
        ),
    ],
    "misspelt-field": [
        (
            "scenarios/short-walk.yaml:30: 'nodes.door.choices.1.quality' is missing: every entry of this kind "
            "needs 'quality'."
        ),
        "scenarios/short-walk.yaml:32: there is no field 'qualty' here. Did you mean 'quality'?",
    ],
    "unknown-quality": [
        (
            "scenarios/short-walk.yaml:32: 'nodes.door.choices.1.quality' is 'fine'; allowed: 'best', "
            "'acceptable' or 'harmful'."
        ),
    ],
    "not-yaml": [
        (
            "scenarios/short-walk.yaml:18: this is not YAML: expected ',' or ']', but got ':'. Look for a missing"
            " quote, colon or space."
        ),
    ],
    "id-with-capitals": [
        (
            "scenarios/short-walk.yaml:21: 'nodes.door.choices.0.id' is 'Greet'; ids are lower-case words joined "
            "by hyphens, such as 'first-step'."
        ),
    ],
    "same-id-twice": [
        "items.yaml:14: the id 'short-walk' is used twice; ids are unique in a module.",
    ],
    "other-code": [
        (
            "module.md:58: a code cell may hold only 'from himaya_widgets import show, submit', 'show(\"an-"
            "activity\")' or 'submit()'; this one does not."
        ),
    ],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fixture_gives_these_problems(fault: str, checked_with: Callable[..., list[str]]) -> None:
    assert checked_with(fault) == [f"modules/sound-module/{problem}" for problem in FAULTS[fault]]


def test_the_sound_module_has_no_problem(sound_module: Path) -> None:
    assert check_module(sound_module) == []


def test_the_sound_module_holds_every_kind_of_activity() -> None:
    kinds = {activity.kind for activity in loaded_sound_module().activities.values()}
    assert kinds == {"scenario", "choice", "order", "match", "number", "text"}


@pytest.mark.parametrize("module", sorted(path.parent.name for path in MODULES.glob("*/module.yaml")))
def test_a_shipped_module_has_no_problem(module: str) -> None:
    assert [str(problem) for problem in check_module(MODULES / module)] == []


def test_every_edit_is_used_by_a_test() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in EDITS if f'"{name}"' not in tests] == []


@pytest.mark.parametrize("name", ["module.yaml", "module.md"])
def test_a_missing_file_is_named(name: str, sound_module: Path) -> None:
    (sound_module / name).unlink()
    assert [str(p) for p in check_module(sound_module)] == [f"modules/sound-module/{name}:1: this file is missing."]


def test_non_utf8_file_is_named(sound_module: Path) -> None:
    (sound_module / "items.yaml").write_bytes(b"items: [\xff]")
    assert [str(problem) for problem in check_module(sound_module)] == [
        "modules/sound-module/items.yaml:1: this file is not UTF-8 text; save it as UTF-8."
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("text: Say: it", "a text with a colon and a space in it needs quotes around it; or a quote is missing"),
        ("\ttext: Say", "a tab stands here; use spaces."),
        ("id: a\n   text: Say", "a text with a colon and a space in it needs quotes"),
        ("- a: 1\n  b: 2\n c: 3", "this line does not begin under its neighbours; use as many spaces as they do."),
    ],
)
def test_invalid_yaml_is_explained_plainly(written: str, said: str, sound_module: Path) -> None:
    (sound_module / "items.yaml").write_text(f"{written}\n", encoding="utf-8")
    (problem,) = check_module(sound_module)
    assert f"this is not YAML: {said}" in problem.text


def test_files_are_shown_relative_to_a_chosen_folder(sound_module: Path) -> None:
    (sound_module / "module.md").unlink()
    (problem,) = check_module(sound_module, base=sound_module)
    assert problem.file == "module.md"


def test_a_course_with_known_modules_has_no_problem(sound_module: Path) -> None:
    assert check_course(_course(sound_module, "[sound-module]"), sound_module.parent) == []


def test_unknown_module_gets_nearest_spelling(sound_module: Path) -> None:
    course = _course(sound_module, "\n  - sound-module\n  - sound-modul")
    assert [str(problem) for problem in check_course(course, sound_module.parent)] == [
        (
            "courses/first/course.yaml:6: the course lists the module 'sound-modul', which does not exist. "
            "Did you mean 'sound-module'? Allowed: sound-module."
        )
    ]


def test_module_listed_twice_is_refused(sound_module: Path) -> None:
    course = _course(sound_module, "\n  - sound-module\n  - sound-module")
    assert [str(problem) for problem in check_course(course, sound_module.parent)] == [
        "courses/first/course.yaml:6: the module 'sound-module' is listed twice; list each once."
    ]


def test_due_date_of_unknown_module_is_refused(sound_module: Path) -> None:
    course = _course(sound_module, "[sound-module]\ndue: {sound-module: 2026-12-24, sound-modul: 2026-12-24}")
    (problem,) = check_course(course, sound_module.parent)
    assert "a due date for the module 'sound-modul', which does not exist" in str(problem)


def test_due_date_that_is_no_day_is_refused(sound_module: Path) -> None:
    (problem,) = check_course(_course(sound_module, "[sound-module]\ndue: {sound-module: soon}"), sound_module.parent)
    assert problem.file.endswith("course.yaml")


def test_a_course_that_does_not_load_says_why(sound_module: Path) -> None:
    course = _course(sound_module, "[]")
    (problem,) = check_course(course, sound_module.parent)
    assert (problem.file, problem.line) == ("courses/first/course.yaml", 4)


def _course(sound_module: Path, modules: str, overview: str = "# First\n") -> Path:
    course = sound_module.parents[1] / "courses" / "first"
    course.mkdir(parents=True)
    text = f"id: first\ntitle: First\nsummary: One.\nmodules: {modules}\npass_mark: 80\nlanguages: [en]\n"
    (course / "course.yaml").write_text(text, encoding="utf-8")
    (course / "overview.md").write_text(overview, encoding="utf-8")
    return course


def test_a_course_without_an_overview_is_refused(sound_module: Path) -> None:
    course = _course(sound_module, "[sound-module]")
    (course / "overview.md").unlink()
    (problem,) = check_course(course, sound_module.parent)
    assert str(problem).startswith("courses/first/overview.md:1: this file is missing; it says what the course")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("It rests on a guide [S9].", "this cites the source 'S9', which does not exist. Allowed: none."),
        ("![Two chairs](media/chairs.svg)", "an overview has no image."),
        ("See <b>this</b>.", "'</b>' is raw HTML; allowed: Markdown only."),
        ("Call 0750 445 1234.", "'0750 445 1234' looks like a phone number; write words, such as 'your hotline'."),
    ],
)
def test_overview_fault_is_named_with_line(line: str, fault: str, sound_module: Path) -> None:
    course = _course(sound_module, "[sound-module]", f"# First\n\n{line}\n")
    assert f"courses/first/overview.md:3: {fault}" in [str(p) for p in check_course(course, sound_module.parent)]


def test_each_format_has_a_json_schema() -> None:
    found = schemas()
    labs = (f"lab-{name}" for name in sorted(NAMES))
    formats = ["casefile", "code", "country", "course", "interview", "items", *labs, "module", "scenario"]
    assert sorted(found) == [f"{name}.schema.json" for name in formats]
    for name, schema in found.items():
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["title"] == f"Himaya {name.partition('.')[0]}"
        assert json.loads(json.dumps(schema)) == schema
