"""The journal keeps every event once and passes over what is damaged."""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING

import pytest

from himaya.answers.journal import MAX_EVENT_BYTES, Journal, read_line
from tests.journal.events import event, ids
from tests.waiting import let_time_pass

if TYPE_CHECKING:
    from pathlib import Path


def test_reading_does_not_create_the_file(journal: Journal, path: Path) -> None:
    assert journal.rows() == []
    assert not path.exists()


def test_events_are_read_in_written_order(journal: Journal, path: Path) -> None:
    events = [event(2, value=["a", "b"]), event(1, value="نعم 👩🏽‍⚕️"), event(3, value=None, turn=1.5)]
    journal.put(events[:1])
    journal.put(events[1:])
    assert journal.rows() == events
    assert Journal(path).rows() == events


def test_one_event_is_one_line(journal: Journal, path: Path) -> None:
    journal.put([event(1, value="two\nlines\u2028three"), event(2)])
    assert path.read_bytes().count(b"\n") == 2
    assert path.read_bytes().endswith(b"\n")


def test_rows_of_one_activity_leave_out_the_others(journal: Journal) -> None:
    journal.put([event(1), event(2, activity="another")])
    assert [row["id"] for row in journal.rows("another")] == ["event-000002"]
    assert journal.rows("nothing") == []


def test_an_event_put_again_is_kept_once(journal: Journal, path: Path) -> None:
    journal.put([event(1)])
    journal.put([event(1, value="changed"), event(2), event(2, value="changed")])
    Journal(path).put([event(2), event(3)])
    assert ids(path) == ["event-000001", "event-000002", "event-000003"]
    assert "value" not in journal.rows()[0]
    assert path.read_bytes().count(b"\n") == 3


def test_repeated_put_leaves_file_unchanged(journal: Journal, path: Path) -> None:
    journal.put([event(1)])
    before = path.read_bytes()
    journal.put([event(1)])
    journal.put([])
    assert path.read_bytes() == before


def test_rows_do_not_expose_journal_state(journal: Journal) -> None:
    journal.put([event(1)])
    journal.rows().clear()
    assert len(journal.rows()) == 1


def test_two_journals_see_each_others_events(journal: Journal, path: Path) -> None:
    other = Journal(path)
    journal.put([event(1)])
    other.put([event(2)])
    journal.put([event(3)])
    assert len(journal.rows()) == len(other.rows()) == 3


def test_concurrent_threads_lose_and_double_nothing(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pread = os.pread

    def slow_pread(descriptor: int, length: int, offset: int) -> bytes:
        data = pread(descriptor, length, offset)
        let_time_pass(0.0005, "another thread would get its turn here")
        return data

    def act(thread: int) -> None:
        for number in range(10):
            journal.put([event(thread * 100 + number)])
            journal.rows()

    monkeypatch.setattr(os, "pread", slow_pread)
    threads = [threading.Thread(target=act, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(journal.rows()) == 60
    assert journal.rows() == Journal(path).rows()
    assert path.read_bytes().count(b"\n") == 60


def test_event_after_torn_line_starts_new_line(journal: Journal, path: Path) -> None:
    """The torn line is not read."""
    journal.put([event(1)])
    with path.open("ab") as file:
        file.write(b'{"id":"event-0000')
    assert len(journal.rows()) == 1
    assert journal.damaged == 0
    journal.put([event(2)])
    assert ids(path) == ["event-000001", "event-000002"]
    assert journal.damaged == 1
    assert path.read_bytes().split(b"\n")[1] == b'{"id":"event-0000'


def test_file_of_one_torn_line_takes_events(journal: Journal, path: Path) -> None:
    path.write_bytes(b'{"id":')
    journal.put([event(1)])
    assert ids(path) == ["event-000001"]


def test_event_without_newline_is_kept_once(journal: Journal, path: Path) -> None:
    path.write_bytes(json.dumps(event(1)).encode())
    assert journal.rows() == []
    journal.put([event(1), event(2)])
    assert ids(path) == ["event-000001", "event-000002"]


@pytest.mark.parametrize(
    "line",
    [
        b"not json", b"\xff\xfe", b"[]", b"null", b"7", b'"text"', b"{}", b'{"id":"event-9","activity":"a"}',
        b"\x00" * 40,
        b'{"id":9,"activity":"a","type":"t"}', b'{"id":"event-9","activity":null,"type":"t"}',
        b"[" * 5_000, b"9" * 5_000,
        b'{"id":"event-9","activity":"a","type":"t","turn":NaN}',
        b'{"id":"event-9","activity":"a","type":"t","turn":-Infinity}',
        b'{"id":"event-9","activity":"a","type":"t","turn":1e999}',
        b'{"id":"event-9","activity":"a","type":"t","turn":%b}' % (b"1" * 5_000),
    ],
)  # fmt: skip
def test_a_damaged_line_is_passed_over_and_counted(line: bytes, journal: Journal, path: Path) -> None:
    good = json.dumps(event(1)).encode()
    path.write_bytes(good + b"\n" + line + b"\n\n  \n" + json.dumps(event(2)).encode() + b"\n")
    assert [row["id"] for row in journal.rows()] == ["event-000001", "event-000002"]
    assert journal.damaged == 1
    assert read_line(line) is None


def test_a_line_longer_than_any_event_is_damaged(path: Path) -> None:
    path.write_text(json.dumps(event(1, value="x" * 2 * MAX_EVENT_BYTES)) + "\n", encoding="utf-8")
    journal = Journal(path)
    assert (journal.rows(), journal.damaged) == ([], 1)


def test_damage_is_counted_once(journal: Journal, path: Path) -> None:
    path.write_bytes(b"damaged\n")
    for _ in range(3):
        journal.rows()
    assert journal.damaged == 1


def test_repeated_line_counts_once(journal: Journal, path: Path) -> None:
    lines = [json.dumps(event(1, value=value)) for value in ("first", "second")]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert [row["value"] for row in journal.rows()] == ["first"]
