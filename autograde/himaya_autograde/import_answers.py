"""Journals that trainees saved from pages -> submissions. Who somebody is, the trainer's roster says, never a file."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nbgrader.utils import parse_utc

from himaya.answers.journal import (
    FILE_NAME,
    Journal,
    checked,
    lines_of,
    read_line,
    refuse_damaged,
)
from himaya.answers.limits import MAX_BYTES
from himaya.answers.private import private_folder
from himaya.content.assignments import form_of
from himaya.course.roster import is_forgotten
from himaya.errors import CourseError, HimayaError, JournalError, KeysError
from himaya.languages.facts import LANGUAGES
from himaya.languages.interface import sentence
from himaya.languages.readable import readable
from himaya.publish.folder import SPOKEN
from himaya_autograde import paper
from himaya_autograde.collect import CLOSED
from himaya_autograde.intake import put_in_place
from himaya_autograde.keys import read_keys
from himaya_autograde.paths import note_hand_ins, several_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from himaya.course.roster import Roster

Rows = list[dict[str, Any]]
_FORGOTTEN = "was forgotten, and is not taken in again."
_STAMP = "%Y-%m-%d %H:%M:%S.%f %Z"  # as nbgrader writes it


@dataclass(frozen=True)
class Taken:
    """What became of one file.

    Attributes:
        file: Its path.
        good: Whether its answers are in the submission now.
        text: A sentence for the trainer.
        trainee: Whose they are, where the roster says so.
    """

    file: Path
    good: bool
    text: str
    trainee: str | None = None


def merged(*journals: Iterable[dict[str, Any]]) -> Rows:
    """Put journals of one person together, each in its own order, by time where they meet.

    A clock that went backwards holds its own journal up and mixes none. Twin of `merged` in `saved.js`.
    """
    placed: dict[str, tuple[str, dict[str, Any]]] = {}
    for rows in journals:
        latest = ""
        for row in rows:
            time = row.get("time")
            latest = max(latest, time) if isinstance(time, str) else latest
            placed.setdefault(row["id"], (latest, row))
    return [row for _, row in sorted(placed.values(), key=lambda entry: entry[0])]


@dataclass(frozen=True)
class Place:
    """Where submissions of one module are: the course directory, the module, what trainees were given."""

    course: Path
    module: str
    known: frozenset[str]

    @property
    def released(self) -> Path:
        """The trainees' version of the module."""
        return self.course / "release" / self.module

    def folder(self, trainee: str) -> Path:
        """Return a trainee's submission."""
        return self.course / "submitted" / trainee / self.module

    @cached_property
    def owners(self) -> dict[str, str]:
        """Who handed in which events: trainees by the ids of events; read once, and kept up to date by `take_in`."""
        found: dict[str, str] = {}
        for folder in sorted((self.course / "submitted").glob(f"*/{self.module}")):
            with suppress(JournalError):  # grading will say so
                found |= dict.fromkeys((row["id"] for row in Journal(folder / FILE_NAME).rows()), folder.parent.name)
        return found


def place_of(course: Path, module: str) -> Place:
    """Return where submissions of a module are taken in.

    Raises:
        CourseError: If this is no course, or the module was not built and released here.
    """
    if not (course / "course.yaml").is_file():
        message = f"{course} is no course: there is no course.yaml in it."
        raise CourseError(message)
    try:
        known = frozenset(read_keys(course, module)["activities"])
    except KeysError as error:
        raise CourseError(str(error)) from error
    if not (course / "release" / module / f"{module}.ipynb").is_file():
        message = f"the module '{module}' is not released here. Run: himaya release {course} {module}"
        raise CourseError(message)
    private_folder(course)
    return Place(course, module, known)


