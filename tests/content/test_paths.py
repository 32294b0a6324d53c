"""Paths: cut out of a module by role, the same in every language; off the path nothing is graded."""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from himaya.activities.format import Item
from himaya.content.assignments import module_of, path_names
from himaya.content.forms import forms_of, parts_to_build, questions, without_forms
from himaya.content.lessons import heading_text, outline
from himaya.content.module import EVERYBODY
from himaya.course.check import check_course
from himaya.course.pass_rule import PassRule, Result, Standing, Work, of_module, so_far, verdict
from himaya.languages.interface import interface
from himaya.publish.assignment import compile_module, write_assignment
from himaya.translation.translated import load_in
from himaya_autograde.keys import write_keys
from tests.engine import shipped

if TYPE_CHECKING:
    from collections.abc import Container

    from himaya.content.lessons import Block
    from himaya.content.load import LoadedModule

MODULE = "data-protection"
ROLE = "information-management"
OTHER = f"{MODULE}--{ROLE}"
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", shipped.NAMES)
def test_every_shipped_role_makes_a_path(name: str) -> None:
    """Each keeps its lessons; on no path is graded what stands in a lesson that is not on it."""
    whole = shipped.loaded(name)
    for role in sorted({role for lesson in whole.module.lessons for role in lesson.roles}):
        path = parts_to_build(whole, [role])[0]
        assert path.module.id == name
        assert outline(path).faults == ()
        assert [lesson.id for lesson in path.module.lessons] == [lesson.id for lesson in whole.module.lessons]
        for part in outline(path).lessons:
            assert part.lesson is not None
            on = bool({EVERYBODY, role} & {*part.lesson.roles})
            counted = [block.activity for block in part.blocks if block.activity and _counts(path, block.activity)]
            assert on or not counted
            assert part.lesson.title.endswith("(off this path)") is not on
            assert (part.lesson.minutes > 0) is on, "what is off the path takes none of its time"


@pytest.mark.parametrize("name", shipped.NAMES)
def test_path_practises_and_checks_what_it_teaches(name: str) -> None:
    whole = shipped.loaded(name)
    everything = _asked(whole, {lesson.id for lesson in whole.module.lessons})
    safety = _asked(whole, {lesson.id for lesson in whole.module.lessons}, {*questions(whole.module)})
    for role in sorted({role for lesson in whole.module.lessons for role in lesson.roles}):
        path = parts_to_build(whole, [role])[0]
        on = {lesson.id for lesson in path.module.lessons if {EVERYBODY, role} & {*lesson.roles}}
        titles = {heading_text(block) for block in _blocks(path, on) if block.level}
        for outcome in path.module.outcomes:
            if titles & {*outcome.taught}:
                asked = _asked(path, on)[outcome.id] | safety[outcome.id]
                assert asked == everything[outcome.id], f"{role}: {outcome.id}"


def test_first_responders_are_taught_every_outcome() -> None:
    path = parts_to_build(shipped.loaded("gbv-guiding-principles"), [EVERYBODY])[0]
    on = {lesson.id for lesson in path.module.lessons if EVERYBODY in lesson.roles}
    assert {lesson.id for lesson in path.module.lessons} - on == {"the-brother", "check-referral"}
    titles = {heading_text(block) for block in _blocks(path, on) if block.level}
    assert all(titles >= {*outcome.taught} for outcome in path.module.outcomes)


def _blocks(loaded: LoadedModule, lessons: set[str]) -> list[Block]:
    parts = (part for part in outline(loaded).lessons if part.lesson and part.lesson.id in lessons)
    return [block for part in parts for block in part.blocks]


