"""Pages of staff: who is there, what waits, and what a trainer may do. Plain forms; no script runs in them.

They show numbers and pseudonyms, never names and never an answer. Whatever is done here with somebody's account is
written where its owner reads it.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from jinja2 import Environment, PackageLoader, StrictUndefined
from tornado.web import HTTPError

from himaya.languages.dates import clock_time
from himaya.languages.facts import ALL, LANGUAGES, direction
from himaya.languages.interface import interface
from himaya.languages.isolates import marked_up
from himaya.publish.look import look
from himaya_server.classroom.built_pages import chosen_language
from himaya_server.classroom.cards import CARD_STYLE, Printed, printed_card, square
from himaya_server.classroom.codes import device_of, new_code
from himaya_server.classroom.passwords import fits
from himaya_server.classroom.records import SESSION
from himaya_server.classroom.service import Handler, Service, key_of
from himaya_server.font import font_rule
from himaya_server.pace import Paces

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from himaya_server.classroom.records import Signed
    from himaya_server.classroom.tables import ClassRow, Person

COOKIE = "himaya-staff"
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_WRONG, _WRONG_AT_ONCE = 0.1, 10.0  # wrong passwords of one device, a second
_CHECKS, _CHECKS_AT_ONCE = 4.0, 20.0  # passwords that are looked at altogether: each takes 64 MB and a while
_FIELDS = 10


def _templates() -> Environment:
    loader = PackageLoader("himaya_server.classroom")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


@dataclass
class Office:
    """What all pages of staff share.

    Attributes:
        service: The class service.
        take: Takes a step of a whole class (`collect`, `feedback`): whether all went well, and what was said.
        pressed: On which page, and for which person, a new card was made last.
    """

    service: Service
    take: Callable[[str, str], Awaitable[tuple[bool, str]]]
    wrong: Paces = field(default_factory=lambda: Paces(_WRONG, _WRONG_AT_ONCE))
    checks: Paces = field(default_factory=lambda: Paces(_CHECKS, _CHECKS_AT_ONCE))
    passwords: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "passwords"))
    pressed: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=500))
    one_step: asyncio.Lock = field(default_factory=asyncio.Lock)
    templates: Environment = field(default_factory=_templates)

    async def right(self, login: str, password: str) -> bool:
        """Return whether a password is a staff member's, without holding up trainees."""
        kept = await self.service.run(self.service.store.staff_password, login)
        return await asyncio.get_running_loop().run_in_executor(self.passwords, fits, kept, password)


def staff_routes(office: Office) -> list[Any]:
    """Return the routes of staff, below `/class/staff/`."""
    given = {"office": office}
    spoken = rf"({'|'.join(LANGUAGES)})"
    return [
        (r"/class/staff/?", FrontHandler, given),
        (rf"/class/staff/{spoken}/", ClassesHandler, given),
        (rf"/class/staff/{spoken}/out", OutHandler, given),
        (rf"/class/staff/{spoken}/c/([a-z0-9-]{{1,60}})", ClassHandler, given),
    ]


