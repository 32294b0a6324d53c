"""The journal's file: another one in its place, and a disk that says no."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from pathlib import Path

import pytest

from himaya.answers.journal import Journal
from himaya.languages.interface import sentence
from tests.journal.events import code, event, ids, refuses_as


def test_a_file_that_was_deleted_is_empty_again(journal: Journal, path: Path) -> None:
    journal.put([event(1)])
    path.unlink()
    assert journal.rows() == []
    journal.put([event(1)])
    assert ids(path) == ["event-000001"]


def test_replaced_file_is_read_from_start(journal: Journal, path: Path) -> None:
    journal.put([event(1)])
    other = path.with_name("other")
    Journal(other).put([event(2), event(3)])
    other.replace(path)
    assert [row["id"] for row in journal.rows()] == ["event-000002", "event-000003"]


def test_rewritten_file_is_read_from_start(journal: Journal, path: Path) -> None:
    journal.put([event(1), event(2)])
    inode = path.stat().st_ino
    path.write_text("".join(json.dumps(event(n)) + "\n" for n in range(3, 9)), encoding="utf-8")
    assert path.stat().st_ino == inode  # what a file system often gives a new file after a deletion, too
    assert len(journal.rows()) == 6
    journal.put([event(1)])
    assert len(ids(path)) == 7


def test_a_truncated_file_is_read_from_its_start(journal: Journal, path: Path) -> None:
    journal.put([event(1), event(2)])
    os.truncate(path, path.read_bytes().index(b"\n") + 1)
    assert [row["id"] for row in journal.rows()] == ["event-000001"]
    journal.put([event(2)])
    assert ids(path) == ["event-000001", "event-000002"]


def test_symlink_is_refused_and_target_untouched(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious", encoding="utf-8")
    path.symlink_to(target)
    refuses_as(path, "journal-foreign")
    assert target.read_text(encoding="utf-8") == "precious"


def test_dangling_link_creates_no_target(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "target")
    refuses_as(path, "journal-foreign")
    assert not (tmp_path / "target").exists()


def test_a_directory_is_refused(path: Path) -> None:
    path.mkdir()
    refuses_as(path, "journal-foreign")


def test_a_fifo_is_refused_without_waiting(path: Path) -> None:
    os.mkfifo(path)
    refuses_as(path, "journal-foreign")


def test_a_folder_that_is_gone_cannot_be_written(path: Path) -> None:
    shutil.rmtree(path.parent)
    assert code(Journal(path).put, [event(1)]) == "journal-unreadable"
    assert Journal(path).rows() == []


def test_every_code_has_a_sentence_for_the_trainee() -> None:
    codes = ("disk-full", "journal-not-writable", "journal-foreign", "journal-unreadable", "journal-too-large")
    assert all(sentence(code) for code in (*codes, "event-malformed", "event-too-large"))


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, "journal-not-writable"),
        (errno.EPERM, "journal-not-writable"),
        (errno.EROFS, "journal-not-writable"),
        (errno.ENOSPC, "disk-full"),
        (errno.EDQUOT, "disk-full"),
        (errno.EIO, "journal-unreadable"),
    ],
)
def test_a_folder_that_cannot_be_written_says_so(
    number: int, code: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refuse)
    refuses_as(path, code)


def test_a_disk_without_locks_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert code(Journal(path).put, [event(1)]) == "journal-unreadable"
    assert path.read_bytes() == b""


@pytest.mark.parametrize("torn", [b"", b'{"id":"torn'])
@pytest.mark.parametrize("written", [0, 1, 30])
def test_full_disk_leaves_no_half_line(
    written: int, torn: bytes, journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.put([event(1)])
    with path.open("ab") as file:
        file.write(torn)
    before, write = path.read_bytes(), os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:written]))
        assert code(journal.put, [event(2), event(3)]) == "disk-full"
    assert path.read_bytes() == before
    journal.put([event(2), event(3)])
    assert ids(path) == ["event-000001", "event-000002", "event-000003"]


def test_failed_fsync_takes_the_line_back(journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be forced to the disk does not stay."""
    journal.put([event(1)])

    def fail(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        assert code(journal.put, [event(2)]) == "journal-unreadable"
    assert ids(path) == ["event-000001"]


def test_put_returns_after_fsync(journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    journal.put([event(1)])
    assert sizes == [path.stat().st_size]


def test_no_descriptor_stays_open(journal: Journal, path: Path) -> None:
    journal.put([event(1)])
    before = list(Path("/proc/self/fd").iterdir())
    for number in range(20):
        journal.put([event(number)])
        journal.rows()
    path.unlink()
    path.mkdir()
    for _ in range(5):
        code(journal.rows)
        code(journal.put, [event(1)])
    assert len(list(Path("/proc/self/fd").iterdir())) == len(before)
