"""Marking in formgrader: what a person has to judge, as plain text, with its rubric; no code, no tests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tornado import web  # type: ignore[attr-defined]

from himaya.activities.fold import replay
from himaya.activities.kinds import report
from himaya.answers.journal import FILE_NAME, Journal
from himaya.errors import JournalError, KeysError, MarksError
from himaya.languages.facts import SOURCE, direction
from himaya.languages.interface import interface
from himaya_autograde.feedback.code import graded_cells, source
from himaya_autograde.gradebook import Gradebook
from himaya_autograde.keys import read_keys
from himaya_autograde.markbook import Markbook
from himaya_server.home.handlers import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya_autograde.gradebook import Marks, Work


MARKER = "himaya-marker"
"""The cookie that keeps how a marker calls themselves, in hexadecimal."""


def hub_user() -> str:
    """Return the name of the account, where there are accounts."""
    return os.environ.get("JUPYTERHUB_USER", "")


def marker_of(cookie: str | None, language: str = SOURCE) -> str:
    """Return who marks: the account, else what the cookie says, else a trainer."""
    try:
        said = hub_user() or bytes.fromhex(cookie or "").decode()
    except ValueError:
        said = ""
    return said or str(interface(language)["role-trainer"])


class Marking(Page):
    """One submission to mark, in the place of formgrader's view of the notebook; saved through formgrader's own API."""

    @web.authenticated
    def get(self, submission: str) -> None:
        """Draw the page, or say why it cannot be drawn."""
        if "nbgrader_formgrader" not in self.settings:  # whoever may use formgrader may mark, and nobody else
            raise web.HTTPError(404)
        course = self.settings["nbgrader_formgrader"].coursedir
        at = self.settings.get("himaya_formgrader", "formgrader")
        gradebook = Gradebook(course.db_url)
        try:
            work = gradebook.work(submission)
        except MarksError as error:
            raise web.HTTPError(404, str(error)) from error
        graded = Path(course.format_path(course.autograded_directory, work.trainee, work.module))
        folder = Path(course.root) / graded
        try:
            keys, problem = read_keys(Path(course.root), work.module), None
        except KeysError as error:  # a notebook that is not ours, or was built before keys were kept
            keys, problem = {"module": {"title": work.module, "language": "en"}, "activities": {}}, str(error)
        self.draw(
            "marking.html",
            title=keys["module"]["title"],
            language=keys["module"]["language"],
            direction=direction(keys["module"]["language"]),
            problem=problem,
            work=work,
            listed=self.to(at, "gradebook", work.module, work.notebook),
            api=self.to(at, "api/"),
            **_place(gradebook.submissions_in_order(work.module), submission, self.to(at, "submissions/")),
            **_without_aside(
                to_mark(keys, gradebook.marks(work.module, work.trainee), folder, work), course.root, work
            ),
        )


def _without_aside(told: dict[str, Any], course: str, work: Work) -> dict[str, Any]:
    """Return what is shown without the words of answers that were set aside at the desk."""
    aside = Markbook(Path(course)).aside()
    for entry in told["entries"]:
        if (work.trainee, work.module, entry["id"]) in aside:
            entry["written"], entry["aside"] = "", True
    return told


class NoFiles(Page):
    """formgrader would serve any file that a trainee handed in, pages included, as if it were ours."""

    @web.authenticated
    def get(self) -> None:
        """Refuse."""
        raise web.HTTPError(404, "Files that trainees handed in are not opened here.")


def _place(submissions: Mapping[str, bool], here: str, address: str) -> dict[str, Any]:
    """Return where this submission stands among all and the addresses of its neighbours, None at an end."""
    order = list(submissions)
    at = order.index(here)
    waiting = [one for one in order[at + 1 :] + order[:at] if submissions[one]]

    def to(submission: str | None) -> str | None:
        return None if submission is None else f"{address}{submission}/"

    return {
        "number": at + 1,
        "total": len(order),
        "previous": to(order[at - 1] if at else None),
        "following": to(order[at + 1] if at + 1 < len(order) else None),
        "next_waiting": to(waiting[0] if waiting else None),
        "still_waiting": len(waiting),
    }


def to_mark(keys: Mapping[str, Any], marks: Marks, folder: Path, work: Work) -> dict[str, Any]:
    """Return `entries` that a person judges and what was `scored` automatically.

    Args:
        keys: As `read_keys` returns them.
        marks: What the gradebook holds.
        folder: The autograded submission.
        work: Whose it is.
    """
    try:
        events = Journal(folder / FILE_NAME).rows()
    except JournalError:
        events = []
    activities = keys["activities"]
    stems = {one["id"]: one["stem"] for one in keys.get("code", [])}
    cells = graded_cells(folder / f"{work.notebook}.ipynb")
    entries: list[dict[str, Any]] = []
    scored: list[dict[str, Any]] = []
    for name, mark in marks.of.items():
        whole = activities.get(name)
        if whole is None:
            answer = f"{name}-answer" if name in stems else name
            told: Mapping[str, Any] = {
                "prompt": stems.get(name, ""),
                "written": source(cells.get(answer, {})),
                "rubric": [],
            }
            judged = mark.waits or mark.by_hand
        else:
            state = replay(whole, events)
            told = report(whole).marking(whole, state)
            judged = told["judged"]
        entry = {"id": name, "mark": mark, **told}
        (entries if judged or mark.waits else scored).append(entry)
    order = list(activities)
    for part in (entries, scored):
        part.sort(key=lambda entry: order.index(entry["id"]) if entry["id"] in order else len(order))
    return {"entries": entries, "scored": scored}
