"""The trainer's list of whose saved answers are whose: who somebody is, it says, and never a file.

And whose a course may never take in again.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unicodedata import normalize

from himaya.answers.journal import FILE_NAME
from himaya.errors import CourseError
from himaya.languages.readable import readable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FORGOTTEN = "forgotten"  # in a course: a hash on each line
# It becomes the name of a folder: nothing that leads elsewhere, hides, or reads as an option.
_TRAINEE = re.compile(r"[^\W_][\w.@-]{0,99}")
_GIVEN = re.compile(r"( ?\(\d+\))?(\.(jsonl|json|txt|bin))*$", re.IGNORECASE)
"""What a phone or a chat adds to a name: `noor (1).jsonl.txt`."""

_SAVED = re.compile(rf"{FILE_NAME.partition('.')[0]}|[a-z0-9-]+-\d{{4}}-\d\d-\d\d")
"""As an earlier page called it, or with module and day."""


@dataclass(frozen=True)
class Roster:
    """Which file is whose: `files` by name; any other is named after one of the `trainees`.

    A file that is still called as a page calls it may lie in a folder that is named so. `paths` is by trainee, where
    the roster says on which path of the module somebody is.
    """

    files: dict[str, str]
    trainees: frozenset[str]
    paths: dict[str, str] = field(default_factory=dict)

    def trainee(self, file: Path) -> str | None:
        """Return whose answers a file holds, or None where the roster does not say."""
        name = _composed(file.name)
        named = [_composed(file.stem), _GIVEN.sub("", name)]
        if _SAVED.fullmatch(named[-1]):
            named.append(_composed(file.absolute().parent.name))
        return self.files.get(name) or next((each for each in named if each in self.trainees), None)

    def by_name(self, file: Path) -> bool:
        """Return whether a line of the roster names this file, and not its folder or whom it is called after."""
        return _composed(file.name) in self.files


def _composed(name: str) -> str:
    """Return a name with one letter for each letter and its mark: some systems write two."""
    return normalize("NFC", name)


def is_trainee(name: str) -> bool:
    """Return whether a name can be a trainee's id."""
    return _TRAINEE.fullmatch(name) is not None


def no_trainee(name: str) -> str:
    """Return the sentence for a name that cannot be a trainee's id."""
    return f"'{readable(name)}' is no trainee's id; allowed: letters, digits and . _ @ -, not at the start."


def read_roster(path: Path) -> Roster:
    """Return a roster: CSV with the columns `file` and `trainee`, or `trainee` alone where files are named so.

    A column `path` may say on which path of the module somebody is.

    Raises:
        CourseError: If it cannot be read, or a line names nobody, somebody impossible, a file twice, or another path.
    """
    try:
        text = _composed(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        message = f"{path}: {error.strerror}."
        raise CourseError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path} is no UTF-8 text. In a spreadsheet, save it as 'CSV UTF-8'."
        raise CourseError(message) from error
    first = text.partition("\n")[0]
    delimiter = next((mark for mark in ";\t" if mark in first), ",")  # as spreadsheets of some countries write
    files: dict[str, str] = {}
    trainees = set()
    paths: dict[str, str] = {}
    names, *lines = [*_cells(path, text, delimiter), (1, [""])]
    columns = [name.strip().casefold() for name in names[1]]
    if "trainee" not in columns:
        message = f"{path}:1: the first line must name the columns: file,trainee (or trainee alone)."
        raise CourseError(message)
    for number, cells in lines:
        if not any(cells):
            continue
        line = dict(zip(columns, cells, strict=False))
        trainee, file, where = line.get("trainee", ""), line.get("file", ""), f"{path}:{number}"
        if not is_trainee(trainee):
            message = f"{where}: {no_trainee(trainee)}"
            raise CourseError(message)
        if file and (file in files or "/" in file or "\\" in file):
            why = "stands here twice" if file in files else "is no plain file name"
            message = f"{where}: the file '{readable(file)}' {why}."
            raise CourseError(message)
        trainees.add(trainee)
        chosen = line.get("path", "")
        if chosen and paths.setdefault(trainee, chosen) != chosen:
            message = f"{where}: {trainee} is on the path '{paths[trainee]}' in an earlier line; one path counts."
            raise CourseError(message)
        if file:
            files[file] = trainee
    return Roster(files, frozenset(trainees), paths)


def _cells(path: Path, text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return each line with its number, every cell without the spaces around it."""
    reader = csv.reader(text.splitlines(), delimiter=delimiter)
    try:
        return [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        message = f"{path}:{reader.line_num}: this is no line of a CSV file: {error}."
        raise CourseError(message) from error


def forget_trainees(course: Path, trainees: Iterable[str]) -> None:
    """Note in a course directory, as hashes, whose answers are never taken in again: of a class, pseudonyms."""
    descriptor = os.open(course / _FORGOTTEN, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.writelines(f"{_hash(each)}\n" for each in trainees)
        file.flush()
        os.fsync(descriptor)


def is_forgotten(course: Path, trainee: str) -> bool:
    """Return whether somebody was forgotten in a course."""
    try:
        return _hash(trainee) in (course / _FORGOTTEN).read_text(encoding="ascii").split()
    except FileNotFoundError:
        return False


def _hash(trainee: str) -> str:
    return hashlib.sha256(_composed(trainee).encode()).hexdigest()
