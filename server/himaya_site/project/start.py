"""Let Django use a database: an SQLite file or a PostgreSQL whose tables are there already."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.apps import apps
from django.db import Error, connection, connections
from django.db.models import Max

from himaya.errors import ClassError
from himaya_site import clock

if TYPE_CHECKING:
    from collections.abc import Callable

REVISION = "0004"
"""The version of the tables that this code knows, as Alembic names it."""
_SQLITE = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA secure_delete=ON;"  # what is forgotten is overwritten
)
_SAFE = {"fsync": "on", "full_page_writes": "on", "server_encoding": "UTF8"}


def prepare() -> None:
    """Let Django read its settings, before anything else of the site is imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "himaya_site.project.settings")
    if not apps.ready:
        django.setup()


def start(place: Path | str, source: Callable[[], float] = time.time) -> None:
    """Use a database from now on, in every thread that begins afterwards and in this one.

    Args:
        place: Path of an SQLite file, or the address of a PostgreSQL.
        source: What time it is, in seconds.

    Raises:
        ClassError: If it cannot be reached, its tables are of another version, or it would not keep what it
            acknowledges.
    """
    prepare()
    connections.close_all()
    connections.settings = connections.configure_settings({"default": _database(place)})
    with suppress(AttributeError):  # none in this thread, with the settings of before
        del connections["default"]
    try:
        _check()
    except Error as error:
        message = f"the database of this class: {' '.join(str(error).split())}."
        raise ClassError(message) from error
    clock.start(_latest(), source)


def _database(place: Path | str) -> dict[str, Any]:
    # Connections stay open; each is looked at before a request or a batch uses it.
    kept = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    if isinstance(place, Path):
        options = {"transaction_mode": "IMMEDIATE", "timeout": 10, "init_command": _SQLITE}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(place), "OPTIONS": options, **kept}
    from psycopg.conninfo import conninfo_to_dict  # of an extra

    found = conninfo_to_dict(place.replace("postgresql+psycopg://", "postgresql://", 1))
    name, user, password, host, port = (
        str(found.pop(each, "") or "") for each in ("dbname", "user", "password", "host", "port")
    )
    options = {**found, "connect_timeout": 10}
    address = {"NAME": name, "USER": user, "PASSWORD": password, "HOST": host, "PORT": port, "OPTIONS": options}
    return {"ENGINE": "django.db.backends.postgresql", **address, **kept}


def _check() -> None:
    if "alembic_version" not in connection.introspection.table_names():
        message = "there is no class here. Make one with: himaya class create"
        raise ClassError(message)
    with connection.cursor() as cursor:
        cursor.execute("SELECT version_num FROM alembic_version")
        (revision,) = cursor.fetchone()
        if revision != REVISION:
            message = "this class was written by another version of Himaya. Move it on with: himaya class upgrade"
            raise ClassError(message)
        if connection.vendor == "postgresql":
            for name, needed in _SAFE.items():
                cursor.execute(f"SHOW {name}")
                (found,) = cursor.fetchone()
                if found != needed:
                    message = f"this PostgreSQL has {name} = {found}; a class needs {needed}."
                    raise ClassError(message)
            cursor.execute("SHOW synchronous_commit")
            if cursor.fetchone() == ("off",):
                message = "this PostgreSQL has synchronous_commit = off, and would lose answers that it acknowledged."
                raise ClassError(message)


def _latest() -> int:
    """Return when something was written last."""
    from himaya_site.answers.models import Event, HandIn
    from himaya_site.people.models import Device, Note

    return max(
        found.aggregate(latest=Max(column))["latest"] or 0
        for found, column in (
            (Event.objects, "received"),
            (HandIn.objects, "received"),
            (Device.objects, "made"),
            (Note.objects, "time"),
        )
    )
