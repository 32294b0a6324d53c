"""Plain HTML: whatever a trainee or an author wrote is text there, never markup."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.activities.fold import start
from himaya.activities.kinds import without_key
from himaya.publish.plain import answered_html
from tests.engine import examples, shipped
from tests.engine.examples import Trainee
from tests.shipped import a_module

TAGS = {"section", "h4", "p", "strong", "ul", "ol", "li", "br"}
ATTRIBUTES = {"class", "lang", "dir", "data-activity"}
HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "' onmouseover='alert(1)",
    "</section></body>", "<!-- ", "<![CDATA[", "&lt;script&gt;", "<\u2028script>\n<b>", "{{ 7*7 }}",
    "\ud800<i>\udfff", "\x00<b>",
    "<style>*{display:none}</style>", "javascript:alert(1)", "<a href=javascript:alert(1)>x</a>", "%s {points} {0}",
)  # fmt: skip


class _Reader(HTMLParser):
    """Collect the tags, attributes and text that a browser would find."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.others: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def _assert_harmless(markup: str) -> _Reader:
    reader = _Reader(markup)
    assert reader.tags <= TAGS
    assert reader.attributes <= ATTRIBUTES
    assert reader.others == []
    markup.encode("utf-8")
    return reader


def _written(kind: str, mode: str, value: str) -> Trainee:
    """Return a trainee who wrote `value` wherever an activity of this kind takes text."""
    if kind == "scenario":
        return Trainee(examples.scenario(mode)).does("begin", content=value).does("skip").answers(value)
    made = examples.number(mode=mode) if kind == "number" else examples.text(mode)
    return Trainee(made).does("begin", content=value).answers(value)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("mode", ["practice", "graded"])
@pytest.mark.parametrize("kind", ["scenario", "number", "text"])
def test_trainee_text_is_shown_as_text(kind: str, mode: str, value: str) -> None:
    trainee = _written(kind, mode, value)
    assert trainee.state["value"] == value
    text = _assert_harmless(answered_html(trainee.activity, trainee.state)).text
    first = value.splitlines()[0].replace("\ud800", "").replace("\udfff", "").replace("\x00", "")
    assert first in text.replace("\x00", "").replace("?", "").replace("\ufffd", "")


@settings(derandomize=True, max_examples=200, deadline=None, database=None)
@given(st.sampled_from(["scenario", "number", "text"]), st.text(st.characters(exclude_categories=())))
def test_no_text_becomes_markup(kind: str, value: str) -> None:
    trainee = _written(kind, "graded", value)
    _assert_harmless(answered_html(without_key(trainee.activity), trainee.state))


ANSWERS: list[tuple[dict[str, Any], object]] = [
    (examples.choice("ab", "abc", "several"), ["a", "c"]),
    (examples.order("abc"), ["b", "a", "c"]),
    (examples.match(), [["r1", "a"], ["r2", "d"]]),
    (examples.number(), "12.5"),
    (examples.text(), "My answer."),
]


@pytest.mark.parametrize("hostile", HOSTILE[:8])
@pytest.mark.parametrize(
    ("activity", "value"), ANSWERS, ids=lambda made: made["kind"] if isinstance(made, dict) else ""
)
def test_author_text_is_shown_as_text(activity: Any, value: object, hostile: str) -> None:
    spoiled = _spoiled(activity, hostile)
    state = Trainee(spoiled).answers(value).state
    assert state["value"] == value
    _assert_harmless(answered_html(spoiled, state))


@pytest.mark.parametrize("hostile", HOSTILE[:8])
def test_scenario_author_text_is_never_markup(hostile: str) -> None:
    spoiled = _spoiled(examples.scenario("graded"), hostile)
    for trainee in (Trainee(spoiled), Trainee(spoiled).chooses("blunt"), Trainee(spoiled).chooses("blunt", "thanks")):
        _assert_harmless(answered_html(spoiled, trainee.state))


def _spoiled(value: Any, hostile: str, name: str = "") -> Any:
    """Return an activity whose every free text holds `hostile`."""
    free = {
        "text",
        "title",
        "stem",
        "rationale",
        "unit",
        "shown",
        "consequence",
        "principle",
        "alternative",
        "source",
        "language",
    }
    if isinstance(value, dict):
        return {field: _spoiled(entry, hostile, field) for field, entry in value.items()}
    if isinstance(value, list):
        return [_spoiled(entry, hostile, name) for entry in value]
    return f"{value} {hostile}" if name in free and isinstance(value, str) else value


@pytest.mark.parametrize(
    ("activity", "value"), ANSWERS, ids=lambda made: made["kind"] if isinstance(made, dict) else ""
)
def test_released_answer_is_drawn_without_key(activity: Any, value: object) -> None:
    state = Trainee(activity).answers(value).state
    drawn = answered_html(without_key(activity), state)
    assert drawn == answered_html(activity, state)
    assert "Why" not in drawn
    assert "exemplar" not in drawn


@pytest.mark.parametrize("name", shipped.NAMES)
def test_every_shipped_activity_can_be_drawn_unanswered(name: str) -> None:
    for activity in shipped.compiled(name).values():
        state = Trainee(json.loads(json.dumps(activity))).state
        assert "Not answered." in _assert_harmless(answered_html(activity, state)).text


def test_answer_has_its_activity_direction() -> None:
    activity = {**shipped.graded(a_module("core-protection"))[0], "language": "ar"}
    markup = answered_html(activity, start(activity))
    assert re.match(r'<section class="himaya-plain" lang="ar" dir="rtl"', markup)
    assert "Not answered" not in re.sub(r'<span class="himaya-english".*?</span>', "", markup)
