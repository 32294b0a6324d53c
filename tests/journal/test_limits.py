"""What may be put into a journal: known fields, whole characters, so much and so deep."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from himaya.answers import journal as journal_module
from himaya.answers.journal import MAX_BYTES, MAX_DAMAGED, MAX_EVENT_BYTES, Journal, read_line
from himaya.languages.interface import sentence
from tests.journal.events import code, event, refuses_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path


def test_oversized_journal_is_not_read_or_written(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    refuses_as(path, "journal-too-large")


def test_a_journal_does_not_grow_beyond_its_limit(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.put([event(1)])
    monkeypatch.setattr(journal_module, "MAX_BYTES", 2 * path.stat().st_size)
    journal.put([event(2)])
    before = path.read_bytes()
    assert len(before) == journal_module.MAX_BYTES
    assert code(journal.put, [event(3)]) == "journal-too-large"
    assert path.read_bytes() == before
    assert len(journal.rows()) == 2


def test_an_event_that_is_too_large_is_refused(journal: Journal, path: Path) -> None:
    assert code(journal.put, [event(1), event(2, value="ع" * (MAX_EVENT_BYTES // 2))]) == "event-too-large"
    assert not path.exists()
    journal.put([event(1, value="x" * (MAX_EVENT_BYTES - 200))])
    assert len(journal.rows()) == 1


@pytest.mark.parametrize(
    "bad",
    [
        None, [], "event", 7, {}, {"id": "event-000001"}, {**event(1), "id": 12345678}, {**event(1), "activity": None},
        {**event(1), "type": ["answer"]}, {**event(1), "id": "short"}, {**event(1), "id": "x" * 65},
        {**event(1), "value": float("nan")}, {**event(1), "value": [float("inf")]}, {**event(1), "turn": 10**5_000},
        {**event(1), "value": {1, 2}}, {**event(1), "value": b"bytes"},
    ],
)  # fmt: skip
def test_malformed_event_rejects_whole_put(bad: object, journal: Journal, path: Path) -> None:
    assert code(journal.put, [event(5), bad]) == "event-malformed"
    assert not path.exists()


@pytest.mark.parametrize("depth", [20, 990, 100_000])
def test_an_answer_nested_too_deeply_is_malformed(depth: int, journal: Journal) -> None:
    deep: list[Any] = []
    for _ in range(depth):
        deep = [deep]
    assert code(journal.put, [event(1, value=deep)]) == "event-malformed"


def test_matching_answer_depth_is_allowed(journal: Journal) -> None:
    journal.put([event(1, value=[["r1", "a"], ["r2", ["b"]]])])
    assert journal.rows()[0]["value"] == [["r1", "a"], ["r2", ["b"]]]


def test_unknown_fields_are_dropped(journal: Journal, path: Path) -> None:
    journal.put([event(1, name="Somebody", address="Somewhere", time="2026-01-01T10:00:00Z", seq=3)])
    assert journal.rows() == [event(1, time="2026-01-01T10:00:00Z", seq=3)]
    assert b"Some" not in path.read_bytes()


def test_lone_surrogates_are_repaired_on_put(journal: Journal, path: Path) -> None:
    journal.put([event(1, value="a\ud800b \ud83d\ude00 \udc00")])
    assert journal.rows()[0]["value"] == "a\ufffdb 😀 \ufffd"
    path.read_bytes().decode("utf-8")


def test_escaped_surrogates_are_joined_on_reading(path: Path) -> None:
    line = rb'{"id":"event-000001","activity":"a","type":"answer","value":"\ud83d\ude00 \ud83d \\ud83d"}'
    path.write_bytes(line + b"\n")
    assert Journal(path).rows()[0]["value"] == "😀 \ufffd \\ud83d"


def test_id_with_surrogate_is_put_once(journal: Journal) -> None:
    for _ in range(2):
        journal.put([{**event(1), "id": "event-\ud800-01"}])
    assert len(journal.rows()) == 1


def _full(lines: Iterable[bytes]) -> bytes:
    """Return as many lines as a journal may hold bytes."""
    data = bytearray()
    for line in lines:
        if len(data) + len(line) >= MAX_BYTES:
            break
        data += line + b"\n"
    return bytes(data)


def _short(number: int, **fields: Any) -> bytes:
    return json.dumps({"id": f"{number:08x}", "activity": "", "type": "", **fields}, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (lambda _: b"{}", "journal-too-large"),
        (lambda _: b"", "journal-too-large"),
        (lambda _: b"\xff\x00", "journal-too-large"),
        (_short, "journal-too-large"),
        (lambda number: _short(number, type="\ud800"), "journal-too-large"),
        (lambda _: b"x" * 200, "journal-damaged"),
        (lambda number: b'{"id":"torn%d' % number + b"x" * 200, "journal-damaged"),
        (lambda _: b"[" * 150_000, "journal-too-large"),
        (lambda number: _short(number, value=[{"": {}}] * 20_000), "journal-too-large"),
    ],
    ids=["empty objects", "line ends", "bytes", "events", "surrogates", "letters", "torn", "nested", "objects"],
)
def test_hostile_journal_is_given_up_early(path: Path, line: Callable[[int], bytes], expected: str) -> None:
    path.write_bytes(_full(line(number) for number in itertools.count()))
    parsed: list[bytes] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal_module, "read_line", lambda each: parsed.append(each) or read_line(each))
        journal = Journal(path)
        for _ in range(2):  # the second reading must not go on from where the first one gave up
            assert code(journal.rows) == expected
    assert len(parsed) <= 2 * (MAX_DAMAGED + 1)
    assert sentence(expected)


def test_damaged_lines_within_the_limit_are_counted(path: Path, journal: Journal) -> None:
    journal.put([event(1)])
    with path.open("ab") as file:
        file.write(b"{}\n" * MAX_DAMAGED)
    journal.put([event(2)])
    assert (len(journal.rows()), journal.damaged) == (2, MAX_DAMAGED)
    with path.open("ab") as file:
        file.write(b"{}\n")
    assert code(journal.rows) == "journal-damaged"
    refuses_as(path, "journal-damaged")


def test_put_never_writes_more_lines_than_are_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "MAX_LINES", 4)
    journal = Journal(path)
    journal.put([event(1), event(2)])
    assert code(journal.put, [event(3), event(4), event(5)]) == "journal-too-large"
    journal.put([event(3), event(4)])
    assert code(journal.put, [event(5)]) == "journal-too-large"
    assert len(Journal(path).rows()) == 4
