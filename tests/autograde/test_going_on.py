"""With which module a trainee's home page offers to go on."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from himaya_server.home.handlers import Trainee
from himaya_server.home.state import ModuleState, to_go_on_with

_OVERVIEW = ModuleState("overview", "", "read")
_OLD = ModuleState("old", "", "begun", answered_at=1)
_LATE = ModuleState("late", "", "changed", answered_at=2)
_FRESH = ModuleState("fresh", "", "not-started")
_NEXT = ModuleState("next", "", "not-started")
_DONE = ModuleState("done", "", "submitted", answered_at=9)


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ([_OVERVIEW, _FRESH, _OLD, _LATE, _DONE], _LATE),
        ([_OVERVIEW, _DONE, _FRESH, _NEXT], _FRESH),
        ([_OVERVIEW, _DONE], None),
        ([], None),
    ],
)
def test_last_touched_module_comes_first(modules: list[ModuleState], expected: ModuleState | None) -> None:
    assert to_go_on_with(modules) is expected


@pytest.mark.parametrize(("kept", "new"), [(None, True), ("6", True), ("7", False)])
def test_feedback_is_new_until_this_browser_opened_it(kept: str | None, *, new: bool) -> None:
    cookies = {"himaya-read-core-done": kept}
    browser: Any = SimpleNamespace(get_cookie=cookies.get)
    assert Trainee._is_new(browser, {"id": "core"}, replace(_DONE, feedback_at=7)) is new
