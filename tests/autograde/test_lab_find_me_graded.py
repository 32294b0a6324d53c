"""The graded lab "Can you find me?": no key before feedback, the same points on every way, each part told later."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from himaya.publish.assignment import compile_module
from tests.autograde.lab_cohort import (
    batch_scores,
    handed_in,
    held,
    nbgrader_scores,
    released_files,
    released_labs,
    told_in_feedback,
)
from tests.engine.shipped import in_language
from tests.labs.test_find_me import IDENTITY, KEYS, REVIEWED, SOUND, keys, treat
from tests.lanes import sampled
from tests.shipped import a_lab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from himaya_autograde.course import CourseDirectory

pytestmark = pytest.mark.proof  # `make test` grades another lab on these ways: test_lab_referral_graded
ROOT = Path(__file__).parents[2]
MODULE, LAB, _ = a_lab("find-me")
DECISIONS: dict[str, list[Any]] = {
    "right": SOUND,
    "two-names-left": [*SOUND, treat("record_id", "keep"), treat("interviewer_code", "keep")],
    "no-blanks": [*SOUND, {"set": "suppress", "to": 0}],
    "few-keys": [*SOUND, keys("displacement_status")],
    "subtracted": [*SOUND, {"set": "cells", "to": ["0-0", "0-1"]}],
    "reviewed": REVIEWED,
    "unsafe": [keys(*KEYS), *IDENTITY, {"set": "ending", "to": "publish"}, *SOUND[-1:], *SOUND[-1:]],
    "hostile": [{"set": "score", "to": 5}, {"set": "keys", "to": {"$": 1}}, *[{"points": 5, "key": KEYS}] * 10],
    "nothing": [{"set": "suppress", "to": 0}] * 6,
    "unfinished": SOUND,
}
POINTS = {
    "right": 5.0,
    "two-names-left": 1.6667,
    "no-blanks": 3.5714,  # no anonymity and few mixed groups; the risk is low, so its use counts
    "few-keys": 3.5714,  # blanks for one key alone leave groups that all keys tell apart
    "subtracted": 4.2857,
    "reviewed": 0.0,  # public, with the exact day, because no names are in it: once 5 of 5
    "unsafe": 0.0,  # names gone and table safe, and a public file in which people can be found
    "hostile": 0.0,
    "nothing": 0.0,
    "unfinished": 0.0,
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseDirectory]:
    """A released course with everybody's work in `submitted`."""
    with handed_in(tmp_path_factory.mktemp("find-me"), MODULE, LAB, DECISIONS) as directory:
        yield directory


@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
def test_no_trainee_file_holds_key_text(tmp_path: Path, language: str) -> None:
    """In any language."""
    files = released_files(MODULE, tmp_path, language)
    for name in ("en", "ar", "ckb"):
        whole = compile_module(in_language(MODULE, name))[LAB]
        notes = [note["text"] for part in ("notes", "endings", "reasons") for note in whole["key"][part]]
        secret = [*notes, *whole["debrief"]]
        assert len(secret) == 8 + 3 + 5 + 6
        assert held(files, secret) == []
    for lab in released_labs(files, LAB):
        assert {"key", "debrief"}.isdisjoint(lab)
        assert "key" not in lab["data"]


@pytest.mark.parametrize("way", sampled([batch_scores], [nbgrader_scores]))
def test_lab_earns_its_points(course: CourseDirectory, way: Callable[..., dict[str, float | None]]) -> None:
    assert way(course, MODULE, LAB, DECISIONS) == POINTS


def test_feedback_explains_each_part(course: CourseDirectory) -> None:
    """Also what earns nothing."""
    told = told_in_feedback(course, MODULE, LAB, "no-blanks")
    assert "3.57 of 5 points" in told
    assert "Nothing points straight at a household or an interviewer: 3 of 3. A list in the office" in told
    assert "No record is in a group smaller than 3, by all that a neighbour may know: no. Records in groups" in told
    assert "smaller than 3: 40. Where fewer than 3 records share all keys" in told
    assert "This part earns no points. Keys that a neighbour may know: 10 of 10." in " ".join(told.split())
    assert "What is in writing can be checked later." in told
    assert "A rare value gives a person away." in told
