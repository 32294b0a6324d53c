"""The kinds there are, and looking up what each offers. A kind is imported when it is first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.activities.format import Format
    from himaya.activities.kind import Compiled, Placed, Report, Rules

KINDS = ("scenario", "interview", "lab", "casefile", "choice", "order", "match", "number", "text")
CODE = "code"
"""Code that a trainee writes is a question and no activity: its answers are cells, not events, so it has no rules."""
FORMATS = (*KINDS, CODE)
"""What an author may write."""

State: TypeAlias = "dict[str, Any]"


def rules(activity: Compiled) -> Rules[Any, Any]:
    """Return the rules that an activity follows."""
    return cast("Rules[Any, Any]", _part(activity["kind"], "rules").RULES)


def report(activity: Compiled) -> Report[Any, Any]:
    """Return what tells people of an activity."""
    return report_of(activity["kind"])


def report_of(kind: str) -> Report[Any, Any]:
    """Return what tells people of the activities of a kind."""
    return cast("Report[Any, Any]", _part(kind, "report").REPORT)


def place_of(kind: str) -> Placed:
    """Return where what is graded has its place, code included."""
    return cast("Placed", _part(kind, "report").REPORT)


def alone(kind: str) -> bool:
    """Return whether each activity of a kind gets a file of its own: it is played through and needs no kernel."""
    told = report_of(kind)
    return told.runs and not told.needs_kernel


def format_of(kind: str) -> Format[Any]:
    """Return how a kind is written, checked and compiled."""
    return cast("Format[Any]", _part(kind, "checks").FORMAT)


@cache
def _part(kind: str, part: str) -> Any:
    if kind not in FORMATS:
        message = f"'{kind}' is not a kind of activity; there are: {', '.join(KINDS)}"
        raise KeyError(message)
    return import_module(f"himaya.activities.{kind}.{part}")


def without_key(activity: Compiled) -> Compiled:
    """Return the copy of a graded activity that may reach a trainee: no key, quality, effects, rationale, ending."""
    return cast("Compiled", rules(activity).split(activity)[0])


def key_of(activity: Compiled) -> dict[str, Any]:
    """Return what `without_key` leaves out, as plain data that `ast.literal_eval` reads back."""
    return rules(activity).split(activity)[1]


def with_key(public: Compiled, key: Mapping[str, Any]) -> Compiled:
    """Return the whole activity from its public copy and its key.

    Raises:
        KeyError: If the key does not belong to this activity.
    """
    return cast("Compiled", rules(public).join(public, key))
