"""Practice in what a class hands in: that somebody practised, and never what was chosen there."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from himaya.activities.fold import replay
from himaya_autograde.grading import pinned
from himaya_autograde.scoring import PRACTISED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from himaya.activities.kind import Compiled
    from himaya_autograde.source import Source


def without_choices(source: Source, rows: Sequence[dict[str, Any]], who: str) -> list[dict[str, Any]]:
    """Return a person's journal without what they chose in practice.

    What began each activity stays, since it names the edition; one event says that it was practised. All that is
    graded, or was in any edition, stays as it is.

    Args:
        source: The module.
        rows: The journal.
        who: Whose it is; the ids of the new events are theirs alone, and the same each time.
    """
    practice = _practice(source, rows)
    kept = [row for row in rows if row["activity"] not in practice or row["type"] == "begin"]
    for name, whole in practice.items():
        if any(row["activity"] == name and row["type"] not in ("begin", PRACTISED) for row in rows):
            finished = replay(whole, rows)["finished"]
            about = f"{who} {source.module} {name} {finished}"
            number = hashlib.sha256(about.encode()).hexdigest()[:32]
            kept.append({"id": number, "activity": name, "type": PRACTISED, "value": finished})
    return kept


def _practice(source: Source, rows: Iterable[Mapping[str, Any]]) -> dict[str, Compiled]:
    """Return the activities that are practice in every edition of a module, as in the edition of these rows."""
    graded = {
        name for each in (source, *source.earlier) for name, one in each.activities.items() if one["mode"] != "practice"
    }
    found: dict[str, Compiled] = {}
    for each in (source.of(pinned(rows), None), source, *source.earlier):
        found = {**each.activities, **found}
    return {name: one for name, one in found.items() if name not in graded}
