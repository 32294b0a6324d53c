"""Grading as data: what a cell declares, and that no journal raises or earns what replay does not give."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.activities.fold import replay
from himaya.answers.journal import Journal
from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.errors import SubmissionError
from himaya.publish.assignment import compile_module
from himaya_autograde.grading import Answers, grade
from himaya_autograde.scoring import earned
from himaya_autograde.source import Source, declaration, read_source
from himaya_autograde.submission import grade_submission, look
from tests.autograde.conftest import MODULE, ROOT
from tests.engine.walks import walk

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ACTIVITIES = compile_module(without_forms(load_module(ROOT / "modules" / MODULE)))
NAMES = sorted(ACTIVITIES)


@pytest.fixture(scope="module")
def source(released: Path) -> Source:
    return read_source(released / "core-protection" / "source" / MODULE)


def test_a_declared_cell_is_read_with_its_key() -> None:
    cell = 'show("a")\n### BEGIN HIDDEN TESTS\nfrom himaya_autograde import score\nscore("a", {"points": 2})\n'
    found = declaration(cell)
    assert found is not None
    assert (found.shown, found.key) == ("a", {"points": 2})


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "1 +",
        "print('hello')",
        'show("a"); import os',
        "show(a)",
        'show("a", "b")',
        'show(name="a")',
        'module.show("a")',
        'show("a")\nfrom himaya_autograde import score\nscore("b", {"points": 2})',
        'show("a")\nfrom elsewhere import score\nscore("a", {"points": 2})',
        'show("a")\nfrom himaya_autograde import score\nscore("a", open("key"))',
        'show("a")\nfrom himaya_autograde import score\nscore("a", {"points": 2})\nprint(1)',
        'show("a")\nfrom himaya_autograde import score\nassert score("a", {"points": 2})',
        "show(" * 500,
        "show(\0)",
    ],
)
def test_malformed_declaration_is_not_run(cell: str) -> None:
    assert declaration(cell) is None


def test_every_scored_cell_is_declared(source: Source) -> None:
    assert source.unlocked == []
    assert set(source.whole) == {name for name in NAMES if _is_scored(ACTIVITIES[name])}


def _is_scored(activity: Any) -> bool:
    return activity["mode"] != "pretest" and not (activity["kind"] == "text" and activity["mode"] == "graded")


def _expected(lines: bytes, folder: Path) -> dict[str, float]:
    """Return what replay gives for the journal `lines`, by activity: the truth that grading has to meet."""
    folder.mkdir(exist_ok=True)
    (folder / "responses.jsonl").write_bytes(lines)
    events = Journal(folder / "responses.jsonl").rows()
    scored = {name: activity for name, activity in ACTIVITIES.items() if _is_scored(activity)}
    return {name: earned(activity, replay(activity, events)) for name, activity in scored.items()}


def _odd_event(activity: str) -> st.SearchStrategy[dict[str, Any]]:
    odd = (
        st.integers(-(10**30), 10**30)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.booleans()
        | st.none()
        | st.text(st.characters(exclude_categories=()), max_size=5)
        | st.recursive(
            st.just([]), lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner), max_leaves=9
        )
    )
    kinds = st.sampled_from(
        ["begin", "choose", "continue", "answer", "check", "retry", "restart", "skip", "unskip", "?"]
    )
    return st.fixed_dictionaries(
        {"id": st.text(min_size=1, max_size=4), "activity": st.just(activity) | st.text(max_size=4), "type": kinds},
        optional={"turn": st.integers(0, 5) | odd, "value": odd, "choice": odd, "at": odd, "content": odd, "seq": odd},
    )


DEEP = b'{"id": "deep-1", "activity": "a", "type": "answer", "value": ' + b"[" * 5000 + b"]" * 5000 + b"}"
HUGE = b'{"id": "huge-1", "activity": "a", "type": "answer", "turn": ' + b"9" * 5000 + b"}"
LINES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([DEEP, HUGE, b"\xff\xfe{}", b"null", b"[]", b'{"id": 1}', b"NaN", b"{" * 2000, b"\r"]),
    st.sampled_from(NAMES).flatmap(_odd_event).map(lambda event: json.dumps(event).encode()),
)


@st.composite
def journals(draw: st.DrawFn) -> bytes:
    """Fitting walks through some activities, in any order and doubled, between lines that nobody should write."""
    lines: list[bytes] = list(draw(st.lists(LINES, max_size=8)))
    dice = Random(draw(st.integers(0, 2**32)))
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=3)):
        for number, event in enumerate(walk(ACTIVITIES[name], dice, 8, fitting=85)):
            if isinstance(event, dict):
                lines.append(json.dumps({**event, "id": f"{name}-{number}"}).encode())
    if draw(st.booleans()):
        lines = [*dice.sample(lines, len(lines)), *lines[:4]]
    return b"\n".join(lines) + draw(st.sampled_from([b"\n", b""]))


@settings(derandomize=True, max_examples=120, deadline=None, database=None)
@given(journal=journals())
def test_any_journal_earns_its_replayed_score(
    journal: bytes, source: Source, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzzed"
    expected = _expected(journal, folder)
    graded = grade_submission(source, look(folder))
    points = {one.name: one.points for one in graded.grades}
    assert points == expected
    for name, earned_points in points.items():
        assert earned_points is not None
        assert math.isfinite(earned_points)
        assert 0 <= earned_points <= ACTIVITIES[name]["points"]
    json.dumps(graded.notebook, ensure_ascii=False).encode("utf-8")


def test_foreign_answers_earn_nothing_and_are_reported(source: Source) -> None:
    name = next(name for name in NAMES if ACTIVITIES[name]["kind"] == "choice" and _is_scored(ACTIVITIES[name]))
    rows = [
        {"id": "other-1", "activity": "of-another-module", "type": "answer", "value": ["a"]},
        {"id": "older-1", "activity": name, "type": "begin", "content": "0123456789abcdef"},
    ]
    graded = grade(source, Answers(rows))
    assert sum(one.points or 0 for one in graded.grades) == 0
    assert graded.remarks == (
        "1 lines of the journal belong to another module and were passed over",
        f"answered in another version of the module: {name}",
    )


def test_skipped_scenario_with_text_needs_a_person(source: Source) -> None:
    name = next(n for n in NAMES if ACTIVITIES[n]["kind"] == "scenario" and ACTIVITIES[n]["mode"] == "graded")

    def waits(events: Iterable[dict[str, Any]]) -> str | None:
        rows = [{"id": f"event-{number}", "activity": name, **event} for number, event in enumerate(events)]
        return next(one.waits for one in grade(source, Answers(rows)).grades if one.name == name)

    skipped = {"type": "skip", "turn": 0}
    written = {"type": "answer", "turn": 1, "value": "Instead, I would ask first."}
    assert waits([]) is None
    assert waits([skipped]) is None
    assert waits([skipped, written]) == "skipped; the text written instead waits for marks"


@pytest.mark.parametrize("planted", ["link", "fifo", "folder", "50 MB"])
def test_irregular_or_huge_journal_is_refused(source: Source, tmp_path: Path, planted: str) -> None:
    journal = tmp_path / "responses.jsonl"
    if planted == "link":
        journal.symlink_to("/etc/hostname")
    elif planted == "fifo":
        os.mkfifo(journal)
    elif planted == "folder":
        journal.mkdir()
    else:
        with journal.open("wb") as file:
            file.truncate(50_000_000)
    with pytest.raises(SubmissionError, match=r"responses\.jsonl: "):
        grade_submission(source, look(tmp_path))


def test_a_worker_loads_no_kernel_and_no_gradebook() -> None:
    program = "import sys, himaya_autograde.batch.work; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "himaya_autograde" in loaded
    assert not {"nbgrader", "nbclient", "jupyter_client", "IPython", "nbformat", "sqlalchemy"} & set(loaded)
