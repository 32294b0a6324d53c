"""Points from a journal: practice by finishing, graded by its share, and nothing from what is missing or foreign."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.activities.kinds import key_of, without_key
from himaya.errors import JournalError
from himaya_autograde.scoring import earned, score
from tests.engine import examples, shipped
from tests.engine.examples import Trainee
from tests.engine.walks import walk


def _folder(path: Path, *activities: dict[str, Any]) -> Path:
    """Write `activities.json` as it is released."""
    released = {a["id"]: a if a["mode"] == "practice" else without_key(a) for a in activities}
    path.joinpath("activities.json").write_text(json.dumps({"activities": released}), encoding="utf-8")
    return path


def _key(activity: Any) -> dict[str, Any]:
    return {"points": activity["points"]} if activity["mode"] == "practice" else key_of(activity)


def _write(folder: Path, events: list[Any]) -> None:
    rows = [{**event, "id": f"event-{number:06d}"} for number, event in enumerate(events) if isinstance(event, dict)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "responses.jsonl").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "points"), [([], 0.0), (["blunt"], 0.0), (["blunt", "thanks"], 2.0), (["gentle", "thanks"], 2.0)]
)
def test_finished_practice_scenario_earns_points(path: list[str], points: float) -> None:
    trainee = Trainee(examples.scenario("practice")).chooses(*path)
    assert earned(trainee.activity, trainee.state) == points


def test_checked_practice_item_earns_points() -> None:
    """Whatever was picked."""
    trainee = Trainee(examples.choice(mode="practice")).answers(["a"])
    assert earned(trainee.activity, trainee.state) == 0.0
    assert earned(trainee.activity, trainee.does("check").state) == 2.0
    assert earned(trainee.activity, trainee.does("retry").state) == 2.0


@pytest.mark.parametrize(
    ("activity", "value", "points"),
    [
        (examples.choice("b"), ["b"], 2.0),
        (examples.choice("b"), ["a"], 0.0),
        (examples.choice("abc", "abcde", "several"), ["a", "b", "d"], 0.3333),
        (examples.choice("abc", "abc", "several"), ["a", "b"], 1.3333),
        (examples.order(), list("abdcef"), 1.7333),
        (examples.match(), [["r1", "a"], ["r2", "b"], ["r3", "a"]], 1.3333),
        (examples.number(), "١٢٫٥", 2.0),
        (examples.text(), "Anything.", 0.0),
    ],
)
def test_graded_share_has_four_decimals(activity: Any, value: object, points: float) -> None:
    trainee = Trainee(activity).answers(value)
    assert earned(activity, trainee.state) == points


def test_a_graded_scenario_earns_its_share_once_ended() -> None:
    trainee = Trainee(examples.scenario("graded")).chooses("wait")
    assert earned(trainee.activity, trainee.state) == 0.0
    assert earned(trainee.activity, trainee.chooses("thanks").state) == 1.5


def test_skipped_graded_scenario_waits_for_marker() -> None:
    """It earns nothing until then."""
    trainee = Trainee(examples.scenario("graded")).does("skip").answers("Instead, this.")
    assert earned(trainee.activity, trainee.state) == 0.0


def test_ordering_vector_earns_0_8667() -> None:
    activity = {**examples.order(), "points": 1}
    assert earned(activity, Trainee(activity).answers(list("abdcef")).state) == 0.8667


def test_score_reads_the_journal_beside_the_notebook(tmp_path: Path) -> None:
    activity = examples.order()
    _write(_folder(tmp_path, activity), Trainee(activity).answers(list("abdcef")).events)
    assert score("the-order", _key(activity), tmp_path) == 1.7333


def test_score_uses_the_cells_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    activity = examples.choice("b")
    _write(_folder(tmp_path, activity), Trainee(activity).answers(["b"]).events)
    monkeypatch.chdir(tmp_path)
    assert score("the-choice", _key(activity)) == 2.0


def test_missing_journal_is_not_created(tmp_path: Path) -> None:
    """It earns nothing."""
    activity = examples.choice("b")
    assert score("the-choice", _key(activity), _folder(tmp_path, activity)) == 0.0
    assert not (tmp_path / "responses.jsonl").exists()


def test_a_journal_of_another_module_earns_nothing(tmp_path: Path) -> None:
    activity = examples.choice("b")
    events = [{**event, "activity": "elsewhere"} for event in Trainee(activity).answers(["b"]).events]
    _write(_folder(tmp_path, activity), events)
    assert score("the-choice", _key(activity), tmp_path) == 0.0


def test_other_activities_do_not_change_score(tmp_path: Path) -> None:
    one, other = examples.choice("b"), examples.scenario("graded")
    first, second = Trainee(one).answers(["b"]).events, Trainee(other).chooses("gentle", "thanks").events
    _write(_folder(tmp_path, one, other), [*second[:2], *first, *second[2:]])
    assert score("the-choice", _key(one), tmp_path) == 2.0
    assert score("the-scenario", _key(other), tmp_path) == 2.0


def test_a_journal_that_is_a_link_is_refused(tmp_path: Path) -> None:
    activity = examples.choice("b")
    _folder(tmp_path, activity).joinpath("responses.jsonl").symlink_to("/etc/hostname")
    with pytest.raises(JournalError, match="journal-foreign"):
        score("the-choice", _key(activity), tmp_path)


def test_unknown_activity_or_key_is_build_fault(tmp_path: Path) -> None:
    _folder(tmp_path, examples.choice("b"))
    with pytest.raises(KeyError):
        score("nothing", {"points": 1}, tmp_path)
    with pytest.raises(KeyError):
        score("the-choice", _key(examples.choice("b", "xyz")), tmp_path)


EVERY = [
    *(examples.choice("ab", "abcd", select, mode) for select in ("one", "several") for mode in ("practice", "graded")),
    *(make(mode=mode) for make in (examples.order, examples.match, examples.number) for mode in ("practice", "graded")),
    *(make(mode) for make in (examples.text, examples.scenario) for mode in ("practice", "graded")),
]


@pytest.mark.parametrize("activity", EVERY, ids=lambda activity: f"{activity['kind']}-{activity['mode']}")
def test_hostile_journal_never_exceeds_points(activity: Any, tmp_path: Path) -> None:
    folder = _folder(tmp_path, activity)
    reached = set()
    for seed in range(25):
        _write(folder, walk(activity, Random(seed), 25, fitting=60))
        reached.add(score(activity["id"], _key(activity), folder))
    assert min(reached) >= 0.0
    assert max(reached) <= activity["points"]


@pytest.mark.parametrize("name", shipped.NAMES)
def test_walks_never_exceed_the_points(name: str, tmp_path: Path) -> None:
    activities = [activity for activity in shipped.compiled(name).values() if activity["mode"] != "pretest"]
    folder = _folder(tmp_path, *activities)
    total = 0.0
    for activity in activities:
        for seed in range(4):
            _write(folder, walk(activity, Random(seed), 40, fitting=90))
            points = score(activity["id"], _key(activity), folder)
            assert 0.0 <= points <= activity["points"]
            total += points
    assert total > 0.0


def _line(kind: str, turn: object, value: object) -> bytes:
    event = {"id": f"e{kind}{turn}{value}"[:64], "activity": "the-scenario", "type": kind, "turn": turn}
    return json.dumps({**event, "value": value, "at": "hello", "choice": value}).encode()


_LINES = st.binary(max_size=40) | st.builds(
    _line,
    st.sampled_from(["choose", "continue", "skip", "answer", "unskip", "begin", "restart"]),
    st.integers(0, 5) | st.floats() | st.booleans(),
    st.sampled_from(["gentle", "blunt", None]) | st.text(st.characters(exclude_categories=()), max_size=5),
)


@settings(derandomize=True, max_examples=150, deadline=None, database=None)
@given(st.lists(_LINES, max_size=12))
def test_random_lines_never_raise_or_exceed(lines: list[bytes]) -> None:
    activity = examples.scenario("graded")
    with tempfile.TemporaryDirectory() as place:
        folder = _folder(Path(place), activity)
        (folder / "responses.jsonl").write_bytes(b"\n".join(lines) + b"\n")
        assert 0.0 <= score("the-scenario", _key(activity), folder) <= activity["points"]
