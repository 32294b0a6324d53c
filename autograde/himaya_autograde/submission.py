"""A submitted folder as evidence: its files, its digest, its journal. Links and devices are never followed."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from himaya.answers.journal import FILE_NAME, Journal
from himaya.errors import JournalError, SubmissionError
from himaya.languages.interface import sentence
from himaya.publish.folder import ACTIVITIES
from himaya_autograde.grading import Answers, Graded, grade, pinned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya_autograde.codecells import CodeGrades
    from himaya_autograde.source import Source

RECORD = "graded.json"
_MAX_STAMP = 100  # bytes; a time is 30
_MAX_ACTIVITIES = 5_000_000
_MAX_NOTEBOOK = 20_000_000


@dataclass(frozen=True)
class Submission:
    """What a trainee handed in.

    Attributes:
        folder: Where it lies.
        files: Paths of its regular files inside the folder, without notebooks and our own record, in order.
        refused: Names of what is no regular file.
    """

    folder: Path
    files: tuple[str, ...]
    refused: tuple[str, ...]

    def digest(self, unlocked: Mapping[str, str]) -> str:
        """Return a hash of names and contents, and of what is taken from the notebook."""
        whole = hashlib.sha256(json.dumps(unlocked).encode())
        for name in self.files:
            data = self.read(name)
            whole.update(f"{len(name)} {name} {len(data)} ".encode("utf-8", "surrogateescape"))
            whole.update(data)
        return whole.hexdigest()

    def read(self, name: str) -> bytes:
        """Return one file's content."""
        descriptor = os.open(self.folder / name, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            return file.read()

    def timestamp(self) -> str | None:
        """Return when it was handed in, as written by nbgrader, or None where that is not known."""
        if "timestamp.txt" not in self.files:
            return None
        return self.read("timestamp.txt")[:_MAX_STAMP].decode("utf-8", "replace").strip() or None

    def journal(self) -> tuple[list[dict[str, object]], int]:
        """Return the journal's events and how many of its lines are damaged.

        Raises:
            SubmissionError: If it is a link or a device, too large, or cannot be read.
        """
        journal = Journal(self.folder / FILE_NAME)
        try:
            return journal.rows(), journal.damaged
        except JournalError as error:
            message = f"{FILE_NAME}: {sentence(error.code)}"
            raise SubmissionError(message) from error

    def edition(self) -> str | None:
        """Return the edition that the trainee's copy of the module names; None where it says nothing sound."""
        if ACTIVITIES not in self.files:
            return None
        try:
            found = json.loads(self.read(ACTIVITIES)[:_MAX_ACTIVITIES]).get("edition")
        except (OSError, ValueError, AttributeError, RecursionError):
            return None
        return found if isinstance(found, str) else None

    def unlocked(self, notebook: str) -> dict[str, str]:
        """Return the source of each cell of the trainee's notebook that has a name; nothing where it is damaged."""
        found: dict[str, str] = {}
        try:
            descriptor = os.open(self.folder / notebook, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                for cell in json.loads(file.read(_MAX_NOTEBOOK))["cells"]:
                    name, source = cell["metadata"].get("nbgrader", {}).get("grade_id"), cell["source"]
                    text = "".join(source) if isinstance(source, list) else source
                    if isinstance(name, str) and isinstance(text, str):
                        found.setdefault(name, text)  # a copied cell does not take the place of the first
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return found
        return found


def look(folder: Path) -> Submission:
    """Return what lies in `folder`, without reading it.

    Raises:
        SubmissionError: If the folder itself is a link.
    """
    if folder.is_symlink():
        raise SubmissionError("the folder is a link")
    files: list[str] = []
    refused: list[str] = []
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted([*names, *(inner for inner in folders if (Path(place) / inner).is_symlink())]):
            path = Path(place) / name
            inside = str(path.relative_to(folder))
            if not stat.S_ISREG(path.lstat().st_mode):
                refused.append(inside)
            elif path.suffix != ".ipynb" and inside != RECORD:
                files.append(inside)
    return Submission(folder, tuple(files), tuple(refused))


def grade_submission(current: Source, submission: Submission) -> Graded:
    """Return what a submission earns by the keys of its edition; its code runs in the sandbox, where there is any.

    Raises:
        SubmissionError: If its journal is a link or a device, too large, or cannot be read.
    """
    rows, damaged = submission.journal()
    source = current.of(pinned(rows), submission.edition()) if current.earlier else current
    if not source.unlocked:
        return grade(source, Answers(rows, damaged), current=current)

    def run_code(notebook: dict[str, Any]) -> CodeGrades:
        from himaya_autograde.codecells import grade_code  # few modules have code

        return grade_code(notebook, source.folder)

    return grade(source, Answers(rows, damaged, submission.unlocked(f"{source.module}.ipynb")), run_code, current)
