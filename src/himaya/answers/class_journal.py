"""A journal that a class keeps: a kernel puts its events to the class's service, and reads its rows from there.

Each event is on this disk first, in the trainee's own file. It counts as saved once the class has it: where the
class cannot be reached, `put` refuses, and what waits in the file is sent with the next put or reading.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import math
import os
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from himaya.answers.journal import Journal
from himaya.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ADDRESS, TOKEN = "HIMAYA_CLASS", "HIMAYA_CLASS_TOKEN"
"""Where a kernel reaches its class, and with what it proves whose it is; set for each notebook server on its start."""
_PATIENCE = 10  # seconds
_FRESH = 1  # seconds for which rows that were read are shown again
_LARGEST_PUT = 150_000  # bytes of events in one request, as a page sends them
_LARGEST_ANSWER = 4_000_000  # bytes; the service answers with some 1,000,000 letters of rows


class ClassLink:
    """Asks a class's service for one person."""

    def __init__(self, address: str, token: str) -> None:
        """Know where it is, such as http://127.0.0.1:8602, and what to show there."""
        self._host = urlsplit(address).netloc
        self._token = token

    def ask(self, what: str, body: Mapping[str, object]) -> dict[str, Any]:
        """Return what the service answers.

        Raises:
            JournalError: If it cannot be reached (`class-unreachable`), knows this token no more (`class-ended`), or
                takes no more (`journal-too-large`).
        """
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        try:
            with contextlib.closing(http.client.HTTPConnection(self._host, timeout=_PATIENCE)) as connection:
                connection.request("POST", f"/class/kernel/{what}", json.dumps(body).encode(), headers)
                answer = connection.getresponse()
                status, text = answer.status, answer.read(_LARGEST_ANSWER + 1)
            codes = {401: "class-ended", 413: "journal-too-large"}
            if status != 200 or len(text) > _LARGEST_ANSWER:
                raise JournalError(codes.get(status, "class-unreachable"))
            found: dict[str, Any] = json.loads(text)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise JournalError("class-unreachable") from error
        return found


def link_of(environment: Mapping[str, str] = os.environ) -> ClassLink | None:
    """Return the link to the class that started this kernel, or None where no class did."""
    address, token = environment.get(ADDRESS), environment.get(TOKEN)
    return ClassLink(address, token) if address and token else None


class ClassJournal(Journal):
    """A person's journal of one module, as its class holds it, and what this machine still has to send."""

    appends = False  # what was answered on a page meanwhile stands before what waited here

    def __init__(self, path: Path, module: str, link: ClassLink) -> None:
        """Know where events wait, and whom to ask."""
        super().__init__(path)
        self._module = module
        self._link = link
        self._exchanging = threading.Lock()
        self._epoch = ""
        self._theirs: list[dict[str, Any]] = []
        self._refused: set[str] = set()
        self._asked = -math.inf

    def rows(self, activity: str | None = None) -> list[dict[str, Any]]:
        """Return the class's events in its order, then those that wait here; where it is away, what is known of it.

        Raises:
            JournalError: If the file cannot be read.
        """
        here = super().rows()
        if time.monotonic() - self._asked > _FRESH:  # each activity of a notebook reads
            with contextlib.suppress(JournalError):  # a reading shows what there is; `put` says what is not saved
                self._exchange(here)
        theirs = self._theirs
        known = {row["id"] for row in theirs}
        whole = [*theirs, *(row for row in here if row["id"] not in known)]
        return [row for row in whole if activity is None or row["activity"] == activity]

    def put(self, events: list[Any]) -> None:
        """Write events to this machine's disk, and return once the class has them.

        Raises:
            JournalError: As of a journal; and `class-unreachable` or `class-ended` where they wait here.
        """
        super().put(events)
        self._exchange(super().rows())

    def _exchange(self, here: list[dict[str, Any]]) -> None:
        """Send what the class does not have of `here`, and take over its rows."""
        with self._exchanging:
            self._asked = math.inf
            try:
                self._exchange_all(here)
            finally:
                self._asked = time.monotonic()

    def _exchange_all(self, here: list[dict[str, Any]]) -> None:
        while True:
            known = {row["id"] for row in self._theirs} | self._refused
            events = _first_of([row for row in here if row["id"] not in known])
            about = {"module": self._module, "epoch": self._epoch, "n": len(self._theirs)}
            answer = self._link.ask("journal", {**about, "events": events})
            try:
                self._theirs = [*self._theirs[: answer["from"]], *answer["rows"]]
                self._epoch = answer["epoch"]
                self._refused.update(answer["refused"])
                complete = len(self._theirs) >= answer["total"]
            except (KeyError, TypeError) as error:
                raise JournalError("class-unreachable") from error
            known = {row["id"] for row in self._theirs} | self._refused
            if complete and all(row["id"] in known for row in here):
                return

    def hand_in(self, request: str) -> dict[str, Any] | None:
        """Hand in what the class holds, and return the receipt, or None where there is nothing to hand in.

        Args:
            request: A random id: asking again with the same one gives the same receipt.

        Raises:
            JournalError: If something of it waits here and the class cannot be reached.
        """
        self._exchange(super().rows())
        receipt: dict[str, Any] | None = self._link.ask("hand-in", {"module": self._module, "request": request}).get(
            "receipt"
        )
        return receipt


def _first_of(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return as many as fit into one request, at least one."""
    size = 0
    kept: list[dict[str, Any]] = []
    for event in events:
        size += len(json.dumps(event))
        if kept and size > _LARGEST_PUT:
            break
        kept.append(event)
    return kept
