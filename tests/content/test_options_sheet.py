"""The sheet of options without their questions, on which readers are tested."""

from __future__ import annotations

import re

import pytest

from himaya.content.load import load_module
from tests.content.options_sheet import MODULES, main, option_sets, sheet
from tests.content.sound import loaded_sound_module
from tests.shipped import a_module

SEED = 7


def test_every_graded_set_is_on_the_sheet() -> None:
    module = load_module(MODULES / a_module())
    shown, keys = sheet(module, SEED)
    sets = option_sets(module)
    assert len(sets) >= 20
    assert sorted(re.findall(r"^[a-z]\) (.+)$", shown, re.MULTILINE)) == sorted(
        text for options in sets.values() for text, _ in options
    )
    assert sorted(re.findall(r"^\d+\. [a-z] (.+)$", keys, re.MULTILINE)) == sorted(sets)


def test_keys_name_the_right_letters() -> None:
    module = loaded_sound_module()
    shown, keys = sheet(module, SEED)
    asked = re.split(r"^\d+\.\n", shown, flags=re.MULTILINE)[1:]
    for text, line in zip(asked, keys.splitlines(), strict=True):
        _, letter, place = line.split(" ", 2)
        (right,) = [option for option, is_key in option_sets(module)[place] if is_key]
        assert f"{letter}) {right}\n" in text


def test_sheet_shows_no_question_and_no_place() -> None:
    module = load_module(MODULES / a_module())
    shown, _ = sheet(module, SEED)
    assert all(re.fullmatch(r"(\d+\.|[a-z]\) .+|)", line) for line in shown.splitlines())
    assert not any(place.split(", ")[-1] in shown for place in option_sets(module))


def test_seed_decides_the_order() -> None:
    module = loaded_sound_module()
    assert sheet(module, SEED) == sheet(module, SEED)
    assert len({sheet(module, seed)[0] for seed in range(5)}) > 1


def test_other_arguments_end_with_usage() -> None:
    with pytest.raises(SystemExit, match="usage"):
        main([a_module()])
