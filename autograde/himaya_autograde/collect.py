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

from himaya.content.assignments import form_of
from himaya.errors import CourseError
from himaya.languages.readable import readable
from himaya_autograde import paper
from himaya_autograde.arrivals import remember, seen, who_and_when
from himaya_autograde.intake import Allowance, Refusal, folded, owner_name, put_in_place, take
from himaya_autograde.paths import note_hand_ins

if TYPE_CHECKING:
    from collections.abc import Iterable

# What a login or a Hub's user name looks like. Other names must be entered in the gradebook by a trainer first.
_STUDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
_SECRET = re.compile(rb"[A-Za-z0-9_=-]{32,256}\s*")
CLOSED = "feedback on this form was written, and a form is answered once; the other try is the other form"
AFTER_FEEDBACK = "feedback, with the right answers, was written before this hand-in came; does it count?"
_STAMP_BYTES = 100
_LEEWAY = timedelta(minutes=10)  # copying a large folder takes a while, and clocks differ
_STAMP = "%Y-%m-%d %H:%M:%S.%f UTC"  # as nbgrader writes it


@dataclass(frozen=True)
class HandIn:
    """One folder of the exchange's inbound: `student+assignment+time+random`.

    Attributes:
        time: When it was handed in, as its name says.
        arrived: When the folder was last written to, as the exchange's disk says. Its owner could change that, which
            would reorder their own work only.
        proven: Whether it belongs to the Unix user whom it names.
    """

    name: str
    student: str
    time: datetime
    arrived: datetime
    proven: bool


