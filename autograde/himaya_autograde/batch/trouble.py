"""Turn what a database or a disk says into a sentence that tells a trainer what to do."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from himaya.errors import CourseError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.exc import DBAPIError

KEPT = "Nothing is lost: what was graded before is kept, and the next run goes on from there."
_DATABASE = {
    "locked": "{place} is in use by another program, such as formgrader. Close it or wait a moment, then run again.",
    "readonly": "{place} cannot be written. Ask whoever set up the course for the right to write it and its folder.",
    "unable to open": "{place} cannot be opened. Check that its folder exists and that you may write there.",
    "full": "The disk is full. Free some space, then run again.",
    "disk i/o": "The disk is full or damaged. Free some space, then run again.",
    "no such": "{place} was made by another nbgrader. Copy it to a safe place, then run: nbgrader db upgrade",
    "malformed": "{place} is damaged. Put back your last copy of it.",
    "not a database": "{place} is no gradebook. Put back your last copy of it.",
}
_DISK = {
    errno.ENOSPC: "The disk is full. Free some space, then run again.",
    errno.EDQUOT: "Your share of the disk is used up. Free some space, then run again.",
    errno.EFBIG: "The disk takes no larger file. Free some space, then run again.",
    errno.EROFS: "The disk cannot be written.",
    errno.EACCES: "{place} cannot be written. Ask whoever set up the course for the right to.",
}


def of_database(error: DBAPIError, place: str) -> CourseError:
    """Return the sentence for a database's error; `place` names the gradebook."""
    text = str(error.orig).lower()
    known = (sentence for sign, sentence in _DATABASE.items() if sign in text)
    sentence = next(known, "{place} could not be used: " + text)
    return CourseError(f"{sentence.format(place=place)} {KEPT}")


def of_disk(error: OSError, place: Path) -> CourseError:
    """Return the sentence for the disk's error."""
    sentence = _DISK.get(error.errno or 0, f"{error.strerror}: {error.filename}.")
    return CourseError(f"{sentence.format(place=error.filename or place)} {KEPT}")
