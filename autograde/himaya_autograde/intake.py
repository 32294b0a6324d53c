"""Copy one handed-in folder, following nothing: what is checked is the open file itself, so no swap can win a race."""

from __future__ import annotations

import os
import shutil
import stat
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from himaya.errors import HimayaError
from himaya.languages.readable import readable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_DEPTH = 8
_NAME_BYTES = 200
_CHUNK = 1 << 20
_KINDS = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
# They make a name read otherwise than it is: embeddings, overrides and isolates of direction.
_DISGUISES = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}


class Refusal(HimayaError):  # noqa: N818 - no error of ours: somebody's folder is not what it should be
    """Why one folder is not taken, in words that follow its name."""

    def __init__(self, why: str, **named: object) -> None:
        super().__init__(why.format(**named))


@dataclass
class Allowance:
    """What one folder may still bring.

    Attributes:
        file_bytes: The most for one file.
        bytes: The most for all together; counts down.
        files: How many files and folders; counts down.
        left_out: Told (folder name, names), returns the names that are passed over unread.
    """

    file_bytes: int
    bytes: int
    files: int
    left_out: Callable[[str, list[str]], list[str]]


def take(inbound: int, name: str, target: Path, may_own: Callable[[int], bool], allowance: Allowance) -> os.stat_result:
    """Copy the folder `name` of the open folder `inbound` to `target`, which must not exist, and return its status.

    Raises:
        Refusal: If anything in it is not a plain file or folder of one owner that `may_own` accepts (by user id),
            or it asks for more than `allowance`. What was copied until then stays in `target`.
        OSError: If something could not be read or written.
    """
    status = os.stat(name, dir_fd=inbound, follow_symlinks=False)
    _refuse_kind(status, "the folder")
    if not stat.S_ISDIR(status.st_mode):
        raise Refusal("is no folder")
    folder = _open_folder(name, inbound)
    try:
        status = os.fstat(folder)
        if not may_own(status.st_uid):
            raise Refusal("belongs to {owner}, not to the person it names", owner=owner_name(status.st_uid))
        _Copy(status.st_uid, allowance).copy_folder(folder, target, "")
    finally:
        os.close(folder)
    return status


def put_in_place(new: Path, target: Path, aside: Path) -> None:
    """Put the whole folder `new` in the place of `target`; no half copy is ever there.

    Args:
        new: A finished folder on the same disk.
        target: Its place, empty or not.
        aside: Where what was there lies meanwhile; on the same disk, too.

    Raises:
        OSError: If it could not be put there. What was there before is there again.
    """
    shutil.rmtree(aside, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.rename(aside)
    except FileNotFoundError:
        new.rename(target)
        return
    try:
        new.rename(target)
    except OSError:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def owner_name(uid: int) -> str:
    """Return a Unix user's name, or the number where nobody has it."""
    import pwd  # not on Windows, where nbgrader has no exchange either

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user number {uid}"


def folded(name: str) -> str:
    """Return what names that people or disks take for one another have in common."""
    return unicodedata.normalize("NFKC", name).casefold()


def _open_folder(name: str, parent: int) -> int:
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)


def _refuse_kind(status: os.stat_result, what: str) -> None:
    for is_kind, words in _KINDS:
        if is_kind(status.st_mode):
            raise Refusal("{what} is {words}", what=what, words=words)


class _Copy:
    def __init__(self, owner: int, allowance: Allowance) -> None:
        self._owner = owner
        self._allowance = allowance

    def copy_folder(self, source: int, target: Path, inside: str) -> None:
        if inside.count("/") > _DEPTH:
            raise Refusal("has folders within folders, more than {depth} deep", depth=_DEPTH)
        target.mkdir()
        names = os.listdir(source)
        left_out = set(self._allowance.left_out(inside, names))
        taken: dict[str, str] = {}
        for name in sorted(set(names) - left_out):
            self._check_name(name, taken)
            self._copy_entry(source, name, target / name, inside + name)

    def _check_name(self, name: str, taken: dict[str, str]) -> None:
        shown = readable(name)
        if len(os.fsencode(name)) > _NAME_BYTES:
            raise Refusal("has a file name longer than {limit} bytes: {name}", limit=_NAME_BYTES, name=shown)
        if "\\" in name or any(unicodedata.category(c) in ("Cc", "Cs") or ord(c) in _DISGUISES for c in name):
            raise Refusal("has a file name with characters that names may not hold: {name}", name=shown)
        twin = taken.setdefault(folded(name), name)
        if twin != name:
            raise Refusal(
                "has two file names that pass for each other: {one} and {other}", one=readable(twin), other=shown
            )
        self._allowance.files -= 1
        if self._allowance.files < 0:
            raise Refusal("holds too many files")

    def _copy_entry(self, parent: int, name: str, target: Path, inside: str) -> None:
        shown = readable(inside)
        status = os.stat(name, dir_fd=parent, follow_symlinks=False)
        _refuse_kind(status, shown)
        if stat.S_ISDIR(status.st_mode):
            folder = _open_folder(name, parent)
            try:
                self._refuse_foreign(os.fstat(folder), shown)
                self.copy_folder(folder, target, f"{inside}/")
            finally:
                os.close(folder)
            return
        # Non-blocking: were it swapped for a named pipe by now, opening it must not wait for ever.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with os.fdopen(os.open(name, flags, dir_fd=parent), "rb") as source:
            opened = os.fstat(source.fileno())
            _refuse_kind(opened, shown)
            self._refuse_foreign(opened, shown)
            if opened.st_nlink > 1:
                raise Refusal("{file} is a second name of another file (a hard link)", file=shown)
            with target.open("xb") as copy:
                self._copy_bytes(source, copy, shown)

    def _refuse_foreign(self, status: os.stat_result, shown: str) -> None:
        if status.st_uid != self._owner:
            raise Refusal(
                "{file} belongs to {owner}, not to the owner of the folder", file=shown, owner=owner_name(status.st_uid)
            )

    def _copy_bytes(self, source: BinaryIO, copy: BinaryIO, shown: str) -> None:
        """Copy what is really there, whatever size was told: the file may still grow."""
        left = self._allowance.file_bytes
        while chunk := source.read(_CHUNK):
            left -= len(chunk)
            self._allowance.bytes -= len(chunk)
            if left < 0:
                raise Refusal(
                    "{file} is larger than {limit:,} kB", file=shown, limit=self._allowance.file_bytes // 1000
                )
            if self._allowance.bytes < 0:
                raise Refusal("is larger than a whole submission may be")
            copy.write(chunk)
