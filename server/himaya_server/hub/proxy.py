"""The Hub's proxy: `configurable-http-proxy` in Python behind our own door, and a gate before each notebook server.

Its routes are the library's. Ours are TLS and bounds on connections and bodies, answers that stream, binary messages,
the true address and scheme of who asks, more than ten requests at a time, and the gate: nobody's browser is led to
somebody else's server, so no page that a trainee's server makes up is ever shown to another person's session.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pwd
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import click
from configurable_http_proxy.configproxy import PythonProxy
from configurable_http_proxy.handlers import ProxyHandler
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, parse_response_start_line
from tornado.iostream import StreamClosedError
from tornado.web import Application, HTTPError
from tornado.websocket import WebSocketClosedError, websocket_connect

from himaya_server.classroom.door import Certificate, Door
from himaya_server.classroom.notebooks import GATE, opened, read_settings

_BODY = 20_000_000  # bytes of one request: a notebook that is saved
_ANSWER = 200_000_000
_AT_ONCE = 500  # requests
_SLOW = 3600  # seconds that an answer may take: the Hub tells in one how a server starts
_HOP = {
    "connection",
    "content-length",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "content-encoding",
}
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Real-Ip", "Forwarded")
_SAFE = {"GET", "HEAD"}


class GateHandler(ProxyHandler):
    """Leads to the Hub, and to one's own server."""

    def initialize(self, proxy: PythonProxy, key: str) -> None:
        """Know the routes, and how to tell who somebody is."""
        super().initialize(proxy)
        self._key = key

    async def get_target_url(self, path: str) -> Any:
        """Return where a request goes; refuse who asks for another person's server."""
        found: Any = await super().get_target_url(path)
        prefix = self.target["prefix"] if self.target else ""
        kind, _, name = prefix.strip("/").partition("/")
        if kind == "user":
            facts = opened(self._key, "gate", self.get_cookie(GATE) or "", time.time())
            if facts is None or facts["who"] != unquote(name):
                raise HTTPError(403)
        return found

    def check_origin(self, _origin: str) -> bool:
        """Leave it to the notebook server, which is told the true host."""
        return True

    async def start_ws_client(self, path: str) -> None:
        """Open the other half of a socket; where either half closes, the other does."""
        self.closed = False
        url = await self.get_target_url(path)
        if url is None:
            return

        def back(message: str | bytes | None) -> None:
            if message is None:
                self.close()
            elif self.ws_connection is not None:
                with contextlib.suppress(WebSocketClosedError):
                    self.write_message(message, binary=isinstance(message, bytes))

        try:
            asked = self._get_proxy_request(re.sub("^http", "ws", url))
            self.ws_client = await websocket_connect(asked, on_message_callback=back)
        except HTTPClientError as error:
            raise HTTPError(error.code) from None
        except OSError as error:
            raise HTTPError(503) from error

    def on_message(self, message: str | bytes) -> None:
        """Send on what a browser sent."""
        if self.ws_client is not None:
            with contextlib.suppress(WebSocketClosedError):
                self.ws_client.write_message(message, binary=isinstance(message, bytes))

    def select_subprotocol(self, _offered: list[str]) -> str | None:
        """Return what the notebook server chose: how kernels' messages are packed."""
        chosen: str | None = self.ws_client.selected_subprotocol
        return chosen

    def _get_proxy_request(self, url: str) -> HTTPRequest:
        """Return the request that is sent on, with the true address and scheme of who asks and no claim of theirs."""
        headers = HTTPHeaders(self.request.headers)
        # What was agreed on compression holds between browser and proxy only.
        for name in (*_FORWARDED, "Sec-WebSocket-Extensions"):
            headers.pop(name, None)
        headers["X-Forwarded-For"] = str(self.request.remote_ip)
        headers["X-Forwarded-Proto"] = self.request.protocol
        headers["X-Forwarded-Host"] = self.request.host
        return HTTPRequest(
            url,
            method=self.request.method,
            headers=headers,
            body=None if self.request.method in _SAFE else self.request.body,
            follow_redirects=False,
            allow_nonstandard_methods=True,
            decompress_response=False,
            connect_timeout=20,
            request_timeout=_SLOW,
        )

    async def call_proxy(self, path: str) -> None:
        """Send a request on, and its answer back as it comes."""
        url = await self.get_target_url(path)
        if url is None:
            return
        asked = self._get_proxy_request(url)
        asked.header_callback, asked.streaming_callback = self._take_head, self._take_piece
        try:
            answer = await AsyncHTTPClient().fetch(asked, raise_error=False)
        except OSError as error:
            await self.handle_proxy_error(503, error)
            return
        if not self._begun and answer.code == 599:
            await self.handle_proxy_error(503, answer.error)
        elif not self._finished:
            with contextlib.suppress(StreamClosedError):  # nobody waits any more
                await self.finish()

    _begun = False

    def _take_head(self, line: str) -> None:
        text = line.strip()
        if text.startswith("HTTP/"):
            start = parse_response_start_line(text)
            self._begun = start.code >= 200
            self.clear()
            for name in list(self._headers):
                self.clear_header(name)
            self.set_status(start.code, start.reason)
        elif ":" in text:
            name, _, value = text.partition(":")
            if name.strip().lower() not in _HOP - {"content-encoding"}:
                self.add_header(name.strip(), value.strip())

    async def _take_piece(self, piece: bytes) -> None:
        self.write(piece)
        try:
            await self.flush()
        except StreamClosedError:
            self._finished = True


