"""A class as one encrypted file, and back, wherever it is kept. No backup brings back who was forgotten since."""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select, table

from himaya.answers.private import private_folder, sync_folder, write_whole
from himaya.errors import ClassError
from himaya_server.classroom.address import DATABASE, keep_in, place_of, place_to_be
from himaya_server.classroom.moving import copied_in, copy_out
from himaya_server.classroom.sealing import locked, unlocked
from himaya_server.classroom.store import at_once, bring_to, open_store, revision_in, take_back

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection

_ASIDE = "aside-"  # begins the names of folders in which a class lies in clear while something is done with it
_EARLIER = ("backup-", "restore-", "upgrade-")  # what they were called before
KEY, LOCK = "class.key", "serving.lock"
UPGRADED_FROM = "upgraded-from"
"""Holds which tables the classes had before the last upgrade."""
BACKED_UP = "backed-up"
"""An empty file whose time is that of the last backup."""
_COUNTED = ("classes", "people", "events", "handins", "feedback", "notes", "tombstones")
"""Tables of which nothing may be lost; every version has them."""


def back_up(folder: Path, target: Path, passphrase: str) -> None:
    """Write the classes of `folder` into one file, whole, also while they are served; wherever they are kept.

    Raises:
        ClassError: If there is no class here, or its database cannot be reached.
    """
    place = place_of(folder)
    remove_left_over(folder)
    kept = {DATABASE: _serialized(place) if isinstance(place, Path) else _written_out(place, folder)}
    if (folder / KEY).exists():
        kept[KEY] = (folder / KEY).read_bytes()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, data in kept.items():
            about = tarfile.TarInfo(name)
            about.size, about.mode = len(data), 0o600
            tar.addfile(about, io.BytesIO(data))
    write_whole(target, locked(packed.getvalue(), passphrase))
    (folder / BACKED_UP).touch()


def restore(folder: Path, source: Path, passphrase: str, into: URL | None = None) -> int:
    """Put a backup in the place of the classes of `folder`, and return how many people were forgotten once more.

    Args:
        folder: Where classes are, or will be.
        source: The backup, wherever its classes were kept.
        passphrase: Under which it was made.
        into: An empty PostgreSQL, in which the classes of a folder that has none yet are kept from now on.

    Raises:
        ClassError: If it is no backup, the passphrase is another one, or the classes are being served; or if `folder`
            has classes elsewhere than in `into`.
    """
    data = unlocked(source.read_bytes(), passphrase)
    private_folder(folder)
    with served_by_nobody_else(folder), tarfile.open(fileobj=io.BytesIO(data)) as tar:
        tombstones: dict[bytes, int] = {}
        revoked: dict[bytes, int] = {}
        if into is not None:
            keep_in(folder, into)
        place = place_to_be(folder)
        if not isinstance(place, Path) or place.is_file():
            before = open_store(place, move_on=True)
            tombstones, revoked = before.tombstones(), before.revoked_cards()
            before.close()
        with _aside(folder) as aside:
            for name in (DATABASE, KEY):
                if name in tar.getnames():
                    tar.extract(name, aside, filter="data")
            # Made ready beside its place: whoever is stopped in between keeps what was there.
            made = open_store(aside / DATABASE, move_on=True)
            forgotten = made.restored(tombstones, revoked)
            made.close()
            with nullcontext() if isinstance(place, Path) else copied_in(aside / DATABASE, place):
                if (aside / KEY).exists():
                    (aside / KEY).replace(folder / KEY)
            if isinstance(place, Path):
                _put_in_place(aside / DATABASE, folder)
    return forgotten


def upgrade(folder: Path) -> bool:
    """Bring the tables of the classes of `folder` up to date; return whether there was anything to do.

    It happens beside their place, or in one transaction: where it fails, or anything would be lost, they stay as they
    were.

    Raises:
        ClassError: If something would be lost, or the classes are being served.
    """
    place = place_of(folder)
    with served_by_nobody_else(folder), _aside(folder) as aside:
        if not isinstance(place, Path):
            with at_once(place) as connection:
                return _move_on(connection, folder)
        copy = aside / DATABASE
        _copied(place, copy)
        with at_once(copy) as connection:
            if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
                message = f"{place.name} is damaged. Restore a backup."
                raise ClassError(message)
            moved = _move_on(connection, folder)
        if moved:
            _put_in_place(copy, folder)
    return moved


def _move_on(connection: Connection, folder: Path) -> bool:
    """Bring tables up to date in a transaction, and return whether there was anything to do."""
    earlier = revision_in(connection) or ""
    before = _counted(connection)
    bring_to(connection, "head")
    after = _counted(connection)
    if before != after:
        message = f"nothing was changed: {before} would become {after}."
        raise ClassError(message)
    if revision_in(connection) == earlier:
        return False
    write_whole(folder / UPGRADED_FROM, earlier.encode())  # first: going back from where one stands does nothing
    return True


def _counted(connection: Connection) -> dict[str, int]:
    """Count as `Store.counted` does, in tables of any version."""
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in _COUNTED}


def go_back(folder: Path) -> str:
    """Give the classes of `folder` the tables again that they had before the last upgrade, and return which.

    Raises:
        ClassError: If there was no upgrade, or the classes are being served.
    """
    if not (folder / UPGRADED_FROM).is_file():
        message = f"the classes in {folder} were not upgraded."
        raise ClassError(message)
    earlier = (folder / UPGRADED_FROM).read_text(encoding="utf-8")
    place = place_of(folder)
    with served_by_nobody_else(folder), _aside(folder) as aside:
        if isinstance(place, Path):
            copy = aside / DATABASE
            _copied(place, copy)
            take_back(copy, earlier)
            _put_in_place(copy, folder)
        else:
            take_back(place, earlier)
        (folder / UPGRADED_FROM).unlink()
    return earlier


def _serialized(source: Path) -> bytes:
    """Return a database that may be in use as the bytes of its file; no copy in clear ever lies on the disk."""
    with closing(sqlite3.connect(source)) as opened, closing(sqlite3.connect(":memory:")) as whole:
        opened.backup(whole)
        return whole.serialize()


def _written_out(source: URL, folder: Path) -> bytes:
    with _aside(folder) as aside:
        copy_out(source, aside / DATABASE)
        return (aside / DATABASE).read_bytes()


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
def _aside(folder: Path) -> Iterator[Path]:
    """Make a folder for a class in clear; it is held while it is used, so that what was left can be told from it."""
    remove_left_over(folder)
    with tempfile.TemporaryDirectory(dir=folder, prefix=f".{_ASIDE}") as made:
        descriptor = os.open(made, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield Path(made)
        finally:
            os.close(descriptor)


def remove_left_over(folder: Path) -> None:
    """Remove what a killed backup, restoring or upgrade left of the classes in clear."""
    for kind in (_ASIDE, *_EARLIER):
        for left in folder.glob(f".{kind}*"):
            if left.is_symlink() or not left.is_dir():
                continue
            descriptor = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            except BlockingIOError:  # it is in use
                continue
            finally:
                os.close(descriptor)


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
