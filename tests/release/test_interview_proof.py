"""Each interview's conversations are looked at, state by state: no good ending forgets a danger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.interview.walks import MOST_STATES, SAMPLE, talks
from himaya.content.load import load_module
from tests.content.interviews import INTERVIEWS, MODULES

if TYPE_CHECKING:
    from himaya.activities.interview.format import Interview


@pytest.mark.parametrize("limit", [50_000, pytest.param(MOST_STATES, marks=pytest.mark.extended)])
@pytest.mark.parametrize("name", INTERVIEWS)
def test_no_good_ending_forgets_a_danger(name: str, limit: int) -> None:
    loaded: Any = load_module(MODULES / INTERVIEWS[name])
    interview: Interview = loaded.activities[name]
    walked = talks(interview, limit)
    print(name, f"{walked.states:,} states" if walked.complete else f"sampled: {SAMPLE:,}", walked.best, walked.worst)
    all_told: list[Any] = [*interview.facts, *interview.agreements]
    needed = [one for one in all_told if one.need == "must"]
    assert (walked.best, walked.worst) == (len(needed), 0)
    assert walked.unplanned == set()
