"""The service or the site in a thread of this process, and a client that sends exactly what a test says."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from typing import TYPE_CHECKING, Any

from django.core.cache import cache

from himaya_server.classroom.built_pages import Pages
from himaya_server.classroom.codes import Codes
from himaya_server.classroom.door import MOST
from himaya_server.classroom.service import COOKIE, Service, serve
from himaya_server.classroom.staff import Office, staff_routes
from himaya_server.pace import Paces
from himaya_site import served as site
from himaya_site.answers.put import writer
from himaya_site.paces import Pace
from himaya_site.project.server import Server
from himaya_site.served import Served
from himaya_site.store import Store as SiteStore
from tests.browser.link import free_port
from tests.shipped import a_module

if TYPE_CHECKING:
    import ssl
    from datetime import date
    from pathlib import Path

    from himaya_server.classroom.store import Store

MODULE = a_module("core-protection")
COURSE = "core-protection"
BUILD = "0123456789ab"
NO_MODULES = "no-modules"
"""Where a test's machine keeps no modules that its notebooks could read."""
PASSPHRASE = "a long sentence for tests"  # noqa: S105 - of backups that live as long as a test


def pages_in(folder: Path) -> Pages:
    """Write pages that say their names, and return them."""
    for language in ("en", "ar"):
        (folder / language).mkdir(parents=True)
        for page in ("index", "door", MODULE):
            (folder / language / f"{page}.html").write_text(f"<p>{language} {page}</p>", encoding="utf-8")
    return Pages(COURSE, BUILD, folder, ["en", "ar"], None, [MODULE], {MODULE: {}})


class Address:
    """Where a service listens on this machine, in this process or another.

    Attributes:
        port: Its port.
    """

    def __init__(self, port: int, trusted: ssl.SSLContext | None = None) -> None:
        """Know it, and whom a client trusts where it is encrypted."""
        self.port = port
        self._trusted = trusted

    def connection(self) -> http.client.HTTPConnection:
        """Return a connection that is not open yet."""
        if self._trusted is None:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=self._trusted)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request, and return status, headers and body."""
        connection = self.connection()
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def post(self, what: str, body: object) -> tuple[int, bytes]:
        """Ask as somebody who is not signed in, and return status and body."""
        sent = {"Content-Type": "application/json"}
        status, _, answer = self.ask("POST", f"/class/api/{what}", json.dumps(body).encode(), sent)
        return status, answer


class Running(Address):
    """A server of classes that runs until `stop`.

    Attributes:
        codes: What it compares typed codes with.
        steps: Which steps of a whole class staff took.
        shared: What all its requests share.
    """

    codes: Codes
    steps: list[tuple[str, str]]
    shared: Any

    def today(self) -> date:
        """Return the day whose room code is right."""
        return self.shared.today()

    def slow(self, name: str, rate: float, most: float) -> None:
        """Let somebody do less in a time: nobody waits for a pace in a test."""
        raise NotImplementedError

    def fill(self, name: str, key: str) -> None:
        """Let so much time go by that somebody may do all again."""
        raise NotImplementedError

    def left(self, name: str, key: str) -> float:
        """Return how much somebody may do."""
        raise NotImplementedError

    def waiting(self) -> int:
        """Return how many steps wait for the transaction under way."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop it."""
        raise NotImplementedError


def run(
    store: Store,
    folder: Path,
    tls: ssl.SSLContext | None = None,
    trusted: ssl.SSLContext | None = None,
    most: int = MOST,
) -> Running:
    """Start the server that a store belongs to."""
    if isinstance(store, SiteStore):
        return RunningSite(store, folder, most)
    return RunningService(store, folder, tls, trusted, most)


class RunningSite(Running):
    """The site."""

    def __init__(self, store: SiteStore, folder: Path, most: int) -> None:
        """Start it."""
        super().__init__(free_port())
        self.codes, self.steps = Codes(b"k" * 32), []
        courses = {each.id: COURSE for each in store.classes()}
        hosts = frozenset({"127.0.0.1", "localhost"})
        self.shared = Served({COURSE: pages_in(folder)}, courses, None, self.codes, hosts)
        cache.clear()
        site.serve(self.shared)
        self._server = Server("127.0.0.1", self.port, most)
        self._server.start()

    def slow(self, name: str, rate: float, most: float) -> None:
        """Let somebody do less in a time."""
        setattr(self.shared, name, Pace(name, rate, most))
        cache.clear()

    def fill(self, name: str, key: str) -> None:
        """Let so much time go by that somebody may do all again."""
        getattr(self.shared, name).fill(key)

    def left(self, name: str, key: str) -> float:
        """Return how much somebody may do."""
        return getattr(self.shared, name).left(key)

    def waiting(self) -> int:
        """Return how many steps wait for the transaction under way."""
        return writer.waiting()

    def stop(self) -> None:
        """Stop it."""
        self._server.stop()


