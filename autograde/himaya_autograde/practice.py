"""Practice in what a class hands in: that somebody practised, and never what was chosen there."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from himaya.activities.fold import replay
from himaya_autograde.grading import pinned
from himaya_autograde.scoring import PRACTISED

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from himaya.activities.kind import Compiled
    from himaya_autograde.source import Source


def without_choices(
    source: Source, rows: Sequence[dict[str, Any]], who: str, forms: Sequence[Source] = ()
) -> list[dict[str, Any]]:
    """Return a person's journal without what they chose in practice.

    What began each activity stays, since it names the edition; one event says that it was practised. What some edition
    grades stays as it is. What none knows may be practice: it is nobody's to read until the course is built anew.

    Args:
        source: The module.
        rows: The journal.
        who: Whose it is; the ids of the new events are theirs alone, and the same each time.
        forms: The safety forms of the module, which a class has on the same page.
    """
    editions = _editions([source, *forms])
    graded = _graded(editions)
    kept = [row for row in rows if row["activity"] in graded or row["type"] == "begin"]
    for name, whole in _practice(source, rows, graded).items():
        done = (row for row in rows if row["activity"] == name and row["type"] not in ("begin", PRACTISED))
        if (first := next(done, None)) is not None:
            finished = replay(whole, rows)["finished"]
            # The first event's own id is random and in no hand-in: nobody else can make this one.
            about = f"{first['id']} {who} {source.module} {name} {finished}"
            number = hashlib.sha256(about.encode()).hexdigest()[:32]
            kept.append({"id": number, "activity": name, "type": PRACTISED, "value": finished})
    return kept


def after_feedback(source: Source, rows: Sequence[dict[str, Any]], before: int) -> list[dict[str, Any]]:
    """Return graded answers that came once the person could read which ones are right.

    The safety forms of a module are not among them: each has its own feedback, and closes with it.

    Args:
        source: The module.
        rows: The journal, in the order of receipt.
        before: How many events came before the first feedback.
    """
    graded = _graded(_editions([source]))
    return [row for row in rows[before:] if row["activity"] in graded and row["type"] != "begin"]


def held_back(sources: Sequence[Source], rows: Sequence[dict[str, Any]], asked: Mapping[str, Compiled]) -> set[str]:
    """Return which activities were answered as no edition knows them and pages still ask them.

    Their answers are held back, and are not lost: the course has to be built anew.

    Args:
        sources: The module and its safety forms.
        rows: The journal.
        asked: What the newest pages of the module ask.
    """
    editions = _editions(sources)
    known = {(name, one["hash"]) for each in editions for name, one in each.activities.items()}
    answered = {row["activity"] for row in rows if row["type"] != "begin"} - _graded(editions)
    content = pinned(rows)
    return {
        name
        for name in answered & {*asked}
        if (name, content.get(name)) not in known and (name, asked[name]["hash"]) not in known
    }


def _editions(sources: Iterable[Source]) -> list[Source]:
    return [each for source in sources for each in (source, *source.earlier)]


def _graded(editions: Iterable[Source]) -> set[str]:
    """Return what is graded in any edition."""
    return {name for each in editions for name, one in each.activities.items() if one["mode"] != "practice"}


def _practice(source: Source, rows: Iterable[Mapping[str, Any]], graded: Container[str]) -> dict[str, Compiled]:
    """Return the activities that are practice in every edition of a module, as in the edition of these rows."""
    found: dict[str, Compiled] = {}
    for each in (source.of(pinned(rows), None), source, *source.earlier):
        found = {**each.activities, **found}
    return {name: one for name, one in found.items() if name not in graded}
