"""The graded lab "A way to help": no key before feedback, the same points on every way, each part told afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from himaya.publish.assignment import compile_module
from himaya_autograde.keys import read_keys
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
from tests.labs.test_referral import COUNTED, follow, refer
from tests.lanes import sampled
from tests.shipped import a_lab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from himaya_autograde.course import CourseDirectory

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[2]
MODULE, LAB, _ = a_lab("referral")
ALL = [value for card in COUNTED for value in (refer(card), follow(card))]
DECISIONS: dict[str, list[Any]] = {
    "right": ALL,
    "one-too-many": [
        *ALL,
        refer("jwan", share=["called", "contact", "kind", "household", "full-name"]),
        follow("jwan"),
    ],
    "hostile": [{"card": "dilan", "service": {"$": 1}}, {"card": "dilan", "follow": "gap"}, *[{"score": 20}] * 10],
    "unfinished": ALL,
    "unsafe": [*ALL, refer("rojin", service="mint"), follow("rojin")],
    "one-card": [refer("jwan"), follow("jwan"), *[{"card": "jwan", "follow": None}] * 8],
}
POINTS = {"right": 5.0, "one-too-many": 4.75, "hostile": 0.0, "unfinished": 0.0, "unsafe": 4.0, "one-card": 1.0}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseDirectory]:
    """A released course with everybody's work in `submitted`."""
    with handed_in(tmp_path_factory.mktemp("referral"), MODULE, LAB, DECISIONS) as directory:
        yield directory


def test_release_holds_only_practice_answers(course: CourseDirectory) -> None:
    released = (course.path / "release" / MODULE / "activities.json").read_text(encoding="utf-8")
    notebook = (course.path / "release" / MODULE / f"{MODULE}.ipynb").read_text(encoding="utf-8")
    assert "Talk room Sumac is near and full" in released
    whole = read_keys(course.path, MODULE)["activities"][LAB]
    for answer in whole["key"]["answers"]:
        for note in answer["notes"]:
            assert note["text"] not in released + notebook


@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
def test_no_trainee_file_holds_key_text(tmp_path: Path, language: str) -> None:
    """In any language."""
    files = released_files(MODULE, tmp_path, language)
    modules = {name: in_language(MODULE, name) for name in ("en", "ar", "ckb")}
    for module in modules.values():
        whole = compile_module(module)[LAB]
        secret = [note["text"] for answer in whole["key"]["answers"] for note in answer["notes"]] + whole["debrief"]
        assert len(secret) == 26
        assert held(files, secret) == []
    for lab in released_labs(files, LAB):
        assert {"key", "debrief"}.isdisjoint(lab)
        assert [card["id"] for card in lab["data"]["cards"] if card.get("wants")] == ["noor", "jian", "sabah"]
        assert "key" not in lab["data"]


@pytest.mark.parametrize("way", sampled([batch_scores], [nbgrader_scores]))
def test_lab_earns_its_points(course: CourseDirectory, way: Callable[..., dict[str, float | None]]) -> None:
    assert way(course, MODULE, LAB, DECISIONS) == POINTS


def test_feedback_tells_each_part_and_why(course: CourseDirectory) -> None:
    told = told_in_feedback(course, MODULE, LAB, "one-too-many")
    assert "4.75 of 5 points" in told
    assert "Jwan, Return Area Pomegranate. Least information: Not yet. A wide yes is no reason to say more." in told
    assert "Camp Juniper. Fit: Right. Nasrin knows the options and says no." in told
    assert "Sent is not closed." in told
