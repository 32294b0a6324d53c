"""The sheet for people has at most two printed pages, however long its questions are."""

from __future__ import annotations

import re
from itertools import cycle, islice
from typing import TYPE_CHECKING, get_args

from himaya.publish import people
from himaya.signoff.dangers import MOST_PEOPLE_QUESTIONS, PersonKind, PersonQuestion, Reading
from tests.content.sound import loaded_sound_module

if TYPE_CHECKING:
    import pytest
    from playwright.sync_api import Browser


def test_longest_sheet_has_two_printed_pages(chromium: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    words = "word and more " * 20
    place = words[:60].strip()
    questions = [
        PersonQuestion.model_validate(
            {
                "for": person,
                "question": words[:160],
                "sentence": words[:200],
                "places": [place, place],
                "changes": words[:160],
            }
        )
        for person in islice(cycle(get_args(PersonKind)), MOST_PEOPLE_QUESTIONS)
    ]
    monkeypatch.setattr(people, "read_reading", lambda _: Reading(people=questions))
    sheet = people.people_sheet(loaded_sound_module())
    assert sheet is not None
    page = chromium.new_page()
    page.set_content(sheet)
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2
