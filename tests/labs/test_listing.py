"""Lists inside a sentence take the marks of their script."""

from __future__ import annotations

import pytest

from himaya.activities.lab.listing import listed


@pytest.mark.parametrize(
    ("parts", "mark", "told"),
    [
        (["water", "tea"], ",", "water, tea"),
        (["ماء", "شاي"], ",", "ماء، شاي"),
        (["ماء", "L4"], ";", "ماء؛ L4"),
        (["ئاو", "چا"], ";", "ئاو؛ چا"),
        ([], ",", ""),
    ],
)
def test_list_uses_the_separators_of_its_script(parts: list[str], mark: str, told: str) -> None:
    assert listed(parts, mark) == told
