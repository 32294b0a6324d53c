"""Several processes, a full disk of the operating system's own making, and files of random bytes."""

from __future__ import annotations

import contextlib
import fcntl
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.answers.journal import Journal
from himaya.errors import JournalError
from himaya.publish.canonical import canonical
from tests.waiting import wait_until

WRITER = Path(__file__).with_name("writer.py")

# As root a read-only folder is no obstacle; a limit on the size of a file is one for everybody.
FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from himaya.answers.journal import Journal
from himaya.errors import JournalError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal(Path(sys.argv[1]))
event = lambda n: {"id": f"event-{n:06d}", "activity": "a", "type": "answer", "value": "x" * 100}
journal.put([event(1)])
size = Path(sys.argv[1]).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, size + 50))
try:
    journal.put([event(2)])
except JournalError as error:
    print(error.code, Path(sys.argv[1]).stat().st_size - size, len(journal.rows()))
"""


def test_six_processes_and_torn_line_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "responses.jsonl"
    writers = [subprocess.Popen([sys.executable, WRITER, path, str(n), "100"]) for n in range(6)]
    wait_until(lambda: len(Journal(path).rows()) >= 30, "thirty rows are written", every=0.005)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # the writer that the power cut ends held the lock
        file.write(b'{"id":"torn by a power cut')
    assert [writer.wait(timeout=60) for writer in writers] == [0] * 6
    journal = Journal(path)
    rows = journal.rows()
    assert len(rows) == 600
    assert {row["id"] for row in rows} == {f"event-{p}-{n:04d}" for p in range(6) for n in range(100)}
    assert journal.damaged == 1
    for process in range(6):
        turns = [row["turn"] for row in rows if row["id"].startswith(f"event-{process}-")]
        assert turns == list(range(100))


def test_short_write_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "responses.jsonl"
    ran = subprocess.run([sys.executable, "-c", FULL_DISK, path], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["disk-full", "0", "1"]


_LINES = st.one_of(
    st.binary(max_size=60),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "activity"]), inner),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode()),
    st.builds(
        lambda number, value: json.dumps(
            {"id": f"event-{number:03d}", "activity": "a", "type": "t", "value": value}
        ).encode(),
        st.integers(0, 20),
        st.text(st.characters(exclude_categories=()), max_size=8),
    ),
)


@settings(derandomize=True, max_examples=200, deadline=None, database=None)
@given(st.lists(st.lists(_LINES, max_size=5).map(b"\n".join), min_size=1, max_size=4))
def test_random_bytes_raise_only_journal_errors(chunks: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "responses.jsonl"
        journal = Journal(path)
        for number, chunk in enumerate(chunks):
            with path.open("ab") as file:
                file.write(chunk)
            with contextlib.suppress(JournalError):
                journal.rows()
            with contextlib.suppress(JournalError):
                journal.put([{"id": f"ours-{number:04d}", "activity": "ours", "type": "answer"}])
        fresh = Journal(path)
        assert fresh.rows() == journal.rows()
        assert [row["id"] for row in fresh.rows("ours")] == [f"ours-{n:04d}" for n in range(len(chunks))]
        canonical(fresh.rows()).encode("utf-8")


@settings(derandomize=True, max_examples=200, deadline=None, database=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters(exclude_categories=()), max_size=9),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
        max_leaves=12,
    )
)
def test_any_value_is_kept_or_refused_whole(value: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "responses.jsonl"
        try:
            Journal(path).put([{"id": "event-000001", "activity": "a", "type": "answer", "value": value}])
        except JournalError:
            assert not path.exists()
        else:
            assert len(Journal(path).rows()) == 1
            path.read_text(encoding="utf-8")


@pytest.mark.parametrize("count", [1, 50])
def test_writer_run_twice_adds_nothing(count: int, tmp_path: Path) -> None:
    path = tmp_path / "responses.jsonl"
    for _ in range(2):
        subprocess.run([sys.executable, WRITER, path, "0", str(count)], check=True)
    assert len(Journal(path).rows()) == path.read_bytes().count(b"\n") == count
