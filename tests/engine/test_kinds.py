"""Every kind has every part that the rest of the house asks for; an unknown kind is named."""

from __future__ import annotations

from importlib.resources import files
from typing import get_args

import pytest

from himaya.activities.kind import Counted, Section, initial_state
from himaya.activities.kinds import FORMATS, KINDS, format_of, place_of, report_of, rules
from himaya.languages.interface import interface

PARTS = ("plain", "feedback", "marking", "response", "synthetic")


@pytest.mark.parametrize("kind", KINDS)
def test_kind_has_rules_and_report(kind: str) -> None:
    known, told = rules({"kind": kind}), report_of(kind)
    assert all(callable(getattr(known, name)) for name in ("start", "step", "score", "split", "join"))
    assert all(callable(getattr(told, name)) for name in PARTS)
    assert all(isinstance(getattr(told, name), bool) for name in ("runs", "by_hand", "needs_kernel"))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if report_of(kind).runs])
def test_kind_that_is_played_has_a_name(kind: str) -> None:
    assert f"app-kind-{kind}" in interface("en"), "the list of practice apps says what it is"


@pytest.mark.parametrize("kind", FORMATS)
def test_kind_has_format_place_and_feedback(kind: str) -> None:
    assert place_of(kind).section in get_args(Section)
    assert place_of(kind).counted in get_args(Counted)
    assert format_of(kind).model.model_fields["id"]
    assert files("himaya.activities").joinpath(kind, "feedback.html").is_file()


@pytest.mark.parametrize("look_up", [report_of, format_of, lambda kind: rules({"kind": kind})])
def test_unknown_kind_is_named(look_up: object) -> None:
    with pytest.raises(KeyError, match="'riddle' is not a kind of activity; there are: scenario, interview, lab"):
        look_up("riddle")  # type: ignore[operator]


def test_every_folder_with_rules_is_a_kind() -> None:
    folders = {each.name for each in files("himaya.activities").iterdir() if each.joinpath("rules.py").is_file()}
    assert folders == set(KINDS)


def test_states_begin_alike() -> None:
    assert list(initial_state(7, "answer")) == ["seed", "turn", "content", "ignored", "finished", "phase"]
