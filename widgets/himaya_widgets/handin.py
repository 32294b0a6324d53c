"""Hand a module in: what is answered, and the one call to nbgrader's exchange, made outside the trainee's kernel."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from himaya.answers.class_journal import ClassJournal
from himaya.errors import JournalError, WorkerError
from himaya.languages.dates import written_time
from himaya.languages.interface import interface
from himaya.publish.folder import SPOKEN
from himaya.publish.receipts import TIME, newest_receipt, shown
from himaya.worker import ask

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from himaya.languages.facts import Digits
    from himaya.languages.interface import Sentence
    from himaya.publish.folder import ModuleFolder

_SUBMIT = "himaya_autograde.submit"
_TIMEOUT = 120  # seconds; nbgrader's submit takes two to three
_MOST_AHEAD = 14 * 60  # minutes; no place on earth is further from UTC
_one_at_a_time = threading.Lock()  # two clicks must not make two submissions


def hand_in(folder: ModuleFolder, language: object = None, ahead: object = None) -> dict[str, Any]:
    """Submit `folder` to the exchange and return a receipt, or why not, as a message for the box.

    Args:
        folder: What is handed in.
        language: What the trainee reads now, in which a refusal is said and feedback will come; the folder's own
            if it does not have that one.
        ahead: As in `said`.
    """
    spoken = str(language) if language in folder.languages else folder.language
    say = interface(spoken)
    course = folder.content.get("course")
    if not course or not folder.keeps:
        return _refused(str(say["not-assignment"]))
    if isinstance(folder.journal, ClassJournal):
        return _hand_in_to_class(folder, folder.journal, say, ahead)
    with _one_at_a_time:
        _note(folder.path / SPOKEN, f"{spoken}\n".encode(), os.O_TRUNC)
        before = newest_receipt(folder)
        try:
            # nbgrader would take this kernel from 26 to 116 MB, so it runs in a process of its own. In a folder that
            # is not the trainee's to fill: nbgrader reads settings from where it runs.
            path = str(folder.path)
            answer = ask(_SUBMIT, "submit", course, path, seconds=_TIMEOUT, folder=folder.path.parent)
        except WorkerError as error:
            receipt = newest_receipt(folder)
            if receipt == before:
                reason = error.in_words(say)
                return _refused(reason if reason != str(error) else say["submit-unknown"].format(reason=reason))
            answer = {"receipt": receipt}  # it ended after the work had arrived
    return {"type": "receipt", **said(folder, shown(answer["receipt"]), ahead)}


def _hand_in_to_class(
    folder: ModuleFolder, journal: ClassJournal, say: Mapping[str, Sentence], ahead: object
) -> dict[str, Any]:
    """Hand in what the class holds of this person, as the page does."""
    with _one_at_a_time:
        try:
            receipt = journal.hand_in(secrets.token_hex(16))
        except JournalError as error:
            return _refused(str(say[error.code]))
    if receipt is None:
        return _refused(str(say["answers-none"]))
    time = datetime.fromtimestamp(receipt["received"], UTC).strftime(TIME)
    return {
        "type": "receipt",
        **said(folder, {"time": time, "answers": receipt["answers"], "code": receipt["code"]}, ahead),
    }


def _digits(folder: ModuleFolder, language: str) -> Digits | None:
    """Return the digits of a language here: those of an English module say nothing of its Arabic."""
    content = folder.in_language(language) or folder.content
    return "western" if content.get("digits") == "western" else None


def said(folder: ModuleFolder, receipt: dict[str, Any], ahead: object = None) -> dict[str, Any]:
    """Return a receipt with its time as people write it, by each language of the folder, in `said`.

    Args:
        folder: What was handed in.
        receipt: What is shown of it.
        ahead: By how many minutes the browser says that its clock is ahead of UTC; anything else leaves it UTC.
    """
    try:
        moment = datetime.strptime(str(receipt["time"]), TIME).replace(tzinfo=UTC)
    except ValueError:
        return receipt  # somebody wrote it: shown as it is
    local = timedelta(minutes=ahead) if type(ahead) is int and abs(ahead) <= _MOST_AHEAD else None
    times = {each: written_time(moment, each, _digits(folder, each), ahead=local) for each in folder.languages}
    return {**receipt, "said": times}


def _refused(text: str) -> dict[str, Any]:
    return {"type": "refused", "sentence": text}


def _note(file: Path, data: bytes, how: int) -> None:
    """Write beside the notebook what is good to have; where that fails, the work is handed in all the same."""
    with contextlib.suppress(OSError):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | how, 0o644)
        try:
            os.write(descriptor, data)
        finally:
            os.close(descriptor)
