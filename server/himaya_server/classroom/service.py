"""The class service: one process, pages and answers. It renders nothing, starts nothing and logs no secret.

A request is refused before it is read as far as it can be: by host, size, pace, session, and where it comes from.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tornado.iostream import StreamClosedError
from tornado.web import Application, HTTPError, RequestHandler, stream_request_body

from himaya.answers.journal import checked
from himaya.answers.limits import MAX_ID
from himaya.errors import JournalError
from himaya.languages.dates import clock_time, written_day
from himaya_server.classroom.built_pages import chosen_language, compressed
from himaya_server.classroom.codes import DIGITS, Codes, Tries, device_of, typed
from himaya_server.classroom.door import MOST, Door
from himaya_server.classroom.notebooks import GATE
from himaya_server.classroom.records import RETENTION, Put, Use
from himaya_server.font import FILE, KEPT, font
from himaya_server.pace import Paces

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import date

    from himaya_server.classroom.built_pages import Pages
    from himaya_server.classroom.notebooks import Notebooks
    from himaya_server.classroom.records import Reissued, Rows, Signed
    from himaya_server.classroom.sealing import Seal
    from himaya_server.classroom.store import Store

COOKIE = "himaya-class"
LARGEST_BODY = 1_000_000  # bytes; a page sends at most 150,000 letters at once
LARGEST_OF_STRANGERS = 10_000  # bytes; a request to sign in
LARGEST_HEADER = 2**14
_MOST_EVENTS = 2_000  # of one request
_LARGEST_ID = 2**63 - 1  # that a database keeps
_TOGETHER = 100  # steps that are written with one sync of the disk
_CARDS, _CARDS_AT_ONCE = 0.2, 30.0  # cards that nobody knows, of one address, a second: a sheet of old cards is 30
_ASKS, _ASKS_AT_ONCE = 10.0, 120.0  # requests of one session, a second
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_FEEDBACK = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
_log = logging.getLogger("himaya.class")


@dataclass
class Service:
    """What all requests share.

    Attributes:
        store: The store; asked in threads.
        pages: Of each course.
        courses: Of each class, which course it takes.
        seal: Opens names; None where there is no key.
        codes: Compares what is typed without a camera.
        hosts: By which names and addresses the service may be asked, without a port.
        notebooks: The way to notebooks on demand; None where there are none.
    """

    store: Store
    pages: Mapping[str, Pages]
    courses: Mapping[str, str]
    seal: Seal | None
    codes: Codes
    hosts: frozenset[str]
    notebooks: Notebooks | None = None
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "store"))
    cards: Paces = field(default_factory=lambda: Paces(_CARDS, _CARDS_AT_ONCE))
    asks: Paces = field(default_factory=lambda: Paces(_ASKS, _ASKS_AT_ONCE))
    tries: Tries = field(default_factory=Tries)
    _waiting: list[tuple[Put | Use, asyncio.Future[Any]]] = field(default_factory=list)
    _writing: asyncio.Task[None] | None = None
    today: Callable[[], date] = lambda: datetime.now().astimezone().date()

    async def run(self, step: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Take a step of the store without holding up other requests."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, partial(step, *given, **named))

    async def put(self, put: Put) -> Rows:
        """Append events.

        Raises:
            JournalError: If nothing of it was written.
        """
        rows: Rows
        if put.events:
            rows = await self._written(put)
        else:
            rows = await self.run(self.store.rows, put.person_id, put.module, put.start)
        return rows

    async def use(self, session_id: int) -> None:
        """Note that something came from a device."""
        await self._written(Use(session_id))

    async def _written(self, step: Put | Use) -> Any:
        """Write together with whatever else waits: a sync of the disk serves all who came during the last one."""
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((step, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await done

    async def _write(self) -> None:
        while self._waiting:
            chosen, self._waiting = self._waiting[:_TOGETHER], self._waiting[_TOGETHER:]
            try:
                found = await self.run(self.store.write_all, [step for step, _ in chosen])
            except Exception as error:  # noqa: BLE001 - each who waits is told, and sends again
                found = [error] * len(chosen)
            for (_, done), became in zip(chosen, found, strict=True):
                if done.done():  # whoever asked is gone
                    continue
                if isinstance(became, Exception):
                    done.set_exception(became)
                else:
                    done.set_result(became)
        self._writing = None

    def pages_of(self, class_id: str) -> Pages:
        """Return the pages of a class's course."""
        return self.pages[self.courses[class_id]]

    def name(self, signed: Signed) -> str:
        """Return what somebody is called: by name where the class keeps names, else the pseudonym."""
        sealed = self.store.sealed_names(signed.class_id).get(signed.person or 0)
        return self.seal.opened(sealed) if self.seal is not None and sealed is not None else signed.who


