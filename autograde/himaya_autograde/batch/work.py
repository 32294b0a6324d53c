"""A worker's part: one submitted folder -> plain rows and a finished folder to be put in place. Knows no gradebook."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from himaya.errors import SubmissionError
from himaya.languages.readable import readable
from himaya_autograde.submission import RECORD, Submission, grade_submission, look

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from multiprocessing.process import BaseProcess

    from himaya_autograde.grading import CellGrade
    from himaya_autograde.source import Source

# Trouble of the whole machine, not of one submission: the run stops and says so.
_STOPS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)


@dataclass(frozen=True)
class Place:
    """Where one trainee's work on the module lies and goes.

    Attributes:
        known: Whether the gradebook has a submission of theirs; without, it is graded whatever the record says.
    """

    trainee: str
    submitted: Path
    autograded: Path
    known: bool


@dataclass(frozen=True)
class Modes:
    """Permissions of autograded files; `group` also lets a course's group write its folders."""

    files: int = 0o444
    group: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a worker found.

    Attributes:
        grades: Empty where nothing has to be written.
        timestamp: When it was handed in, as nbgrader wrote it.
        staged: The finished folder beside its place, or None where nothing has to be written.
        autograded: Its place.
        problem: Why it could not be graded, or None.
        remarks: What a person should know about the whole submission.
        waits: Why a person has to look at a cell, by its name.
        comments: Automatic comments, by the name of an unlocked cell.
        tasks: Cells that a person marks, in the edition of the hand-in.
        rewritten: Those of them that say something else than when they were graded last.
    """

    trainee: str
    grades: tuple[CellGrade, ...] = ()
    timestamp: str | None = None
    staged: Path | None = None
    autograded: Path | None = None
    problem: str | None = None
    remarks: tuple[str, ...] = ()
    waits: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    tasks: frozenset[str] = frozenset()
    rewritten: frozenset[str] = frozenset()


def grade_some(source: Source, modes: Modes, places: Sequence[Place], *, force: bool) -> list[Outcome]:
    """Grade several submissions; one that fails does not stop the others.

    Args:
        source: The module.
        modes: Permissions of what is written.
        places: The submissions.
        force: Grade what is graded and unchanged, too.

    Raises:
        OSError: If the disk is full or read-only: then nothing can go on.
    """
    outcomes = []
    for place in places:
        try:
            outcomes.append(_grade_one(source, modes, place, force=force))
        except SubmissionError as error:
            outcomes.append(Outcome(place.trainee, problem=str(error)))
        except OSError as error:
            if error.errno in _STOPS:
                raise
            outcomes.append(Outcome(place.trainee, problem=f"{error.strerror}: {readable(error.filename)}"))
        except Exception as error:  # noqa: BLE001 - whatever one submission holds, the others are graded
            outcomes.append(Outcome(place.trainee, problem=f"{type(error).__name__}: {error}"))
    return outcomes


def _grade_one(source: Source, modes: Modes, place: Place, *, force: bool) -> Outcome:
    submission = look(place.submitted)
    unlocked = submission.unlocked(f"{source.module}.ipynb") if source.unlocked else {}
    digest = f"{source.digest} {submission.digest(unlocked)}"
    before = _record(place.autograded)
    if place.known and not force and before.get("digest") == digest:
        return Outcome(place.trainee, remarks=tuple(before["remarks"]), waits=before["waits"])
    graded = grade_submission(source, submission)
    refused = ", ".join(map(readable, submission.refused))
    remarks = (*graded.remarks, *([f"no plain file and left out: {refused}"] if refused else []))
    waits = {one.name: one.waits for one in graded.grades if one.waits is not None}
    record = {"digest": digest, "remarks": remarks, "waits": waits, "written": graded.written}
    text = json.dumps(graded.notebook, ensure_ascii=False)  # without indentation: a quarter of the time
    written = {f"{source.module}.ipynb": text.encode("utf-8", "replace"), RECORD: json.dumps(record).encode()}
    staged = _stage(place.autograded, {**_files(graded.source, submission), **written}, modes)
    stamp = submission.timestamp()
    return Outcome(
        place.trainee,
        graded.grades,
        stamp,
        staged,
        place.autograded,
        remarks=remarks,
        waits=waits,
        comments=graded.comments,
        tasks=graded.source.tasks,
        rewritten=_rewritten(before, graded.written),
    )


def _record(autograded: Path) -> dict[str, Any]:
    """Return what the last run wrote, or nothing where it is missing, damaged or not ours."""
    try:
        record: dict[str, Any] = json.loads((autograded / RECORD).read_bytes())
        whole = isinstance(record["remarks"], list) and isinstance(record["waits"], dict)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return record if whole else {}


def _rewritten(before: Mapping[str, Any], written: Mapping[str, str]) -> frozenset[str]:
    """Return the reflections that say something else than the record of the last run; none where it does not tell."""
    known = before.get("written")
    if not isinstance(known, dict):
        return frozenset()
    return frozenset(name for name, said in written.items() if known.get(name, said) != said)


def _files(source: Source, submission: Submission) -> dict[str, bytes]:
    """Return the files of the autograded folder, as nbgrader lays them out: the trainee's, the trainer's over them."""
    files = {name: submission.read(name) for name in submission.files}
    for path in source.folder.rglob("*"):
        if path.is_file() and path.suffix != ".ipynb":
            files[str(path.relative_to(source.folder))] = path.read_bytes()
    return files


def _stage(autograded: Path, files: Mapping[str, bytes], modes: Modes) -> Path:
    """Write the autograded folder beside its place and return it."""
    parent = autograded.parent
    parent.mkdir(parents=True, exist_ok=True)
    for left_over in parent.glob(f".{autograded.name}.*"):  # of a run that was killed
        shutil.rmtree(left_over)
    staged = Path(tempfile.mkdtemp(prefix=f".{autograded.name}.", dir=parent))
    for name, data in files.items():
        path = staged / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(modes.files)
    for folder in [staged, *(path for path in staged.rglob("*") if path.is_dir())]:
        folder.chmod(0o2775 if modes.group else 0o755)
    return staged


def put_in_place(outcomes: Iterable[Outcome]) -> None:
    """Put finished folders where formgrader looks; called once their rows are in the gradebook.

    A kill in between leaves either the old folder, or none, and no record of the new one: the next run grades it again.
    """
    for outcome in outcomes:
        if outcome.staged is None or outcome.autograded is None:
            continue
        replaced = None
        if outcome.autograded.exists():
            replaced = Path(tempfile.mkdtemp(prefix=f".{outcome.autograded.name}.", dir=outcome.autograded.parent))
            os.rename(outcome.autograded, replaced)
        os.rename(outcome.staged, outcome.autograded)
        if replaced is not None:
            shutil.rmtree(replaced)


def throw_away(outcomes: Iterable[Outcome]) -> None:
    """Remove finished folders whose rows could not be written."""
    for outcome in outcomes:
        if outcome.staged is not None:
            shutil.rmtree(outcome.staged, ignore_errors=True)


def follow_parent() -> None:
    """Leave Control-C to the process that writes, and end when it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