def take_in(
    place: Place,
    roster: Roster,
    files: Sequence[Path],
    when: Literal["now", "file"] = "now",
    *,
    own_path: bool = False,
) -> Iterator[Taken]:
    """Put the answers of each file into its trainee's submission and yield what became of it.

    Answers that are there stay, whatever a file holds: an older file adds nothing, one of a second device is merged.

    Args:
        place: Where submissions are.
        roster: Whose file is whose.
        files: Saved journals.
        when: What counts as the time of handing in: now, or when the file was last changed.
        own_path: Whether to refuse answers on another path of the module than the one its trainee is on.
    """
    paths = several_paths(place.course, place.module)
    took = []
    names = Counter(file.name for file in {file.absolute() for file in files})
    for file in files:
        trainee = roster.trainee(file)
        if not os.path.lexists(file):
            yield Taken(file, good=False, text="there is no such file.")
        elif trainee is None:
            yield Taken(file, good=False, text="the roster names nobody for this file.")
        elif is_forgotten(place.course, trainee):
            yield Taken(file, good=False, text=f"{trainee}: {_FORGOTTEN}", trainee=trainee)
        elif own_path and paths and (other := paths.elsewhere(trainee, place.module)):
            why = f"{trainee} is on another path of this module: import into {other}, or choose this path first."
            yield Taken(file, good=False, text=why, trainee=trainee)
        elif names[file.name] > 1 and roster.by_name(file):
            why = "several files are called so, and the roster cannot tell them apart. Give each a name of its own."
            yield Taken(file, good=False, text=why)
        else:
            good, text = _taken(place, trainee, file, when)
            took += [trainee] * good
            if good and paths and (other := paths.elsewhere(trainee, place.module)):
                text += f" {trainee} is on another path of this module, {other}: this counts nowhere."
            yield Taken(file, good, f"{trainee}: {text}", trainee)
    if paths:
        note_hand_ins(place.course, place.module, took, paths.course)


def _taken(place: Place, trainee: str, file: Path, when: Literal["now", "file"]) -> tuple[bool, str]:
    try:
        return True, _take(place, trainee, file, when)
    except _RefusedError as error:
        return False, str(error)
    except JournalError as error:
        return False, sentence(error.code)
    except OSError as error:
        return False, f"{error.strerror}: {readable(error.filename or file)}"


class _RefusedError(HimayaError):
    """A file is not taken in; the message says why."""


def _take(place: Place, trainee: str, file: Path, when: Literal["now", "file"]) -> str:
    rows, damaged, changed = _read(file)
    if not rows:
        raise _RefusedError("there are no saved answers in this file.")
    if not any(row["activity"] in place.known for row in rows):
        raise _RefusedError("these answers belong to another module.")
    other = next((who for row in rows if (who := place.owners.get(row["id"], trainee)) != trainee), None)
    if other is not None:
        message = f"the same answers were handed in by {other}. Ask both whose they are."
        raise _RefusedError(message)
    folder = _folder(place, trainee)
    here = Journal(folder / FILE_NAME).rows()
    whole = _with_paper(place, trainee, here, rows)
    before = {row["id"] for row in here}
    new = {row["id"] for row in whole} - before
    notes = [f"damaged lines left out: {damaged}."] if damaged else []
    if not new and len(whole) == len(here):
        older = "is older than what was handed in before" if len(rows) < len(here) else "was handed in before"
        return " ".join([f"nothing new: this file {older}.", *notes])
    if is_closed(place, trainee):
        raise _RefusedError(CLOSED + ".")
    _write(place, folder, whole, datetime.now(UTC) if when == "now" else changed)
    place.owners.update(dict.fromkeys((row["id"] for row in rows), trainee))
    activities = len({row["activity"] for row in rows} & place.known)
    kept = f" {len(here)} earlier events stay." if here else ""
    return " ".join([f"answers to {activities} activities, {len(new)} new events.{kept}", *notes])


def _with_paper(place: Place, trainee: str, here: Rows, rows: Rows) -> Rows:
    """Put a submission and a new hand-in together; what was typed in from paper replaces no answer from a screen."""
    typed = paper.kept(place.course, place.module, trainee)
    ids = {each["id"] for each in typed}
    screen = merged(*([row for row in each if row["id"] not in ids] for each in (here, rows)))
    shown = paper.on_screen(screen, typed)
    return merged(screen, [each for each in typed if each["activity"] not in shown])


