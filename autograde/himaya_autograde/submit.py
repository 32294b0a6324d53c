"""Hand one module in through nbgrader's exchange and write its receipt, in a process of its own.

A worker with the step `submit`, given a course and a folder; see `himaya.worker`. It outlives the kernel that started
it, so a hand-in has its receipt whatever becomes of the notebook.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeSubmit

from himaya.errors import CourseError
from himaya.publish.folder import FolderError, ModuleFolder, open_folder
from himaya.publish.receipts import confirm, promise
from himaya.worker import serve
from himaya_autograde.exchange import configured, run

if TYPE_CHECKING:
    from collections.abc import Iterator


class WholeSubmit(ExchangeSubmit):
    """Makes a hand-in appear in the exchange whole or not at all, with its receipt written before.

    nbgrader copies file by file, so a process that is killed leaves half a hand-in, which would be collected.
    """

    folder: ModuleFolder
    receipt: dict[str, Any]
    inbound_path: str

    def copy_files(self) -> None:
        """Copy into a hidden folder beside the others, write the receipt, and rename."""
        inbound = Path(self.inbound_path)
        arrival = inbound / self.assignment_filename
        # No collect looks at a name that begins with a dot. Nobody else can look or write into it.
        staging = inbound / f".{secrets.token_hex(16)}"
        staging.mkdir(mode=0o700)
        try:
            self.inbound_path = str(staging)  # the copy for `fetch_feedback` keeps the name that the hand-in will have
            super().copy_files()
            staged = staging / self.assignment_filename
            for file in (*staged.rglob("*"), staged):
                _sync(file)
            self.receipt = promise(self.folder, staged, arrival, str(self.timestamp))
            staged.rename(arrival)
        finally:
            self.inbound_path = str(inbound)
            shutil.rmtree(staging, ignore_errors=True)
        _sync(inbound)
        confirm(self.folder, self.receipt)


def _sync(path: Path) -> None:
    """Bring a file or folder onto the disk, where this user may look at it."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process hands this folder in: the last receipt must be that of the last hand-in."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):  # a network disk without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _opened(folder: Path) -> ModuleFolder:
    """Return the module; what became of its activities keeps no answer from being handed in."""
    try:
        return open_folder(folder)
    except FolderError:
        return ModuleFolder(folder, {"activities": {}})


def submit(course: str, folder: Path) -> dict[str, Any]:
    """Submit `folder` (its name is the assignment) to `course` and return `receipt`.

    Raises:
        CourseError: With nbgrader's reason, or the key of a sentence of the interface.
    """
    config = configured(course, folder)
    # The other languages of a module are words that everybody has; a trainee's work is not in them.
    config.CourseDirectory.ignore = [*CourseDirectory(config=config).ignore, "activities.*.json"]
    root = Path(config.Exchange.get("root", ExchangeSubmit.root.default_value))
    if not os.access(root / course / "inbound", os.W_OK | os.X_OK):
        raise CourseError("no-exchange")
    if not (root / course / "outbound" / folder.name).is_dir():
        raise CourseError("not-released")
    with _alone(folder):
        return {"receipt": run(WholeSubmit, config, folder=_opened(folder)).receipt}


if __name__ == "__main__":
    serve({"submit": lambda course, folder: submit(course, Path(folder))}, at_end="finish")
