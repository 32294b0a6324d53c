"""What is left of an event once its answer was erased for good; it knows no store and no file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_ERASED = "erased"  # no rule of an activity knows this type, so that it is passed over


def erased(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event without its answer. Its id stays, so that a phone does not send it again."""
    return {"id": event["id"], "activity": event["activity"], "type": _ERASED}


def holds_answer(event: Mapping[str, Any], activity: str) -> bool:
    """Return whether an event holds something that was answered to an activity."""
    return event.get("activity") == activity and event.get("type") not in ("begin", _ERASED)
