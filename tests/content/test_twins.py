"""Twins: how many of the sets keep their key, so that "the other one" is no rule."""

from __future__ import annotations

from dataclasses import replace

from himaya.activities.choice.format import ChoiceItem
from himaya.content.twins import key_stays, twin_sets
from tests.content.sound import loaded_sound_module
from tests.engine.shipped import MODULES, loaded


def _with_twin(key: int) -> list[list[ChoiceItem]]:
    """Return the twin sets of the sound module after one of its questions got a twin with this option as the key."""
    module = loaded_sound_module()
    item = next(one for one in module.activities.values() if isinstance(one, ChoiceItem) and one.select == "one")
    options = [one.model_copy(update={"correct": at == key}) for at, one in enumerate(item.options)]
    twin = item.model_copy(update={"id": "its-twin", "options": options[::-1]})
    assert twin_sets(module) == []
    return twin_sets(replace(module, activities={item.id: item, twin.id: twin}))


def test_twins_share_options_in_any_order() -> None:
    keys = [key_stays(questions) for key in (0, 1) for questions in _with_twin(key)]
    assert sorted(keys) == [False, True]


def test_about_a_third_of_the_keys_stay() -> None:
    stays = [
        key_stays(questions)
        for path in sorted(MODULES.glob("*/module.yaml"))
        for questions in twin_sets(loaded(path.parent.name))
    ]
    assert 0.28 <= sum(stays) / len(stays) <= 0.40