class _Sides:
    """The proxy's two servers."""

    def __init__(self, folder: Path, most: int, tls: Certificate | None) -> None:
        settings = read_settings(folder)
        if settings is None:
            raise click.ClickException(f"{folder} has no notebooks.")
        options = {"auth_token": os.environ.pop("CONFIGPROXY_AUTH_TOKEN"), "x_forward": False}
        self.proxy = PythonProxy(options)
        application = Application(
            [(r"/(.*)", GateHandler, {"proxy": self.proxy, "key": settings.key})], log_function=_quiet
        )
        self.public = Door(
            application, most=most, ssl_options=None if tls is None else tls.context, max_body_size=_BODY,
            body_timeout=120, idle_connection_timeout=120, max_header_size=2**16,
        )  # fmt: skip
        self.routes = HTTPServer(self.proxy.api_app)


def _quiet(_handler: object) -> None:
    """Log no address: it may hold what somebody typed."""


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--ip", default="")
@click.option("--port", type=int, required=True)
@click.option("--api-ip", default="127.0.0.1")
@click.option("--api-port", type=int, required=True)
@click.option("--error-target")
@click.option("--certificate", type=click.Path(path_type=Path))
@click.option("--key", type=click.Path(path_type=Path))
@click.option("--name", "names", multiple=True)
def main(
    folder: Path, ip: str, port: int, api_ip: str, api_port: int, error_target: str | None,
    certificate: Path | None, key: Path | None, names: tuple[str, ...],
) -> None:  # fmt: skip
    """Proxy, as the Hub starts it; without root from the moment at which it listens."""
    logging.getLogger("configurable_http_proxy").setLevel(logging.WARNING)

    async def run() -> None:
        AsyncHTTPClient.configure(None, max_clients=_AT_ONCE, max_body_size=_ANSWER, max_header_size=2**17)
        tls = None if certificate is None or key is None else Certificate(certificate, key, names)
        sides = _Sides(folder, 1000, tls)
        if error_target:
            sides.proxy.error_target = error_target.rstrip("/") + "/"
        sides.public.listen(port, ip)
        sides.routes.listen(api_port, api_ip)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
        await asyncio.Event().wait()

    asyncio.run(run())


if __name__ == "__main__":
    main()
