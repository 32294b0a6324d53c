"""The journal: a trainee's events, one JSON line each, appended and never changed. No knowledge of what they mean."""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import stat
import threading
from typing import TYPE_CHECKING, Any, NoReturn

from himaya.answers.limits import EVENT_FIELDS, MAX_BYTES, MAX_DEPTH, MAX_EVENT_BYTES, MAX_ID, MIN_ID
from himaya.answers.private import close_to_others
from himaya.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE_NAME = "responses.jsonl"
MAX_LINES = 150_000  # of honest events, 20 MB hold fewer; shorter lines would only cost time
MAX_DAMAGED = 5_000  # a crash damages one line; a file with so many is no journal, and is not read to its end
_MAX_NESTED = 1_500_000  # lists and objects in one file: an empty one takes two bytes there, and sixty in memory
_TAIL = 200  # bytes that show whether the file is still the one that was read; it ends with a random id or a time


class Journal:
    """One `responses.jsonl`, safe for several threads, processes and tabs at once.

    Attributes:
        appends: Whether rows only ever follow those that were there before.
    """

    appends = True

    def __init__(self, path: Path) -> None:
        """Remember where the journal is. Nothing is created until the first event."""
        self._path = path
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._ids: set[str] = set()
        self._read_to = 0
        self._tail = b""
        self._inode: int | None = None
        self._lines = 0
        self.damaged = 0

    def rows(self, activity: str | None = None) -> list[dict[str, Any]]:
        """Return the events in the order they were written, of one activity or of all.

        Lines that are not events are passed over and counted in `damaged`; a last line without its line end is
        still being written, or torn by a power cut, and is not read.

        Raises:
            JournalError: If the file cannot be read, is a link, is larger than `MAX_BYTES`, has more than `MAX_LINES`
                lines, or more than `MAX_DAMAGED` that are not events.
        """
        with self._lock:
            try:
                descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except FileNotFoundError:
                self._forget()
                return []
            except OSError as error:
                _refuse(error)
            with contextlib.closing(_Descriptor(descriptor)):
                self._read(descriptor)
            return [row for row in self._rows if activity is None or row["activity"] == activity]

    def put(self, events: list[Any]) -> None:
        """Append the events that the journal does not hold yet, and return once they are on the disk.

        Args:
            events: What a page sent. Events seen before (by id) are passed over, so sending again is harmless.

        Raises:
            JournalError: If an event is malformed or too large, or nothing could be written. Then nothing was.
        """
        import fcntl  # not on Windows, where a site only checks events

        kept = [checked(event) for event in events]
        with self._lock, self._opened() as descriptor:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError as error:  # a network disk without locks
                _refuse(error)
            self._read(descriptor)
            seen: set[str] = set()
            lines: list[bytes] = []
            for event in kept:
                if event["id"] not in self._ids and event["id"] not in seen:
                    seen.add(event["id"])
                    lines.append(json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            if lines:
                self._append(descriptor, b"".join(lines))
                self._read(descriptor)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        try:
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
            # Nobody else reads it here; what submit copies is opened to the trainer by nbgrader.
            descriptor = os.open(self._path, flags, 0o600)
        except OSError as error:
            _refuse(error)
        with contextlib.closing(_Descriptor(descriptor)):
            with contextlib.suppress(OSError):  # a disk that knows no modes; what cannot be written is told below
                close_to_others(descriptor)
            yield descriptor

    def _append(self, descriptor: int, data: bytes) -> None:
        size = os.fstat(descriptor).st_size
        if size + len(data) > MAX_BYTES or self._lines + data.count(b"\n") > MAX_LINES:
            raise JournalError("journal-too-large")
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            data = b"\n" + data  # the last line was torn by a power cut: begin a new one
        try:
            if os.write(descriptor, data) != len(data):
                raise OSError(errno.ENOSPC, "short write")  # undone below like every failure
            os.fsync(descriptor)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, size)
            _refuse(error)

    def _read(self, descriptor: int) -> None:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise JournalError("journal-foreign")
        if status.st_size > MAX_BYTES:
            raise JournalError("journal-too-large")
        try:
            if status.st_ino != self._inode or not self._continues(descriptor, status.st_size):
                self._forget()
                self._inode = status.st_ino
            data = os.pread(descriptor, status.st_size - self._read_to, self._read_to)
        except OSError as error:
            _refuse(error)
        complete = data.rfind(b"\n") + 1
        self._read_to += complete
        self._tail = (self._tail + data[:complete])[-_TAIL:]
        try:
            for line in lines_of(data[:complete], self._lines):
                self._lines += 1
                if line.strip():
                    self._take(line)
        except JournalError:
            self._forget()  # half of a file is no journal: the next reading begins anew
            raise

    def _continues(self, descriptor: int, size: int) -> bool:
        """Return whether the file still begins with what was read; a new file often gets the old one's inode."""
        known = len(self._tail)
        return size >= self._read_to and os.pread(descriptor, known, self._read_to - known) == self._tail

    def _take(self, line: bytes) -> None:
        row = read_line(line)
        if row is None:
            self.damaged += 1
            refuse_damaged(self.damaged)
        elif row["id"] not in self._ids:
            self._ids.add(row["id"])
            self._rows.append(row)


