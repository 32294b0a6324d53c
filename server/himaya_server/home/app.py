"""A module as an app: Voilà runs what was released and nothing else, under a policy that names its scripts."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tornado import web  # type: ignore[attr-defined]
from tornado.iostream import StreamClosedError
from voila.configuration import VoilaConfiguration
from voila.paths import collect_template_paths
from voila.utils import get_page_config

from himaya.languages.facts import known
from himaya.publish.folder import open_folder
from himaya_server.builds import KERNEL, NotReleasedError
from himaya_server.font import font_rule
from himaya_server.home.desk import is_open
from himaya_server.home.handlers import Page
from himaya_server.rendering import Renderer, not_started
from himaya_server.steps import name_cells, steps_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from nbformat import NotebookNode

    from himaya_server.home.handlers import Place


def app_policy(host: str, base: str, nonce: str) -> str:
    """Return the policy of a page of Voilà's front end.

    Its program is loaded in pieces from three folders, and anywidget imports each widget from a `blob:` of its own.
    Only scripts can make one of those, and no script but these runs.

    Args:
        host: The server, as the browser calls it.
        base: Where its addresses begin.
        nonce: Of the page's own scripts.
    """
    folders = " ".join(f"{host}{base}voila/{name}/" for name in ("static", "templates", "labextensions"))
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' {folders} {host}{base}himaya/static/ blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        f"connect-src 'self' ws://{host} wss://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def only_released(handler: OpenedApp, notebook: NotebookNode, cwd: str) -> NotebookNode:
    """Return what of a notebook may run: Voilà's hook, called with what it read."""
    return handler.released(notebook, cwd)


class OpenedRenderer(Renderer):
    """Renders one module for its owner; its kernel is started behind the text, and lives on with the page.

    Args:
        kernels: Jupyter Server's manager of kernels.
        settings: What Voilà gives its renderers.
    """

    def __init__(self, kernels: Any, **settings: Any) -> None:
        """Keep what the page needs; nothing is read or started yet."""
        super().__init__(**settings)
        self._kernels = kernels
        self._kernel_id: str | None = None

    async def pieces(self) -> AsyncIterator[str]:
        """Yield the page as it comes to be.

        Raises:
            DeadKernelError: If the kernel died meanwhile.
            RuntimeError: If it did not start, or not in time.
        """
        async for html, _resources in self.generate_content_generator():
            yield html
        self._kernels.get_kernel(self._kernel_id).start_restarter()

    async def _jinja_kernel_start(self, nb: NotebookNode, kernel_id: None, kernel_future: None) -> str:  # noqa: ARG002 - Voilà's names; the kernel comes now, not before
        self._kernel_id = await self._kernels.start_kernel(kernel_name=KERNEL, path=self.cwd)
        kernel = self._kernels.get_kernel(self._kernel_id)
        # One that is started again has other ports, so that what waits for it here would wait for ever.
        kernel.stop_restarter()
        return str(await super()._jinja_kernel_start(nb, self._kernel_id, kernel))

    @property
    def language(self) -> str:
        """The language of the page."""
        about = self.notebook.metadata["steps"] or self.notebook.metadata["himaya"]
        return known(about.get("language"))

    async def end(self) -> None:
        """End the kernel of a page that does not come to its end."""
        if self.kernel_started:
            await self._cleanup_resources()
        if self._kernel_id in self._kernels:
            await self._kernels.shutdown_kernel(self._kernel_id, now=True)


class OpenedApp(Page):
    """A notebook of a trainee's or a mentor's folder as an app."""

    def initialize(self, place: Place, **voila: Any) -> None:
        """Keep the place and Voilà's settings."""
        super().initialize(place)
        self._voila = voila
        self.nonce = secrets.token_urlsafe(16)

    @web.authenticated
    async def get(self, path: str) -> None:
        """Run the notebook and write the page, or say why it is not opened."""
        renderer = self._renderer(path)
        try:
            self.folder(os.path.dirname(path))
            await renderer.initialize()
        except NotReleasedError:
            self.set_status(403)
            self.draw("refused.html")
            return
        self.set_header("Content-Security-Policy", app_policy(self.request.host, self.base_url, self.nonce))
        self.set_header("Cache-Control", "no-store")
        try:
            async for html in renderer.pieces():
                self.write(html)
                await self.flush()
        except StreamClosedError:  # who opened it has left
            await renderer.end()
        except Exception as error:  # noqa: BLE001 - whatever it is, the page says so in words
            self.log.warning("An app was not opened: %s", error)
            self.finish(not_started(renderer.language, self.nonce))
            await renderer.end()

    def _renderer(self, path: str) -> OpenedRenderer:
        common = {"base_url": self.base_url, "log": self.log, "voila_configuration": self._voila["voila_configuration"]}
        return OpenedRenderer(
            self.kernel_manager,
            **common,
            request_handler=self,
            notebook_path=path,
            template_paths=self._voila["template_paths"],
            traitlet_config=self._voila["config"],
            config_manager=self.config_manager,
            contents_manager=self.contents_manager,
            kernel_spec_manager=self.kernel_spec_manager,
            page_config=get_page_config(settings=self.settings, **common),
        )

    def released(self, notebook: NotebookNode, cwd: str) -> NotebookNode:
        """Return what of a notebook in the folder `cwd` may run, with the nonce of this page.

        Raises:
            NotReleasedError: If it is not one that was released.
        """
        folder = self.folder(cwd)
        runnable = self.place.builds.runnable(notebook, folder)
        runnable.metadata.update(nonce=self.nonce, font=font_rule(f"{self.base_url}himaya/font/"))
        runnable.metadata["steps"] = steps_of(open_folder(folder), self.get_query_argument("language", None))
        return name_cells(runnable)

    def folder(self, path: str) -> Path:
        """Return a folder of this user's own modules.

        Raises:
            NotReleasedError: If it is anybody else's.
        """
        folder = Path(os.path.realpath(self.place.root / path))
        place = self.place
        if not place.is_own(folder) or not is_open(place.home, place.root, folder):
            raise NotReleasedError
        return folder


class NoVoila(Page):
    """What else Voilà would show: lists of files, and files without the sandbox that Jupyter Server gives them."""

    @web.authenticated
    def get(self) -> None:
        """Refuse."""
        raise web.HTTPError(404)

    post = get


def app_routes(app: Any, place: Place) -> list[tuple[str, Any, dict[str, Any]]]:
    """Return the routes in the place of Voilà's; of its others, only those of its own program stay open."""
    configured = VoilaConfiguration(parent=app)
    configured.prelaunch_hook = only_released
    configured.attempt_fix_notebook = False  # the kernel is ours, whatever a notebook names
    configured.allow_template_override = configured.allow_theme_override = "NO"
    voila = {
        "config": app.config,
        "template_paths": collect_template_paths(["voila", "nbconvert"], configured.template),
        "voila_configuration": configured,
    }
    return [
        (r"/voila/render/(.*\.ipynb)", OpenedApp, {"place": place, **voila}),
        (r"/voila(?:/(?!(?:static|templates|labextensions|api/themes|api/shutdown)/).*)?", NoVoila, {"place": place}),
    ]
