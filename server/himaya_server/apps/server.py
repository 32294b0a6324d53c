"""The server of the apps: Voilà alone, with an address for each app and none for anything else."""

from __future__ import annotations

import asyncio
import hmac
import os
import resource
import signal
import tempfile
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tornado.httputil import parse_cookie
from tornado.web import Application, decode_signed_value
from traitlets.config import Config
from voila.app import Voila
from voila.utils import get_page_config

from himaya.languages.facts import LANGUAGES
from himaya.languages.interface import interface
from himaya.languages.isolates import without_isolates
from himaya_server.apps.bounds import LARGEST_MESSAGE, SILENCE, BoundedServer
from himaya_server.apps.channel import Channel
from himaya_server.apps.drawings import Drawings
from himaya_server.apps.handlers import Gallery, Kernel, NotHere, OpenApp, Place, others
from himaya_server.apps.kernels import Kernels
from himaya_server.apps.lab_app import program_handlers
from himaya_server.apps.messages import PageConnection
from himaya_server.apps.visitors import COOKIE, DAY, Visitors
from himaya_server.ports import choose_kernel_ports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tornado.httputil import HTTPHeaders

    from himaya.publish.apps import App

_KERNEL = r"(\w+-\w+-\w+-\w+-\w+)"
_NAME = r"[a-z][a-z0-9-]*"
_SILENCE = SILENCE
_FILES = 8192  # that this process may have open: its connections, and some twenty for each kernel
_PING = 20_000  # milliseconds between two questions to a channel whether it is there


class AppsServer(Voila):
    """Serves `apps` and nothing else.

    Args:
        apps: What to serve; their notebooks lie below `root`.
        root: The folder of the notebooks.
        titles: Of the gallery in each language of the apps; the first one is the gallery's own.
        token: What the link carries.
        ip: The address to listen on.
        port: The port to listen on; it is not exchanged for another.
        warm: How many kernels stand ready.
        most: How many pages may have a kernel at the same time.
        started: Called once it listens.

    Raises:
        OSError: From `run`, if the address or port cannot be had.
    """

    def __init__(
        self,
        apps: Sequence[App],
        root: Path,
        *,
        titles: Mapping[str, str],
        token: str,
        ip: str,
        port: int,
        warm: int,
        most: int,
        started: Callable[[], None],
    ) -> None:
        """Set Voilà up; nothing listens before `run`."""
        choose_kernel_ports()
        settings = Config()
        settings.VoilaConfiguration.template = "base"
        settings.VoilaConfiguration.allow_template_override = "NO"
        settings.VoilaConfiguration.allow_theme_override = "NO"
        settings.KernelSpecManager.allowed_kernelspecs = ["himaya"]
        settings.KernelSpecManager.ensure_native_kernel = False
        # A kernel that died knows nothing of its page any more: it is given up at once instead of started again.
        settings.KernelRestarter.restart_limit = 0
        settings.KernelRestarter.time_to_dead = 1.0
        # A page that connects in the moment of its kernel's death would wait a minute for an answer.
        settings.MappingKernelManager.kernel_info_timeout = 8.0
        settings.Voila.log_level = "WARN"
        super().__init__(
            config=settings,
            root_dir=str(root),
            ip=ip,
            port=port,
            port_retries=0,
            open_browser=False,
            config_file_paths=[],
            identity_provider_class=Visitors,
            tornado_settings={
                "compress_response": True,
                "websocket_compression_options": {"compression_level": 6, "mem_level": 8},
                "websocket_max_message_size": LARGEST_MESSAGE,
                "ws_ping_interval": _PING,
                "ws_ping_timeout": 2.5 * _PING,
                "kernel_websocket_connection_class": PageConnection,
                "allow_unauthenticated_access": False,
                "server_root_dir": str(root),
            },
        )
        self._apps, self._titles, self._token = apps, titles, token
        self._warm, self._most, self._started = warm, most, started
        self.initialize([])

    def init_handlers(self) -> list[tuple[Any, ...]]:
        """Return our addresses instead of Voilà's."""
        self._kernels = Kernels(
            self.kernel_manager, warm=self._warm, most=self._most, at_once=max(1, os.cpu_count() or 1)
        )
        drawings = Drawings(self._kernels, partial(others, tuple(self._titles)), self._renderer_settings())
        place = {"place": Place(self._titles, self._apps, self._token, drawings)}
        languages = "|".join(LANGUAGES)
        return [
            (rf"/({languages})?", Gallery, place),
            (rf"/(app|group)/({languages})/({_NAME}(?:/{_NAME})?)", OpenApp, place),
            (rf"/api/kernels/{_KERNEL}/channels", Channel, {"kernels": self._kernels}),
            (rf"/api/kernels/{_KERNEL}", Kernel, place),
            *program_handlers(place["place"].language),
            (r"/.*", NotHere, place),
        ]

    def _renderer_settings(self) -> dict[str, object]:
        common = {"base_url": self.base_url, "log": self.log, "voila_configuration": self.voila_configuration}
        return {
            **common,
            "template_paths": self.template_paths,
            "config_manager": self.config_manager,
            "contents_manager": self.contents_manager,
            "kernel_spec_manager": self.kernel_spec_manager,
            "page_config": get_page_config(settings=self.app.settings, **common),
        }

    def run(self) -> None:
        """Serve until the process is told to stop; then end every kernel."""
        asyncio.run(self._serve())

    def _knows(self, target: str, headers: HTTPHeaders) -> bool:
        """Return whether a request comes from somebody who has the link, or who had it and got a cookie."""
        cookie = parse_cookie(headers.get("Cookie", "")).get(COOKIE)
        secret = self.app.settings["cookie_secret"]
        if decode_signed_value(secret, COOKIE, cookie, max_age_days=DAY) is not None:
            return True
        try:
            given = parse_qs(urlsplit(target).query).get("token", [""])[-1]
        except ValueError:
            return False
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode())

    async def _serve(self) -> None:
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if most == resource.RLIM_INFINITY or most > _FILES:
            most = _FILES
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        with tempfile.TemporaryDirectory(prefix="himaya-apps-") as connections:
            self.connection_dir = connections  # the kernels' keys; readable by this user only
            # Together: what is set later compresses nothing.
            self.app = Application(**{**self.init_settings(), **self.tornado_settings})
            self.app.add_handlers(".*$", self.init_handlers())
            sentence = without_isolates(interface(next(iter(self._titles)))["app-not-started"])
            listening = BoundedServer(self.app, knows=self._knows, sentence=sentence, silence=_SILENCE)
            listening.listen(self.port, self.ip)
            keeping = asyncio.create_task(self._kernels.keep())
            self._started()
            try:
                await stop.wait()
            finally:
                keeping.cancel()
                listening.stop()
                await self.kernel_manager.shutdown_all(now=True)
