"""CSV that a spreadsheet opens as data: nothing in it is ever a formula, and numbers stay numbers."""

from __future__ import annotations

import csv
import itertools
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
# What would start a formula, also in full width, at the start or after a separator that a spreadsheet may go by.
_FORMULA = re.compile(r'(^|[;|\t\r\n])(?=[\s"]*[\t\r\n=+\-@\uff1d\uff0b\uff0d\uff20])')


def safe(value: object) -> object:
    """Return a cell that no spreadsheet computes: an apostrophe goes before what would start a formula.

    Source:
        OWASP, "CSV Injection".
    """
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    return _FORMULA.sub(r"\1'", value)


def _private(path: str, flags: int) -> int:
    """Open a table for its owner only: it names people."""
    return os.open(path, flags, 0o600)


def write_table(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, encoding: str = "utf-8-sig"
) -> Path:
    """Write a table and return its path.

    Args:
        path: The file; replaced if it exists.
        header: Names of the columns.
        rows: Cells; None is an empty one.
        encoding: With a byte order mark, without which spreadsheets take Arabic for Latin.
    """
    with open(path, "w", encoding=encoding, newline="", errors="replace", opener=_private) as file:
        writer = csv.writer(file, lineterminator="\n")
        for row in itertools.chain([header], rows):
            writer.writerow([safe(cell) for cell in row])
    return path
