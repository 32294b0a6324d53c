"""A class as one encrypted file, and back. An older backup brings back nobody who was forgotten since."""

from __future__ import annotations

import fcntl
import io
import os
import sqlite3
import tarfile
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from himaya.answers.private import private_folder
from himaya.errors import ClassError
from himaya_server.classroom.sealing import locked, unlocked
from himaya_server.classroom.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE, KEY, LOCK = "class.db", "class.key", "serving.lock"
BACKED_UP = "backed-up"
"""An empty file whose time is that of the last backup."""


def back_up(folder: Path, target: Path, passphrase: str) -> None:
    """Write the classes in `folder` into one file, whole, also while they are served.

    Raises:
        ClassError: If there is no class here.
    """
    if not (folder / DATABASE).is_file():
        message = f"there is no class in {folder}."
        raise ClassError(message)
    packed = io.BytesIO()
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix=".backup-") as aside,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        copy = Path(aside) / DATABASE
        with closing(sqlite3.connect(folder / DATABASE)) as source, closing(sqlite3.connect(copy)) as whole:
            source.backup(whole)
        for file in (copy, folder / KEY):
            if file.exists():
                tar.add(file, file.name)
    _write(target, locked(packed.getvalue(), passphrase))
    (folder / BACKED_UP).touch()


def restore(folder: Path, source: Path, passphrase: str) -> int:
    """Put a backup in the place of the classes in `folder`, and return how many people were forgotten once more.

    Raises:
        ClassError: If it is no backup, the passphrase is another one, or the classes are being served.
    """
    data = unlocked(source.read_bytes(), passphrase)
    private_folder(folder)
    with served_by_nobody_else(folder), tarfile.open(fileobj=io.BytesIO(data)) as tar:
        tombstones: dict[bytes, int] = {}
        revoked: dict[bytes, int] = {}
        if (folder / DATABASE).is_file():
            before = open_store(folder / DATABASE)
            tombstones, revoked = before.tombstones(), before.revoked_cards()
            before.close()
        with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as aside:
            for name in (DATABASE, KEY):
                if name in tar.getnames():
                    tar.extract(name, aside, filter="data")
            # Made ready beside its place: whoever is stopped in between keeps what was there.
            made = open_store(Path(aside) / DATABASE)
            forgotten = made.restored(tombstones, revoked)
            made.close()
            for name in (f"{DATABASE}-wal", f"{DATABASE}-shm"):
                (folder / name).unlink(missing_ok=True)
            for name in (KEY, DATABASE):
                if (Path(aside) / name).exists():
                    (Path(aside) / name).replace(folder / name)
        _sync(folder)
    return forgotten


@contextmanager
def served_by_nobody_else(folder: Path) -> Iterator[None]:
    """Hold the classes in `folder`.

    Raises:
        ClassError: If another process does.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = f"the classes in {folder} are being served. Stop `himaya class serve` first."
            raise ClassError(message) from error
        yield
    finally:
        os.close(descriptor)


def _write(target: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    aside = target.with_name(f".{target.name}.new")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(target)
    _sync(target.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
