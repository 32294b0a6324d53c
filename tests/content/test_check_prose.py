"""Faulty prose: each edit is named after the fault that it makes in module.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from himaya.activities.limits import UNCITED_WORDS
from himaya.content.checks.prose import uncited
from himaya.content.markdown import markdown_dangers
from himaya.content.prose import Cell

if TYPE_CHECKING:
    from collections.abc import Callable

FAULTS = {
    "unknown-activity": [
        (
            "items.yaml:2: the activity 'who-first' is never shown; add show(\"who-first\") to module.md, or remove"
            " the activity."
        ),
        (
            "module.md:42: this shows the activity 'who-frist', which does not exist. Did you mean 'who-first'? "
            "Allowed: short-walk, say-which, in-order, who-does-what, how-many, your-words, whose-turn, "
            "how-long, who-first."
        ),
    ],
    "activity-shown-twice": [
        "module.md:50: the activity 'say-which' is shown twice; show each once.",
    ],
    "activity-never-shown": [
        (
            "items.yaml:53: the activity 'how-many' is never shown; add show(\"how-many\") to module.md, or remove "
            "the activity."
        ),
    ],
    "no-setup-cell": [
        "module.md:34: the first code cell must be the setup cell, 'from himaya_widgets import show, submit'.",
    ],
    "second-setup-cell": [
        "module.md:58: this is a second setup cell; allowed: one, the first.",
    ],
    "submit-before-the-end": [
        "module.md:80: 'submit()' stands before the end; allowed: one, the last cell.",
        "module.md:83: the last cell must be 'submit()', so that a trainee can hand in at the end.",
    ],
    "html-image": [
        'module.md:37: \'<img src="media/chairs.svg" alt="Two chairs">\' is raw HTML; allowed: Markdown only.',
    ],
    "figure-directive": [
        "module.md:37: '```{' is a directive; allowed: Markdown only.",
    ],
    "raw-html": [
        "module.md:32: '</b>' is raw HTML; allowed: Markdown only.",
        "module.md:32: '<b>' is raw HTML; allowed: Markdown only.",
    ],
    "link-to-another-origin": [
        (
            "module.md:32: 'https://example.org/no' leads to another origin; allowed: files of this module, since"
            " a page asks nobody else for anything. Name the document instead."
        ),
    ],
    "unknown-citation": [
        ("module.md:30: this cites the source 'S11', which does not exist. Did you mean 'S1'? Allowed: S1, design."),
    ],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fixture_gives_these_problems(fault: str, checked_with: Callable[..., list[str]]) -> None:
    assert checked_with(fault) == [f"modules/sound-module/{problem}" for problem in FAULTS[fault]]


def test_a_draft_may_hold_open_facts(checked_with: Callable[..., list[str]]) -> None:
    assert checked_with("verify-in-prose") == []


@pytest.mark.parametrize(
    "source",
    [
        "![A table](media/table.svg)",
        "Write `![table]` and `<img>` as code.",
        "Five < six > four, and 5 <6.",
        "See [the card](media/card.svg), page 3/4.",
    ],
)
def test_images_links_inside_and_plain_signs_pass(source: str) -> None:
    assert list(markdown_dangers(source)) == []


@pytest.mark.parametrize(
    "link",
    [
        "![a][table]",
        "[a](http://example.org)",
        "[a](//example.org/b)",
        "<https://example.org>",
        "[a]: https://example.org",
    ],
)
def test_every_outside_link_syntax_is_found(link: str) -> None:
    assert [line for line, _ in markdown_dangers(f"Read this.\n{link}")] == [1]


def test_show_call_outside_code_cell_is_rejected() -> None:
    assert [line for line, _ in markdown_dangers('Look:\n\nshow("first-words")\n')] == [2]
    assert list(markdown_dangers('Write `show("first-words")` in a cell. The videos show (and tell) more.')) == []


@pytest.mark.parametrize(
    ("heading", "words", "found"),
    [
        ("## Notes", UNCITED_WORDS, False),
        ("## Notes", UNCITED_WORDS + 1, True),
        ("## Notes\n\n### A part", UNCITED_WORDS + 1, True),
        ("# Notes", UNCITED_WORDS + 1, False),
        ("## Job aid: a card", UNCITED_WORDS + 1, False),
        ("## Reflect", UNCITED_WORDS + 1, False),
    ],
)
def test_uncited_sections_are_found(heading: str, words: int, *, found: bool) -> None:
    source = f"{heading}\n\n" + "word " * words
    assert [line for line, _ in uncited([Cell("markdown", source, 5)])] == ([5] if found else [])
