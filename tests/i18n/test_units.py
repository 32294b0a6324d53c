from __future__ import annotations

import re
from typing import get_args

import pytest

from himaya.activities import format as models
from himaya.translation.markdown import replace_prose, skeleton
from himaya.translation.units import KEPT, LISTS, TEXTS, UNSEEN, units_of, with_texts
from tests.engine.shipped import NAMES, loaded
from tests.i18n.pseudo import pseudo

_ASKED_FOR_OTHERWISE = {"source", "by", "year"}  # a citation, and the two fields of a source that may be no words


def _holds_text(annotation: object) -> bool:
    return annotation is str or any(_holds_text(part) for part in get_args(annotation))


def test_every_text_field_is_translated_or_exempt() -> None:
    formats = [one for one in vars(models).values() if isinstance(one, type) and issubclass(one, models.Model)]
    decided = TEXTS.keys() | LISTS.keys() | KEPT | UNSEEN | _ASKED_FOR_OTHERWISE
    notes = (models.Setting, models.Review)  # for whoever keeps them, never on a trainee's screen
    undecided = {
        f"{one.__name__}.{name}"
        for one in formats
        if one not in notes
        for name, field in one.model_fields.items()
        if _holds_text(field.annotation) and name not in decided and not name.endswith("s")
    }
    assert undecided == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_module_answered_with_its_own_texts_is_the_same_module(name: str) -> None:
    module = loaded(name)
    same = with_texts(module, lambda unit: unit.text)
    assert (same.module, same.activities, same.code) == (module.module, module.activities, module.code)
    for before, after in zip(module.cells, same.cells, strict=True):
        squeezed = [re.sub(r"\s+", " ", cell.source) for cell in (before, after)]
        assert squeezed[0] == squeezed[1]


@pytest.mark.parametrize("name", NAMES)
def test_no_english_word_of_a_module_is_left_where_every_text_is_replaced(name: str) -> None:
    made = with_texts(loaded(name), lambda unit: pseudo(unit.text))
    shown = made.model_dump_json() if isinstance(made, models.Model) else made.module.model_dump_json()
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
    places = {unit.place for unit in units_of(lambda answer: with_texts(loaded("case-management"), answer))}
    assert {"module.title", "module.principles.safety.text", "cited.S1", "text.before-you-begin"} <= places
    scenario = next(one for one in loaded("case-management").activities.values() if isinstance(one, models.Scenario))
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
def test_the_marks_around_a_block_stay_and_its_text_changes(source: str, made: str) -> None:
    assert replace_prose(source, lambda _kind, _text: "X") == made


def test_a_bar_in_a_translated_table_cell_stays_inside_the_cell() -> None:
    assert replace_prose("| a |\n| --- |", lambda _kind, _text: "x | y") == "| x \\| y |\n| --- |"
