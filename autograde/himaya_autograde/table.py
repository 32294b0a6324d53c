"""CSV that a spreadsheet opens as data: nothing in it is ever a formula, and numbers stay numbers."""

from __future__ import annotations

import csv
import io
import itertools
import re
from typing import TYPE_CHECKING

from himaya.answers.private import write_whole

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


def write_table(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, encoding: str = "utf-8-sig"
) -> Path:
    """Write a table and return its path. It names people: its owner alone can read it, and it is there whole or not.

    Args:
        path: The file; replaced if it exists, whoever could read that one.
        header: Names of the columns.
        rows: Cells; None is an empty one.
        encoding: With a byte order mark, without which spreadsheets take Arabic for Latin.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for row in itertools.chain([header], rows):
        writer.writerow([safe(cell) for cell in row])
    write_whole(path, text.getvalue().encode(encoding, errors="replace"))
    return path
