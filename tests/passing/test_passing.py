"""The rule of a course: one number against its pass mark, and every safety-critical item right."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himaya.content.forms import without_forms
from himaya.course.course import Course
from himaya.course.pass_rule import (
    Counted,
    PassRule,
    Result,
    Standing,
    Verdict,
    Work,
    as_data,
    counts,
    in_words,
    of_module,
    so_far,
    standing_from,
    verdict,
    work_of,
)
from himaya.languages.interface import interface
from tests.engine.shipped import loaded
from tests.shipped import a_module

COURSE = Course(id="a-course", title="A", summary="A", modules=["one", "two"], pass_mark=80, languages=["en"])


def _works(more: tuple[Result, ...] = (), *, late: float = 0.0, **changed: float | None) -> list[Work]:
    """Return ten points in two modules, all earned but what is changed; `consent` is safety-critical.

    Args:
        more: Further results of module one.
        late: Points that are taken off module one for being late.
        changed: Points of an activity.
    """
    worth = {"consent": ("one", 1, True), "steps": ("one", 3, False), "story": ("two", 6, False)}
    results = [
        Result(module, name, points, changed.get(name, float(points)), critical)
        for name, (module, points, critical) in worth.items()
    ]
    one = tuple(result for result in results if result.module == "one")
    return [Work("one", (*one, *more), late), Work("two", tuple(r for r in results if r.module == "two"))]


def test_all_points_pass_without_a_reason() -> None:
    told = verdict(COURSE, iter(_works()))
    assert (told.passed, told.percent, told.reasons) == (True, 100, ())


@pytest.mark.parametrize(("story", "reached"), [(4.0, True), (3.99999999, True), (3.999, False)])
def test_pass_mark_is_inclusive(story: float, *, reached: bool) -> None:
    told = verdict(COURSE, _works(story=story))
    assert told.passed == reached
    assert told.percent == (80 if reached else 79)
    assert told.reasons == (() if reached else ("79 % of the points so far; the course asks for 80 %.",))


@given(st.floats(0, 1000), st.floats(0.01, 1000), st.integers(1, 100))
def test_shown_percent_never_overstates_a_pass(earned: float, worth: float, needed: int) -> None:
    standing = Standing(earned, worth, needed)
    assert standing.reached is (standing.percent >= needed)
    assert standing.reached is (100 * earned / worth >= needed - 1e-6)


def test_missed_safety_item_fails_90_percent() -> None:
    """One safety-critical item that is not right is enough."""
    told = verdict(COURSE, _works(consent=0.0))
    assert (told.passed, told.percent) == (False, 90)
    assert told.reasons == ("Talk about these safety-critical items, then try again: one/consent.",)
    assert [result.activity for result in told.missed] == ["consent"]


def test_partial_safety_item_does_not_pass() -> None:
    assert not verdict(COURSE, _works(consent=0.75)).passed


def test_unmarked_work_keeps_verdict_open() -> None:
    told = verdict(COURSE, _works(steps=None))
    assert not told.passed
    assert told.reasons[-1] == "A trainer has yet to mark: one/steps."


def test_a_module_without_results_is_named() -> None:
    told = verdict(COURSE, _works()[:1])
    assert (told.passed, told.reasons) == (False, ("Nothing is graded yet in the module two.",))


def test_a_module_not_handed_in_keeps_its_worth() -> None:
    one, two = _works(story=0.0)
    told = verdict(COURSE, [one, Work("two", two.results, graded=False)])
    assert (told.passed, told.percent, told.reasons[0]) == (False, 40, "Nothing is graded yet in the module two.")


# --- being late -------------------------------------------------------------------------------------------------


def test_late_penalty_takes_its_share_of_what_counts() -> None:
    practice = Result("one", "practised", 4, 4.0, counts=False)
    # 2 of the 8 points of module one are taken off: a quarter, so a quarter of the 4 that count.
    told = verdict(COURSE, _works((practice,), late=2.0))
    assert told.standing == Standing(9.0, 10.0, 80)


def test_safety_is_judged_before_the_penalty() -> None:
    told = verdict(COURSE, _works(late=4.0))
    assert (told.passed, told.percent, told.missed) == (False, 60, ())
    assert told.reasons == ("60 % of the points so far; the course asks for 80 %.",)


@pytest.mark.parametrize("late", [4.0, 9.0])
def test_penalty_takes_no_more_than_there_is(late: float) -> None:
    assert _works(late=late)[0].earned == 0.0
    assert Work("one", (Result("one", "a", 3, 0.0),), late).earned == 0.0


# --- what counts --------------------------------------------------------------------------------------------------


def test_uncounted_work_does_not_affect_verdict() -> None:
    practice = Result("one", "practised", 90, 90.0, counts=False)
    waits = Result("one", "told-instead", 5, None, counts=False)
    assert verdict(COURSE, _works((practice, waits), story=3.0)) == verdict(COURSE, _works(story=3.0))
    assert verdict(COURSE, _works((waits,))).passed
    unsafe = Result("one", "safe", 1, 0.0, safety_critical=True, counts=False)
    assert not verdict(COURSE, _works((unsafe,))).passed


@pytest.mark.parametrize(
    ("kind", "mode", "by"),
    [
        *((kind, "graded", "items") for kind in ("choice", "order", "match", "number", "text", "code")),
        *((("scenario", "graded", "scenarios")), ("lab", "graded", "labs")),
        *((kind, "practice", "practice") for kind in ("choice", "scenario", "lab")),
    ],
)
def test_only_graded_questions_count_by_default(kind: str, mode: str, by: Counted) -> None:
    assert counts(COURSE, kind, mode) is (by == "items")
    assert counts(COURSE.model_copy(update={"counts": [by]}), kind, mode)
    others = [each for each in get_args(Counted) if each != by]
    assert not counts(COURSE.model_copy(update={"counts": others}), kind, mode)


def test_no_work_is_no_pass_and_no_error() -> None:
    told = verdict(COURSE, [])
    assert (told.passed, told.percent, told.standing.in_words(interface())) == (False, 0, "")


# --- what is read and shipped -------------------------------------------------------------------------------------


def test_keys_and_points_make_one_work() -> None:
    activities = {
        "ask": {"kind": "choice", "mode": "graded", "safety_critical": True},
        "play": {"kind": "scenario", "mode": "graded"},
    }
    scored = {"ask": (2.0, 1.0), "play": (3.0, 3.0), "a-cell-of-code": (4.0, None)}
    work = work_of(COURSE, "one", activities, scored)
    assert (work.earned, work.worth) == (1.0, 6.0)
    told: Verdict = of_module(COURSE, work)
    assert [result.activity for result in told.missed] == ["ask"]
    assert told.reasons[-1] == "A trainer has yet to mark: one/a-cell-of-code."


TAUGHT = a_module(with_=lambda module: module.module.safety)


def test_shipped_rule_says_what_modules_are_worth() -> None:
    module = without_forms(loaded(TAUGHT))
    rule = as_data(COURSE, [module])
    played = ("scenario", "interview", "lab")
    asked = [a for a in module.activities.values() if a.mode == "graded" and a.kind not in played]
    worth = {TAUGHT: sum(each.points for each in asked)}
    assert rule == {"mark": 80, "counts": ["items"], "sets": True, "worth": worth}
    assert rule["worth"][TAUGHT] > 20


def test_course_percent_equals_verdict_of_modules() -> None:
    rule = {"mark": 80, "counts": ["items"], "worth": {"one": 4, "two": 6}}
    one, two = _works(late=1.0, story=0.0)
    assert so_far(rule, {"one": of_module(COURSE, one).standing, "two": None}) == verdict(COURSE, [one, two]).standing
    assert so_far(rule, {"one": None, "two": None}) is None
    assert so_far({"mark": 80, "counts": ["items"]}, {"one": of_module(COURSE, one).standing}) is None


def test_standing_survives_a_released_page() -> None:
    standing = Standing(7.25, 12.0, 80)
    assert standing_from(standing.as_text()) == standing
    assert standing.in_words(interface()) == "60 % of the points that count (7.25 of 12). The course asks for 80 %."


@pytest.mark.parametrize("text", ["", "7", "[]", "{}", '{"earned": "x", "worth": 1, "needed": 80}', "[" * 100_000])
def test_other_text_is_no_standing(text: str) -> None:
    assert standing_from(text) is None


_CHANGED = {"modules": ["one", "two", "three"], "pass_mark": 100, "counts": ["scenarios"]}
"""Another value of each field of the rule, with which another verdict follows."""


@pytest.mark.parametrize("field", sorted(PassRule.model_fields))
def test_each_field_decides_and_is_said(field: str) -> None:
    assert field in _CHANGED, f"Give '{field}' a value that changes the verdict; the rule in words has to say it, too."
    other = COURSE.model_copy(update={field: _CHANGED[field]})
    activities = {name: {"kind": "choice", "mode": "graded"} for name in ("steps", "story")}

    def told(course: Course) -> Verdict:
        scored = {"one": ("steps", (4.0, 4.0)), "two": ("story", (6.0, 5.0))}
        return verdict(course, [work_of(course, module, activities, dict([of])) for module, of in scored.items()])

    assert told(other) != told(COURSE), f"'{field}' decides nothing"
    if field != "modules":  # the page that says the rule lists them
        assert in_words(as_data(other), interface(), "en") != in_words(as_data(COURSE), interface(), "en"), field
