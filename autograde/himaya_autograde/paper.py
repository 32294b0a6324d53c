"""Answers that people gave on paper and a trainer typed in: events like all others, in the submission of whom they are.

`paper/<trainee>/<module>.jsonl` of the course keeps them too, because a later hand-in takes the place of the whole
submission. What was answered on a screen is never replaced. Who typed in what and when stands in the markbook.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from himaya.answers.journal import FILE_NAME, Journal
from himaya.answers.private import private_folder
from himaya.errors import JournalError
from himaya_autograde.markbook import Change, Markbook, now

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FOLDER = "paper"


def events_of(answers: Mapping[str, tuple[str, object]]) -> list[dict[str, Any]]:
    """Return the events of answers.

    Args:
        answers: By activity the hash of what was asked, and the answer as the activity's rules read it.
    """
    time = f"{now().partition('+')[0]}.000Z"
    made: list[dict[str, Any]] = []
    for activity, (content, value) in answers.items():
        about = {"activity": activity, "time": time}
        made.append({"id": os.urandom(12).hex(), "type": "begin", "content": content, **about})
        made.append({"id": os.urandom(12).hex(), "type": "answer", "value": value, **about})
    return made


def record(course: Path, module: str, trainee: str, activities: Iterable[str], marker: str) -> None:
    """Write down who types in what, and when. It is written before the answers: a line too many names nothing."""
    book = Markbook(course)
    for name in activities:
        book.write(Change(os.urandom(16).hex(), now(), marker, "paper", trainee, module, name))


def keep(course: Path, module: str, trainee: str, events: list[dict[str, Any]]) -> None:
    """Keep events beside the submission.

    Raises:
        JournalError: If they cannot be written.
    """
    private_folder(course / FOLDER)
    private_folder(course / FOLDER / trainee)
    _kept(course, module, trainee).put(events)


def put_back(course: Path, module: str, trainee: str, folder: Path) -> None:
    """Put into a submission what was typed in from paper and was not answered on a screen.

    Args:
        course: The course directory.
        module: Its module.
        trainee: Whose submission it is.
        folder: Where it lies; a journal that cannot be read is left as it is: grading names it.
    """
    with suppress(JournalError):
        events = _kept(course, module, trainee).rows()
        if events:
            journal = Journal(folder / FILE_NAME)
            shown = on_screen(journal.rows(), events)
            journal.put([event for event in events if event["activity"] not in shown])


def on_screen(rows: Iterable[Mapping[str, Any]], events: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return which activities a journal answers by itself, without the events that were typed in."""
    typed = {event["id"] for event in events}
    return {row["activity"] for row in rows if row["type"] != "begin" and row["id"] not in typed}


def kept(course: Path, module: str, trainee: str) -> list[dict[str, Any]]:
    """Return all events that were typed in for a trainee in a module; nothing where the file cannot be read."""
    try:
        return _kept(course, module, trainee).rows()
    except JournalError:
        return []


def typed_in(course: Path, module: str, trainee: str, rows: Iterable[Mapping[str, Any]]) -> dict[str, Change]:
    """Return the answers of a journal that came from paper, each with who typed it in and when.

    Args:
        course: The course directory.
        module: Its module.
        trainee: Whose journal it is.
        rows: Its events.
    """
    events = kept(course, module, trainee)
    if not events:
        return {}
    shown = on_screen(rows, events)
    answered = {event["activity"] for event in events} - shown
    lines = (each for each in Markbook(course).changes() if each.kind == "paper")
    return {each.activity: each for each in lines if each.answer[:2] == (trainee, module) and each.activity in answered}


def _kept(course: Path, module: str, trainee: str) -> Journal:
    return Journal(course / FOLDER / trainee / f"{module}.jsonl")
