"""Small cells: what is small, and what subtracting gives back."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.activities.lab.find_me.cells import recoverable, small

VILLAGES = [[2, 9, 6]]


def test_one_to_four_is_small_and_zero_is_not() -> None:
    assert small([[0, 1, 4], [5, 12, 3]], 5) == {(0, 1), (0, 2), (1, 2)}


def test_one_hidden_cell_is_recovered_from_total() -> None:
    assert recoverable({(0, 0)}) == {(0, 0)}


def test_two_hidden_cells_are_recovered_by_columns() -> None:
    assert recoverable({(0, 0), (0, 1)}) == {(0, 0), (0, 1)}


def test_four_corners_of_a_rectangle_stay_hidden() -> None:
    assert recoverable({(0, 0), (0, 1), (1, 0), (1, 1)}) == set()


def test_a_cell_between_two_rectangles_is_given_back() -> None:
    one, other = {(0, 0), (0, 1), (1, 0), (1, 1)}, {(2, 2), (2, 3), (3, 2), (3, 3)}
    assert recoverable(one | other | {(0, 2)}) == {(0, 2)}


@settings(derandomize=True, deadline=None, database=None)
@given(st.sets(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=12))
def test_recoverable_cells_match_linear_algebra(hidden: set[tuple[int, int]]) -> None:
    cells = sorted(hidden)
    totals = np.array(
        [[float(cell[0] == row) for cell in cells] for row in range(4)]
        + [[float(cell[1] == column) for cell in cells] for column in range(3)]
    ).reshape(7, len(cells))
    rank = np.linalg.matrix_rank(totals) if cells else 0
    fixed = {
        cell
        for number, cell in enumerate(cells)
        if np.linalg.matrix_rank(np.vstack([totals, np.eye(len(cells))[number]])) == rank
    }
    assert recoverable(hidden) == fixed
