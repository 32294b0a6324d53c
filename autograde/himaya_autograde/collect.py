"""Collect that cannot be fooled: each hand-in is judged by itself, refused with a reason or copied whole."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import check_mode, ignore_patterns, parse_utc
from traitlets import Integer

from himaya.readable import readable
from himaya_autograde.intake import Allowance, Refusal, folded, take
from himaya_autograde.turned_away import remember

if TYPE_CHECKING:
    from collections.abc import Iterable

# What a login or a Hub's user name looks like. Other names must be entered in the gradebook by a trainer first.
_STUDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
_SECRET = re.compile(rb"[A-Za-z0-9_=-]{32,256}\s*")
_STAMP_BYTES = 100
_LEEWAY = timedelta(minutes=10)  # copying a large folder takes a while, and clocks differ


@dataclass(frozen=True)
class HandIn:
    """One folder of the exchange's inbound: `student+assignment+time+random`."""

    name: str
    student: str
    time: datetime


class CarefulCollect(ExchangeCollect):
    """Copies hand-ins out of a folder that everybody can write to, and believes nothing they say.

    Attributes:
        collected: Students whose hand-in was copied, after a run.
        refused: Why, by student or folder name, after a run; an earlier hand-in may have been taken instead. Also what
            was taken but does not fit together.
    """

    max_files = Integer(1000, help="The most files and folders in one submission.").tag(config=True)

    collected: list[str]
    refused: dict[str, str]
    _turned_away: set[str]

    def init_src(self) -> None:
        """Read who handed in what.

        Raises:
            ExchangeError: If there is no such course or it cannot be read.
        """
        self.collected, self.refused, self._turned_away = [], {}, set()
        if not self.coursedir.course_id:
            self.fail("No course id specified. Re-run with --course flag.")
        self.inbound_path = os.path.join(self.root, self.coursedir.course_id, "inbound")  # noqa: PTH118 - nbgrader's
        if not Path(self.inbound_path).is_dir():
            self.fail(f"Course not found: {self.inbound_path}")
        if not check_mode(self.inbound_path, read=True, execute=True):
            self.fail(f"You don't have read permissions for the directory: {self.inbound_path}")
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                self.duedate = gradebook.find_assignment(self.coursedir.assignment_id).duedate
            except MissingEntry:
                self.duedate = None
            self.roster = {student.id for student in gradebook.students}
        self.src_records = self._hand_ins(sorted(os.listdir(self.inbound_path)))  # noqa: PTH208 - names only

    def _hand_ins(self, names: Iterable[str]) -> dict[str, list[HandIn]]:
        """Return the hand-ins of this assignment by student, the one to collect first; note what cannot be one."""
        infix = f"+{self.coursedir.assignment_id}+"
        wanted = self.coursedir.student_id or "*"
        found: dict[str, list[HandIn]] = {}
        for name in names:
            student, _, rest = name.rpartition(infix)
            if infix not in name or not fnmatchcase(student, wanted):
                continue
            time = _time(rest)
            self._turned_away.add(name)
            if student not in self.roster and not _STUDENT.fullmatch(student):
                self._refuse(name, "the name is no user name; if it is a trainee's, enter it in the gradebook first")
            elif student.startswith(".") or not student.isprintable():
                self._refuse(name, "the name cannot be the name of a folder")
            elif time is None:
                self._refuse(student, "the folder name does not tell when it was handed in")
            elif time > datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1):
                self._refuse(student, f"claims to be handed in in the future, {time:%Y-%m-%d}")
            else:
                self._turned_away.discard(name)
                found.setdefault(student, []).append(HandIn(name, student, time))
        apart = self._told_apart(found)
        self._turned_away |= {each.name for student in found if student not in apart for each in found[student]}
        return {student: self._in_order(found[student]) for student in apart}

    def _told_apart(self, students: Iterable[str]) -> list[str]:
        """Return the students whose names cannot be taken for another's: one of the roster, or of another hand-in."""
        rivals: dict[str, set[str]] = {}
        for student in {*students, *self.roster}:
            rivals.setdefault(folded(student), set()).add(student)
        apart = []
        for student in students:
            others = rivals[folded(student)] - {student}
            if others and student not in self.roster:
                self._refuse(student, f"the name differs from {', '.join(sorted(others))} in capitals only")
            else:
                apart.append(student)
        return apart

    def _in_order(self, hand_ins: list[HandIn]) -> list[HandIn]:
        newest = sorted(hand_ins, key=lambda hand_in: hand_in.time, reverse=True)
        if self.before_duedate and self.duedate is not None:
            newest.sort(key=lambda hand_in: hand_in.time > self.duedate)
        return newest

    def _refuse(self, who: str, why: str) -> None:
        self._tell(who, why, "Not collected")

    def _tell(self, who: str, why: str, what: str = "Collected, but look") -> None:
        who = readable(who)
        self.refused[who] = f"{self.refused[who]}; {why}" if who in self.refused else why
        self.log.warning("%s: %s: %s", what, who, why)

    def copy_files(self) -> None:
        """Copy one hand-in of each student; nothing that one of them holds can stop the others."""
        self._collect_all()
        remember(Path(self.coursedir.root), self.coursedir.assignment_id, self._turned_away)

    def _collect_all(self) -> None:
        if not self.src_records:
            self.log.warning(
                "No submissions of '%s' for course '%s' to collect",
                self.coursedir.assignment_id,
                self.coursedir.course_id,
            )
            return
        inbound = os.open(self.inbound_path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with tempfile.TemporaryDirectory(prefix=".collecting-", dir=self.coursedir.root) as staging:
                for student, hand_ins in self.src_records.items():
                    self._collect_one(inbound, student, hand_ins, Path(staging))
        finally:
            os.close(inbound)
        self.log.info("Collected %d, refused %d", len(self.collected), len(self.refused))

    def _collect_one(self, inbound: int, student: str, hand_ins: list[HandIn], staging: Path) -> None:
        target = Path(
            self.coursedir.format_path(self.coursedir.submitted_directory, student, self.coursedir.assignment_id)
        )
        held = _read_time(target / "timestamp.txt") if target.is_dir() else None
        for hand_in in hand_ins:
            if target.is_dir() and not self._replaces(hand_in.time, held):
                self.log.info("No newer submission to collect: %s %s", student, self.coursedir.assignment_id)
                return
            try:
                taken = self._take(inbound, hand_in, staging)
                self._put(taken, target, staging)
            except Refusal as refusal:
                self._turned_away.add(hand_in.name)
                self._refuse(student, str(refusal))
            except (OSError, ValueError) as error:
                self._refuse(student, f"could not be copied: {getattr(error, 'strerror', None) or error}")
            else:
                self.log.info("Collected: %s %s", student, self.coursedir.assignment_id)
                self.collected.append(student)
                if hand_in is not hand_ins[0]:
                    self._tell(student, "an earlier hand-in was collected instead")
                return

    def _replaces(self, time: datetime, held: datetime | None) -> bool:
        if self.update and (held is None or time > held):
            return True
        return bool(self.before_duedate) and time != held

    def _take(self, inbound: int, hand_in: HandIn, staging: Path) -> Path:
        """Copy a hand-in into `staging` and return the copy.

        Raises:
            Refusal: If it is not what nbgrader's submit leaves.
        """
        copy = staging / "new"
        shutil.rmtree(copy, ignore_errors=True)
        allowance = Allowance(
            1000 * self.coursedir.max_file_size,
            1000 * self.coursedir.max_dir_size,
            self.max_files,
            # No size is asked for here: that would follow names; what is too large is seen while copying.
            ignore_patterns(exclude=self.coursedir.ignore),
        )
        status = take(inbound, hand_in.name, copy, lambda uid: self._may_own(uid, hand_in.student), allowance)
        if not _matches(copy / "submission_secret.txt", _SECRET):
            raise Refusal("has no proper submission_secret.txt, so feedback could not reach the trainee: hand in again")
        if _read_time(copy / "timestamp.txt") != hand_in.time:
            raise Refusal("has no timestamp.txt that agrees with the time in its folder's name: hand in again")
        self._doubt(hand_in, status)
        self._complete(copy)
        return copy

    def _complete(self, copy: Path) -> None:
        """Put the released notebook where none came back: nbgrader looks for one, and answers are not in it."""
        course = self.coursedir
        released = Path(course.format_path(course.release_directory, ".", course.assignment_id))
        for notebook in sorted(released.glob("*.ipynb")):
            if not os.path.lexists(copy / notebook.name):
                shutil.copyfile(notebook, copy / notebook.name)
                self.log.info("No %s came back; the released one was put in its place", notebook.name)

    def _doubt(self, hand_in: HandIn, status: os.stat_result) -> None:
        """Tell where a trainee's folder is younger than it says, and that makes it late: only the system sets ctime."""
        changed = datetime.fromtimestamp(status.st_ctime, UTC).replace(tzinfo=None)
        if (
            self.duedate is None
            or status.st_uid == os.geteuid()
            or not hand_in.time <= self.duedate < changed - _LEEWAY
        ):
            return
        told = f"says it was handed in at {hand_in.time:%Y-%m-%d %H:%M}, before the due date, but was last changed"
        self._tell(hand_in.student, f"{told} at {changed:%Y-%m-%d %H:%M} (UTC)")

    def _may_own(self, uid: int, student: str) -> bool:
        """Return whether a folder may be this student's: their own, or put there by the trainer who collects."""
        if not self.check_owner or uid == os.geteuid():
            return True
        try:
            return pwd.getpwnam(student).pw_uid == uid
        except KeyError:
            return False

    def _put(self, taken: Path, target: Path, staging: Path) -> None:
        """Put a whole copy in its place; at no moment is half a submission there."""
        self._share(taken)
        old = staging / "old"
        shutil.rmtree(old, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            shutil.move(target, old)
        shutil.move(taken, target)

    def _share(self, folder: Path) -> None:
        """Where several trainers share a course by group, let the group in."""
        if self.coursedir.groupshared:
            for path in (folder, *folder.rglob("*")):
                path.chmod(path.stat().st_mode | (0o2770 if path.is_dir() else 0o660))


def _time(rest: str) -> datetime | None:
    """Read the time from what follows the assignment in a folder's name: `time+random`, or `time` alone."""
    for text in (rest.rpartition("+")[0], rest):
        if text and (time := _parsed(text)) is not None:
            return time
    return None


def _parsed(text: str) -> datetime | None:
    try:
        time: datetime = parse_utc(text)
    except (ValueError, OverflowError, TypeError):
        return None
    return time


def _read_time(path: Path) -> datetime | None:
    try:
        with path.open("rb") as file:
            text = file.read(_STAMP_BYTES + 1)
        return _parsed(text.decode("ascii").strip()) if 0 < len(text) <= _STAMP_BYTES else None
    except (OSError, UnicodeDecodeError):
        return None


def _matches(path: Path, pattern: re.Pattern[bytes]) -> bool:
    try:
        with path.open("rb") as file:
            return pattern.fullmatch(file.read(1000)) is not None
    except OSError:
        return False
