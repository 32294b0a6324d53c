"""Faulty pretests: each edit is named after the fault that it makes in the sound items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

FAULTS = {
    "pretest-leaves-an-outcome-out": [
        (
            "module.yaml:10: no pretest item asks about the outcome 'next-step'; write a twin of one of its "
            "graded items."
        ),
    ],
    "pretest-of-another-kind": [
        ("items.yaml:90: kind is number here and order in its twin 'in-order'; make both the same."),
    ],
    "pretest-safety-critical": [
        ("items.yaml:93: a pretest item decides nothing; remove 'safety_critical'."),
    ],
    "pretest-text": [
        ("items.yaml:90: a pretest item is not read by a person; allowed: choice, order, match or number."),
    ],
    "pretest-twin-is-practice": [
        (
            "items.yaml:92: this is the twin of the graded item 'who-does-what', which does not exist. Allowed: "
            "who-first, say-which, in-order, how-many, your-words."
        ),
    ],
    "pretest-twin-unknown": [
        (
            "items.yaml:92: this is the twin of the graded item 'how-manny', which does not exist. Did you mean "
            "'how-many'? Allowed: who-first, say-which, in-order, how-many, your-words."
        ),
    ],
    "pretest-with-an-option-less": [
        ("items.yaml:78: the number of options is 2 here and 3 in its twin 'who-first'; make both the same."),
    ],
    "pretest-with-another-select": [
        ("items.yaml:78: select is several here and one in its twin 'who-first'; make both the same."),
    ],
    "pretest-with-points": [
        ("items.yaml:93: a pretest item earns nothing; remove 'points'."),
    ],
    "pretest-without-twin": [
        ("items.yaml:91: this pretest item has no 'twin'; name the graded item that it mirrors."),
    ],
    "twin-of-no-pretest": [
        ("items.yaml:15: only a pretest item has a 'twin'; set 'mode: pretest', or remove 'twin'."),
    ],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fixture_gives_these_problems(fault: str, checked_with: Callable[..., list[str]]) -> None:
    assert checked_with(fault) == [f"modules/sound-module/{problem}" for problem in FAULTS[fault]]
