"""The rule of a course: its pass mark, and every safety-critical item right."""

from __future__ import annotations

from typing import get_args

import pytest

from himaya.activities.format import Counted, Course
from himaya.course.pass_rule import Result, counts, passed

COURSE = Course(id="a-course", title="A", summary="A", modules=["one", "two"], pass_mark=80, languages=["en"])


def _results(**changed: float | None) -> list[Result]:
    """Return ten points in two modules, all earned but what is changed; `consent` is safety-critical."""
    worth = {"consent": ("one", 1, True), "steps": ("one", 3, False), "story": ("two", 6, False)}
    return [
        Result(module, name, points, changed.get(name, float(points)), critical)
        for name, (module, points, critical) in worth.items()
    ]


def test_all_points_pass_without_a_reason() -> None:
    assert passed(COURSE, _results()) == passed(COURSE, iter(_results()))
    assert (passed(COURSE, _results()).passed, passed(COURSE, _results()).reasons) == (True, ())
    assert passed(COURSE, _results()).percent == 100


@pytest.mark.parametrize(("story", "reached"), [(4.0, True), (3.99999999, True), (3.999, False)])
def test_exactly_the_pass_mark_passes_and_less_does_not(story: float, *, reached: bool) -> None:
    verdict = passed(COURSE, _results(story=story))
    assert verdict.passed == reached
    assert verdict.reasons == (() if reached else ("79.9 % of the points so far; the course asks for 80 %.",))


def test_one_safety_critical_item_that_is_not_right_keeps_90_percent_from_passing() -> None:
    verdict = passed(COURSE, _results(consent=0.0))
    assert (verdict.passed, verdict.percent) == (False, 90)
    assert verdict.reasons == ("Talk about these safety-critical items, then try again: one/consent.",)


def test_a_part_of_a_safety_critical_item_is_not_the_item() -> None:
    assert not passed(COURSE, _results(consent=0.75)).passed


def test_what_waits_to_be_marked_keeps_the_verdict_open() -> None:
    verdict = passed(COURSE, _results(steps=None))
    assert not verdict.passed
    assert verdict.reasons[-1] == "A trainer has yet to mark: one/steps."


def test_a_module_without_results_is_named() -> None:
    verdict = passed(COURSE, [result for result in _results() if result.module == "one"])
    assert (verdict.passed, verdict.reasons) == (False, ("Nothing is graded yet in the module two.",))


def test_what_does_not_count_neither_lifts_nor_lowers_nor_keeps_open() -> None:
    practice = Result("one", "practised", 90, 90.0, counts=False)
    waits = Result("two", "told-instead", 5, None, counts=False)
    assert passed(COURSE, [*_results(story=3.0), practice, waits]) == passed(COURSE, _results(story=3.0))
    assert passed(COURSE, [*_results(), waits]).passed
    assert not passed(COURSE, [*_results(), Result("one", "safe", 1, 0.0, safety_critical=True, counts=False)]).passed


@pytest.mark.parametrize(
    ("kind", "mode", "by"),
    [
        *((kind, "graded", "items") for kind in ("choice", "order", "match", "number", "text", "code")),
        *((("scenario", "graded", "scenarios")), ("lab", "graded", "labs")),
        *((kind, "practice", "practice") for kind in ("choice", "scenario", "lab")),
    ],
)
def test_graded_questions_alone_count_unless_a_course_says_more(kind: str, mode: str, by: Counted) -> None:
    assert counts(COURSE, kind, mode) is (by == "items")
    assert counts(COURSE.model_copy(update={"counts": [by]}), kind, mode)
    others = [each for each in get_args(Counted) if each != by]
    assert not counts(COURSE.model_copy(update={"counts": others}), kind, mode)


def test_nothing_at_all_is_no_pass_and_no_crash() -> None:
    verdict = passed(COURSE, [])
    assert (verdict.passed, verdict.percent) == (False, 0)
