"""What the site serves: pages, keys and paces of the classes in one folder. One for each process."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import Error

from himaya_site.paces import Pace
from himaya_site.people.enrolled import sealed_name
from himaya_site.people.tries import Tries
from himaya_site.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from himaya_server.classroom.built_pages import Pages
    from himaya_server.classroom.codes import Codes
    from himaya_server.classroom.records import Signed
    from himaya_server.classroom.sealing import Seal

_LOOKED = 1.0  # seconds between looks at what the folder holds
_CARDS, _CARDS_AT_ONCE = 0.2, 30.0  # cards that nobody knows, of one address, a second: a sheet of old cards is 30
_WRONG_JOINS, _WRONG_JOINS_AT_ONCE = 0.005, 8.0  # wrong codes of a wall, of one phone or unnamed address, a second
_JOINS, _JOINS_AT_ONCE = 0.5, 60.0  # people who join from one address, a second: a class may come through one router
_PHONES, _PHONES_AT_ONCE = 0.05, 100.0  # phones of one address that get a name, and so a pace of their own, a second
_ASKS, _ASKS_AT_ONCE = 10.0, 120.0  # requests of one session, a second
_WRONG, _WRONG_AT_ONCE = 0.1, 10.0  # wrong passwords of one device, a second
_CHECKS, _CHECKS_AT_ONCE = 4.0, 20.0  # passwords that are looked at altogether: each takes 64 MB and a while


@dataclass
class Served:
    """What all requests share.

    Attributes:
        pages: Of each course.
        courses: Of each class, which course it takes.
        seal: Opens names; None where there is no key.
        codes: Compares what is typed without a camera.
        hosts: By which names and addresses the site may be asked, without a port.
        look: Looks for new classes and pages, and returns both, or None where nothing is new.
        tour: The address of an invented class on this machine; empty where there is none.
        address: Where phones find the site, without a path; empty where that is not known.
        folder: Where all of it is kept.
        sources: Holds the courses that a new class may take.
        modules: Holds the modules that these are made of.
    """

    pages: Mapping[str, Pages]
    courses: Mapping[str, str]
    seal: Seal | None
    codes: Codes
    hosts: frozenset[str]
    cards: Pace = field(default_factory=lambda: Pace("cards", _CARDS, _CARDS_AT_ONCE))
    wrong_joins: Pace = field(default_factory=lambda: Pace("wrong-joins", _WRONG_JOINS, _WRONG_JOINS_AT_ONCE))
    joins: Pace = field(default_factory=lambda: Pace("joins", _JOINS, _JOINS_AT_ONCE))
    phones: Pace = field(default_factory=lambda: Pace("phones", _PHONES, _PHONES_AT_ONCE))
    asks: Pace = field(default_factory=lambda: Pace("asks", _ASKS, _ASKS_AT_ONCE))
    wrong: Pace = field(default_factory=lambda: Pace("passwords", _WRONG, _WRONG_AT_ONCE))
    checks: Pace = field(default_factory=lambda: Pace("checks", _CHECKS, _CHECKS_AT_ONCE))
    tries: Tries = field(default_factory=Tries)
    folder: Path = Path("_build/class")
    sources: Path = Path("courses")
    modules: Path = Path("modules")
    today: Callable[[], date] = lambda: datetime.now().astimezone().date()
    look: Callable[[], tuple[Mapping[str, Pages], Mapping[str, str]] | None] | None = None
    tour: str = ""
    address: str = ""
    _looked: float = 0.0
    _looking: threading.Lock = field(default_factory=threading.Lock)

    def pages_of(self, class_id: str) -> Pages:
        """Return the pages of a class's course; refuse where they are not written yet."""
        if class_id not in self.courses:
            raise Refused(503)
        return self.pages[self.courses[class_id]]

    def ready(self, class_id: str) -> bool:
        """Return whether a class has pages, so that phones can open it."""
        return class_id in self.courses

    def look_again(self) -> None:
        """Find classes and pages that another program made meanwhile; one request does, and holds up no other."""
        if self.look is None or time.monotonic() < self._looked + _LOOKED or not self._looking.acquire(blocking=False):
            return
        try:
            with suppress(Error):  # whatever asks the database next says so
                if (found := self.look()) is not None:
                    self.pages, self.courses = found
            self._looked = time.monotonic()
        finally:
            self._looking.release()

    def name(self, signed: Signed) -> str:
        """Return what somebody is called: by name where the class keeps names, else the pseudonym."""
        sealed = sealed_name(signed.person) if self.seal is not None else None
        return self.seal.opened(sealed) if self.seal is not None and sealed is not None else signed.who


_served: Served | None = None


def serve(what: Served) -> None:
    """Let this process serve it from now on."""
    global _served  # noqa: PLW0603 - a process serves one folder
    _served = what


def served() -> Served:
    """Return what this process serves."""
    if _served is None:
        message = "nothing is served yet"
        raise RuntimeError(message)
    return _served
