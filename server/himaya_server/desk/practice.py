"""What classes chose in practice, by nobody's name: in full fives, written when a class's hand-ins are collected.

What people hand in says of practice only that it was done; see `himaya_autograde.practice`.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from himaya.answers.journal import FILE_NAME, Journal
from himaya.answers.private import private_folder, write_whole
from himaya.errors import JournalError
from himaya.measures.items import FEWEST
from himaya_autograde.keys import read_keys
from himaya_autograde.scoring import PRACTISED
from himaya_server.desk.answers import PRACTICE, first_responses
from himaya_server.desk.questions import in_full_fives

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Rows = list[dict[str, Any]]


def write_practice(
    course: Path, module: str, class_id: str, handed: Iterable[tuple[str, list[dict[str, Any]]]]
) -> None:
    """Write what a class chose in the practice of a module, in place of what was written before.

    A person's first answers count with the hand-in that brought them, so a later hand-in of theirs changes nothing
    that stands here: only new fives come to it.

    Args:
        course: The course directory.
        module: Its id.
        class_id: Which class.
        handed: Who handed in which journal, in the order in which it was collected; somebody may come again. What
            their submission still holds of practice counts there, and not here.

    Raises:
        KeysError: If the module was never built here.
    """
    activities = {
        name: one for name, one in read_keys(course, module)["activities"].items() if one["mode"] == "practice"
    }
    found: dict[str, list[list[Any]]] = {name: [] for name in activities}
    seen: set[tuple[str, str]] = set()
    looked: set[str] = set()
    for who, rows in handed:
        if who not in looked:
            looked.add(who)
            seen |= {(who, name) for name in _in_submission(course / "submitted" / who / module)}
        items, runs = first_responses(activities, rows)
        for name, run in [*((name, [said]) for name, said in items.items()), *runs.items()]:
            if (who, name) not in seen:
                seen.add((who, name))
                found[name].append(run)
    fives = {name: _without_order(in_full_fives(runs, "practice")) for name, runs in found.items()}
    private_folder(course / PRACTICE)
    target = course / PRACTICE / f"{module}.{class_id}.json"
    write_whole(target, json.dumps({name: runs for name, runs in fives.items() if runs}).encode())


def _in_submission(folder: Path) -> set[str]:
    """Return in which activities a submission has answers itself, of practice from before it stayed with the class."""
    with suppress(JournalError):  # grading will say so
        return {
            row["activity"] for row in Journal(folder / FILE_NAME).rows() if row["type"] not in ("begin", PRACTISED)
        }
    return set()


def _without_order(runs: list[list[Any]]) -> list[list[Any]]:
    """Return runs so that their order within a five says nothing about people."""
    starts = range(0, len(runs), FEWEST)
    return [run for start in starts for run in sorted(runs[start : start + FEWEST], key=json.dumps)]
