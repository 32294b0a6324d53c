"""A module as an app: Voilà runs what was released and nothing else, under a policy that names its scripts."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import JupyterHandler
from tornado import web  # type: ignore[attr-defined]
from voila.configuration import VoilaConfiguration
from voila.paths import collect_template_paths
from voila.tornado.handler import TornadoVoilaHandler

from himaya.publish.folder import open_folder
from himaya_server.builds import NotReleasedError
from himaya_server.font import font_rule
from himaya_server.home.desk import is_open
from himaya_server.home.handlers import Page
from himaya_server.steps import name_cells, steps_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from himaya_server.home.handlers import Place

_HEARTBEAT = "<script>window.voila_heartbeat()"  # of Voilà, without a nonce; ours does nothing with it


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


class OpenedApp(Page, TornadoVoilaHandler):
    """A notebook of a trainee's or a mentor's folder as an app."""

    # Voilà's own page of an error asks another origin for a font.
    render_template = JupyterHandler.render_template
    get_template = JupyterHandler.get_template

    def initialize(self, place: Place, **voila: Any) -> None:
        """Keep the place and Voilà's settings."""
        Page.initialize(self, place)
        TornadoVoilaHandler.initialize(self, **voila)
        self.nonce = secrets.token_urlsafe(16)

    @web.authenticated
    async def get(self, path: str) -> None:
        """Run the notebook and write the page, or say why it is not opened."""
        try:
            self.folder(os.path.dirname(path))
            pieces = self.get_generator(path=path)
            self.set_header("Content-Security-Policy", app_policy(self.request.host, self.base_url, self.nonce))
            async for html in pieces:
                if not html.startswith(_HEARTBEAT):
                    self.write(html)
                await self.flush()
        except NotReleasedError:
            self.set_status(403)
            self.draw("refused.html")

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
        (r"/voila/render/(.*)", OpenedApp, {"place": place, **voila}),
        (r"/voila(?:/(?!(?:static|templates|labextensions|api/themes|api/shutdown)/).*)?", NoVoila, {"place": place}),
    ]
