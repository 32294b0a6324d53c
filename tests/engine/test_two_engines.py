"""Python and JavaScript agree on states, scores and debriefs: random activities, and seeded faults that must show."""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.engine.strategies import cases, random_case
from tests.engine.two_engines import first_difference, has_key, python_traces, rules_with, traces
from tests.lanes import sampled

if TYPE_CHECKING:
    from tests.engine.two_engines import Case


def _batch(seed: int, number: int) -> list[Case]:
    dice = Random(seed)
    cases = [random_case(dice) for _ in range(number)]
    cases += [random_case(dice, kind="interview") for _ in range(number // 8)]
    return cases + [random_case(dice, kind="casefile") for _ in range(number // 8)]


@pytest.mark.parametrize("seed", sampled([0, 1], [2, 3, 4]))
def test_random_cases_are_equal_in_both_engines(seed: int) -> None:
    assert first_difference(_batch(seed, 2_000)) is None


@pytest.mark.parametrize("number", sampled([1_000], [5_000]))
def test_random_interviews_are_equal_in_both_engines(number: int) -> None:
    dice = Random(5)
    assert first_difference([random_case(dice, kind="interview") for _ in range(number)]) is None


def test_random_cases_reach_every_kind_phase_and_score() -> None:
    batch = _batch(0, 2_000)
    phases: Counter[tuple[str, str, str]] = Counter()
    scores: Counter[str] = Counter()
    ignored = whole = 0
    for (activity, events, _), text in zip(batch, python_traces(batch), strict=True):
        *seen, score, _ = json.loads(text)
        phases.update({(activity["kind"], activity["mode"], state["phase"]) for state in seen})
        ignored += len(events) - seen[-1]["turn"]
        whole += has_key(activity)
        if score and score[0]:
            scores[activity["kind"]] += 1
    for kind in ("choice", "order", "match", "number", "text"):
        assert phases[kind, "practice", "checked"] >= 10
        assert phases[kind, "graded", "answer"] >= 50
    for phase in ("decide", "consequence", "skipped", "ended"):
        assert min(phases["scenario", mode, phase] for mode in ("practice", "graded")) >= 20
    for phase in ("talk", "skipped", "ended"):
        assert min(phases["interview", mode, phase] for mode in ("practice", "graded")) >= 10
    assert min(scores[kind] for kind in ("choice", "order", "match", "number", "scenario", "interview")) >= 15
    assert ignored >= 2_000
    assert 200 <= len(batch) - whole <= 1_000


@settings(
    derandomize=True, max_examples=200, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(cases())
def test_hypothesis_finds_no_engine_difference(case: Case) -> None:
    assert first_difference([case]) is None


@pytest.fixture(scope="module")
def fixed_cases() -> list[Case]:
    return _batch(0, 3_000)


@pytest.fixture(scope="module")
def expected(fixed_cases: list[Case]) -> list[str]:
    return python_traces(fixed_cases)


def test_fixed_cases_agree_in_shipped_engines(fixed_cases: list[Case], expected: list[str]) -> None:
    assert traces(fixed_cases) == expected


def test_sources_are_equal_to_what_is_built(fixed_cases: list[Case], expected: list[str]) -> None:
    assert traces(fixed_cases, rules_with()) == expected


PYTHON_FAULTS: tuple[Any, ...] = (
    ("lab.rules.DECISION_DEPTH", 4),
    ("lab.rules.MOST_WEIGHT", 1_499),
    ("lab.rules.MOST_DECISIONS", 2),
    ("numbers._MAX_WHOLE", 8),
    ("numbers._DIGITS", ("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    ("numbers._POINTS", ".,\u066b"),
    ("scenario.rules.QUALITY_POINTS", {"best": 2, "acceptable": 2, "harmful": 0}),
    ("scenario.rules.is_count", lambda value, expected: value == expected),  # True passes for 1
    ("items.is_count", lambda value, expected: isinstance(value, int) and value == expected),  # 1.0 is refused
    ("scenario.rules._holds", lambda _when, _values: True),
    ("interview.rules.holds", lambda _when, _stands: True),
    ("interview.rules.is_count", lambda value, expected: value == expected),
    ("interview.rules.most_points", lambda _activity: 1),
    ("interview.rules.spoken", lambda _activity, _moves: []),
    ("casefile.rules.is_count", lambda value, expected: value == expected),
    ("casefile.rules.harmful", lambda _activity, _state: False),
    ("casefile.rules.complete", lambda _activity, _state: True),
    ("choice.rules.read_ids", lambda value, allowed: value if set(map(str, value or [0])) <= set(allowed) else None),
)  # fmt: skip


@pytest.mark.parametrize(("place", "wrong"), PYTHON_FAULTS, ids=[place for place, _ in PYTHON_FAULTS])
def test_python_engine_fault_is_detected(
    place: str, wrong: object, fixed_cases: list[Case], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"himaya.activities.{place}", wrong)
    for case, right in zip(fixed_cases, expected, strict=True):
        try:
            if python_traces([case]) != [right]:
                return
        except Exception:  # noqa: BLE001 - a faulty engine may fail in any way
            return
    pytest.fail("no case shows this fault")
