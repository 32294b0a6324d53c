"""The tables of docs/modules.md: counted from the modules, and nothing in them by hand."""

from __future__ import annotations

from pathlib import Path

from himaya.activities.scenario.format import Scenario
from himaya.content.figures import tables, to_confirm
from tests.content.sound import loaded_sound_module
from tests.engine.shipped import loaded

ROOT = Path(__file__).parents[2]
COMMAND = ".venv/bin/himaya check --table docs/modules.md"


def test_documented_table_is_current() -> None:
    """Of the modules that it names: a new one is in it once the page is written anew."""
    written = (ROOT / "docs/modules.md").read_text(encoding="utf-8")
    every = [loaded(file.parent.name) for file in sorted((ROOT / "modules").glob("*/module.yaml"))]
    modules = [each for each in every if f"| {each.module.title} |" in written]
    assert len(modules) > 3
    assert written == tables(modules), f"write it anew: {COMMAND}"


def test_the_columns_of_a_small_module() -> None:
    page = tables([loaded_sound_module()])
    assert "| A sound module | 127 | 20 | 2 | 1 | 2 | 3 | 0 | 0 | 0 | 5 | 1 | 2 | 0 | 1 | 1 |\n" in page
    assert "| A sound module | You can agree on a next step. | A first talk | `short-walk` | 3 | 1 | 1 |\n" in page
    assert "| A sound module | A short walk | practice | 2 | 1 | 1 | endless | 3 | Heard | Overheard |  |\n" in page
    assert "| A sound module | 1 | 0 | 2 | 0 |\n" in page
    assert "| A sound module | 1 | 1 | 33% | 100% | 0% | 100% | 0% |\n" in page


def test_every_story_lists_its_people() -> None:
    for file in sorted((ROOT / "modules").glob("*/module.yaml")):
        for one in loaded(file.parent.name).activities.values():
            if isinstance(one, Scenario):
                told = one.model_dump_json(exclude={"cast"})
                assert one.cast, one.id
                assert not [name for name in one.cast if name not in told], one.id


def test_open_facts_are_counted_everywhere() -> None:
    loaded = loaded_sound_module()
    before = to_confirm(loaded)
    choice = loaded.activities["short-walk"].nodes["door"].choices[0]
    choice.marks.append("verify")
    try:
        assert to_confirm(loaded) == before + 1
    finally:
        choice.marks.clear()
