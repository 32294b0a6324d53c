"""Journals that trainees saved from pages -> submissions. Who somebody is, the trainer's roster says, never a file."""

from __future__ import annotations

import csv
import os
import re
import shutil
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from nbgrader.utils import parse_utc

from himaya.i18n.interface import sentence
from himaya.journal import FILE_NAME, MAX_BYTES, Journal, JournalError, checked, read_line
from himaya_autograde.errors import CourseError
from himaya_autograde.keys import KeysError, read_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Rows = list[dict[str, Any]]
# It becomes the name of a folder: nothing that leads elsewhere, hides, or reads as an option.
_TRAINEE = re.compile(r"[^\W_][\w.@-]{0,99}")
_STAMP = "%Y-%m-%d %H:%M:%S.%f %Z"  # as nbgrader writes it


@dataclass(frozen=True)
class Roster:
    """Which file is whose: `files` by name; any other file is named after one of the `trainees`."""

    files: dict[str, str]
    trainees: frozenset[str]

    def trainee(self, file: Path) -> str | None:
        """Return whose answers a file holds, or None where the roster does not say."""
        return self.files.get(file.name) or (file.stem if file.stem in self.trainees else None)


@dataclass(frozen=True)
class Taken:
    """What became of one file.

    Attributes:
        file: Its path.
        good: Whether its answers are in the submission now.
        text: A sentence for the trainer.
    """

    file: Path
    good: bool
    text: str


def is_trainee(name: str) -> bool:
    """Return whether a name can be a trainee's id."""
    return _TRAINEE.fullmatch(name) is not None


def no_trainee(name: str) -> str:
    """Return the sentence for a name that cannot be a trainee's id."""
    return f"'{name}' is no trainee's id; allowed: letters, digits and . _ @ -, not at the start."


def read_roster(path: Path) -> Roster:
    """Return a roster: CSV with the columns `file` and `trainee`, or `trainee` alone where files are named so.

    Raises:
        CourseError: If it cannot be read, or a line names nobody, somebody impossible, or a file twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read as UTF-8 text: {error}"
        raise CourseError(message) from error
    delimiter = ";" if ";" in text.partition("\n")[0] else ","  # spreadsheets of some countries write semicolons
    files: dict[str, str] = {}
    trainees = set()
    reader = csv.DictReader(text.splitlines(), delimiter=delimiter)
    if "trainee" not in (reader.fieldnames or ()):
        message = f"{path}:1: the first line must name the columns: file,trainee (or trainee alone)."
        raise CourseError(message)
    for line in reader:
        trainee, file = (line["trainee"] or "").strip(), (line.get("file") or "").strip()
        where = f"{path}:{reader.line_num}"
        if not is_trainee(trainee):
            message = f"{where}: {no_trainee(trainee)}"
            raise CourseError(message)
        if file and (file in files or "/" in file or "\\" in file):
            why = "stands here twice" if file in files else "is no plain file name"
            message = f"{where}: the file '{file}' {why}."
            raise CourseError(message)
        trainees.add(trainee)
        if file:
            files[file] = trainee
    return Roster(files, frozenset(trainees))


def merged(*journals: Iterable[dict[str, Any]]) -> Rows:
    """Put journals of one person together, each in its own order, by time where they meet.

    A clock that went backwards holds its own journal up and mixes none. Twin of `merged` in `saved.mjs`.
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

    def others(self, trainee: str) -> Iterator[tuple[str, set[str]]]:
        """Yield everybody else who handed in, with the ids of their events."""
        for folder in sorted((self.course / "submitted").glob(f"*/{self.module}")):
            if (name := folder.parent.name) != trainee:
                try:
                    yield name, {row["id"] for row in Journal(folder / FILE_NAME).rows()}
                except JournalError:
                    continue  # grading will say so


def place_of(course: Path, module: str) -> Place:
    """Return where submissions of a module are taken in.

    Raises:
        CourseError: If the module was not built and released here.
    """
    try:
        known = frozenset(read_keys(course, module)["activities"])
    except KeysError as error:
        raise CourseError(str(error)) from error
    if not (course / "release" / module / f"{module}.ipynb").is_file():
        message = f"the module '{module}' is not released here. Run: himaya release {course} {module}"
        raise CourseError(message)
    return Place(course, module, known)


