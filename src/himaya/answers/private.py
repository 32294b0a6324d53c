"""Folders and files that only their owner can open, from the first moment; and files that are there whole or not."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def private_folder(folder: Path, *, group: bool = False) -> None:
    """Make a folder that only its owner can enter, or close one that is there; somebody else's is left as it is.

    Args:
        folder: Where; folders above it are made as usual.
        group: Whether its group keeps what it may do there.
    """
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)  # a umask only takes away, so nobody else is ever let in
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        close_to_others(descriptor, group=group)
    finally:
        os.close(descriptor)


def write_whole(target: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file, whole or not at all, and return once it is on the disk.

    Args:
        target: Where; what was there before stays until then.
        data: All that it holds.
        mode: Who may do what with it, before the umask takes away; by default its owner alone.
    """
    aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")  # nobody else's, who writes it now too
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)  # half a file would keep a full disk full
        raise
    sync_folder(target.parent)


def sync_tree(folder: Path) -> None:
    """Return once a folder and all that it holds are on the disk."""
    for each in folder.rglob("*"):
        if each.is_dir():
            sync_folder(each)
        else:
            with each.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Return once the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def close_to_others(descriptor: int, *, group: bool = False) -> None:
    """Take from everybody else what they may do with an open file or folder, where it is ours."""
    status = os.fstat(descriptor)
    others = 0o007 if group else 0o077
    if status.st_mode & others and os.geteuid() in (0, status.st_uid):
        os.fchmod(descriptor, stat.S_IMODE(status.st_mode) & ~others)
