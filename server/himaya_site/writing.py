"""Transactions that write. On SQLite the threads of a process take turns here; there they would poll for the lock."""

from __future__ import annotations

import threading
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

_turn = threading.RLock()


@contextmanager
def writing() -> Iterator[None]:
    """Do all that is done inside at once, or nothing of it."""
    with _turn if connection.vendor == "sqlite" else nullcontext(), transaction.atomic():
        yield