def application(service: Service, more: Sequence[Any] = ()) -> Application:
    """Return the application, all of it below `/class/`.

    Args:
        service: What all requests share.
        more: Other routes, such as those of staff.
    """
    name = r"([a-z0-9-]{1,100})"
    given = {"service": service}
    return Application(
        [
            (r"/(?:class/?)?", DoorHandler, given),
            (rf"/class/p/{name}/([0-9a-f]{{12}})/([a-z]{{2,3}})/{name}\.html", PageHandler, given),
            (rf"/class/feedback/{name}", FeedbackHandler, given),
            (r"/class/api/([a-z-]{1,20})", ApiHandler, given),
            (f"/class/font/({FILE})", FontHandler, given),
            *more,
        ],
        default_handler_class=UnknownHandler,
        default_handler_args=given,
        compress_response=True,
        log_function=_logged,
    )


def serve(
    service: Service,
    port: int,
    address: str,
    tls: ssl.SSLContext | None = None,
    most: int = MOST,
    more: Sequence[Any] = (),
) -> Door:
    """Listen on one address; the event loop runs it.

    Args:
        service: What is served.
        port: Where.
        address: Of this machine.
        tls: What it is encrypted with; None for plain HTTP.
        most: How many connections are held at once.
        more: Other routes, such as those of staff.
    """
    server = Door(
        application(service, more),
        most=most,
        ssl_options=tls,
        max_body_size=LARGEST_BODY,
        max_header_size=LARGEST_HEADER,
        body_timeout=30,
        idle_connection_timeout=60,
        no_keep_alive=False,
    )
    server.listen(port, address, backlog=1024)
    return server


def _logged(handler: RequestHandler) -> None:
    """Write one line without address, query or anybody's name: a mistyped link may hold a secret in its path."""
    request = handler.request
    what = request.path if isinstance(handler, ApiHandler) and handler.get_status() != 404 else type(handler).__name__
    level = logging.WARNING if handler.get_status() >= 500 else logging.INFO
    took = 1000 * request.request_time()
    _log.log(level, "%s %s %d %.0f ms", request.method, what, handler.get_status(), took)


