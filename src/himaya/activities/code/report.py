"""Where a task in code has its place. Its answer is a cell, so `himaya_autograde` tells the rest."""

from __future__ import annotations

from himaya.activities.kind import Counted, Placed, Section


class CodeReport:
    """A question with a heading of its own."""

    section: Section = "code"
    counted: Counted = "items"


REPORT: Placed = CodeReport()
