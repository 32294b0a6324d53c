"""The slow part of the baseline: text of every page, and stock nbgrader on the saved journals."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.autograde import stock_grader
from tests.autograde.cohorts import copy_of, hand_in, own_settings, released_course, rows
from tests.baseline.groups import SLOW, grades, journals
from tests.baseline.record import recorded
from tests.baseline.test_baseline import compare
from tests.chromium import CHROMIUM

STOCK = [("case-management", "best"), ("data-protection", "walked")]


_NEEDS_CHROMIUM = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")


@pytest.mark.parametrize(
    "group", [pytest.param(one, marks=_NEEDS_CHROMIUM if one == "pages_shown" else ()) for one in SLOW]
)
def test_group_is_as_recorded(group: str, tmp_path: Path) -> None:
    compare(group, SLOW[group](tmp_path / group))


def test_stock_nbgrader_gives_the_recorded_grades(tmp_path: Path) -> None:
    with own_settings(tmp_path):
        course = released_course(tmp_path / "released")
        for module, trainee in STOCK:
            hand_in(course.path, module, trainee, journals()[module, trainee])
        stock = copy_of(course, tmp_path / "stock", stock=True)
        subprocess.run([sys.executable, str(Path(stock_grader.__file__)), str(stock)], check=True, capture_output=True)
    found = grades(rows(stock))
    for module, trainee in STOCK:
        expected = recorded("graded")[module][trainee]
        assert found[module][trainee] == expected
        assert len(expected) > 10
