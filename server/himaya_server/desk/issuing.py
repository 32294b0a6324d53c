"""The pages that issue and check certificates. The key comes with the request that needs it, and is not kept."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import segno
from tornado import web  # type: ignore[attr-defined]

from himaya.errors import CourseError
from himaya.languages.dates import written_day
from himaya.languages.facts import ALL, direction
from himaya.languages.interface import interface
from himaya.languages.readable import LINE, readable
from himaya_autograde.markbook import Markbook
from himaya_server.desk import certificates
from himaya_server.desk.certificates import CertificateError, Issuer
from himaya_server.desk.numbers import Numbers
from himaya_server.home import state

if TYPE_CHECKING:
    from himaya_server.desk.answers import ClassAnswers

SHORTEST = 12
"""Characters of a passphrase."""
_HOURS = 1000


class Certificates(Numbers):
    """Who has passed; a key to begin with; what a code says."""

    tab = "reports"

    @web.authenticated
    async def get(self, _course: str) -> None:
        """Draw the page."""
        await self._page()

    async def _page(self, **more: object) -> None:
        def look(known: ClassAnswers) -> dict[str, Any]:
            names = {each.id: each.name for each in known.results.trainees}
            lists = certificates.revoked_in(self.folder)
            gone = {name for each in lists for name in each.ids}
            return {
                "issuers": certificates.pinned(self.folder),
                "passed": len(known.passed),
                "draft": is_draft(known),
                "revoked": len(gone),
                "comma": ALL[self.spoken].comma,
                "issued": [
                    (number, names.get(trainee, trainee), self.day(date.fromisoformat(day)), number in gone)
                    for number, trainee, day in Markbook(self.folder).issued()
                ],
            }

        shown: dict[str, object] = {"wrong": "", "told": None, "refused": "", "made": None, "just_revoked": 0}
        await self.look("certificates.html", look, **shown | more)

    def sent_key(self) -> tuple[bytes, str]:
        """Return the key file and the passphrase that came with the request; no file that is too long for a key."""
        sent = self.request.files.get("key", [])
        file = sent[0]["body"] if sent and len(sent[0]["body"]) <= certificates.LONGEST_KEY else b""
        return file, self.get_body_argument("passphrase", "", strip=False)


class NewKey(Certificates):
    """Make the issuer's key: it goes to whoever asks as a link to save, and the public half stays."""

    @web.authenticated
    async def post(self, _course: str) -> None:
        """Draw the page with the link."""
        name = readable(self.get_body_argument("issuer", "").strip(), LINE)[:100]
        passphrase = self.get_body_argument("passphrase", "", strip=False)
        if not name or len(passphrase) < SHORTEST or passphrase != self.get_body_argument("again", "", strip=False):
            await self._page(wrong="certificate-passphrase-wrong")
            return

        def make() -> bytes:
            file, public = certificates.new_key(passphrase)
            certificates.pin(self.folder, Issuer(name, public))
            return file

        file = await asyncio.get_running_loop().run_in_executor(None, make)
        await self._page(made=(f"{self.course.id}-issuer.key", base64.b64encode(file).decode()))


class Issue(Certificates):
    """Draw a certificate for everybody who has passed, one on each sheet."""

    @web.authenticated
    async def post(self, _course: str) -> None:
        """Sign and draw them."""
        file, passphrase = self.sent_key()
        hours = self.get_body_argument("hours", "")
        spoken = self.get_body_argument("in", "")
        if not hours.isascii() or not hours.isdigit() or not 0 < int(hours) <= _HOURS or spoken not in ALL:
            await self._page(wrong="certificate-hours-wrong")
            return

        def issue() -> list[tuple[certificates.Certificate, str]]:
            known, issuers = self.read(), certificates.pinned(self.folder)
            key = certificates.opened_key(file, passphrase)
            if not issuers or issuers[0].key != key.public_key().public_bytes_raw():
                raise CertificateError("certificate-key-other")
            title, _ = state.course_title(self.place.exchange, self.course.id, spoken)
            about = {
                "course": title,
                "day": datetime.now(UTC).date().isoformat(),
                "hours": int(hours),
                "draft": is_draft(known),
                "language": spoken,
                "issuer": issuers[0].name,
            }
            people = sorted(
                (each for each in known.results.trainees if each.id in known.passed),
                key=lambda each: each.name.casefold(),
            )
            made = [(each.id, certificates.certificate_for(each.name, about)) for each in people]
            Markbook(self.folder).add_issued({one.id: trainee for trainee, one in made}, str(about["day"]))
            return [(one, _code(certificates.signed(one, key))) for _, one in made]

        try:
            made = await asyncio.get_running_loop().run_in_executor(None, issue)
        except (CertificateError, CourseError) as error:
            await self._page(wrong=str(error) if isinstance(error, CertificateError) else "certificate-key-other")
            return
        self.set_header("Cache-Control", "no-store")
        digits = self.place.home.digits
        self.draw(
            "certificate.html",
            made=made,
            written=interface(spoken, digits),
            language=spoken,
            direction=direction(spoken),
            day=written_day(datetime.now(UTC).date(), spoken, digits),
            back=self.at("certificates"),
            issuer=certificates.pinned(self.folder)[0],
        )