class StaffHandler(Handler):
    """What every page of staff has in common."""

    def initialize(self, office: Office) -> None:  # type: ignore[override] # what the route hands over
        """Take what all of them share."""
        super().initialize(office.service)
        self.office = office

    def set_default_headers(self) -> None:
        """Let nothing run, and let forms say where they come from."""
        super().set_default_headers()
        self.set_header("Content-Security-Policy", _POLICY)
        self.set_header("Referrer-Policy", "same-origin")

    async def staff(self) -> Signed | None:
        """Return the staff member who asks."""
        secret = self.get_cookie(COOKIE) or ""
        if not 0 < len(secret) <= 100:
            return None
        signed = await self.service.run(self.service.store.session, secret)
        return signed if signed is not None and signed.staff is not None else None

    def form(self) -> dict[str, str]:
        """Return what a form of ours sent; a form of somebody else's is refused."""
        kind = self.request.headers.get("Content-Type", "").split(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded" or self.elsewhere():
            raise HTTPError(403)
        try:
            return dict(parse_qsl(self.received.decode("ascii"), max_num_fields=_FIELDS, errors="strict"))
        except ValueError:
            raise HTTPError(400) from None

    async def sure(self) -> tuple[Signed, dict[str, str]]:
        """Return the staff member who sent a form, and the form."""
        form, signed = self.form(), await self.staff()
        key = key_of(self.get_cookie(COOKIE) or "")
        if signed is None or not hmac.compare_digest(key.encode(), form.get("key", "").encode()):
            raise HTTPError(401)
        if not self.service.asks.of(key).take():
            raise HTTPError(429)
        return signed, form

    def draw(self, template: str, language: str, rest: str = "", **values: object) -> None:
        """Answer with a page."""
        secret = self.get_cookie(COOKIE) or ""
        page = self.office.templates.get_template(template).render(
            language=language,
            languages=[(code, each.name) for code, each in ALL.items()],
            direction=direction,
            say=interface(language),
            look=font_rule("/class/font/") + look(),
            rest=rest,
            **{"key": key_of(secret), **values},
        )
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(marked_up(page))

    def on(self, address: str) -> None:
        """Go on to a page, also from a form."""
        self.redirect(f"/class/staff/{address}", status=303)


class FrontHandler(StaffHandler):
    """The address that staff remember."""

    def get(self) -> None:
        """Lead to the page in a language that the browser speaks."""
        self.on(f"{chosen_language(self.request.headers.get('Accept-Language', ''), LANGUAGES)}/")


class ClassesHandler(StaffHandler):
    """Signing in, and the classes of whoever did."""

    async def get(self, language: str) -> None:
        """Show one's classes, or the form to sign in."""
        signed = await self.staff()
        if signed is None:
            self.draw("door.html", language, wrong=False, key="")
            return
        classes = await self.service.run(self.service.store.classes_of, signed.staff)
        if len(classes) == 1:
            self.on(f"{language}/c/{classes[0].id}")
            return
        self.draw("classes.html", language, classes=classes)

    async def post(self, language: str) -> None:
        """Sign in."""
        form = self.form()
        login, password = form.get("login", "").strip().replace("\0", ""), form.get("password", "")
        wrong = self.office.wrong.of(device_of(self.request.remote_ip or ""))
        soon = wrong.left() < 1 or not self.office.checks.of("all").take()
        if soon or not await self.office.right(login, password):
            wrong.take()
            self.set_status(429 if soon else 403)
            self.draw("door.html", language, wrong=True, key="")
            return
        secret = await self.service.run(self.service.store.sign_in_staff, login)
        secure = self.request.protocol == "https"
        self.set_cookie(
            COOKIE, secret, path="/class/staff/", httponly=True, samesite="Strict", secure=secure, max_age=SESSION
        )
        self.on(f"{language}/")


class OutHandler(StaffHandler):
    """Signing out."""

    async def post(self, language: str) -> None:
        """End the session."""
        signed, _ = await self.sure()
        await self.service.run(self.service.store.sign_out, signed.session)
        self.clear_cookie(COOKIE, path="/class/staff/")
        self.on(f"{language}/")


class ClassHandler(StaffHandler):
    """One class."""

    async def get(self, language: str, class_id: str) -> None:
        """Show it to those whose it is."""
        signed = await self.staff()
        if signed is None:
            self.on(f"{language}/")
            return
        await self._show(language, signed, await self._mine(signed, class_id))

    async def post(self, language: str, class_id: str) -> None:
        """Take a step, and write it where the person reads it."""
        signed, form = await self.sure()
        row = await self._mine(signed, class_id)
        step, number = form.get("step", ""), form.get("id", "")
        if step in ("collect", "feedback"):
            async with self.office.one_step:
                done, said = await self.office.take(step, class_id)
            await self._show(language, signed, row, done=done, said=said)
            return
        store, run = self.service.store, self.service.run
        if step in ("let-in", "turn-away"):
            devices = {str(each.id): each for each in await run(store.devices_in, class_id)}
            if (device := devices.get(number)) is None:
                raise HTTPError(404)
            await run(store.answer_device, device.person_id, device.id, yes=step == "let-in", who=signed.who)
            self.on(f"{language}/c/{class_id}")
            return
        person = next((each for each in await run(store.people, class_id) if str(each.id) == number), None)
        if person is None:
            raise HTTPError(404)
        if step == "new-card":
            pressed = (form.get("seen", ""), number)
            if pressed in self.office.pressed:  # the page with the card was loaded again, which shows no second one
                self.on(f"{language}/c/{class_id}#p{number}")
                return
            if pressed[0]:
                self.office.pressed.append(pressed)
            await self._card(language, row, person, signed.who)
        elif step == "theirs":
            if not await run(store.confirm_card, person.id, signed.who, form.get("seen", "")):
                raise HTTPError(403)
            self.on(f"{language}/c/{class_id}#p{number}")
        elif step == "end":
            await run(store.end_sessions, person.id, signed.who)
            self.on(f"{language}/c/{class_id}#p{number}")
        else:
            raise HTTPError(404)

    async def _mine(self, signed: Signed, class_id: str) -> ClassRow:
        """Return a class of the staff member's; whether there is another one of that name is not told."""
        classes = await self.service.run(self.service.store.classes_of, signed.staff)
        row: ClassRow | None = next((each for each in classes if each.id == class_id), None)
        if row is None:
            raise HTTPError(404)
        return row

    def _address(self) -> str:
        return f"{self.request.protocol}://{self.request.host}"

    async def _card(self, language: str, row: ClassRow, person: Person, who: str) -> None:
        code = new_code()
        kept = self.service.codes.kept(person.id, code)
        token = await self.service.run(self.service.store.new_card, person.id, who, kept)
        card = Printed(person.pseudonym, person.pseudonym, person.language, token, person.id, code)
        drawn = printed_card(row.title, self._address(), card)
        self.draw("card.html", language, f"c/{row.id}", row=row, number=person.id, card=drawn, sheet_style=CARD_STYLE)

    async def _show(
        self, language: str, signed: Signed, row: ClassRow, *, done: bool | None = None, said: str = ""
    ) -> None:
        store, run = self.service.store, self.service.run
        devices = await run(store.devices_in, row.id)
        progress = await run(store.progress, row.id)
        with_card = await run(store.with_card, row.id)
        reissued = await run(store.reissued, row.id)
        people = [
            _person(each, progress.get(each.id, {}), each.id in with_card)
            | {"reissued": reissued.get(each.id)}
            | {"devices": sum(device.person_id == each.id and device.allowed is not None for device in devices)}
            for each in await run(store.people, row.id)
        ]
        digits = self.service.pages_of(row.id).digits

        def time(seconds: int) -> str:
            return clock_time(seconds, language, digits)

        address = f"{self._address()}/class/"
        self.draw(
            "class.html",
            language,
            f"c/{row.id}",
            once=token_urlsafe(9),
            row=row,
            who=signed.who,
            done=done,
            said=said,
            waiting=[each for each in devices if each.allowed is None],
            time=time,
            address=address,
            square=square(address),
            room=self.service.codes.room(row.id, self.service.today()),
            to_collect=sum(each["waiting"] for each in people),
            people=people,
            several=len(await run(store.classes_of, signed.staff)) > 1,
        )


def _person(person: Person, progress: Mapping[str, tuple[int, int, int]], card: bool) -> dict[str, Any]:
    modules = progress.values()
    return {
        "number": person.id,
        "pseudonym": person.pseudonym,
        "card": card,
        "answers": sum(rows for rows, _, _ in modules),
        "handed": sum(handed for _, handed, _ in modules),
        "waiting": sum(bool(rest) for _, _, rest in modules),
    }
