"""Lessons: where they start, what is wrong with them, how they become steps; and that no cell depends on them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from himaya.activities.lab.format import Lab
from himaya.content.check import check_module, module_hints
from himaya.content.checks.lessons import lesson_hints
from himaya.content.forms import without_forms
from himaya.content.lessons import all_blocks, minutes_of, outline
from himaya.content.load import load_module
from himaya.content.module import Lesson
from himaya.publish.notebook import build_notebook
from tests.engine import shipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from himaya.content.lessons import Part

TALK = "{id: talk, title: A talk, minutes: 5, starts: A first talk}"
WALK = "{id: walk, title: A walk, minutes: 5, starts: short-walk}"
ASK = "{id: ask, title: Questions, minutes: 5, starts: who-first}"
END = "{id: end, title: The end, minutes: 5, starts: Summary}"


@pytest.fixture
def problems(sound_module: Path) -> Callable[..., list[str]]:
    """Return what the check says of the sound module with these lessons and sections to look up."""

    def checked(*lessons: str, reference: str = "Words you need") -> list[str]:
        file = sound_module / "module.yaml"
        listed = "".join(f"  - {lesson}\n" for lesson in lessons)
        text = file.read_text(encoding="utf-8")
        file.write_text(f"{text}lessons:\n{listed}reference: [{reference}]\n", encoding="utf-8")
        return [str(problem).partition(": ")[2] for problem in check_module(sound_module)]

    return checked


def test_lessons_in_order_are_sound(problems: Callable[..., list[str]]) -> None:
    assert problems(TALK, WALK, ASK, END) == []


def test_lesson_that_starts_nowhere_is_named(problems: Callable[..., list[str]]) -> None:
    found = problems(TALK, WALK.replace("short-walk", "short-wlak"))
    assert len(found) == 1
    assert found[0].startswith(
        "the lesson 'walk' starts at 'short-wlak', which does not exist. Did you mean 'short-walk'?"
    )


def test_two_lessons_with_one_start_are_named(problems: Callable[..., list[str]]) -> None:
    found = problems(TALK, WALK.replace("short-walk", "A first talk"))
    assert found == ["the lessons 'talk' and 'walk' both start at 'A first talk'; each has its own start."]


def test_lesson_out_of_order_is_named(problems: Callable[..., list[str]]) -> None:
    found = problems(TALK, ASK, WALK)
    assert found == [
        (
            "the lesson 'walk' starts at 'short-walk', which stands before the start of 'ask' in module.md; "
            "list lessons in the order of module.md."
        )
    ]


def test_activity_before_the_first_lesson_is_named(problems: Callable[..., list[str]]) -> None:
    found = problems(ASK)
    assert found == ["'short-walk' stands before the first lesson; move it, or start a lesson before it."]


def test_activity_in_a_section_to_look_up_is_named(problems: Callable[..., list[str]]) -> None:
    found = problems(END.replace("Summary", "Words you need"), reference="A first talk")
    assert len(found) == 9
    assert "'short-walk' stands in 'A first talk', which module.yaml names in 'reference'; move it" in found[0]


def test_empty_lesson_is_named(problems: Callable[..., list[str]], sound_module: Path) -> None:
    file = sound_module / "module.md"
    file.write_text(
        file.read_text(encoding="utf-8").replace("## A first", "## Nothing\n\n## A first"), encoding="utf-8"
    )
    found = problems("{id: none, title: Nothing, minutes: 5, starts: Nothing}", TALK)
    assert found == ["the lesson 'none' is empty: nothing stands before the next lesson; remove it."]


def test_pretest_in_a_lesson_is_hinted() -> None:
    loaded = shipped.loaded("pseah")
    first = loaded.module.lessons[0].model_copy(update={"starts": "What you will be able to do"})
    lessons = [first, *loaded.module.lessons[1:]]
    changed = replace(loaded, module=loaded.module.model_copy(update={"lessons": lessons}))
    found = [problem.text for problem in lesson_hints(changed)]
    assert (
        "the pretest item 'start-evenings' stands in the lesson 'danger-first'; the warm-up is offered only" in found[0]
    )


def test_unknown_role_and_section_are_named(problems: Callable[..., list[str]]) -> None:
    found = problems(TALK.replace("minutes", "roles: [polcie], minutes"), reference="Words you nede")
    assert any(
        text.startswith("the lesson 'talk' is for 'polcie', which does not exist. Did you mean 'police'?")
        for text in found
    )
    assert any(
        text.startswith("'reference' names the section 'Words you nede', which does not exist.") for text in found
    )


def test_everybody_excludes_other_roles(problems: Callable[..., list[str]]) -> None:
    found = problems(TALK.replace("minutes", "roles: [everybody, police], minutes"))
    assert found == ["the lesson 'talk' is for everybody, so remove the other roles, or remove 'everybody'."]


def test_dishonest_minutes_are_hinted(problems: Callable[..., list[str]], sound_module: Path) -> None:
    problems(TALK.replace("minutes: 5", "minutes: 60"))
    hints = [hint.text for hint in module_hints(sound_module)]
    assert any("the lesson 'talk' claims 60 minutes and takes" in hint for hint in hints)


# --- steps -------------------------------------------------------------------------------------------------------


def _parts(name: str) -> list[Part]:
    found = outline(shipped.loaded(name))
    return [found.opening, found.warm_up, *found.lessons, *found.reference]


@pytest.mark.parametrize("name", shipped.NAMES)
def test_every_block_is_in_one_step(name: str) -> None:
    blocks = [block for part in _parts(name) for step in part.steps for block in step]
    assert sorted((block.cell, block.number) for block in blocks) == [
        (block.cell, block.number) for block in all_blocks(shipped.loaded(name).cells)
    ]


@pytest.mark.parametrize("name", shipped.NAMES)
def test_step_shows_one_activity_or_a_screenful(name: str) -> None:
    for part in _parts(name):
        for step in part.steps:
            assert sum(block.activity is not None for block in step) <= 1
            prose = [block for block in step if not block.acts and not block.level]
            texts = [block for block in prose if not block.text.endswith(":")]
            said = sum(len(block.text.split()) for block in texts[:-1])
            assert said <= 200, f"{name}: {step[0].text}"
            assert not step[-1].level, f"{name}: a step ends in the heading {step[-1].text}"


@pytest.mark.parametrize("name", shipped.NAMES)
def test_lessons_last_five_to_twenty_minutes_as_counted(name: str) -> None:
    loaded = without_forms(shipped.loaded(name))
    for part in outline(loaded).lessons:
        if part.lesson and minutes_of(loaded, part.blocks) > 20:  # a lab is one activity, whatever its length
            labs = [
                block.activity for block in part.blocks if isinstance(loaded.activities.get(block.activity or ""), Lab)
            ]
            assert len(labs) == 1, part.lesson.id


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_translation_has_the_same_steps(language: str) -> None:
    for name in shipped.NAMES:
        made = shipped.in_language(name, language)
        assert [part.steps for part in outline(made).lessons] == [
            part.steps for part in outline(shipped.loaded(name)).lessons
        ]
        ours = [(block.cell, block.number) for block in all_blocks(made.cells)]
        assert ours == [(block.cell, block.number) for block in all_blocks(shipped.loaded(name).cells)]
        titles = [lesson.title for lesson in made.module.lessons]
        assert not set(titles) & {lesson.title for lesson in shipped.loaded(name).module.lessons}


# --- grade cells do not depend on lessons --------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped.NAMES)
def test_other_lessons_build_the_same_cells(name: str) -> None:
    loaded = shipped.loaded(name)
    one = Lesson(id="all", title="All of it", minutes=60, starts="Words you need")
    module = loaded.module.model_copy(update={"lessons": [one], "reference": []})
    recut = build_notebook(replace(loaded, module=module), shipped.compiled(name))
    before = build_notebook(loaded, shipped.compiled(name))
    assert recut.cells == before.cells


def test_module_without_lessons_has_none(sound_module: Path) -> None:
    found = outline(load_module(sound_module))
    assert (found.lessons, found.faults) == ((), ())
    assert len(found.opening.blocks) == len(list(all_blocks(load_module(sound_module).cells)))
