"""Tables whose measures are published or worked out by hand: records, weights, and what must come out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Table:
    """Records of key values with weights; what is not given is not published."""

    records: list[tuple[Any, ...]]
    weights: list[float]
    counts: list[int]
    risks: list[float] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    distinct: list[int] = field(default_factory=list)
    exact: float = 1e-7
    """By how much a published risk may differ: half of its last digit."""


# Benschop, Machingauta and Welch, Practice Guide, "Measuring risk", tables 4.1, 4.3 and 4.5.
GUIDE = Table(
    records=[
        ("Urban", "Female", "Secondary incomplete", "Employed"),
        ("Urban", "Female", "Secondary incomplete", "Employed"),
        ("Urban", "Female", "Primary incomplete", "Non-LF"),
        ("Urban", "Male", "Secondary complete", "Employed"),
        ("Rural", "Female", "Secondary complete", "Unemployed"),
        ("Urban", "Male", "Secondary complete", "Employed"),
        ("Urban", "Female", "Primary complete", "Non-LF"),
        ("Urban", "Male", "Post-secondary", "Unemployed"),
        ("Urban", "Female", "Secondary incomplete", "Non-LF"),
        ("Urban", "Female", "Secondary incomplete", "Non-LF"),
    ],
    weights=[180, 180, 215, 76, 186, 76, 180, 215, 186, 76],
    counts=[2, 2, 1, 2, 1, 2, 1, 1, 2, 2],
    risks=[*[0.005424520] * 2, 0.025096439, 0.012563425, 0.028247279, 0.012563425, 0.029010932, 0.025096439]
    + [0.007403834] * 2,
    answers=["yes", "yes", "yes", "yes", "yes", "no", "no", "yes", "no", "yes"],
    distinct=[1, 1, 1, 2, 1, 2, 1, 1, 2, 2],
    exact=1e-9,
)

# The same guide, table 4.2: a missing value matches every other one.
WILDCARD = Table(
    records=[("Male", "Complete", "Employed"), ("Male", "Incomplete", "Employed"), ("Male", None, "Employed")],
    weights=[1, 1, 1],
    counts=[2, 2, 3],
)

# github.com/sdcTools/sdcMicro, tests/testthat/test_indivRisk.R, "data frame with weight, method = approx". The counts
# follow from its unweighted risks, which are 1 / f.
_WEIGHTS = [18.0, 45.5, 39.0, 17.0, 92.0, 8.0, 123.5, 51]
SDCMICRO = Table(
    records=list(zip([2, 3, 2, 2, 3, 3, 1, 2], [3, 3, 3, 3, 3, 3, 4, 3], [1, 3, 1, 2, 1, 1, 1, 1], strict=True)),
    weights=_WEIGHTS,
    counts=[3, 1, 3, 1, 2, 2, 1, 3],
    risks=[0.01369863, 0.08579129, 0.01369863, 0.17707583, 0.01877883, 0.01877883, 0.03931625, 0.01369863],
    exact=5e-9,
)
SDCMICRO_MISSING = Table(
    records=list(
        zip([2, 3, 2, 2, 3, 3, 1, None], [3, 3, 3, 3, 3, 3, 4, 3], [1, 3, None, 2, 1, 1, None, 1], strict=True)
    ),
    weights=_WEIGHTS,
    counts=[3, 1, 4, 2, 3, 3, 1, 5],
    risks=[0.013698630, 0.085791288, 0.010554090, 0.032466112, 0.009836066, 0.009836066, 0.039316254, 0.005973716],
    exact=5e-10,
)

# github.com/sdcTools/sdcMicro, tests/testthat/test_ldiversity.R, "handles NAs and distinct counts correctly".
DIVERSE = Table(
    records=[("female", None, "other")] * 3
    + [("male", "teacher", "other")] * 2
    + [("female", "nurse", "majority")] * 2,
    weights=[1] * 7,
    counts=[3, 3, 3, 2, 2, 2, 2],
    answers=["1", "0", "2", "1", "0", "0", "1"],
    distinct=[3, 3, 3, 2, 2, 2, 2],
)

# By hand. The groups are {1, 2, 3}, {4} and {5, 6}; everybody has weight 4.
#   f = 3, F = 12: p = 1/4, r = p / (f - (1 - p)) = 0.25 / 2.25 = 1/9
#   f = 1, F = 4:  p = 1/4, r = p/(1-p) ln(1/p) = (1/3) ln 4 = 0.4620981204
#   f = 2, F = 8:  p = 1/4, r = 1/3 - (1/9) ln 4 = 0.3333333333 - 0.1540327068 = 0.1793006265
BY_HAND = Table(
    records=[("a",), ("a",), ("a",), ("b",), ("c",), ("c",)],
    weights=[4] * 6,
    counts=[3, 3, 3, 1, 2, 2],
    risks=[1 / 9, 1 / 9, 1 / 9, 0.4620981204, 0.1793006265, 0.1793006265],
    answers=["y", "y", "n", "y", "n", "n"],
    distinct=[2, 2, 2, 1, 1, 1],
    exact=1e-10,
)

# By hand: everybody is in the table (weights 1, so F = f), so r = 1 / f; four groups among twelve people make 1/3.
# It is the village of the module.
VILLAGE = Table(
    records=[("60+", "widowed")] + [("45-59", "widowed")] * 2 + [("30-44", "Almond")] * 3 + [("30-44", "Fig")] * 6,
    weights=[1] * 12,
    counts=[1, 2, 2, 3, 3, 3, 6, 6, 6, 6, 6, 6],
    risks=[1, 1 / 2, 1 / 2, *[1 / 3] * 3, *[1 / 6] * 6],
    exact=1e-12,
)

TABLES = {
    "guide": GUIDE,
    "wildcard": WILDCARD,
    "sdcmicro": SDCMICRO,
    "sdcmicro-missing": SDCMICRO_MISSING,
    "diverse": DIVERSE,
    "by-hand": BY_HAND,
    "village": VILLAGE,
}
