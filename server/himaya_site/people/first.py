"""The first account: whoever has the key in the folder of the classes makes it, once, while there is no other."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from django.db import connection

from himaya.answers.private import write_whole
from himaya_server.classroom.records import digest
from himaya_site.files import FIRST_VISIT
from himaya_site.people.models import Staff
from himaya_site.writing import writing

if TYPE_CHECKING:
    from pathlib import Path


def first_key(folder: Path) -> str | None:
    """Return a new key to the first account, good until the next one; None once somebody has an account."""
    file = folder / FIRST_VISIT
    if Staff.objects.exists():
        file.unlink(missing_ok=True)
        return None
    key = secrets.token_urlsafe(32)
    write_whole(file, key.encode())
    return key


def nobody_yet() -> bool:
    """Return whether nobody has an account."""
    return not Staff.objects.exists()


def opens(folder: Path, key: str) -> bool:
    """Return whether a key is the right one, and still opens anything."""
    try:
        kept = (folder / FIRST_VISIT).read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return False
    return bool(kept) and hmac.compare_digest(digest(kept), digest(key)) and nobody_yet()


def make_first(folder: Path, login: str, password: str) -> bool:
    """Make the first account, a coordinator's, with a (hashed) password; return whether there was none before."""
    with writing():
        if connection.vendor == "postgresql":  # two at once: the second one waits, and sees the first
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE staff IN SHARE ROW EXCLUSIVE MODE")
        if Staff.objects.exists():
            return False
        Staff.objects.create(login=login, password=password, coordinator=1)
    (folder / FIRST_VISIT).unlink(missing_ok=True)
    return True
