"""What the apps' server answers: the gallery, one app, its kernel's channel; everything else is refused in words."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler

from himaya.languages.facts import ALL, direction
from himaya.languages.interface import duration, interface, sentence
from himaya.languages.isolates import marked_up
from himaya_server.apps.bounds import address_of
from himaya_server.apps.visitors import COOKIE, visitor_of
from himaya_server.font import font_rule
from himaya_widgets.player import built

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from himaya.publish.apps import App
    from himaya_server.apps.drawings import Drawings

_PLAIN = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; img-src 'self' data:"


@dataclass
class Place:
    """What every page knows.

    Attributes:
        titles: Of the course, by language; the first language is that of the gallery.
        apps: In the order of the gallery.
        token: What the link carries; who has it once gets a cookie.
        drawings: Their pages.
    """

    titles: Mapping[str, str]
    apps: Sequence[App]
    token: str
    drawings: Drawings
    templates: Environment = field(
        default_factory=lambda: Environment(
            loader=PackageLoader("himaya_server.apps"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
    )

    @property
    def language(self) -> str:
        """The language of the gallery, and of what is refused."""
        return next(iter(self.titles))

    def app(self, language: str, name: str, door: str) -> App | None:
        """Return the app at an address, if there is one."""
        found = (app for app in self.apps if (app.language, app.name) == (language, name))
        return next((app for app in found if app.notebook_for(door)), None)

    def others(self, language: str) -> dict[str, str]:
        """Return what the other languages call themselves, by code."""
        return others(self.titles, language)


def others(languages: Iterable[str], language: str) -> dict[str, str]:
    """Return what all `languages` but `language` call themselves, by code."""
    return {code: ALL[code].name for code in languages if code != language}


class Page(RequestHandler):
    """A page for visitors who came with the link; it sets one cookie that ends with the browser."""

    place: Place
    visitor: str | None = None

    def initialize(self, place: Place) -> None:
        """Keep the place."""
        self.place = place
        self.nonce = secrets.token_urlsafe(16)

    def set_default_headers(self) -> None:
        """Say nothing of the server, keep nothing, let nobody put the page into another."""
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")

    def prepare(self) -> None:
        """Let in who has the cookie, or the token in the link; the token then leaves the address."""
        token = self.get_query_argument("token", None)
        if token is not None and hmac.compare_digest(token.encode(), self.place.token.encode()):
            name = visitor_of(self) or secrets.token_urlsafe(18)
            self.set_signed_cookie(COOKIE, name, expires_days=None, httponly=True, samesite="Lax")
            self.redirect("/" + self.request.path.lstrip("/\\"))  # browsers take two of them for another server's name
            return
        self.visitor = visitor_of(self)
        if self.visitor is None:
            raise HTTPError(403)

    def policy(self, nonce: str, *, program: bool = False) -> None:
        """Allow the page its own scripts and its own server, nothing else; a `program` is Voilà's own front end."""
        own = f"'self' ws://{self.request.host} wss://{self.request.host}"
        scripts = f"script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; font-src 'self'"
        if program:  # it is loaded in pieces; anywidget imports each widget from a `blob:`, which only scripts can make
            folders = f"{self.request.host}/voila/"
            scripts = (
                f"script-src 'nonce-{nonce}' {folders} blob:; style-src 'self' 'unsafe-inline'; "
                f"font-src 'self' data:; connect-src {own}"
            )
        self.set_header("Content-Security-Policy", f"{_PLAIN}; {scripts}")

    def draw(self, template: str, language: str, **values: object) -> None:
        """Write one of our own pages."""
        self.policy(self.nonce)
        say = interface(language)
        common = {
            "language": language,
            "direction": direction(language),
            "separator": ALL[language].separator,
            "say": say,
            "nonce": self.nonce,
            "built": built,
            "font": font_rule("/font/"),
        }
        said = {key: say[key] for key in ("apps-none", "forgotten", "not-forgotten")}
        page = self.place.templates.get_template(template)
        self.finish(marked_up(page.render(**common, **{"page_say": said, **values})))

    def write_error(self, _status: int, **_reason: object) -> None:
        """Say in words what is not there; never how the server is built."""
        known = self.visitor is not None
        self.draw("refused.html", self.place.language, title="app-not-here" if known else "link-refused", known=known)


class NotHere(Page):
    """Every address that is nothing of ours."""

    def prepare(self) -> None:
        """Refuse: 403 without the link, 404 with it."""
        super().prepare()
        if not self._finished:
            raise HTTPError(404)


class Gallery(Page):
    """All apps."""

    def get(self, language: str | None = None) -> None:
        """Draw the cards of one language."""
        language = language or self.place.language
        if language not in self.place.titles:
            raise HTTPError(404)
        apps = [app for app in self.place.apps if app.language == language]
        found = [sentence("apps-found", language, n=n) for n in range(len(apps) + 1)]
        say = interface(language)
        said = {**{key: say[key] for key in ("apps-none", "forgotten", "not-forgotten")}, "found": found}
        self.draw(
            "gallery.html",
            language,
            title=self.place.titles[language],
            others=self.place.others(language),
            apps=apps,
            length=partial(duration, say=say),
            page_say=said,
        )


class OpenApp(Page):
    """One app, streamed: the prose at once, then, where it is rendered just now, how far it is, then the activities."""

    async def get(self, door: str, language: str, name: str) -> None:
        """Render the notebook behind a door."""
        app = self.place.app(language, name, door)
        if app is None or self.visitor is None:
            raise HTTPError(404)
        drawing = self.place.drawings.of(app, door, self.visitor, address_of(self.request.remote_ip))
        self.policy(self.nonce, program=app.needs_kernel)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        sent = False
        try:
            async for text in drawing.pieces(self.nonce):
                self.write(text)
                await self.flush()
            sent = True
        except StreamClosedError:
            return  # the visitor left
        finally:
            if drawing.renderer.keeps_kernel and not sent:  # of every other page, others may read too
                await drawing.stop()


class Kernel(Page):
    """What Voilà's front end asks of the kernel of its own page, and of no other."""

    async def get(self, kernel_id: str) -> None:
        """Say that it lives."""
        kernels = self.place.drawings.kernels
        if self.visitor is None or not await kernels.belongs(kernel_id, self.visitor):
            raise HTTPError(404)
        state = {"last_activity": "1970-01-01T00:00:00Z", "execution_state": "idle", "connections": 1}
        self.finish({"id": kernel_id, "name": "himaya", **state})