class Check(Certificates):
    """Say what a code holds, or that it is refused."""

    @web.authenticated
    async def post(self, _course: str) -> None:
        """Draw the page with the answer."""
        try:
            lists = certificates.revoked_in(self.folder)
            told = certificates.checked(self.get_body_argument("code", ""), certificates.pinned(self.folder), lists)
        except CertificateError as error:
            await self._page(refused=str(error))
        except CourseError:  # of which the page says why
            await self._page()
        else:
            await self._page(
                told=(told, written_day(date.fromisoformat(told.day), self.spoken, self.place.home.digits))
            )


class Revoke(Certificates):
    """Put certificates on the issuer's signed list of those that hold no more."""

    @web.authenticated
    async def post(self, _course: str) -> None:
        """Sign the longer list and draw the page."""
        file, passphrase = self.sent_key()
        texts = [*self.get_body_arguments("id"), *self.get_body_argument("codes", "").split()]

        def revoke() -> int:
            key = certificates.opened_key(file, passphrase)
            issuers = [
                each for each in certificates.pinned(self.folder) if each.key == key.public_key().public_bytes_raw()
            ]
            if not issuers:
                raise CertificateError("certificate-key-other")
            issued = {number for number, _, _ in Markbook(self.folder).issued()}
            ids = {certificates.id_in(text, issuers, issued) for text in texts}
            if not ids:
                raise CertificateError("certificate-revoke-wrong")
            certificates.revoke(self.folder, ids, key, datetime.now(UTC).date().isoformat())
            return len(ids)

        try:
            done = await asyncio.get_running_loop().run_in_executor(None, revoke)
        except CertificateError as error:
            await self._page(wrong=str(error))
        except CourseError:
            await self._page()
        else:
            await self._page(just_revoked=done)


class RevokedList(Certificates):
    """The signed lists as a file, for pages that check without a network."""

    @web.authenticated
    def get(self, _course: str) -> None:
        """Send it."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Content-Disposition", f'attachment; filename="{self.course.id}-revoked.txt"')
        self.set_header("Cache-Control", "no-store")
        self.finish("".join(f"{line}\n" for line in certificates.revoked_lines(self.folder)))


class Checker(Certificates):
    """One file with the pinned keys in it, that checks a code without any server."""

    @web.authenticated
    async def get(self, _course: str) -> None:
        """Send it."""
        try:
            certificates.revoked_in(self.folder)
        except CourseError:  # of which the page says why
            await self._page()
            return
        page = self.place.templates.get_template("check-certificate.html")
        html = page.render(
            issuers=[{"name": each.name, "key": each.key.hex()} for each in certificates.pinned(self.folder)],
            say=interface(self.spoken, self.place.home.digits),
            spoken=self.spoken,
            direction=direction(self.spoken),
            mark=certificates.MARK,
            revoked_mark=certificates.REVOKED_MARK,
            lists=certificates.revoked_lines(self.folder),
            most=certificates.LONGEST_LIST,
        )
        self.set_header("Content-Disposition", f'attachment; filename="check-{self.course.id}.html"')
        self.set_header("Cache-Control", "no-store")
        self.finish(html)


def is_draft(known: ClassAnswers) -> bool:
    """Return whether something of the course had not been signed when it was built."""
    return any(known.results.drafts.values())


def _code(text: str) -> str:
    return str(segno.make(text, error="m", micro=False).svg_inline(border=4, light="#fff", omitsize=True))
