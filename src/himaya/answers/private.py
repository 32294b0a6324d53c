"""Folders and files that only their owner can open, from the first moment, whatever the umask."""

from __future__ import annotations

import contextlib
import os
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


def close_to_others(descriptor: int, *, group: bool = False) -> None:
    """Take from everybody else what they may do with an open file or folder, where it is ours."""
    status = os.fstat(descriptor)
    others = 0o007 if group else 0o077
    if status.st_mode & others and os.geteuid() in (0, status.st_uid):
        os.fchmod(descriptor, stat.S_IMODE(status.st_mode) & ~others)
