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

from himaya.answers.private import private_folder, sync_folder, write_whole
from himaya.errors import ClassError
from himaya_server.classroom.sealing import locked, unlocked
from himaya_server.classroom.store import open_store, revision_of, take_back

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE, KEY, LOCK = "class.db", "class.key", "serving.lock"
UPGRADED_FROM = "upgraded-from"
"""Holds which tables the classes had before the last upgrade."""
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
        _copied(folder / DATABASE, copy)
        for file in (copy, folder / KEY):
            if file.exists():
                tar.add(file, file.name)
    write_whole(target, locked(packed.getvalue(), passphrase))
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
            before = open_store(folder / DATABASE, move_on=True)
            tombstones, revoked = before.tombstones(), before.revoked_cards()
            before.close()
        with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as aside:
            for name in (DATABASE, KEY):
                if name in tar.getnames():
                    tar.extract(name, aside, filter="data")
            # Made ready beside its place: whoever is stopped in between keeps what was there.
            made = open_store(Path(aside) / DATABASE, move_on=True)
            forgotten = made.restored(tombstones, revoked)
            made.close()
            if (Path(aside) / KEY).exists():
                (Path(aside) / KEY).replace(folder / KEY)
            _put_in_place(Path(aside) / DATABASE, folder)
    return forgotten


def upgrade(folder: Path) -> bool:
    """Bring the tables of the classes in `folder` up to date; return whether there was anything to do.

    It happens beside their place: where it fails, or anything would be lost, they stay as they were.

    Raises:
        ClassError: If something would be lost, or the classes are being served.
    """
    earlier = revision_of(folder / DATABASE)
    with served_by_nobody_else(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".upgrade-") as aside:
        copy = Path(aside) / DATABASE
        _copied(folder / DATABASE, copy)
        before = _counted(copy)
        store = open_store(copy, move_on=True)
        after = store.counted()
        store.close()
        if before != after:
            message = f"nothing was changed: {before} would become {after}."
            raise ClassError(message)
        if revision_of(copy) == earlier:
            return False
        write_whole(folder / UPGRADED_FROM, earlier.encode())  # first: going back from where one stands does nothing
        _put_in_place(copy, folder)
    return True


def go_back(folder: Path) -> str:
    """Give the classes in `folder` the tables again that they had before the last upgrade, and return which.

    Raises:
        ClassError: If there was no upgrade, or the classes are being served.
    """
    if not (folder / UPGRADED_FROM).is_file():
        message = f"the classes in {folder} were not upgraded."
        raise ClassError(message)
    earlier = (folder / UPGRADED_FROM).read_text(encoding="utf-8")
    with served_by_nobody_else(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".upgrade-") as aside:
        copy = Path(aside) / DATABASE
        _copied(folder / DATABASE, copy)
        take_back(copy, earlier)
        _put_in_place(copy, folder)
        (folder / UPGRADED_FROM).unlink()
    return earlier


def _counted(database: Path) -> dict[str, int]:
    """Count as `Store.counted` does, in tables of any version."""
    with closing(sqlite3.connect(database)) as opened:
        if opened.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            message = f"{database.name} is damaged. Restore a backup."
            raise ClassError(message)
        names = ("classes", "people", "events", "handins", "feedback", "notes", "tombstones")
        return {name: opened.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}  # noqa: S608


def _copied(source: Path, target: Path) -> None:
    """Copy a database that may be in use."""
    with closing(sqlite3.connect(source)) as opened, closing(sqlite3.connect(target)) as whole:
        opened.backup(whole)


def _put_in_place(made: Path, folder: Path) -> None:
    """Let a database take the place of the one in `folder`."""
    with closing(sqlite3.connect(made)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with made.open("rb") as file:
        os.fsync(file.fileno())
    for name in (f"{DATABASE}-wal", f"{DATABASE}-shm"):
        (folder / name).unlink(missing_ok=True)
    made.replace(folder / DATABASE)
    sync_folder(folder)


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