class _Descriptor:
    """A file descriptor that `contextlib.closing` can close."""

    def __init__(self, number: int) -> None:
        self._number = number

    def close(self) -> None:
        os.close(self._number)


def lines_of(data: bytes, before: int = 0) -> list[bytes]:
    """Return the lines of a journal.

    Args:
        data: Whole lines, or also a last one without its end.
        before: How many lines stand before them.

    Raises:
        JournalError: If there are more, or more lists and objects in them, than a journal may have. They are counted
            before any of them is read.
    """
    if before + data.count(b"\n") > MAX_LINES or data.count(b"{") + data.count(b"[") > _MAX_NESTED:
        raise JournalError("journal-too-large")
    return data.removesuffix(b"\n").split(b"\n") if data else []


def refuse_damaged(count: int) -> None:
    """Give up a file with so many lines that are not events.

    Raises:
        JournalError: If they are more than `MAX_DAMAGED`.
    """
    if count > MAX_DAMAGED:
        raise JournalError("journal-damaged")


def read_line(line: bytes) -> dict[str, Any] | None:
    """Return the event on one line, or None where the line is not one."""
    if len(line) > 2 * MAX_EVENT_BYTES:
        return None
    try:
        text = line.decode("utf-8")
        row = _DECODER.decode(text)
        if "\\u" in text:  # a page writes half characters as escapes; they could not be sent or printed
            row = json.loads(_whole(json.dumps(row, ensure_ascii=False)))
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict):
        return None
    named = isinstance(row.get("id"), str) and isinstance(row.get("activity"), str) and isinstance(row.get("type"), str)
    return row if named else None


def _deeper(value: object, levels: int) -> bool:
    """Return whether lists and objects stand in each other on more than `levels` levels."""
    if not isinstance(value, list | dict):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper(entry, levels - 1) for entry in inner)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_constant(text)


def _whole(text: str) -> str:
    """Return `text` with half characters replaced by U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _no_constant(name: str) -> NoReturn:
    message = f"{name} is not JSON"
    raise ValueError(message)


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)


def checked(event: object) -> dict[str, Any]:
    """Return the known fields of an event; half characters become U+FFFD, so that the line is always UTF-8.

    Raises:
        JournalError: If it is malformed or too large.
    """
    if not isinstance(event, dict):
        raise JournalError("event-malformed")
    kept = {name: event[name] for name in EVENT_FIELDS if name in event}
    for name in ("id", "activity", "type"):
        if not isinstance(kept.get(name), str):
            raise JournalError("event-malformed")
    if not MIN_ID <= len(kept["id"]) <= MAX_ID:
        raise JournalError("event-malformed")
    try:
        text = _whole(json.dumps(kept, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
        if len(text.encode()) > MAX_EVENT_BYTES:
            raise JournalError("event-too-large")
        whole: dict[str, Any] = json.loads(text)
        if _deeper(whole, MAX_DEPTH):
            raise JournalError("event-malformed")
    except (ValueError, RecursionError, TypeError):
        raise JournalError("event-malformed") from None
    return whole


def fits(event: object, activity: str) -> bool:
    """Return whether a journal takes this event of `activity`."""
    try:
        kept = checked(event)
    except JournalError:
        return False
    # An id with half a character would stand there changed, and the page would never find it again.
    return isinstance(event, dict) and kept["id"] == event["id"] and kept["activity"] == activity


def _refuse(error: OSError) -> NoReturn:
    """Turn a system error into the sentence that helps."""
    codes = {
        errno.ENOSPC: "disk-full",
        errno.EDQUOT: "disk-full",
        errno.EFBIG: "journal-too-large",
        errno.EACCES: "journal-not-writable",
        errno.EPERM: "journal-not-writable",
        errno.EROFS: "journal-not-writable",
        errno.ELOOP: "journal-foreign",
        errno.EISDIR: "journal-foreign",
        errno.ENXIO: "journal-foreign",
    }
    raise JournalError(codes.get(error.errno or 0, "journal-unreadable")) from error
