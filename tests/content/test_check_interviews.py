"""The check of interviews: each fault is found, and a search proves what conversations can bring."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.format import Known
from himaya.activities.interview.checks import findings, hints
from himaya.activities.interview.format import Interview
from himaya.activities.interview.walks import talks
from himaya.content.load import plain_data, read_yaml
from tests.content.sound import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Callable

KNOWN = Known(["outcome"], [], [], Path(), ["apart-first"])


def _sound() -> dict[str, Any]:
    data: Any = plain_data(read_yaml(FIXTURES / "interviews" / "short-talk.yaml", "short-talk.yaml").data)
    return data


def _said(data: Any) -> list[str]:
    return [text for text, _ in findings(Interview.model_validate(data), KNOWN)]


def _move(data: Any, name: str) -> dict[str, Any]:
    move: dict[str, Any] = next(one for one in data["moves"] if one["id"] == name)
    return move


def test_sound_interview_has_no_findings() -> None:
    assert _said(_sound()) == []


def _untold(data: Any) -> str:
    _move(data, "quiet")["replies"].pop(0)
    return "nothing reveals the fact 'card'"


def _never_open(data: Any) -> str:
    _move(data, "colleague")["available"] = {"has": ["apart"], "lacks": ["apart"]}
    return "the move 'colleague' never opens"


def _behind_harm(data: Any) -> str:
    _move(data, "danger")["replies"][1]["when"] = {"has": ["night"]}
    data["examples"] = [["room", "night", "danger", "supervisor", "goodbye"]]
    return "the fact 'threat' is needed and told only after a harmful answer"


def _endless(data: Any) -> str:
    _move(data, "goodbye")["available"] = {"has": ["apart"]}
    return "this conversation cannot be ended at any time"


def _unplanned(data: Any) -> str:
    data["endings"][0]["when"] = {"has": ["threat", "closed"]}
    return "the good ending 'planned' leaves the danger 'threat' without a plan"


def _told_twice(data: Any) -> str:
    _move(data, "danger")["replies"][0].update(again=[], tells=["threat"])
    return "this reply of 'danger' tells the fact 'threat' after it was told"


def _denied(data: Any) -> str:
    _move(data, "danger")["replies"][0].update(again=[], denies=["threat"])
    return "this reply of 'danger' denies the fact 'threat' after it was told"


def _early(data: Any) -> str:
    _move(data, "quiet")["replies"][1]["again"] = ["threat"]
    return "this reply of 'quiet' speaks again of the fact 'threat' before it was told"


def _no_answer(data: Any) -> str:
    _move(data, "supervisor")["replies"].pop()
    return "the move 'supervisor' may get no answer"


def _no_silence(data: Any) -> str:
    data["moves"] = [move for move in data["moves"] if move["id"] != "quiet"]
    data["facts"] = [fact for fact in data["facts"] if fact["id"] != "card"]
    return "there is no move of the group 'silence'"


def _no_good_end(data: Any) -> str:
    data["endings"][0]["level"] = "open"
    return "no conversation reaches a good ending"


def _weak_example(data: Any) -> str:
    data["examples"] = [["danger", "room", "danger", "supervisor", "goodbye"]]
    return "this example does not earn full marks"


def _closed_example(data: Any) -> str:
    data["examples"] = [["supervisor"]]
    return "the move 'supervisor' of this example is not open there"


def _unknown_mark(data: Any) -> str:
    data["endings"][0]["when"]["has"] = ["treat", "closed"]
    return "this ending depends on 'treat', which does not exist. Did you mean 'threat'?"


def _unknown_behaviour(data: Any) -> str:
    _move(data, "room")["replies"][0]["shows"] = ["apart-frist"]
    return "this reply shows the behaviour 'apart-frist', which does not exist. Did you mean 'apart-first'?"


FAULTS = (
    _untold, _never_open, _behind_harm, _endless, _unplanned, _told_twice, _denied, _early, _no_answer, _no_silence,
    _no_good_end, _weak_example, _closed_example, _unknown_mark, _unknown_behaviour,
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.__name__.strip("_") for fault in FAULTS])
def test_fault_in_an_interview_is_found(fault: Callable[[dict[str, Any]], str]) -> None:
    data = _sound()
    expected = fault(data)
    assert any(text.startswith(expected) for text in _said(data)), _said(data)


def test_search_proves_best_and_worst() -> None:
    found = talks(Interview.model_validate(_sound()))
    assert (found.complete, found.best, found.worst) == (True, 2, 0)
    assert found.endings == {"planned", "gone", "nothing"}


def test_too_many_states_are_sampled() -> None:
    interview = Interview.model_validate(_sound())
    found, proved = talks(interview, limit=10, sample=2_000), talks(interview)
    assert not found.complete
    assert (found.best, found.worst, found.endings) == (proved.best, proved.worst, proved.endings)
    assert (found.opened, found.spoken, found.told) == (proved.opened, proved.spoken, proved.told)


def test_reply_that_is_never_given_is_a_hint() -> None:
    data = _sound()
    _move(data, "quiet")["replies"].insert(1, {"when": {"lacks": ["card"]}, "says": "No.", "quality": "acceptable"})
    said = [text for text, _ in hints(Interview.model_validate(data))]
    assert said == ["no conversation brings this reply of 'quiet'; is it needed?"]
