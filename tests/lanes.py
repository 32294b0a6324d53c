"""Which lane of the gate runs a test: `make test`, `make test-proof`, or `make test-all` alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

_BROWSER = Path(__file__).parent / "browser"


def sampled(first: Iterable[Any], rest: Iterable[Any]) -> list[Any]:
    """Return the values of a parametrised test or fixture: `make test` takes `first`, a later lane the rest.

    A case of several values is a tuple. Which lane that is says `lane_of`.
    """
    return [*first, *(pytest.param(*_values(case), marks=pytest.mark.repeated) for case in rest)]


def _values(case: Any) -> tuple[Any, ...]:
    return case if isinstance(case, tuple) else (case,)


def lane_of(item: pytest.Item) -> str | None:
    """Return the mark of the lane that a repeated case belongs to; None for a test that says so itself.

    A walk through a browser that repeats another with a further language, door or width finds what the first finds, and
    no submission waits for it. Everywhere else the other cases are part of the proof.
    """
    if item.get_closest_marker("repeated") is None:
        return None
    return "extended" if _BROWSER in item.path.parents else "proof"