def _asked(loaded: LoadedModule, lessons: set[str], only: Container[str] | None = None) -> dict[str, set[str]]:
    """Return in which modes these lessons have an outcome, in all of their activities or some."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in (block.activity for block in _blocks(loaded, lessons) if block.activity):
        if only is not None and name not in only:
            continue
        if name in loaded.code:
            found[loaded.code[name].outcome].add("graded")
            continue
        each = loaded.activities[name]
        for outcome in [each.outcome] if isinstance(each, Item) else each.outcomes:
            found[outcome].add(each.mode)
    return found


def _counts(path: LoadedModule, name: str) -> bool:
    return name in path.code or path.activities[name].points > 0


def test_paths_share_what_is_for_everybody() -> None:
    whole = without_forms(shipped.loaded(MODULE))
    first, second, *forms = parts_to_build(shipped.loaded(MODULE), [EVERYBODY, ROLE])
    assert [first.module.id, second.module.id, len(forms)] == [MODULE, OTHER, 2]
    assert second.activities.keys() == whole.activities.keys()
    gone = whole.activities.keys() - first.activities.keys()
    assert "mean-risk" in gone
    assert all(whole.activities[name].mode == "graded" for name in gone)
    assert first.module.minutes < second.module.minutes == whole.module.minutes
    ours, theirs = compile_module(first), compile_module(second)
    assert all(ours[name] == theirs[name] for name in ours if ours[name]["points"])


def _built(parts: list[LoadedModule], folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file that is built of the parts of a module."""
    folder.mkdir()
    for part in parts:
        write_keys(part, folder)
        write_assignment(part, folder / "source", "core", date(2026, 11, 29))
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_course_without_paths_builds_the_same(tmp_path: Path) -> None:
    """Byte for byte what a module and its forms are where nothing knows of paths, and nothing of paths in it."""
    loaded = shipped.loaded(MODULE)
    built = _built(parts_to_build(loaded), tmp_path / "built")
    assert built == _built([without_forms(loaded), *forms_of(loaded)], tmp_path / "plain")
    said = interface()
    on_path = _built(parts_to_build(loaded, [EVERYBODY])[:1], tmp_path / "path")
    for key in ("path-about", "path-lesson", "path-left-out"):
        words = max(re.split(r"\{\w+\}", said[key]), key=len).strip(" ()").encode()
        assert any(words in text for text in on_path.values()), "a path says so"
        assert not any(words in text for text in built.values())


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_path_is_the_same_in_every_language(language: str) -> None:
    english = parts_to_build(shipped.loaded(MODULE), [EVERYBODY])[0]
    other = parts_to_build(load_in(ROOT / "modules" / MODULE, language), [EVERYBODY])[0]
    assert outline(other).faults == ()
    assert [(cell.kind, cell.activity) for cell in other.cells] == [
        (cell.kind, cell.activity) for cell in english.cells
    ]
    assert {name: each["hash"] for name, each in compile_module(other).items()} == {
        name: each["hash"] for name, each in compile_module(english).items()
    }
    assert "(" in other.module.title
    assert "path" not in other.module.title


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ({MODULE: [EVERYBODY, ROLE]}, ""),
        ({MODULE: ["information-managment"]}, "Did you mean 'information-management'?"),
        ({MODULE: [ROLE, ROLE]}, "named twice"),
        ({"pseah": [EVERYBODY]}, "the course names paths of the module 'pseah'"),
        ({"case-management": ["caseworker"]}, ""),
    ],
)
def test_unfit_path_of_a_course_is_named(tmp_path: Path, paths: dict[str, list[str]], said: str) -> None:
    course = tmp_path / "courses" / "small"
    course.mkdir(parents=True)
    about = {"id": "small", "title": "Small", "summary": "One.", "pass_mark": 80, "languages": ["en"], "paths": paths}
    modules = [MODULE, "case-management"]
    (course / "course.yaml").write_text(json.dumps({**about, "modules": modules}), encoding="utf-8")
    shutil.copy(ROOT / "courses" / "data-in-code" / "overview.md", course)
    faults = [each.text for each in check_course(course, ROOT / "modules") if each.file.endswith("course.yaml")]
    assert len(faults) == bool(said)
    assert said in "".join(faults)


def test_pass_counts_the_path_alone() -> None:
    assert list(path_names(MODULE, [EVERYBODY, ROLE]).values()) == [MODULE, OTHER]
    assert [module_of(name) for name in (MODULE, OTHER, f"{MODULE}-safety-1")] == [MODULE, MODULE, f"{MODULE}-safety-1"]
    assert module_of("career-path-basics") == "career-path-basics"
    rule = PassRule(modules=[MODULE], pass_mark=80)
    works = [
        Work(OTHER, (Result(OTHER, "asked", 10, 9.0),)),
        *(Work(f"{MODULE}-safety-{form}", (Result("f", "q", 1, 1.0, safety_critical=True),)) for form in (1, 2)),
    ]
    assert verdict(rule, works).passed
    assert of_module(rule, works[0]).percent == 90


def test_home_counts_the_path_with_feedback() -> None:
    rule = {"mark": 80, "worth": {MODULE: 10, OTHER: 20, "pseah": 30}, "paths": {MODULE: [MODULE, OTHER]}}
    mine = so_far(rule, {MODULE: None, OTHER: Standing(15, 20, 80), "pseah": None})
    assert mine is not None
    assert (mine.earned, mine.worth) == (15, 50)
    other = so_far(rule, {MODULE: None, OTHER: None, "pseah": Standing(30, 30, 80)})
    assert other is not None
    assert (other.earned, other.worth) == (30, 40)
    handed_in = so_far(rule, {MODULE: None, OTHER: None, "pseah": Standing(30, 30, 80)}, handed_in={OTHER})
    assert handed_in is not None
    assert (handed_in.earned, handed_in.worth) == (30, 50)
