"""Receipts of hand-ins beside the notebook. A receipt is written before its hand-in arrives and counts once it has.

One line promises an arrival, a second one confirms it. Whoever is killed in between leaves a promise, and the exchange
itself tells whether it was kept: so no hand-in is without a receipt, and no receipt without a hand-in.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from himaya.answers.journal import FILE_NAME
from himaya.publish.folder import RECEIPTS, ModuleFolder, summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

TIME = "%Y-%m-%d %H:%M UTC"  # in the file; a person reads it in words
_SHOWN = ("time", "answers", "code")
_TAIL = 1_000_000  # bytes at the end of the file that are looked at; two lines have some 400


def promise(folder: ModuleFolder, staged: Path, arrival: Path, timestamp: str) -> dict[str, Any]:
    """Return the receipt for `staged`, a copy of `folder` that is about to become `arrival`; on the disk already.

    Where the folder takes no receipt, the work may be handed in all the same.
    """
    try:
        digest = hashlib.sha256((staged / FILE_NAME).read_bytes()).hexdigest()
    except OSError:
        digest = hashlib.sha256(b"").hexdigest()
    answered = summary(ModuleFolder(staged, folder.content))["answered"]
    time = datetime.now(UTC).strftime(TIME)
    receipt = {"time": time, "answers": answered, "code": digest[:8], "timestamp": timestamp, "arrival": str(arrival)}
    _append(folder, receipt)
    return receipt


def confirm(folder: ModuleFolder, receipt: Mapping[str, Any]) -> None:
    """Note that a promised hand-in has arrived, so that its receipt holds when the exchange is emptied."""
    _append(folder, {"arrived": receipt["arrival"]})


def receipts(folder: ModuleFolder) -> Iterator[dict[str, Any]]:
    """Yield the receipts whose hand-in arrived, with all that is written of each, the newest first."""
    confirmed: set[str] = set()
    for line in reversed(_lines(folder)):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue  # torn by a power cut
        if not isinstance(row, dict):
            continue
        if isinstance(row.get("arrived"), str):
            confirmed.add(row["arrived"])
        elif all(name in row for name in _SHOWN) and _arrived(row, confirmed):
            yield row


def newest_receipt(folder: ModuleFolder) -> dict[str, Any] | None:
    """Return the last receipt whose hand-in arrived, with all that is written of it, or None."""
    return next(receipts(folder), None)


def last_receipt(folder: ModuleFolder) -> dict[str, Any] | None:
    """Return what is shown of the newest hand-in's receipt, or None."""
    receipt = newest_receipt(folder)
    return receipt and shown(receipt)


def shown(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a person is shown of a receipt."""
    return {name: receipt[name] for name in _SHOWN}


def _arrived(receipt: Mapping[str, Any], confirmed: set[str]) -> bool:
    if "arrival" not in receipt:  # written after its hand-in, by an earlier version
        return True
    arrival = receipt["arrival"]
    return isinstance(arrival, str) and (arrival in confirmed or os.path.lexists(arrival))


def _lines(folder: ModuleFolder) -> list[bytes]:
    try:
        descriptor = os.open(folder.path / RECEIPTS, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return []
    try:
        size = os.fstat(descriptor).st_size
        return os.pread(descriptor, _TAIL, max(0, size - _TAIL)).splitlines()
    except OSError:  # no file
        return []
    finally:
        os.close(descriptor)


def _append(folder: ModuleFolder, row: Mapping[str, Any]) -> None:
    """Write one line and bring it onto the disk."""
    with contextlib.suppress(OSError):
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(folder.path / RECEIPTS, flags, 0o644)
        try:
            size = os.fstat(descriptor).st_size
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            os.write(descriptor, b"\n" * torn + json.dumps(row).encode() + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        above = os.open(folder.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(above)  # the file may be new
        finally:
            os.close(above)