def type_in(
    place: Place, trainee: str, answers: Mapping[str, tuple[str, object]], written: datetime, marker: str
) -> None:
    """Put answers that were given on paper into a submission, made where there is none, and record who did so.

    Args:
        place: Where submissions are.
        trainee: Whose answers they are.
        answers: As `paper.events_of` takes them.
        written: What counts as the time of handing in, where nothing was handed in yet.
        marker: Who types them in, as they call themselves.

    Raises:
        HimayaError: If nothing may be typed in, or it could not be written.
    """
    folder = _folder(place, trainee)
    if is_forgotten(place.course, trainee):
        raise _RefusedError(f"{trainee}: {_FORGOTTEN}")
    if is_closed(place, trainee):
        raise _RefusedError(CLOSED + ".")
    try:
        paper.record(place.course, place.module, trainee, answers, marker)
        paper.keep(place.course, place.module, trainee, paper.events_of(answers))
        if folder.is_dir():
            paper.put_back(place.course, place.module, trainee, folder)
        else:
            _write(place, folder, paper.kept(place.course, place.module, trainee), written)
    except OSError as error:
        raise _RefusedError(f"{error.strerror}: {readable(error.filename or folder)}") from error
    note_hand_ins(place.course, place.module, [trainee])


def is_closed(place: Place, trainee: str) -> bool:
    """Return whether this is a safety form whose feedback, with the right answers, was written for a trainee."""
    return form_of(place.module) is not None and (place.course / "feedback" / trainee / place.module).is_dir()


def _folder(place: Place, trainee: str) -> Path:
    folder = place.folder(trainee)
    if folder.is_symlink() or folder.parent.is_symlink():
        message = f"{folder} is a link."
        raise _RefusedError(message)
    return folder


def _read(file: Path) -> tuple[Rows, int, datetime]:
    """Return a file's events, how many of its lines are none, and when it was changed."""
    # Looked at before it is opened, since opening a device may do something; and after, since it may be swapped.
    _refuse_irregular(file.lstat())
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        _refuse_irregular(status)
        with os.fdopen(descriptor, "rb", closefd=False) as opened:
            data = opened.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(data) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1_000_000} MB and cannot be saved answers."
        raise _RefusedError(message)
    rows, damaged = [], 0
    # Unlike a journal on a disk, a saved file may have lost its last line end on the way; each line counts.
    for line in filter(bytes.strip, lines_of(data.removeprefix(b"\xef\xbb\xbf"))):
        row = read_line(line)
        try:
            rows.append(checked(row))
        except JournalError:
            damaged += 1
            refuse_damaged(damaged)
    return rows, damaged, datetime.fromtimestamp(status.st_mtime, UTC)


def _refuse_irregular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _RefusedError("this is no regular file; a saved file is needed.")


def _write(place: Place, folder: Path, rows: Rows, time: datetime) -> None:
    """Put a submission in place whole: a journal, with what nbgrader expects beside it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left_over in folder.parent.glob(f".{folder.name}.*"):  # of an import that was killed
        shutil.rmtree(left_over)
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        new = staged / "new"
        if folder.exists():
            shutil.copytree(folder, new, symlinks=True)
        new.mkdir(exist_ok=True)
        for source in sorted(place.released.iterdir()):
            if source.is_file() and not os.path.lexists(new / source.name):
                shutil.copyfile(source, new / source.name)
        (new / FILE_NAME).unlink(missing_ok=True)
        Journal(new / FILE_NAME).put(rows)
        (new / FILE_NAME).chmod(0o644)  # as its neighbours: the course directory is closed to others
        _stamp(new, time)
        spoken = [row["language"] for row in rows if row.get("language") in LANGUAGES]
        if spoken:
            (new / SPOKEN).unlink(missing_ok=True)
            (new / SPOKEN).write_text(f"{spoken[-1]}\n", encoding="ascii")
        put_in_place(new, folder, staged / "old")
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _stamp(folder: Path, time: datetime) -> None:
    """Write when it was handed in; a file that is older than an earlier hand-in makes that no earlier."""
    path = folder / "timestamp.txt"
    try:
        before = parse_utc(path.read_text(encoding="utf-8").strip()).replace(tzinfo=UTC)
    except (OSError, ValueError):
        before = time
    path.unlink(missing_ok=True)  # it may be a link
    path.write_text(max(before, time).strftime(_STAMP), encoding="utf-8")
