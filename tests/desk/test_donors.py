"""Numbers for donors, attacked by subtraction: over two days, over every grouping, with the rounding known."""

from __future__ import annotations

import itertools
from random import Random

import pytest

from himaya_server.desk.answers import ClassAnswers, Classes
from himaya_server.desk.reports import FIVE, donor_table, rounded, rounded_total
from tests.desk.conftest import MODULE, GradedClass


def _published(parts: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    return tuple(map(rounded, parts)), rounded_total(parts)


def _possible(published: tuple[tuple[int, ...], int]) -> list[tuple[int, ...]]:
    """Return every true row that would be published so: what an attacker who knows the rounding can narrow it to."""
    ranges = [range(part, part + FIVE) for part in published[0]]
    return [row for row in itertools.product(*ranges) if _published(row) == published]


@pytest.mark.parametrize("languages", [1, 2, 3])
def test_no_cell_is_narrowed_by_its_total(languages: int) -> None:
    rng = Random(languages)
    rows = [tuple(rng.randint(0, 14) for _ in range(languages)) for _ in range(150)]
    rows += list(itertools.product((0, 4, 5, 9), repeat=languages))
    for row in rows:
        possible = _possible(_published(row))
        for at in range(languages):
            assert len({each[at] for each in possible}) == FIVE, (row, at)


def test_two_days_show_nobody() -> None:
    """One person hands in, or passes, between two days: no difference of published numbers is that person."""
    rng = Random(18)
    for _ in range(150):
        before = [[rng.randint(0, 30) for _ in range(3)] for _ in range(3)]
        after = [row[:] for row in before]
        giver, taker = rng.sample(range(3), 2)
        language = rng.randrange(3)
        after[giver][language] = max(0, after[giver][language] - 1)
        after[taker][language] += 1
        shown = [
            [number for row in day for number in (*_published(tuple(row))[0], rounded_total(row))]
            for day in (before, after)
        ]
        combined = [a - b for a in (*shown[0], *shown[1]) for b in (*shown[0], *shown[1])]
        assert all(number % FIVE == 0 for number in combined), "each difference is of full fives"
        for row, later in zip(before, after, strict=True):
            one, other = _possible(_published(tuple(row))), _possible(_published(tuple(later)))
            for at in range(3):
                moves = {b[at] - a[at] for a in one[:: len(one) // 25 + 1] for b in other[:: len(other) // 25 + 1]}
                assert len(moves) > 1, "whether this cell changed, and by how much, stays open"


def test_class_tables_of_two_days_are_of_full_fives(graded: GradedClass) -> None:
    """The whole table of a class, before and after each of ten people handed in, in every combination of numbers."""
    known = Classes().of(graded.course.path, graded.course.results)
    handed_in = list(known.submissions)
    shown = []
    for day in range(10):
        missing = set(handed_in[:day])
        kept = {key: each for key, each in known.submissions.items() if key not in missing}
        there = ClassAnswers(known.results, kept, known.hashes, known.passed)
        rows = donor_table(there, MODULE, "en").rows
        shown.append([number for parts, total in rows.values() for number in (*parts.values(), total)])
    assert any(any(day) for day in shown)
    for one, other in itertools.combinations(shown, 2):
        assert all((a - b) % FIVE == 0 for a in one for b in (*other, *one))


def test_independent_totals_would_give_people_away() -> None:
    """The attack itself works: with totals that are merely rounded, five fours are recovered."""
    parts = (4,) * 5
    rows = [row for row in itertools.product(range(FIVE), repeat=5) if rounded(sum(row)) == rounded(sum(parts))]
    assert rows == [parts]
    assert len({row[0] for row in _possible(_published(parts))}) == FIVE


def test_rounding_hides_fewer_than_five() -> None:
    assert [rounded(number) for number in (0, 1, 4, 5, 9, 10)] == [0, 0, 0, 5, 5, 10]
    assert rounded_total([12, 9]) == 15
    assert rounded_total([]) == 0
