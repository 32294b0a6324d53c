"""Small cells in a table of counts with totals: which to hide, and which a reader can still work out by subtracting."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Cell: TypeAlias = "tuple[int, int]"
"""Row and column, from 0; totals are no cells and always shown."""


def small(counts: Sequence[Sequence[int]], least: int) -> set[Cell]:
    """Return the cells whose count is 1 or more and below `least`: nobody can be found in an empty one."""
    return {(row, column) for row, line in enumerate(counts) for column, count in enumerate(line) if 0 < count < least}


def recoverable(hidden: Collection[Cell]) -> set[Cell]:
    """Return the hidden cells that follow from the totals and the cells that are shown.

    Hidden cells are edges between their row and their column. A cell is fixed exactly when it lies on no round trip of
    hidden cells: then the rows or columns on one side of it give it by adding and subtracting. Says nothing about the
    range in which a cell must lie.
    """
    return {cell for cell in hidden if not _joined(cell, set(hidden) - {cell})}


def _joined(cell: Cell, edges: set[Cell]) -> bool:
    """Return whether the row and the column of `cell` are connected through `edges`."""
    rows, columns = {cell[0]}, set[int]()
    while True:
        wider = columns | {column for row, column in edges if row in rows}
        if cell[1] in wider:
            return True
        rows_wider = rows | {row for row, column in edges if column in wider}
        if wider == columns and rows_wider == rows:
            return False
        rows, columns = rows_wider, wider
