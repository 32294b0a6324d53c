"""Outcomes that are not told, taught, practised or assessed: each edit is named after its fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

FAULTS = {
    "taught-in-no-section": [
        (
            "module.yaml:9: the outcome 'first-words' is taught in the section 'A frist talk', which does not "
            "exist. Did you mean 'A first talk'? Allowed: Words you need, A first talk, Summary."
        ),
    ],
    "unmeasured-outcome": [
        ("module.yaml:10: module.md does not tell the outcome 'last-step' in these words; copy its text."),
        ("module.yaml:10: no scenario or lab practises the outcome 'last-step'; add it to the 'outcomes' of one."),
    ],
    "outcome-in-other-words": [
        ("module.yaml:10: module.md does not tell the outcome 'next-step' in these words; copy its text."),
    ],
    "outcome-not-practised": [
        ("module.yaml:10: no scenario or lab practises the outcome 'next-step'; add it to the 'outcomes' of one."),
    ],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fixture_gives_these_problems(fault: str, checked_with: Callable[..., list[str]]) -> None:
    found = checked_with(fault)
    assert found == [f"modules/sound-module/{problem}" for problem in FAULTS[fault]]
