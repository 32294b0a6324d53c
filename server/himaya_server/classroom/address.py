"""Where the classes of a folder are kept: an SQLite file in it, or a PostgreSQL.

The address of a PostgreSQL may hold a password. It stands in one file that its owner alone can read, and in no message,
log, list of processes or backup.
"""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from himaya.answers.private import private_folder, write_whole
from himaya.errors import ClassError
from himaya_server.classroom.store import open_store, revision_of

if TYPE_CHECKING:
    from sqlalchemy import URL

DATABASE, ADDRESS = "class.db", "store.url"
_EXAMPLE = "postgresql://himaya@db.example.org/himaya?sslmode=verify-full"
_SECRETS = ("password", "sslpassword")


def place_of(folder: Path) -> Path | URL:
    """Return the file or the address of the database that holds the classes of a folder.

    Raises:
        ClassError: If there are none, or others can read the address.
    """
    place = _found(folder)
    if place is None:
        message = f"there is no class in {folder}. Make one with: himaya class create"
        raise ClassError(message)
    return place


def place_to_be(folder: Path) -> Path | URL:
    """Return the same, also where there is no class yet: it will be kept in a file."""
    return _found(folder) or folder / DATABASE


def _found(folder: Path) -> Path | URL | None:
    file = folder / ADDRESS
    if file.is_file():
        if file.stat().st_mode & 0o077:
            message = f"others can read {file}, which may hold a password. Run: chmod 600 {file}"
            raise ClassError(message)
        return checked_address(file.read_text(encoding="utf-8").strip())
    return folder / DATABASE if (folder / DATABASE).is_file() else None


def keep_in(folder: Path, url: URL) -> None:
    """Let the classes of a folder be kept in a PostgreSQL from now on.

    Raises:
        ClassError: If the folder has classes that are kept elsewhere, or the database cannot be reached, or holds
            those of another folder.
    """
    found = _found(folder)
    if found == url:
        return
    if found is not None:
        message = (
            f"the classes in {folder} are kept elsewhere already. To move them: himaya class backup, and "
            "himaya class restore with --store and another --folder."
        )
        raise ClassError(message)
    if revision_of(url):
        message = f"{shown(url)} holds the classes of another folder. Give an empty database."
        raise ClassError(message)
    private_folder(folder)
    write_whole(folder / ADDRESS, url.render_as_string(hide_password=False).encode())
    try:
        open_store(url).close()
    except BaseException:  # what cannot hold a class is not chosen
        (folder / ADDRESS).unlink()
        raise


def checked_address(text: str, password: str = "") -> URL:
    """Return the address of a PostgreSQL.

    Args:
        text: As somebody wrote it; it is repeated in no message.
        password: Which is not in it.

    Raises:
        ClassError: If it is none, or answers would go to another machine unencrypted, or to one that nobody checks.
    """
    url: URL | None = None
    with suppress(ArgumentError, ValueError):
        url = make_url(text)
    if url is None or url.drivername not in ("postgresql", "postgresql+psycopg") or "@" in (url.host or ""):
        message = f"this is no address of a PostgreSQL, such as {_EXAMPLE}. In a password @ is %40, and / is %2F."
        raise ClassError(message)
    asked = url.normalized_query
    if any(name in asked for name in _SECRETS):
        message = "a password stands before the @ of an address, not behind its ?."
        raise ClassError(message)
    hosts = ",".join([url.host or "", *asked.get("host", ()), *asked.get("hostaddr", ())])
    if not all(map(_here, hosts.split(","))) and tuple(asked.get("sslmode", ())) != ("verify-full",):
        message = f"answers would go to another machine: add sslmode=verify-full, as in {_EXAMPLE}"
        raise ClassError(message)
    url = url.set(drivername="postgresql+psycopg", password=password or url.password)
    if url.password and not url.username:
        message = f"a password belongs to a user, who stands before the @ of an address, as in {_EXAMPLE}"
        raise ClassError(message)
    return url


def shown(place: Path | URL) -> str:
    """Return what a person may read of where classes are kept."""
    if isinstance(place, Path):
        return str(place)
    where = place.host or ", ".join(place.normalized_query.get("host", ())) or "this machine"
    return f"PostgreSQL, {place.database or place.username or 'the usual database'} on {where}"


def _here(host: str) -> bool:
    """Return whether a host is this machine; an empty one, and a path, are a socket of it."""
    if host in ("", "localhost") or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
