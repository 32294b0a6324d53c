from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from himaya.activities.format import Model, Text
from himaya.activities.kinds import FORMATS, format_of
from himaya.activities.lab.format import written
from himaya.activities.lab.model import NAMES as LABS
from himaya.activities.scenario.format import Scenario
from himaya.content.country import Setting
from himaya.translation.markdown import replace_prose, skeleton
from himaya.translation.units import note_of, units_of, with_texts
from tests.engine.shipped import NAMES, loaded
from tests.i18n.pseudo import pseudo
from tests.shipped import a_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator


def _formats(base: type[Model]) -> Iterator[type[Model]]:
    for form in base.__subclasses__():
        yield form
        yield from _formats(form)


def test_every_format_text_is_translated_or_kept() -> None:
    assert all(format_of(kind) for kind in FORMATS)  # which imports them
    assert all(written(lab) for lab in LABS)
    unshown = (Setting,)  # for whoever keeps them, never on a trainee's screen
    formats = [form for form in _formats(Model) if form not in unshown and form.__module__.startswith("himaya.")]
    assert {"Option", "Scenario", "Module", "CodeItem"} <= {form.__name__ for form in formats}
    for form in formats:
        for name in form.model_fields:
            note_of(form, name)  # or a TypeError names the field


def test_undecided_text_of_a_format_is_named() -> None:
    class Spot(Model):
        caption: Text

    with pytest.raises(TypeError, match=r"Spot\.caption: give this text a Note"):
        note_of(Spot, "caption")


@pytest.mark.parametrize("name", NAMES)
def test_own_texts_give_the_same_module(name: str) -> None:
    module = loaded(name)
    same = with_texts(module, lambda unit: unit.text)
    assert (same.module, same.activities, same.code) == (module.module, module.activities, module.code)
    for before, after in zip(module.cells, same.cells, strict=True):
        squeezed = [re.sub(r"\s+", " ", cell.source) for cell in (before, after)]
        assert squeezed[0] == squeezed[1]


@pytest.mark.parametrize("name", NAMES)
def test_replacing_texts_leaves_no_english(name: str) -> None:
    made = with_texts(loaded(name), lambda unit: pseudo(unit.text))
    shown = made.model_dump_json() if isinstance(made, Model) else made.module.model_dump_json()
    for place in ('"title":"', '"text":"', '"summary":"'):
        assert re.findall(rf"{place}[a-z]*[A-Za-z]{{4,}}", shown) == []
    for cell in made.cells:
        if cell.kind == "markdown":
            bare = re.sub(r"\]\([^)]*\)|\[country:[^\]]*\]|\[(verify|sop|design)\b", "", cell.source)
            assert re.findall(r"[A-Za-z]{3,}", bare) == []


@pytest.mark.parametrize("name", NAMES)
def test_replacing_the_text_of_prose_keeps_its_structure(name: str) -> None:
    for cell in loaded(name).cells:
        if cell.kind == "markdown":
            made = replace_prose(cell.source, lambda _kind, text: pseudo(text))
            assert skeleton(made) == skeleton(cell.source)


def test_a_unit_names_its_place_by_ids() -> None:
    module = a_scenario().module
    places = {unit.place for unit in units_of(lambda answer: with_texts(loaded(module), answer))}
    assert {"module.title", "module.principles.safety.text", "cited.S1", "text.before-you-begin"} <= places
    scenario = next(one for one in loaded(module).activities.values() if isinstance(one, Scenario))
    node = next(iter(scenario.nodes))
    assert f"{scenario.id}.{node}.{scenario.nodes[node].choices[0].id}.text" in places


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("# One two\n\nThree.", "# X\n\nX"),
        ("- a\n  - b\n\n> c\n> d", "- X\n  - X\n\n> X"),
        ("1. **a** [b](#c)", "1. X"),
        ("| a | b |\n| --- | --- |\n| c | d \\| e |", "| X | X |\n| --- | --- |\n| X | X |"),
        ("```\ncode\n```\n\nText", "```\ncode\n```\n\nX"),
    ],
)
def test_block_marks_stay_when_text_changes(source: str, made: str) -> None:
    assert replace_prose(source, lambda _kind, _text: "X") == made


def test_bar_in_table_cell_is_escaped() -> None:
    assert replace_prose("| a |\n| --- |", lambda _kind, _text: "x | y") == "| x \\| y |\n| --- |"
