"""Reads an author's file: bounded, never a pipe or a device, and with a sentence for whatever stands there instead."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from himaya.errors import ContentError, Problem

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_FILE = 250_000  # bytes; the largest file of a module has some 60,000
LARGEST_PROSE = 100_000  # bytes; the longest module.md has some 33,000
LARGEST_CATALOGUE = 5_000_000  # bytes; the largest PO file has some 500,000
LARGEST_TEXT = 10_000  # letters of one text or cell; the longest has some 4,000, and rules look at a text many times


def read_bytes(path: Path, shown: str, largest: int = LARGEST_FILE) -> bytes:
    """Return what a file holds.

    Args:
        path: The file.
        shown: How a problem names it.
        largest: Bytes that it may have.

    Raises:
        ContentError: If it is missing, no regular file, too large, or cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # opening a pipe would wait for who writes into it
    except FileNotFoundError:
        raise ContentError([Problem(shown, 1, "this file is missing.")]) from None
    except OSError as error:
        raise ContentError([Problem(shown, 1, f"this file cannot be read: {error.strerror}.")]) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ContentError([Problem(shown, 1, "this is not a regular file; allowed: files of text.")])
    with os.fdopen(descriptor, "rb") as file:
        try:
            data = file.read(largest + 1)
        except OSError as error:
            raise ContentError([Problem(shown, 1, f"this file cannot be read: {error.strerror}.")]) from None
    if len(data) > largest:
        raise ContentError([Problem(shown, 1, f"this file is too large; allowed: up to {largest:,} bytes.")])
    return data


def read_text(path: Path, shown: str, largest: int = LARGEST_FILE) -> str:
    """Return the text of a file in UTF-8; every line ends alike.

    Raises:
        ContentError: As `read_bytes`, and if it is not UTF-8; with the line.
    """
    raw = read_bytes(path, shown, largest)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ContentError([Problem(shown, line, "this file is not UTF-8 text; save it as UTF-8.")]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