def take_in(
    place: Place, roster: Roster, files: Sequence[Path], when: Literal["now", "file"] = "now"
) -> Iterator[Taken]:
    """Put the answers of each file into its trainee's submission and yield what became of it.

    Answers that are there stay, whatever a file holds: an older file adds nothing, one of a second device is merged.

    Args:
        place: Where submissions are.
        roster: Whose file is whose.
        files: Saved journals.
        when: What counts as the time of handing in: now, or when the file was last changed.
    """
    for file in files:
        trainee = roster.trainee(file)
        if trainee is None:
            yield Taken(file, good=False, text="the roster names nobody for this file.")
            continue
        try:
            yield Taken(file, good=True, text=f"{trainee}: {_take(place, trainee, file, when)}")
        except _RefusedError as error:
            yield Taken(file, good=False, text=f"{trainee}: {error}")
        except JournalError as error:
            yield Taken(file, good=False, text=f"{trainee}: {sentence(error.code)}")
        except OSError as error:
            yield Taken(file, good=False, text=f"{trainee}: {error.strerror}: {error.filename}")


class _RefusedError(Exception):
    """A file is not taken in; the message says why."""


def _take(place: Place, trainee: str, file: Path, when: Literal["now", "file"]) -> str:
    rows, damaged, changed = _read(file)
    if not rows:
        raise _RefusedError("there are no saved answers in this file.")
    if not any(row["activity"] in place.known for row in rows):
        raise _RefusedError("these answers belong to another module.")
    ids = {row["id"] for row in rows}
    for other, theirs in place.others(trainee):
        if ids & theirs:
            message = f"the same answers were handed in by {other}. Ask both whose they are."
            raise _RefusedError(message)
    folder = place.folder(trainee)
    if folder.is_symlink() or folder.parent.is_symlink():
        message = f"{folder} is a link."
        raise _RefusedError(message)
    here = Journal(folder / FILE_NAME).rows()
    whole = merged(here, rows)
    notes = [f"damaged lines left out: {damaged}."] if damaged else []
    if len(whole) == len(here):
        older = "is older than what was handed in before" if len(rows) < len(here) else "was handed in before"
        return " ".join([f"nothing new: this file {older}.", *notes])
    _write(place, folder, whole)
    _stamp(folder, datetime.now(UTC) if when == "now" else changed)
    activities = len({row["activity"] for row in rows} & place.known)
    kept = f" {len(here)} earlier events stay." if here else ""
    return " ".join([f"answers to {activities} activities, {len(whole) - len(here)} new events.{kept}", *notes])


def _read(file: Path) -> tuple[Rows, int, datetime]:
    """Return a file's events, how many of its lines are none, and when it was changed."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as opened:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _RefusedError("this is no plain file.")
        data = opened.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1_000_000} MB and cannot be saved answers."
        raise _RefusedError(message)
    rows, damaged = [], 0
    # Unlike a journal on a disk, a saved file may have lost its last line end on the way; each line counts.
    for line in filter(bytes.strip, data.removeprefix(b"\xef\xbb\xbf").split(b"\n")):
        row = read_line(line)
        try:
            rows.append(checked(row))
        except JournalError:
            damaged += 1
    return rows, damaged, datetime.fromtimestamp(status.st_mtime, UTC)


def _write(place: Place, folder: Path, rows: Rows) -> None:
    """Put a journal in place at once, with what nbgrader expects beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(place.released.iterdir()):
        if source.is_file() and not (folder / source.name).exists():
            shutil.copyfile(source, folder / source.name)
    new = folder / f".{FILE_NAME}.new"
    new.unlink(missing_ok=True)
    try:
        Journal(new).put(rows)
        new.replace(folder / FILE_NAME)
    finally:
        new.unlink(missing_ok=True)


def _stamp(folder: Path, time: datetime) -> None:
    """Write when it was handed in; a file that is older than an earlier hand-in makes that no earlier."""
    path = folder / "timestamp.txt"
    try:
        before = parse_utc(path.read_text(encoding="utf-8").strip()).replace(tzinfo=UTC)
    except (OSError, ValueError):
        before = time
    path.write_text(max(before, time).strftime(_STAMP), encoding="utf-8")
