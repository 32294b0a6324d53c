"""What kernels ask of the class's service, on loopback alone: to keep their person's answers, and to hand them in."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError

from himaya_server.classroom.notebooks import opened
from himaya_server.classroom.records import Signed
from himaya_server.classroom.service import LARGEST_BODY, LARGEST_HEADER, ApiHandler, UnknownHandler

if TYPE_CHECKING:
    from himaya_server.classroom.notebooks import Settings
    from himaya_server.classroom.service import Service


class KernelHandler(ApiHandler):
    """What a kernel asks for its person: it has no cookie, and shows what its server was given on its start."""

    def initialize(self, service: Service) -> None:
        """Know the two steps that a kernel takes."""
        super().initialize(service)
        self._steps = {"journal": self._journal, "hand-in": self._hand_in}

    async def _sure(self) -> Signed:
        """Return whose kernel asks; the person has to be signed in somewhere, so that signing out ends this, too."""
        notebooks, store = self.service.notebooks, self.service.store
        kind, _, token = self.request.headers.get("Authorization", "").partition(" ")
        facts = opened(notebooks.settings.key, "kernel", token, time.time()) if notebooks and kind == "Bearer" else None
        person = await self.service.run(store.person, facts["who"]) if facts else None
        if person is None:
            raise HTTPError(401)
        if not any(each.allowed is not None for each in await self.service.run(store.devices, person.id)):
            raise HTTPError(401)
        if not self.service.asks.of(token).take():
            raise HTTPError(429)
        return Signed(0, person.id, None, person.pseudonym, person.class_id, allowed=True, used=True, since=person.made)


def serve_kernels(service: Service, settings: Settings) -> HTTPServer:
    """Listen for kernels, on loopback alone; the event loop runs it."""
    given = {"service": service}
    application = Application(
        [(r"/class/kernel/(journal|hand-in)", KernelHandler, given)],
        default_handler_class=UnknownHandler,
        default_handler_args=given,
        log_function=lambda _handler: None,
    )
    server = HTTPServer(
        application, max_body_size=LARGEST_BODY, max_header_size=LARGEST_HEADER, body_timeout=30,
        idle_connection_timeout=60,
    )  # fmt: skip
    server.listen(settings.kernels, "127.0.0.1")
    return server
