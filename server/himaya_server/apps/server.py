"""The server of the apps: Voilà alone, with an address for each app and none for anything else."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.web import Application
from traitlets.config import Config
from voila.app import Voila
from voila.utils import get_page_config

from himaya.languages.facts import LANGUAGES
from himaya_server.apps.drawings import Drawings
from himaya_server.apps.handlers import Channel, Gallery, Kernel, NotHere, OpenApp, Place, Visitors, others
from himaya_server.apps.kernels import Kernels
from himaya_server.apps.lab_app import program_handlers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from himaya.publish.apps import App

_NEEDED = ["comm_msg", "comm_open", "comm_close", "comm_info_request", "kernel_info_request"]  # none of them runs code
_KERNEL = r"(\w+-\w+-\w+-\w+-\w+)"
_NAME = r"[a-z][a-z0-9-]*"
_LARGEST = 2**20  # bytes of one message from a page
_SILENCE = 60  # seconds after which a connection that asks for nothing is closed


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

    def __init__(  # noqa: PLR0913 - each is a setting of its own
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
                "websocket_max_message_size": _LARGEST,
                "ws_ping_timeout": 30_000,
                "kernel_websocket_connection_class": ZMQChannelsWebsocketConnection,
                "allow_unauthenticated_access": False,
                "server_root_dir": str(root),
            },
        )
        self._apps, self._titles, self._token = apps, titles, token
        self._warm, self._most, self._started = warm, most, started
        self.initialize([])

    def init_settings(self) -> dict[str, Any]:
        """Return Voilà's settings, with a kernel manager that passes on no message that could run code."""
        settings: dict[str, Any] = super().init_settings()
        self.kernel_manager.allowed_message_types = _NEEDED
        return settings

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

    async def _serve(self) -> None:
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        with tempfile.TemporaryDirectory(prefix="himaya-apps-") as connections:
            self.connection_dir = connections  # the kernels' keys; readable by this user only
            # Together: what is set later compresses nothing.
            self.app = Application(**{**self.init_settings(), **self.tornado_settings})
            self.app.add_handlers(".*$", self.init_handlers())
            listening = self.app.listen(self.port, self.ip, idle_connection_timeout=_SILENCE)
            keeping = asyncio.create_task(self._kernels.keep())
            self._started()
            try:
                await stop.wait()
            finally:
                keeping.cancel()
                listening.stop()
                await self.kernel_manager.shutdown_all(now=True)