@stream_request_body
class Handler(RequestHandler):
    """What every answer of the service has in common. Of a stranger only as much is read as signing in takes."""

    def initialize(self, service: Service) -> None:
        """Take what all requests share, and begin without a body."""
        self.service = service
        self.received = bytearray()

    def set_default_headers(self) -> None:
        """Let nobody frame, sniff, cache or follow what is answered."""
        for name, value in _HEADERS.items():
            self.set_header(name, value)
        if self.request.protocol == "https":
            self.set_header("Strict-Transport-Security", "max-age=2592000")
        self.clear_header("Server")

    def prepare(self) -> Awaitable[None] | None:
        """Refuse a request that asks for another host: a page elsewhere may have had its name lead here."""
        try:
            host = urlsplit(f"//{self.request.host}").hostname or ""
        except ValueError:
            host = ""
        self.request.connection.set_max_body_size(LARGEST_OF_STRANGERS)
        if host.lower() not in self.service.hosts:
            raise HTTPError(421)
        return None

    def data_received(self, chunk: bytes) -> None:
        """Keep a piece of the body, until it is whole."""
        self.received += chunk

    def write_error(self, status_code: int, **_: object) -> None:
        """Answer a number, and no more."""
        self.finish(str(status_code))

    def log_exception(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        """Write where our own code failed, and nothing of the request."""
        if not isinstance(error, HTTPError | StreamClosedError) and kind is not None:
            _log.error("%s failed: %s", type(self).__name__, "".join(traceback.format_tb(trace)) + kind.__name__)

    def elsewhere(self) -> bool:
        """Return whether a request was made by a page of somebody else."""
        headers = self.request.headers
        origin = headers.get("Origin")
        foreign = origin is not None and urlsplit(origin).netloc != self.request.host
        return foreign or headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")

    async def signed(self) -> Signed | None:
        """Return who asks, also where the device still waits for a yes."""
        secret = self.get_cookie(COOKIE) or ""
        return await self.service.run(self.service.store.session, secret) if 0 < len(secret) <= 100 else None

    async def person(self) -> Signed | None:
        """Return the trainee who asks."""
        signed = await self.signed()
        return signed if signed is not None and signed.person is not None and signed.allowed else None


class UnknownHandler(Handler):
    """Every other address."""

    def prepare(self) -> None:
        """Answer 404, to other hosts 421."""
        super().prepare()
        raise HTTPError(404)


class DoorHandler(Handler):
    """The address on the poster and on cards; what follows `#` in it never comes here."""

    def get(self) -> None:
        """Lead to the door in a language that the browser speaks, of whichever course has it."""
        courses = [pages for _, pages in sorted(self.service.pages.items())]
        languages = list(dict.fromkeys(language for pages in courses for language in pages.languages))
        language = chosen_language(self.request.headers.get("Accept-Language", ""), languages)
        self.redirect(next(pages for pages in courses if language in pages.languages).address(language, "door"))


class PageHandler(Handler):
    """A page, the same for everybody; a browser keeps it, and opens it when the class is off."""

    async def get(self, course: str, build: str, language: str, page: str) -> None:
        """Send it; without a session lead to the door."""
        pages = self.service.pages.get(course)
        if pages is None or language not in pages.languages or page not in ("index", "door", *pages.modules):
            raise HTTPError(404)
        if page != "door" and await self.person() is None:
            self.redirect("/class/")
            return
        if build != pages.build:
            self.redirect(pages.address(language, page))
            return
        file = pages.folder / language / f"{page}.html"
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            text = await self.service.run(compressed, file)
            self.set_header("Content-Encoding", "gzip")  # Tornado would compress it for each, and hold up all others
        else:
            text = await self.service.run(file.read_bytes)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        await self.finish(text)


class FontHandler(Handler):
    """The font that pages in Arabic script are drawn with; no secret."""

    def get(self, _name: str) -> None:
        """Send it, also before anybody signed in."""
        self.set_header("Content-Type", "font/woff2")
        self.set_header("Cache-Control", f"public, max-age={KEPT}, immutable")
        self.finish(font())


class FeedbackHandler(Handler):
    """A person's feedback on one module: a page in which nothing runs."""

    async def get(self, module: str) -> None:
        """Send one's own."""
        signed = await self.person()
        if signed is None or self.elsewhere():
            self.redirect("/class/")
            return
        page = await self.service.run(self.service.store.feedback_page, signed.person, module)
        if page is None:
            raise HTTPError(404)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", _FEEDBACK)
        await self.finish(page)


class ApiHandler(Handler):
    """What pages ask: JSON by POST, from a page of ours that knows its session's key."""

    def initialize(self, service: Service) -> None:
        """Know the steps."""
        super().initialize(service)
        self._signed: Signed | None = None
        self._steps: dict[str, Callable[[Signed, dict[str, Any]], Any]] = {
            "me": self._me,
            "journal": self._journal,
            "hand-in": self._hand_in,
            "device": self._device,
            "card": self._card,
            "notebook": self._notebook,
        }
        self._for_all = {"sign-in": self._sign_in, "sign-out": self._sign_out}

    async def prepare(self) -> None:
        """Refuse what can be refused by its head."""
        super().prepare()
        what = self.path_args[0]
        if self.request.method != "POST":
            raise HTTPError(405)
        if what not in self._steps and what not in self._for_all:
            raise HTTPError(404)
        kind = self.request.headers.get("Content-Type", "").split(";")[0].strip().lower()
        if kind != "application/json" or self.elsewhere():
            raise HTTPError(403)
        if what not in self._for_all:
            self._signed = await self._sure()
            self.request.connection.set_max_body_size(LARGEST_BODY)

    async def post(self, what: str) -> None:
        """Do one thing."""
        asked = self._body()
        signed = self._signed
        if signed is None:
            return await self._for_all[what](asked)
        if not signed.used:
            await self.service.use(signed.session)
        if not signed.allowed and what != "me":
            raise HTTPError(401)
        return await self._answer(await self._steps[what](signed, asked))

    async def _sure(self) -> Signed:
        """Return the trainee who asks, from a page of theirs."""
        signed = await self.signed()
        secret = self.get_cookie(COOKIE) or ""
        if signed is None or signed.person is None:
            raise HTTPError(401)
        key = self.request.headers.get("X-Himaya-Key", "")
        if not hmac.compare_digest(key_of(secret).encode(), key.encode()):
            raise HTTPError(401)
        if self.request.headers.get("X-Himaya-Who") != signed.who:  # somebody else signed in meanwhile, in another tab
            raise HTTPError(401)
        if not self.service.asks.of(secret).take():
            raise HTTPError(429)
        return signed

    def _body(self) -> dict[str, Any]:
        try:
            asked = json.loads(self.received)
        except (ValueError, RecursionError):
            raise HTTPError(400) from None
        if not isinstance(asked, dict):
            raise HTTPError(400)
        return asked

    async def _answer(self, answer: object) -> None:
        self.set_header("Content-Type", "application/json")
        await self.finish(json.dumps(answer, ensure_ascii=False))

    async def _with_card(self, card: object) -> str | None:
        pace = self.service.cards.of(self.request.remote_ip or "")
        if pace.left() < 1:
            raise HTTPError(429)
        if isinstance(card, str) and re.fullmatch(r"[\w-]{20,64}", card, re.ASCII) is not None:
            earlier = self.get_cookie(COOKIE) or ""
            secret: str | None = await self.service.run(self.service.store.sign_in, card, earlier)
            if secret is not None:
                return secret
        pace.take()  # only what is wrong is counted: a class comes through one router
        return None

    async def _with_code(self, asked: dict[str, Any]) -> str | None:
        number, code, room = (typed(asked.get(name)) for name in ("number", "code", "room"))
        device = device_of(self.request.remote_ip or "")
        if not 0 < len(number) <= 9 or len(code) != DIGITS:
            return None
        if not self.service.tries.begin(number, device):
            raise HTTPError(429)
        store, codes = self.service.store, self.service.codes
        class_id = await self.service.run(store.class_of_number, int(number))
        right = codes.room(class_id or "", self.service.today())
        if class_id is None or not hmac.compare_digest(right, room):
            return None
        kept, earlier = codes.kept(int(number), code), self.get_cookie(COOKIE) or ""
        secret: str | None = await self.service.run(store.sign_in_with_code, int(number), kept, earlier)
        if secret is not None:
            self.service.tries.right(number, device)
        return secret

    async def _sign_in(self, asked: dict[str, Any]) -> None:
        store = self.service.store
        secret = await (self._with_code(asked) if "code" in asked else self._with_card(asked.get("card")))
        if secret is None:
            raise HTTPError(403)
        signed = await self.service.run(store.session, secret)
        pages = self.service.pages_of(signed.class_id)
        person = await self.service.run(store.person, signed.who)
        secure = self.request.protocol == "https"
        self._leave_notebooks()
        # It is kept longer than the session lasts: by it this device is known again, see `Store.claim_card`.
        self.set_cookie(
            COOKIE, secret, path="/class/", httponly=True, samesite="Strict", secure=secure, max_age=RETENTION
        )
        await self._answer(
            {
                "who": signed.who,
                "key": key_of(secret),
                "home": pages.address(person.language),
                "course": pages.course,
                "modules": pages.modules,
                "allowed": signed.allowed,
            }
        )

    async def _me(self, signed: Signed, asked: dict[str, Any]) -> dict[str, Any]:
        if not signed.allowed:
            return {"allowed": False}
        store, run = self.service.store, self.service.run
        pages = self.service.pages_of(signed.class_id)

        def said(time: int) -> str:
            return self._said(time, asked, pages)

        devices = [each for each in await run(store.devices, signed.person) if each.allowed is None]
        card = await run(store.reissued_of, signed.person)
        return {
            "allowed": True,
            "notebooks": self.service.notebooks is not None,
            "name": await run(self.service.name, signed),
            "ends": self._day((await run(store.class_of, signed.class_id)).ends, asked, pages),
            "card": None if card is None else self._marked(card, said, signed.since < card.acted),
            "devices": [{"id": each.id, "said": said(each.made)} for each in devices],
            "receipts": [
                {"module": each.module, "said": said(each.received), "answers": each.answers, "code": each.code}
                for each in await run(store.receipts, signed.person)
            ],
            "feedback": [
                {"module": module, "said": said(time)}
                for module, time in (await run(store.feedback, signed.person)).items()
            ],
            "notes": [
                {"what": each.what, "who": each.who, "said": said(each.time)}
                for each in await run(store.notes, signed.person)
            ],
        }

    def _marked(self, card: Reissued, said: Callable[[int], str], earlier: bool) -> dict[str, Any]:
        claimed = None if card.claimed is None or earlier else said(card.claimed)
        return {"who": card.who, "said": said(card.time), "n": card.steps, "claimed": claimed, "seen": card.seen}

    def _day(self, time: int, asked: dict[str, Any], pages: Pages) -> str:
        day = datetime.fromtimestamp(time, UTC).astimezone().date()
        return written_day(day, self._language(asked, pages), pages.digits)

    def _language(self, asked: dict[str, Any], pages: Pages) -> str:
        language = asked.get("language")
        return str(language) if language in pages.languages else pages.languages[0]

    def _said(self, time: int, asked: dict[str, Any], pages: Pages) -> str:
        return clock_time(time, self._language(asked, pages), pages.digits)

    def _module(self, signed: Signed, asked: dict[str, Any]) -> str:
        module = asked.get("module")
        if module not in self.service.pages_of(signed.class_id).modules:
            raise HTTPError(404)
        return str(module)

    async def _journal(self, signed: Signed, asked: dict[str, Any]) -> dict[str, Any]:
        module = self._module(signed, asked)
        events, known = asked.get("events", []), asked.get("n", 0)
        if not isinstance(events, list) or len(events) > _MOST_EVENTS or type(known) is not int:
            raise HTTPError(400)
        kept, refused = [], []
        for event in events:
            try:
                whole = checked(event)
                if "\0" in whole["id"]:  # PostgreSQL keeps no such text
                    raise JournalError("event-malformed")
                kept.append(whole)
            except JournalError:
                refused.append(event.get("id") if isinstance(event, dict) else None)
        epoch = self.service.store.epoch
        start = known if asked.get("epoch") == epoch else 0
        try:
            rows = await self.service.put(Put(signed.person or 0, module, kept, start))
        except JournalError:
            raise HTTPError(413) from None
        return {
            "epoch": epoch,
            "from": rows.start,
            "total": rows.total,
            "rows": rows.rows,
            "refused": [each for each in refused if isinstance(each, str)],
        }

    async def _hand_in(self, signed: Signed, asked: dict[str, Any]) -> dict[str, Any]:
        module, request = self._module(signed, asked), asked.get("request")
        if not isinstance(request, str) or not 8 <= len(request) <= MAX_ID or not request.isprintable():
            raise HTTPError(400)
        pages = self.service.pages_of(signed.class_id)
        store = self.service.store
        receipt = await self.service.run(store.hand_in, signed.person, module, request, partial(pages.answered, module))
        if receipt is None:
            return {"receipt": None}
        said = self._said(receipt.received, asked, pages)
        about = {"said": said, "received": receipt.received, "answers": receipt.answers, "code": receipt.code}
        return {"receipt": about}

    async def _notebook(self, signed: Signed, asked: dict[str, Any]) -> dict[str, Any]:
        module = self._module(signed, asked)
        if self.service.notebooks is None:
            raise HTTPError(404)
        course = self.service.courses[signed.class_id]
        return await self.service.notebooks.enter(signed.who, course, module, self.request)

    async def _device(self, signed: Signed, asked: dict[str, Any]) -> dict[str, Any]:
        number, yes = asked.get("id"), asked.get("yes")
        if type(number) is not int or not 0 <= number <= _LARGEST_ID or not isinstance(yes, bool):
            raise HTTPError(400)
        return {"done": await self.service.run(self.service.store.answer_device, signed.person, number, yes=yes)}

    async def _card(self, signed: Signed, asked: dict[str, Any]) -> dict[str, Any]:
        await self.service.run(self.service.store.claim_card, signed, str(asked.get("seen", "")))
        return {}

    async def _sign_out(self, _asked: dict[str, Any]) -> None:
        """Leave nobody known on this device, also where the session has ended or waits: the phone is handed on."""
        secret = self.get_cookie(COOKIE) or ""
        if 0 < len(secret) <= 100:
            await self.service.run(self.service.store.hand_on, secret)
        self.clear_cookie(COOKIE, path="/class/")
        self._leave_notebooks()
        await self._answer({})

    def _leave_notebooks(self) -> None:
        """Take what opens the last person's notebook from this browser: cookies know no ports."""
        for name, path in ((GATE, "/user/"), ("jupyterhub-hub-login", "/hub/"), ("jupyterhub-session-id", "/")):
            self.clear_cookie(name, path=path)


def key_of(secret: str) -> str:
    """Return what a page proves with that it is ours: a script elsewhere has the cookie sent, and cannot read this."""
    return hashlib.sha256(f"key of {secret}".encode()).hexdigest()[:32]
