"""Notebooks on demand, as the class's service sees them: who may enter the Hub, who waits, and what kernels send.

Hub, proxy and service share one key in the class's folder. With it they sign who somebody is, for one use and a while.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import math
import os
import secrets
import time
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from himaya.answers.private import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = "notebooks.json"
STAY = 20 * 60
"""Seconds without anybody's doing after which a notebook server is ended; what waiting is reckoned with."""
DAY = 12 * 3600
"""Seconds after which a notebook server is ended in any case, and what its kernels show is worth nothing."""
GATE = "himaya-notebook"
"""The cookie without which the proxy leads nobody to a notebook server; whoever signs out loses it."""
_FORGOTTEN = "notebooks-forgotten"
_TICKET = 60  # seconds between the class's page and the Hub
_ASKED = 20  # seconds after which somebody who waits and no longer asks has gone
_STARTS = 120  # seconds that a server may take until it counts as one
_HUB = 5  # seconds until the Hub has to answer
Use = Literal["ticket", "kernel", "gate"]


@dataclass(frozen=True)
class Settings:
    """What Hub, proxy and service of one machine agree on.

    Attributes:
        key: Signs who somebody is.
        token: With which the service asks the Hub who has a server.
        most: How many servers run at once.
        port: Where the Hub is reached, beside the class: an origin of its own.
        kernels: The service's port for kernels, on loopback alone.
        api: The Hub's port for its own services, on loopback alone.
        routes: The proxy's port for the Hub, on loopback alone.
        state: The Hub's folder.
    """

    key: str
    token: str
    most: int
    port: int
    kernels: int
    api: int
    routes: int
    state: str


def write_settings(folder: Path, most: int, port: int, state: Path) -> Settings:
    """Write the settings of a class's folder, with new secrets where there were none; the three ports follow `port`."""
    before = read_settings(folder)
    key, token = (before.key, before.token) if before else (secrets.token_hex(32), secrets.token_hex(32))
    made = Settings(key, token, most, port, port + 1, port + 2, port + 3, str(state.resolve()))
    write_whole(folder / FILE, json.dumps(asdict(made)).encode())
    return made


def read_settings(folder: Path) -> Settings | None:
    """Return the settings of a class's folder, or None where it has no notebooks."""
    try:
        return Settings(**json.loads((folder / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def forget_notebooks(folder: Path, who: str) -> None:
    """Have the Hub remove a person's Unix user; their pseudonym stays in a list, as in the store's tombstones."""
    if read_settings(folder) is not None:
        descriptor = os.open(folder / _FORGOTTEN, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{who}\n")


def forgotten(folder: Path) -> list[str]:
    """Return whose Unix users have to go."""
    try:
        return (folder / _FORGOTTEN).read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return []


def sign(key: str, use: Use, until: float, **facts: str) -> str:
    """Return a text of letters, digits, `-`, `_` and `.` that says who somebody is, for one use, until a time."""
    body = base64.urlsafe_b64encode(json.dumps({**facts, "until": int(until)}).encode()).decode().rstrip("=")
    return f"{body}.{_mac(key, use, body)}"


def opened(key: str, use: Use, text: str, now: float) -> dict[str, Any] | None:
    """Return what was signed for this use, or None where it was not, or its time is over."""
    body, _, mac = text[:2000].partition(".")
    if not text.isascii() or not hmac.compare_digest(_mac(key, use, body), mac):
        return None
    facts: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return facts if now <= facts["until"] else None


def _mac(key: str, use: str, body: str) -> str:
    return hmac.new(key.encode(), f"{use} {body}".encode(), hashlib.sha256).hexdigest()


@dataclass
class Queue:
    """Who waits for a notebook server: first come, first served; who stops asking loses the place."""

    most: int
    clock: Callable[[], float] = time.monotonic
    _waiting: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _granted: dict[str, float] = field(default_factory=dict)

    def ask(self, who: str, running: set[str]) -> int:
        """Return somebody's place in the queue; 0 where they may enter now.

        Args:
            who: Asks, and asks again every few seconds.
            running: Who has a server, or starts one.
        """
        now = self.clock()
        self._granted = {name: until for name, until in self._granted.items() if until > now and name not in running}
        for name in [name for name, asked in self._waiting.items() if asked < now - _ASKED]:
            del self._waiting[name]
        if who not in running and who not in self._granted:
            self._waiting[who] = now  # a place once taken is kept
            place = list(self._waiting).index(who) + 1
            if place > self.most - len(running) - len(self._granted):
                return place
            del self._waiting[who]
            self._granted[who] = now + _STARTS
        return 0


class Notebooks:
    """The way from a class's page to the Hub."""

    def __init__(self, settings: Settings) -> None:
        """Begin with an empty queue."""
        self.settings = settings
        self._queue = Queue(settings.most)

    async def enter(self, who: str, course: str, module: str, request: Any) -> dict[str, Any]:
        """Return the address that leads into a module's notebook, or the place in the queue, or that the Hub is off."""
        running = await self._running()
        if running is None:
            return {"off": True}
        place = self._queue.ask(who, running)
        if place > 0:
            return {"place": place, "minutes": math.ceil(place * STAY / 60 / self.settings.most)}
        name = urlsplit(f"//{request.host}").hostname or ""
        host = f"[{name}]" if ":" in name else name
        facts = {"who": who, "course": course, "module": module, "once": secrets.token_hex(16)}
        ticket = sign(self.settings.key, "ticket", time.time() + _TICKET, **facts)
        # After `#`, like the secret of a card: no log and no proxy sees it.
        return {"address": f"{request.protocol}://{host}:{self.settings.port}/hub/class#{ticket}"}

    async def _running(self) -> set[str] | None:
        asked = HTTPRequest(
            f"http://127.0.0.1:{self.settings.api}/hub/api/users?state=active",
            headers={"Authorization": f"token {self.settings.token}"},
            connect_timeout=_HUB,
            request_timeout=_HUB,
        )
        try:
            answer = await AsyncHTTPClient().fetch(asked)
            return {str(each["name"]) for each in json.loads(answer.body)}
        except (HTTPClientError, OSError, ValueError, KeyError, TypeError):
            return None
