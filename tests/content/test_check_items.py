"""Faulty items: each edit is named after the fault that it makes in the sound items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from himaya.activities.choice.format import ChoiceItem
from himaya.activities.kinds import format_of
from himaya.activities.text.format import TextItem, Words
from himaya.content.check import known_in
from tests.content.sound import loaded_sound_module

if TYPE_CHECKING:
    from collections.abc import Callable

SEVEN_MORE = "shows-seven-more"
FAULTS = {
    "no-key": [
        "items.yaml:9: 0 options are marked 'correct: true'; an item with 'select: one' has exactly one.",
    ],
    "two-keys": [
        "items.yaml:9: 2 options are marked 'correct: true'; an item with 'select: one' has exactly one.",
    ],
    "several-all-right": [
        (
            "items.yaml:21: 3 of 3 options are marked 'correct: true'; an item with 'select: several' has at "
            "least one right and one wrong."
        ),
    ],
    "repeated-row": [
        "items.yaml:47: the row id 'decide' is used twice here; give each row its own id.",
    ],
    "telling-row-id": [
        "items.yaml:47: the id 'write-right' hints at the key with 'right'; name what it says, such as 'ask-first'.",
    ],
    "several-none-right": [
        (
            "items.yaml:21: 0 of 3 options are marked 'correct: true'; an item with 'select: several' "
            "has at least one right and one wrong."
        ),
    ],
    "repeated-option": [
        "items.yaml:23: the option id 'able' is used twice here; give each option its own id.",
    ],
    "telling-option-id": [
        ("items.yaml:11: the id 'best-name' hints at the key with 'best'; name what it says, such as 'ask-first'."),
    ],
    "all-of-the-above": [
        (
            "items.yaml:24: 'None of the above' makes no sense once options are mixed; write an option that "
            "stands alone."
        ),
    ],
    "negative-stem": [
        "items.yaml:8: the stem asks with 'not', which is easily read over; ask for what holds, or write NOT.",
    ],
    "match-with-unknown-answer": [
        (
            "items.yaml:46: row 'decide' is answered by the option 'nor', which does not exist. Did you mean "
            "'noor'? Allowed: noor, you, neighbour."
        ),
    ],
    "match-without-spare-option": [
        (
            "items.yaml:49: 3 rows have 3 options; at least one option more than rows is needed, or the last pair"
            " is free."
        ),
    ],
    "match-option-used-twice": [
        "items.yaml:47: option 'noor' already answers an earlier row; each option answers one row at most.",
    ],
    "number-with-comma": [
        ("items.yaml:59: the answer '1,5' is not a number; allowed: up to 9 digits and 4 decimals, such as '2.5'."),
    ],
    "negative-tolerance": [
        "items.yaml:60: the tolerance '-0.1' is not a number of 0 or more; allowed: such as '0' or '0.5'.",
    ],
    "words-upside-down": [
        "items.yaml:70: words has min 40 and max 10; min must be below max.",
    ],
    "rubric-level-twice": [
        "items.yaml:71: the rubric has the levels 1, 2, 4, 4; allowed: 1, 2, 3 and 4, each once.",
    ],
    "unknown-outcome": [
        (
            "items.yaml:5: this measures the outcome 'first-wrods', which does not exist. Did you mean 'first-"
            "words'? Allowed: first-words, next-step."
        ),
        "items.yaml:81: outcome is first-words here and first-wrods in its twin 'who-first'; make both the same.",
    ],
    "same-reason-twice": [
        ("items.yaml:12: an earlier option has the same reason; say what holds for this one."),
    ],
    "safety-critical-practice": [
        ("items.yaml:47: practice decides nothing; remove 'safety_critical'."),
    ],
    "safety-critical-without-principle": [
        ("items.yaml:14: a safety-critical item names its principle; add 'principle'."),
    ],
    "unknown-principle-of-item": [
        (
            "items.yaml:6: this names the principle 'respct', which does not exist. Did you mean 'respect'? "
            "Allowed: respect."
        ),
    ],
    "unknown-source-of-item": [
        "items.yaml:7: this cites the source 'S2', which does not exist. Allowed: S1, design.",
    ],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fixture_gives_these_problems(fault: str, checked_with: Callable[..., list[str]]) -> None:
    assert checked_with(fault) == [f"modules/sound-module/{problem}" for problem in FAULTS[fault]]


def test_key_too_often_longest_is_refused(
    checked_with: Callable[..., list[str]],
) -> None:
    assert checked_with("longest-option-is-the-key", SEVEN_MORE) == [
        (
            "modules/sound-module/items.yaml:2: always taking the longest option gets 6 of 8 graded items right, 75%; "
            "chance is 33%, allowed is up to 43%: make other options as long in some items."
        )
    ]


def test_key_too_often_first_is_refused(checked_with: Callable[..., list[str]]) -> None:
    assert checked_with("first-option-is-the-key", SEVEN_MORE) == [
        (
            "modules/sound-module/items.yaml:2: "
            "always taking the option listed first gets 5 of 8 graded items right, 62%; "
            "chance is 33%, allowed is up to 43%: list other options first in some items."
        )
    ]


def test_key_too_often_second_is_refused(checked_with: Callable[..., list[str]]) -> None:
    (problem,) = checked_with("second-option-is-the-key", SEVEN_MORE)
    assert "always taking the option listed second gets 8 of 8 graded items right, 100%; chance is 33%" in problem


def test_keys_at_chance_pass(checked_with: Callable[..., list[str]]) -> None:
    assert checked_with("keys-nobody-can-guess", SEVEN_MORE) == []


@pytest.mark.parametrize(
    ("stem", "refused"),
    [
        ("Noor does not feel safe. Which line belongs in the plan?", False),
        ('Noor says: "I will not go." What do you say?', False),
        ("Which line does NOT belong in the plan?", False),
        ("Which line does not belong in the plan?", True),
        ("All of these help, except one. Choose it.", True),
        ("Here are three lines. Which do you read? Choose those that never help.", True),
    ],
)
def test_only_a_question_may_not_be_negative(stem: str, *, refused: bool) -> None:
    loaded = loaded_sound_module()
    item = loaded.activities["who-first"]
    assert isinstance(item, ChoiceItem)
    changed = item.model_copy(update={"stem": stem})
    assert [path for _, path in format_of(changed.kind).findings(changed, known_in(loaded))] == (
        [("stem",)] if refused else []
    )


def test_equal_word_limits_are_refused() -> None:
    item = loaded_sound_module().activities["your-words"]
    assert isinstance(item, TextItem)
    changed = item.model_copy(update={"words": Words(min=20, max=20)})
    assert [path for _, path in format_of("text").findings(changed, known_in(loaded_sound_module()))] == [("words",)]
