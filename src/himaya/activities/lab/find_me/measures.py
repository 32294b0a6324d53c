"""Measures of disclosure risk for a small table: counts, risks, diversity. Plain Python: a learner needs no pandas.

A record is a sequence of key values; None is a missing value and matches every other one (alpha = 1 in sdcMicro).
Sets of records are the bits of one integer, which makes 600 rows a matter of milliseconds.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Value: TypeAlias = "int | str | None"
Record: TypeAlias = "tuple[Value, ...]"


class Groups:
    """For each record the records that share its key values, kept up to date while values are blanked.

    Args:
        records: One tuple of key values for each record, all of one length; without keys every record matches each.
    """

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = [list(record) for record in records]
        self._all = (1 << len(records)) - 1
        width = len(records[0]) if records else 0
        self._having: list[dict[Value, int]] = [{} for _ in range(width)]
        self._missing = [0] * width
        for row, record in enumerate(records):
            for column, value in enumerate(record):
                if value is None:
                    self._missing[column] |= 1 << row
                else:
                    having = self._having[column]
                    having[value] = having.get(value, 0) | 1 << row

    def _matching(self, row: int, without: int = -1) -> int:
        found = self._all
        for column, value in enumerate(self.records[row]):
            if value is not None and column != without:
                found &= self._having[column][value] | self._missing[column]
        return found

    def members(self, row: int) -> list[int]:
        """Return the numbers of all records that match the record `row`, itself included, ascending."""
        return list(_bits(self._matching(row)))

    def count(self, row: int, without: int = -1) -> int:
        """Return f of one record, as it is or as it would be with the value in column `without` blank."""
        return self._matching(row, without).bit_count()

    def counts(self) -> list[int]:
        """Return f for each record: how many records match it, 1 to n."""
        return [self.count(row) for row in range(len(self.records))]

    def blank(self, row: int, column: int) -> None:
        """Make one value missing. No count of any record becomes smaller by it."""
        value = self.records[row][column]
        if value is not None:
            self._having[column][value] &= ~(1 << row)
            self._missing[column] |= 1 << row
            self.records[row][column] = None

    def sums(self, weights: Sequence[float]) -> list[float]:
        """Return F for each record: the sum of the weights of all records that match it."""
        known: dict[int, float] = {}
        result = []
        for row in range(len(self.records)):
            mask = self._matching(row)
            if mask not in known:
                known[mask] = sum(weights[member] for member in _bits(mask))
            result.append(known[mask])
        return result

    def kinds(self) -> int:
        """Return how many different combinations of key values there are; a missing value counts as a value here."""
        return len({tuple(record) for record in self.records})


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def breaking(counts: Sequence[int], least: int) -> int:
    """Return how many records break k-anonymity for k = `least`: those that fewer than `least` records match."""
    return sum(count < least for count in counts)


def risk(count: int, total: float) -> float:
    """Return the individual risk of one record, 0 to 1.

    Args:
        count: f, records in the sample that match, 1 or more.
        total: F, the sum of their weights: about how many in the population match, `count` or more.

    Raises:
        ValueError: If `total` is smaller than `count`; weights are 1 or more.

    Source:
        sdcMicro, R/indivRisk.R, method "approx", after Benedetti, Capobianchi and Franconi; ten-record example of
        Benschop, Machingauta and Welch, Statistical Disclosure Control for Microdata: A Practice Guide.
    """
    if total < count:
        raise ValueError("The weights of a group add up to less than its records; a weight is 1 or more.")
    if total == count:
        return 1 / count
    share = count / total
    odds = share / (1 - share)
    if count == 1:
        return odds * math.log(1 / share)
    if count == 2:  # the formula has a case of its own for pairs
        return odds - odds * odds * math.log(1 / share)
    return share / (count - (1 - share))


def risks(counts: Sequence[int], totals: Sequence[float]) -> list[float]:
    """Return the individual risk of each record; see `risk`."""
    return [risk(count, total) for count, total in zip(counts, totals, strict=True)]


def mean(values: Sequence[float]) -> float:
    """Return the mean; of individual risks it is the global risk, and their sum the expected re-identifications."""
    return math.fsum(values) / len(values)


def simple_risk(totals: Sequence[float]) -> float:
    """Return the mean of 1/F, a simple estimate of global risk that is lower, so less careful, than the model's."""
    return mean([1 / total for total in totals])


def at_least_one(values: Sequence[float]) -> float:
    """Return the chance that at least one of several is found; over the members of a household its household risk.

    Source:
        Benschop, Machingauta and Welch, Practice Guide, "Household risk": 1 - (1 - r1)(1 - r2)...
    """
    return 1 - math.prod(1 - value for value in values)


def distinct(values: Sequence[Value]) -> int:
    """Return distinct l-diversity of one group: how many different sensitive answers it holds."""
    return len(set(values))


def entropy(values: Sequence[Value]) -> float:
    """Return entropy l-diversity of one group: the exponential of the entropy of the answers' shares, 1 or more."""
    shares = [count / len(values) for count in Counter(values).values()]
    return math.exp(-math.fsum(share * math.log(share) for share in shares))


def diversity(groups: Groups, answers: Sequence[Value]) -> list[tuple[int, float]]:
    """Return distinct and entropy l-diversity of each record's group, for one sensitive column."""
    known: dict[tuple[int, ...], tuple[int, float]] = {}
    result = []
    for row in range(len(answers)):
        members = tuple(groups.members(row))
        if members not in known:
            values = [answers[member] for member in members]
            known[members] = distinct(values), entropy(values)
        result.append(known[members])
    return result


def suppress(groups: Groups, least: int) -> int:
    """Blank single values until every record matches `least` records or more; return how many were blanked.

    One record after another, in the order of the file: as long as too few match it, the value is blanked whose absence
    lets most records match; of equal ones the last column's. Blanking never lowers another record's count, so one pass
    is enough, and it ends because a record without values matches all.
    """
    blanked = 0
    for row, record in enumerate(groups.records):
        while groups.count(row) < least and any(value is not None for value in record):
            there = [column for column, value in enumerate(record) if value is not None]
            groups.blank(row, max(there, key=lambda column: (groups.count(row, column), column)))
            blanked += 1
    return blanked
