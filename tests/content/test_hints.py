"""Hints to authors: shown apart from errors, and nothing has to change."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from himaya.activities.findings import uneven_lengths
from himaya.activities.limits import PICTURE_BYTES, UNEVEN
from himaya.commands.main import main
from himaya.content.check import check_module
from himaya.content.checks.images import drawing_faults, drawing_hints
from himaya.content.country import check_country, country_hints
from himaya.course.check import course_hints
from tests.content.edits import EDITS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCENARIO, ITEMS, MODULE, PROSE = "scenarios/short-walk.yaml", "items.yaml", "module.yaml", "module.md"
HINTS = {
    "uneven-choice-lengths": [f"{SCENARIO}:22: this choice has", f"{SCENARIO}:31: this choice has"],
    "good-and-harmful-runs-end-alike": [f"{SCENARIO}:88: always choosing 'best' and always choosing"],
    "graded-best-goes-alone": [f"{SCENARIO}:16: the best choices go a way of their own in each of"],
    "too-many-states": [f"{SCENARIO}:21: this scenario has more than 200,000 states"],
    "long-sentence": [f"{SCENARIO}:64: the sentence 'Noor reads the leaflet ...' has 37 words"],
    "uneven-option-lengths": [f"{ITEMS}:11: this option has 51 characters; the mean of its set is 33"],
    "short-reason": [f"{ITEMS}:12: this reason has 5 words"],
    "pretest-with-an-option-less": [f"{ITEMS}:84: of 2 options every second guess is right"],
    "outcome-assessed-once": [f"{MODULE}:9: graded items on the outcome 'first-words': 1; below 2"],
    "taught-in-a-short-section": [f"{MODULE}:9: the section 'Summary' teaches"],
    "section-without-source": [f"{PROSE}:28: the section 'A first talk' has 78 words and no citation"],
    "long-sentence-in-prose": [f"{PROSE}:32: the sentence 'A no is an ...' has 36 words"],
    "image-never-shown": ["media/chairs.svg:1: nothing of this module shows this file"],
    "drawing-too-wide": ["media/chairs.svg:1: the drawing is 641 pixels wide"],
}


@pytest.mark.parametrize("edit", HINTS)
def test_hint_names_the_place(edit: str, hinted_with: Callable[..., list[str]]) -> None:
    expected = HINTS[edit]
    hints = hinted_with(edit)
    assert len(hints) == len(expected), hints
    for hint, start in zip(hints, expected, strict=True):
        assert hint.startswith(f"modules/sound-module/{start}")


def test_hint_is_no_error(sound_module: Path) -> None:
    EDITS["uneven-option-lengths"].make(sound_module)
    assert check_module(sound_module) == []


def test_sound_module_has_no_hints(hinted_with: Callable[..., list[str]]) -> None:
    assert hinted_with() == []


def test_check_counts_hints_and_shows_them_on_request(sound_module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    EDITS["short-reason"].make(sound_module)
    monkeypatch.chdir(sound_module.parents[1])
    shown = CliRunner().invoke(main, ["check", "modules/sound-module"])
    assert (shown.exit_code, shown.output) == (0, "modules/sound-module: in order (1 hint, see --hints)\n")
    listed = CliRunner().invoke(main, ["check", "--hints", "modules/sound-module"])
    assert listed.exit_code == 0
    assert "hint: modules/sound-module/items.yaml:12: this reason has 5 words" in listed.output


def test_overview_has_hints_too(tmp_path: Path) -> None:
    course = tmp_path / "courses" / "first"
    course.mkdir(parents=True)
    (course / "overview.md").write_text("# First\n\n" + "One " * 40 + "end.\n", encoding="utf-8")
    (course / "course.yaml").write_text(
        "id: first\ntitle: First\nsummary: One.\nmodules: [first]\npass_mark: 80\nlanguages: [en]\n", encoding="utf-8"
    )
    (hint,) = course_hints(course, tmp_path / "modules")
    assert str(hint).startswith("courses/first/overview.md:3: the sentence 'One One One One ...' has 41 words")


def test_old_local_fact_is_a_hint(tmp_path: Path) -> None:
    (tmp_path / "courses").mkdir()
    (tmp_path / "courses/country.yaml").write_text(
        "settings:\n  clinic:\n    about: The clinic.\n    value: At the well\n    source: A visit.\n"
        "    last_checked: 2026-11-24\n    checked_by: course administrator\n    status: checked\n",
        encoding="utf-8",
    )
    assert check_country(tmp_path) == []
    assert country_hints(tmp_path, date(2027, 11, 24)) == []
    (hint,) = country_hints(tmp_path, date(2027, 11, 25))
    assert str(hint).startswith("courses/country.yaml:6: this was checked 366 days ago")


def test_uneven_lengths_are_measured_from_the_mean() -> None:
    off = round(100 * UNEVEN)
    assert list(uneven_lengths(["a" * (100 - off), "a" * 100, "a" * (100 + off)], "option")) == []
    assert [at for at, _ in uneven_lengths(["a" * (99 - off), "a" * 100, "a" * (101 + off)], "option")] == [0, 2]


def test_heavy_drawing_is_a_hint() -> None:
    shapes = b'<path d="M0 0L9 9"/>' * (PICTURE_BYTES // 20)
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9">' + shapes + b"</svg>"
    assert list(drawing_faults(drawing)) == []
    assert [hint[:12] for hint in drawing_hints(drawing)] == ["the file has"]