class RunningService(Running):
    """Today's service."""

    def __init__(
        self,
        store: Store,
        folder: Path,
        tls: ssl.SSLContext | None = None,
        trusted: ssl.SSLContext | None = None,
        most: int = MOST,
    ) -> None:
        """Start it."""
        super().__init__(free_port(), trusted)
        pages = pages_in(folder)
        courses = {each.id: COURSE for each in store.classes()}
        self.codes = Codes(b"k" * 32)
        hosts = frozenset({"127.0.0.1", "localhost"})
        self.service = Service(store, {COURSE: pages}, courses, None, self.codes, hosts)
        self.steps = []
        self.shared = self.service

        async def take(step: str, class_id: str) -> tuple[bool, str]:
            self.steps.append((step, class_id))
            return step == "collect", "<b>no</b>"

        self.office = Office(self.service, take)
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()

        async def begin() -> None:
            self._server = serve(self.service, self.port, "127.0.0.1", tls, most, staff_routes(self.office))
            ready.set()

        def run() -> None:
            self._loop.run_until_complete(begin())
            self._loop.run_forever()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        assert ready.wait(30)

    def slow(self, name: str, rate: float, most: float) -> None:
        """Let somebody do less in a time."""
        setattr(self.office if name == "wrong" else self.service, name, Paces(rate, most))

    def fill(self, name: str, key: str) -> None:
        """Let so much time go by that somebody may do all again."""
        bucket = getattr(self.service, name).of(key)
        bucket._left = bucket.most

    def left(self, name: str, key: str) -> float:
        """Return how much somebody may do."""
        return getattr(self.service, name).of(key).left()

    def waiting(self) -> int:
        """Return how many steps wait for the transaction under way."""
        return len(self.service._waiting)

    def stop(self) -> None:
        """Stop it."""

        def end() -> None:
            self._server.stop()
            self._loop.call_later(0.05, self._loop.stop)

        self._loop.call_soon_threadsafe(end)
        self._thread.join(10)
        self._loop.close()
        self.service.threads.shutdown()
        self.office.passwords.shutdown()


class Browser:
    """Somebody who signed in with a card, or with what they typed.

    Attributes:
        who: Their pseudonym.
        headers: What a page of ours sends.
    """

    cookie: str

    def __init__(self, running: Address, card: str | dict[str, Any], earlier: Browser | None = None) -> None:
        """Sign in, on a device of its own, or on the one where somebody was signed in earlier."""
        self._running = running
        asked = json.dumps({"card": card} if isinstance(card, str) else card).encode()
        sent = {"Content-Type": "application/json"}
        if earlier is not None:
            sent["Cookie"] = f"{COOKIE}={earlier.cookie}"
        status, headers, body = running.ask("POST", "/class/api/sign-in", asked, sent)
        assert status == 200, status
        self.cookie_header = headers["Set-Cookie"]
        self.person = json.loads(body)
        self.who = self.person["who"]
        self.cookie = self.cookie_header.split(";")[0].removeprefix(f"{COOKIE}=")
        self.headers = {
            "Content-Type": "application/json",
            "Cookie": f"{COOKIE}={self.cookie}",
            "X-Himaya-Key": self.person["key"],
            "X-Himaya-Who": self.who,
        }

    def ask(self, what: str, body: object, **changed: str | None) -> tuple[int, Any]:
        """Ask as a page would; headers may be changed, or left out with None."""
        headers = {**self.headers, **{name.replace("_", "-"): value for name, value in changed.items()}}
        sent = {name: value for name, value in headers.items() if value is not None}
        status, _, answer = self._running.ask("POST", f"/class/api/{what}", json.dumps(body).encode(), sent)
        return status, json.loads(answer) if status == 200 else None

    def confirm_card(self) -> None:
        """Say that what was answered with a new card is one's own."""
        seen = self.ask("me", {})[1]["card"]["seen"]
        assert self.ask("card", {"seen": seen})[0] == 200

    def hand_on(self) -> set[str]:
        """Hand the phone on, and return which cookies are gone."""
        connection = self._running.connection()
        connection.request("POST", "/class/api/sign-out", b"{}", self.headers)
        answer = connection.getresponse()
        gone = {value.split("=")[0] for name, value in answer.getheaders() if name == "Set-Cookie" and '="";' in value}
        connection.close()
        assert answer.status == 200
        return gone

    def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Open an address."""
        return self._running.ask("GET", path, None, {"Cookie": f"{COOKIE}={self.cookie}"})
