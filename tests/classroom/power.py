"""A disk of its own whose power goes: what was not synced until then is lost, as far as the system had not written it.

An ext4 file system in a file. Its shutdown (`FS_IOC_SHUTDOWN`, no flush of its log) is what the file system's own tests
use for a power cut: from that moment nothing more reaches the disk, neither data that waits in memory nor the log. What
a disk loses that acknowledges a flush and does not keep it, is not shown by it. It needs root and a loop device.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32)
_NO_LOG_FLUSH = 2
_SIZE = 256_000_000


class Disk:
    """A file system in a file.

    Attributes:
        top: Where it is mounted.
    """

    def __init__(self, folder: Path) -> None:
        """Make and mount it; a test that cannot is skipped."""
        self._file, self.top = folder / "disk", folder / "mounted"
        if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
            pytest.skip("needs root and mkfs.ext4")
        self.top.mkdir()
        self._file.touch()
        os.truncate(self._file, _SIZE)
        self._run("mkfs.ext4", "-q", "-F", str(self._file))
        if subprocess.run(self._mounting, capture_output=True, check=False).returncode != 0:
            pytest.skip("needs a loop device")

    @property
    def _mounting(self) -> list[str]:
        return ["mount", "-o", "loop", str(self._file), str(self.top)]

    @property
    def _unmounting(self) -> list[str]:
        return ["umount", str(self.top)]

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True)

    def sync(self) -> None:
        """Let all that was written until now be on the disk."""
        self._run("sync", "--file-system", str(self.top))

    def cut(self) -> None:
        """Take the power away."""
        descriptor = os.open(self.top, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(descriptor)

    def back(self) -> None:
        """Give it power again; nobody may have a file open there."""
        self._unmount()
        self._run(*self._mounting)

    def remove(self) -> None:
        """Unmount it for good, whoever has a file open there: a test that failed has."""
        subprocess.run([*self._unmounting, "--lazy"], capture_output=True, check=False)

    def _unmount(self) -> None:
        done = partial(subprocess.run, self._unmounting, capture_output=True, check=False)
        # A killed process lets go of its files a moment later.
        wait_until(lambda: done().returncode == 0, f"nobody uses {self.top}", every=0.05)