class CarefulCollect(ExchangeCollect):
    """Copies hand-ins out of a folder that everybody can write to, and believes nothing they say.

    Attributes:
        collected: Students whose hand-in was copied, after a run.
        refused: Why, by student or folder name, after a run; an earlier hand-in may have been taken instead. Also what
            was taken but does not fit together.
        notes: Whether to take what was collected for the choice of a path.
        doubtful: Whose hand-in a person should look at, by student: a clock was wrong, or feedback was given before.
    """

    max_files = Integer(1000, help="The most files and folders in one submission.").tag(config=True)

    collected: list[str]
    refused: dict[str, str]
    doubtful: dict[str, str]
    notes: bool = True
    _refused_names: set[str]
    _failed: set[str]

    def init_src(self) -> None:
        """Read who handed in what.

        Raises:
            ExchangeError: If there is no such course or it cannot be read.
        """
        self.collected, self.refused, self.doubtful = [], {}, {}
        self._refused_names, self._failed = set(), set()
        self._now = datetime.now(UTC).replace(tzinfo=None)
        if not self.coursedir.course_id:
            self.fail("No course id specified. Re-run with --course flag.")
        self.inbound_path = os.path.join(self.root, self.coursedir.course_id, "inbound")  # nbgrader's
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
        self._seen = seen(Path(self.coursedir.root), self.coursedir.assignment_id)
        self.src_records = self._hand_ins(sorted(os.listdir(self.inbound_path)))

    def _hand_ins(self, names: Iterable[str]) -> dict[str, list[HandIn]]:
        """Return the hand-ins of this assignment by student, the one to collect first; note what cannot be one."""
        wanted = self.coursedir.student_id or "*"
        found: dict[str, list[HandIn]] = {}
        arrived: dict[str, tuple[bool, datetime, str]] = {}
        there = set()
        for name in names:
            told = who_and_when(name, self.coursedir.assignment_id)
            if told is None:
                continue
            try:
                status = Path(self.inbound_path, name).lstat()
            except OSError:  # removed just now
                continue
            there.add(name)
            student, when = told
            if not fnmatchcase(student, wanted):
                continue
            written = datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None)
            # What comes from the future was written under a clock that has been set right since.
            arrived[name] = (written <= self._now + _LEEWAY, written, when)
            hand_in = self._judged(name, student, _time(when), written, status.st_uid)
            if hand_in is None:
                self._refused_names.add(name)
            else:
                found.setdefault(student, []).append(hand_in)
        before = [name for name in self._seen.order if name in there]
        self._new = arrived.keys() - set(before)
        order = [*before, *sorted(self._new, key=lambda name: arrived[name])]
        self._rank = {name: number for number, name in enumerate(order)}
        self._looked_at = set(arrived)
        apart = self._told_apart(found)
        self._refused_names |= {each.name for student in found if student not in apart for each in found[student]}
        return {student: self._in_order(found[student]) for student in apart}

    def _judged(self, name: str, student: str, time: datetime | None, written: datetime, uid: int) -> HandIn | None:
        """Return a hand-in, or None where it cannot be one; why is noted."""
        if student not in self.roster and not _STUDENT.fullmatch(student):
            self._refuse(name, "the name is no user name; if it is a trainee's, enter it in the gradebook first")
        elif student.startswith(".") or not student.isprintable():
            self._refuse(name, "the name cannot be the name of a folder")
        # Before its name is compared with others: a folder that is somebody else's says nothing about whom it names.
        elif not self._may_own(uid, student):
            self._refuse(student, f"belongs to {owner_name(uid)}, not to the person it names")
        elif time is None:
            self._refuse(student, "the folder name does not tell when it was handed in")
        elif time > self._now + timedelta(days=1):
            self._refuse(student, f"claims to be handed in in the future, {time:%Y-%m-%d}")
        else:
            return HandIn(name, student, time, written, _is_user(uid, student))
        return None

    def _told_apart(self, found: dict[str, list[HandIn]]) -> list[str]:
        """Return the students whose names cannot be taken for another's.

        They are in the roster, or are the Unix user of that name, or no other name is like theirs.
        """
        rivals: dict[str, set[str]] = {}
        for student in {*found, *self.roster}:
            rivals.setdefault(folded(student), set()).add(student)
        apart = []
        for student, hand_ins in found.items():
            others = rivals[folded(student)] - {student}
            if others and student not in self.roster and not any(hand_in.proven for hand_in in hand_ins):
                self._refuse(student, f"the name differs from {', '.join(sorted(others))} in capitals only")
            else:
                apart.append(student)
        return apart

    def _in_order(self, hand_ins: list[HandIn]) -> list[HandIn]:
        newest = sorted(hand_ins, key=lambda hand_in: self._rank[hand_in.name], reverse=True)
        if self.before_duedate and self.duedate is not None:
            newest.sort(key=lambda hand_in: hand_in.time > self.duedate)
        return newest

    def _refuse(self, who: str, why: str) -> None:
        self._tell(who, why, "Not collected")

    def _tell(self, who: str, why: str, what: str = "Collected, but look") -> None:
        _add(self.refused, who := readable(who), why)
        self.log.warning("%s: %s: %s", what, who, why)

    def _mention(self, who: str, why: str) -> None:
        _add(self.doubtful, who := readable(who), why)
        self.log.warning("Look: %s: %s", who, why)

    def copy_files(self) -> None:
        """Copy one hand-in of each student; nothing that one of them holds can stop the others."""
        self._collect_all()
        try:
            if self.notes:
                note_hand_ins(Path(self.coursedir.root), self.coursedir.assignment_id, self.collected)
        except CourseError as error:
            self.log.warning("The path could not be written down: %s", error)
        self._seen.order = [name for name in self._rank if name not in self._failed]
        others = {name for name in self._seen.refused if name in self._rank and name not in self._looked_at}
        self._seen.refused = sorted(others | self._refused_names)
        try:
            remember(Path(self.coursedir.root), self.coursedir.assignment_id, self._seen)
        except OSError as error:
            self.log.warning("What was seen could not be written down: %s", error.strerror)

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
            submitted = self._folder_of(".").parent
            submitted.mkdir(parents=True, exist_ok=True)
            # Beside the submissions: the course may lie on several disks, and only on one can a folder be renamed.
            with tempfile.TemporaryDirectory(prefix=".collecting-", dir=submitted) as staging:
                for student, hand_ins in self.src_records.items():
                    self._collect_one(inbound, student, hand_ins, Path(staging))
        finally:
            os.close(inbound)
        self.log.info("Collected %d, refused %d", len(self.collected), len(self.refused))

    def _folder_of(self, student: str) -> Path:
        course = self.coursedir
        return Path(course.format_path(course.submitted_directory, student, course.assignment_id))

    def _collect_one(self, inbound: int, student: str, hand_ins: list[HandIn], staging: Path) -> None:
        target = self._folder_of(student)
        held = _read_time(target / "timestamp.txt") if target.is_dir() else None
        held_name = self._held(student, hand_ins, held)
        if target.is_dir() and self._is_closed(student):
            if any(hand_in.name in self._new for hand_in in hand_ins):
                self._mention(student, "a later hand-in was passed over: " + CLOSED)
            return
        for hand_in in hand_ins:
            if target.is_dir() and not self._replaces(hand_in, held_name, held):
                self.log.info("No newer submission to collect: %s %s", student, self.coursedir.assignment_id)
                self._mention_passed(hand_ins, held_name, held, only_new=True)
                return
            try:
                taken, stamp = self._take(inbound, hand_in, staging)
                paper.put_back(Path(self.coursedir.root), self.coursedir.assignment_id, student, taken)
                self._share(taken)
                put_in_place(taken, target, staging / "old")
            except Refusal as refusal:
                self._refused_names.add(hand_in.name)
                self._refuse(student, str(refusal))
            except (OSError, ValueError) as error:
                self._failed.add(hand_in.name)
                self._refuse(student, f"could not be copied: {getattr(error, 'strerror', None) or error}")
            else:
                self.log.info("Collected: %s %s", student, self.coursedir.assignment_id)
                self.collected.append(student)
                if self._has_feedback(student):
                    self._mention(student, AFTER_FEEDBACK)
                self._seen.collected[student] = (hand_in.name, stamp)
                if hand_in is not hand_ins[0]:
                    self._tell(student, "an earlier hand-in was collected instead")
                self._mention_passed(hand_ins, hand_in.name, hand_in.time)
                return

    def _is_closed(self, student: str) -> bool:
        """Return whether this is a safety form whose feedback, with the right answers, was written for a student."""
        return form_of(self.coursedir.assignment_id) is not None and self._has_feedback(student)

    def _has_feedback(self, student: str) -> bool:
        course = self.coursedir
        return Path(course.format_path(course.feedback_directory, student, course.assignment_id)).is_dir()

    def _held(self, student: str, hand_ins: list[HandIn], held: datetime | None) -> str | None:
        """Return the name of the hand-in that lies in the course, or None where it came another way."""
        name, stamp = self._seen.collected.get(student, ("", ""))
        if name in self._rank and held is not None and _parsed(stamp) == held:
            return name
        return next((hand_in.name for hand_in in hand_ins if not name and hand_in.time == held), None)

    def _replaces(self, hand_in: HandIn, held_name: str | None, held: datetime | None) -> bool:
        """Return whether a hand-in came after the one that lies in the course; its own time proves nothing."""
        if hand_in.name == held_name:
            return False
        if self.before_duedate:
            return held_name is not None or hand_in.time != held
        if not self.update or held is None:
            return bool(self.update)
        if held_name is not None:
            return self._rank[hand_in.name] > self._rank[held_name]
        # Brought in from a page, or its folder was removed: then only times are left, those of disks.
        return hand_in.name in self._new and (hand_in.arrived > held or held > self._now + _LEEWAY)

    def _mention_passed(
        self, hand_ins: list[HandIn], chosen: str | None, time: datetime | None, *, only_new: bool = False
    ) -> None:
        """Name what was passed over although it claims to be newer than what is chosen."""
        for other in hand_ins:
            if other.name == chosen or time is None or other.time <= time or other.name in self._refused_names:
                continue
            if self.before_duedate or (only_new and other.name not in self._new):
                continue
            self._mention(
                other.student,
                f"a hand-in that says {other.time:%Y-%m-%d %H:%M} was passed over: it came before the one that is"
                f" collected, which says {time:%Y-%m-%d %H:%M} (UTC)",
            )

    def _take(self, inbound: int, hand_in: HandIn, staging: Path) -> tuple[Path, str]:
        """Copy a hand-in into `staging` and return the copy, and the time that counts for it.

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
        return copy, self._set_right(copy / "timestamp.txt", hand_in, status)

    def _set_right(self, stamp: Path, hand_in: HandIn, status: os.stat_result) -> str:
        """Return the time of handing in; one that was still to come when the folder was there is replaced and told."""
        there = min(datetime.fromtimestamp(status.st_ctime, UTC).replace(tzinfo=None), self._now)
        if hand_in.time > there + _LEEWAY:
            stamp.write_text(there.strftime(_STAMP), encoding="ascii")
            told = f"says it was handed in at {hand_in.time:%Y-%m-%d %H:%M}, but lay there before; what counts is"
            self._mention(hand_in.student, f"{told} {there:%Y-%m-%d %H:%M} (UTC)")
        return stamp.read_text(encoding="ascii")

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
        return not self.check_owner or uid == os.geteuid() or _is_user(uid, student)

    def _share(self, folder: Path) -> None:
        """Where several trainers share a course by group, let the group in."""
        if self.coursedir.groupshared:
            for path in (folder, *folder.rglob("*")):
                path.chmod(path.stat().st_mode | (0o2770 if path.is_dir() else 0o660))


def _add(told: dict[str, str], who: str, why: str) -> None:
    """Add a reason to what is told of somebody, once, however often it holds."""
    before = told.get(who)
    if before is None:
        told[who] = why
    elif why not in before.split("; "):
        told[who] = f"{before}; {why}"


def _is_user(uid: int, student: str) -> bool:
    try:
        return pwd.getpwnam(student).pw_uid == uid
    except (KeyError, ValueError):
        return False


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
