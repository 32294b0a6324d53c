"""Words nobody should meet in a module: data that could be a real person's; and sentences that grew long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from himaya.activities.limits import LONG_SENTENCE
from himaya.content.checks.words import blocks, long_sentences, personal

if TYPE_CHECKING:
    from collections.abc import Callable

FAULTS = {
    "real-phone-number": [
        (
            "scenarios/short-walk.yaml:18: '0750 445 1234' looks like a phone number; write words, such as 'your "
            "hotline'."
        ),
    ],
    "identity-number": [
        (
            "scenarios/short-walk.yaml:49: '198734561209' looks like an identity number; write words, such as "
            "'your hotline'."
        ),
    ],
    "real-phone-number-in-prose": [
        "module.md:77: '٠٧٥٠ ٤٤٥ ١٢٣٤' looks like a phone number; write words, such as 'your hotline'.",
    ],
    "real-mail-address": [
        (
            "module.md:77: 'noor@iom.int' looks like a real e-mail address; allowed: none, or an invented one "
            "that ends in '.example'."
        ),
    ],
    "real-web-address": [
        (
            "module.yaml:6: 'www.iom.int' is a real web address; allowed: none, or an invented one that ends in "
            "'.example'."
        ),
    ],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fixture_gives_these_problems(fault: str, checked_with: Callable[..., list[str]]) -> None:
    assert checked_with(fault) == [f"modules/sound-module/{problem}" for problem in FAULTS[fault]]


@pytest.mark.parametrize(
    "number",
    [
        "07504451234",
        "0750-445-12 34",
        "(0750) 445 1234",
        "+964 750 445 1234",
        "٠٧٥٠٤٤٥١٢٣٤",
        "۰۷۵۰ ۴۴۵ ۱۲۳۴",
        "445 1234",
    ],
)
def test_phone_number_is_found_in_any_form(number: str) -> None:
    ((line, sentence),) = personal(f"Call now:\n{number} or come.")
    assert line == 1
    assert sentence == f"'{number}' looks like a phone number; write words, such as 'your hotline'."


@pytest.mark.parametrize(
    "number",
    [
        "2017",
        "2003/13",
        "2017-2019",
        "2017 2018 2019",
        "2026-11-24",
        "1 500 000",
        "111/1969",
        "188/1959",
        "8/2011",
        "1325 (2000)",
        "52 cases",
        "2.5",
        "15, 20, 45, 60",
    ],
)
def test_years_laws_dates_and_plain_numbers_pass(number: str) -> None:
    assert list(personal(f"It was {number} then.")) == []


@pytest.mark.parametrize(
    "text", ["noor@example.org", "desk@willow.example", "https://example.org/x", "www.willow.test"]
)
def test_reserved_names_of_hosts_pass(text: str) -> None:
    assert list(personal(f"Write to {text} now.")) == []


def test_only_long_sentences_are_found() -> None:
    words = " ".join(["word"] * LONG_SENTENCE)
    assert list(long_sentences(f"{words}. {words}!")) == []
    assert [line for line, _ in long_sentences(f"Short.\n{words} more.")] == [1]


def test_a_closing_quote_ends_a_sentence() -> None:
    words = " ".join(["word"] * (LONG_SENTENCE - 5))
    assert list(long_sentences(f'Noor says: "{words}." {words}.')) == []


def test_citations_are_not_words_of_a_sentence() -> None:
    words = " ".join(["word"] * LONG_SENTENCE)
    assert list(long_sentences(f"{words} [S1: Part II, steps 2 and 3] [verify].")) == []


def test_headings_and_rows_are_no_sentences() -> None:
    source = "## A title\n\n| a | b |\n\nOne line\nand its second.\n- First\n- Second"
    assert list(blocks(source, 7)) == [
        (7, "## A title", False),
        (9, "| a | b |", False),
        (11, "One line\nand its second.", True),
        (13, "First", True),
        (14, "Second", True),
    ]


def test_prose_links_leave_bare_addresses_refused() -> None:
    """Links belong to the rule for links."""
    text = "See https://www.iom.int or www.iom.int now."
    assert [sentence.split(" ")[0] for _, sentence in personal(text, links=False)] == ["'www.iom.int'"]
