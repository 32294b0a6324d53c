"""With which module a trainee's home page offers to go on."""

from __future__ import annotations

import pytest

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
