"""Which cases `make test` leaves to `make test-release`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable


def sampled(first: Iterable[Any], rest: Iterable[Any]) -> list[Any]:
    """Return the values of a parametrised test or fixture: `make test` takes `first`, `make test-release` the rest.

    A case of several values is a tuple.
    """
    return [*first, *(pytest.param(*_values(case), marks=pytest.mark.release) for case in rest)]


def _values(case: Any) -> tuple[Any, ...]:
    return case if isinstance(case, tuple) else (case,)
