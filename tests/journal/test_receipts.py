"""A receipt counts once its hand-in has arrived, whoever is killed in between."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from himaya.publish.folder import RECEIPTS, ModuleFolder
from himaya.publish.receipts import confirm, last_receipt, promise, receipts

if TYPE_CHECKING:
    from pathlib import Path

_OLD = {"time": "2026-01-01 10:00 UTC", "answers": 3, "code": "0123abcd", "timestamp": "x"}


@pytest.fixture
def folder(tmp_path: Path) -> ModuleFolder:
    return ModuleFolder(tmp_path, {"activities": {}})


def _write(folder: ModuleFolder, *lines: object) -> None:
    text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    (folder.path / RECEIPTS).write_text(text, encoding="utf-8")


def test_promise_counts_once_its_hand_in_is_there(folder: ModuleFolder, tmp_path: Path) -> None:
    arrival = tmp_path / "arrival"
    receipt = promise(folder, folder.path, arrival, "now")
    assert last_receipt(folder) is None
    arrival.mkdir()
    assert last_receipt(folder) == {name: receipt[name] for name in ("time", "answers", "code")}
    confirm(folder, receipt)
    arrival.rmdir()
    assert last_receipt(folder) is not None, "the exchange was emptied later"


def test_broken_promise_leaves_the_receipt_before_it(folder: ModuleFolder, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    promise(folder, folder.path, first, "1")
    promise(folder, folder.path, second, "2")
    assert [receipt["timestamp"] for receipt in receipts(folder)] == ["1"]


def test_receipt_of_an_earlier_version_counts(folder: ModuleFolder) -> None:
    _write(folder, _OLD)
    assert last_receipt(folder) == {"time": _OLD["time"], "answers": 3, "code": "0123abcd"}


@pytest.mark.parametrize(
    "line",
    [
        *("", "{", "5", "[]", "null", '{"time": 1}', "[" * 100_000, '{"arrived": ["x"]}', "\x00"),
        *({**_OLD, "arrival": arrival} for arrival in (5, "", "/nowhere\x00", "x" * 5000)),
    ],
    ids=lambda line: str(line)[:20],
)
def test_line_that_is_no_receipt_hides_no_other(line: object, folder: ModuleFolder) -> None:
    _write(folder, _OLD, line)
    assert [receipt["code"] for receipt in receipts(folder)] == ["0123abcd"]


def test_torn_line_spoils_no_other_receipt(folder: ModuleFolder, tmp_path: Path) -> None:
    (folder.path / RECEIPTS).write_text(json.dumps(_OLD) + '\n{"time": "2026', encoding="utf-8")
    arrival = tmp_path / "arrival"
    arrival.mkdir()
    promise(folder, folder.path, arrival, "now")
    assert [receipt["timestamp"] for receipt in receipts(folder)] == ["now", "x"]


@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "huge"])
def test_invalid_receipts_file_stops_nothing(kind: str, folder: ModuleFolder, tmp_path: Path) -> None:
    path = folder.path / RECEIPTS
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to("/dev/zero")
    else:
        with path.open("wb") as file:
            file.truncate(10**11)
    assert last_receipt(folder) is None
    assert promise(folder, folder.path, tmp_path / "arrival", "now")["answers"] == 0
