"""Events, what a journal holds of them, and the code it refuses with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from himaya.answers.journal import Journal
from himaya.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def event(number: int, **fields: Any) -> dict[str, Any]:
    """Return an event with an id of its own."""
    return {"id": f"event-{number:06d}", "activity": "first-consent", "type": "answer", "turn": 0, **fields}


def ids(path: Path) -> list[str]:
    """Return the ids that somebody who opens the journal anew finds."""
    return [row["id"] for row in Journal(path).rows()]


def code(action: Callable[..., object], *arguments: object) -> str:
    """Return the code that `action` is refused with."""
    with pytest.raises(JournalError) as caught:
        action(*arguments)
    return caught.value.code


def refuses_as(path: Path, expected: str) -> None:
    """Assert that the journal at `path` can be neither read nor written, both with one code."""
    assert code(Journal(path).rows) == expected
    assert code(Journal(path).put, [event(1)]) == expected
