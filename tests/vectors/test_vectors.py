"""The vectors that JavaScript is tested by are what Python says now."""

from __future__ import annotations

import json

import pytest

from himaya.activities.kinds import KINDS
from tests.engine.two_engines import python_traces
from tests.vectors.record import HERE, pure, vector, written

REMEDY = "run python -m tests.vectors.record, and read the difference"


@pytest.mark.parametrize("kind", KINDS)
def test_vectors_of_a_kind_are_what_python_says(kind: str) -> None:
    kept = json.loads((HERE / f"{kind}.json").read_text(encoding="utf-8"))
    assert len(kept) >= 3
    cases = [(each["activity"], each["events"], each["seed"]) for each in kept]
    assert [vector(case, text) for case, text in zip(cases, python_traces(cases), strict=True)] == kept, REMEDY


def test_vectors_of_pure_functions_are_what_python_says() -> None:
    assert written(pure()) == (HERE / "pure.json").read_text(encoding="utf-8"), REMEDY
