"""A lab as an app: Voilà's own front end, since stock ipywidgets need it, and a kernel until the tab closes."""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jupyter_core.paths import jupyter_path
from tornado.web import HTTPError, RequestHandler
from traitlets.config import Config
from voila.configuration import VoilaConfiguration
from voila.paths import collect_static_paths, collect_template_paths
from voila.static_file_handler import MultiStaticFileHandler

from himaya.languages.facts import SOURCE
from himaya.languages.interface import interface, sentence
from himaya.languages.isolates import without_isolates
from himaya_server.apps.rendering import AppRenderer
from himaya_server.apps.visitors import visitor_of
from himaya_server.font import FOLDER, NAMES, font_rule
from himaya_server.rendering import not_started

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import nbformat

_TEMPLATE = "himaya"
_EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "anywidget", "@voila-dashboards/widgets-manager8")
"""What the front end loads: ipywidgets and anywidget, and nothing else that is installed here."""
_NO_MATH = "/voila/no-math.js"
_NONE = (
    "const none = () => {};"
    "globalThis.MathJax = { Hub: { Config: none, Configured: none, Queue: none, Register: { StartupHook: none } } };"
)
"""Stands where the front end would fetch MathJax: a lab holds no formula."""
_DAY = 86_400  # seconds; the files change with the installed version alone


class LabRenderer(AppRenderer):
    """Renders one lab for one visitor; arguments and attributes as of `AppRenderer`."""

    keeps_kernel = True

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        """Keep what the page needs, with Voilà's own template in the place of ours."""
        # Voilà's object carries what `VoilaConfiguration` was told; a copy, since all apps share the one given.
        configured = VoilaConfiguration(template=_TEMPLATE, config=Config())
        given: dict[str, Any] = settings["page_config"]
        extensions = [one for one in given["federated_extensions"] if one["name"] in _EXTENSIONS]
        page_config = {**given, "federated_extensions": extensions, "fullMathjaxUrl": _NO_MATH}
        super().__init__(*arguments, **{**settings, "voila_configuration": configured, "page_config": page_config})
        self.template_paths = collect_template_paths(["voila", "nbconvert"], _TEMPLATE)

    async def load_notebook(self, path: str) -> nbformat.NotebookNode:
        """Return the notebook as our build wrote it, with what our template takes from it: the nonce, the font."""
        notebook = await super().load_notebook(path)
        notebook.metadata.update(nonce=self.nonce, font=font_rule("/font/"))
        return notebook

    def pieces(self) -> AsyncIterator[tuple[str, object]]:
        """Yield the page as it comes to be; the kernel is taken in the middle of it."""
        context = {
            "frontend": "voila",
            "main_js": "voila.js",
            "kernel_start": partial(self._jinja_kernel_start, kernel_id=None, kernel_future=None),
            "notebook_execute": self._jinja_notebook_execute,
            "progressive_rendering": False,
            "cell_generator": self._jinja_cell_generator,
        }
        pieces: AsyncIterator[tuple[str, object]] = self.exporter.generate_from_notebook_node(
            self.notebook, resources=self.resources, extra_context=context, page_config=self.page_config
        )
        return pieces

    def failed(self) -> str:
        """Return what tells the page that it will not be whole."""
        self.troubled = True
        return not_started(self._app.language, self.nonce)

    def waiting(self, before: int) -> str:
        """Return what tells the page how many are served before it."""
        return self._tell("app-before-you", n=before) if before else self._tell("app-opening")

    def held_back(self) -> str:
        """Return what tells the page that its visitor has as many open as one may have."""
        return self._tell("app-two-open")

    def _tell(self, key: str, **values: object) -> str:
        text = json.dumps(without_isolates(interface(self._app.language)[key].format(**values))).replace("<", "\\u003c")
        script = f'const at = document.getElementById("loading_text"); if (at) at.textContent = {text};'
        return f'<script nonce="{self.nonce}">{{{script}}}</script>'


class OfTheFrontEnd(RequestHandler):
    """What Voilà's front end asks for, for visitors who came with the link."""

    _language, _known = SOURCE, False

    def set_default_headers(self) -> None:
        """Say nothing of the server."""
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")

    def prepare(self) -> None:
        """Refuse who has no cookie."""
        self._known = visitor_of(self) is not None
        if not self._known:
            raise HTTPError(403)

    def write_error(self, status_code: int, **_reason: object) -> None:
        """Say in words what is not there; never how the server is built."""
        forbidden = status_code == HTTPStatus.FORBIDDEN and not self._known
        self.set_status(HTTPStatus.NOT_FOUND if self._known else status_code)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(without_isolates(sentence("link-refused" if forbidden else "app-not-here", self._language)))


class Program(OfTheFrontEnd, MultiStaticFileHandler):
    """Its files."""

    def initialize(self, paths: list[str], language: str) -> None:
        """Keep where the files are, and in which language they are refused."""
        MultiStaticFileHandler.initialize(self, paths)
        self._language = language

    def get_cache_time(self, *_about: object) -> int:
        """Let a browser keep them for a day."""
        return _DAY


class NoMath(OfTheFrontEnd):
    """A MathJax that does nothing, so that no page shows a failure."""

    def initialize(self, language: str) -> None:
        """Keep in which language it is refused."""
        self._language = language

    def get(self) -> None:
        """Give it."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.finish(_NONE)


class Leaving(NoMath):
    """Takes note that a page is left; its kernel ends with its channel."""

    def check_xsrf_cookie(self) -> None:
        """Let every visitor say so: nothing is done."""

    def get(self) -> None:
        """Show nothing."""
        raise HTTPError(HTTPStatus.METHOD_NOT_ALLOWED)

    def post(self) -> None:
        """Do nothing."""
        self.set_status(HTTPStatus.NO_CONTENT)


def program_handlers(language: str) -> list[tuple[Any, ...]]:
    """Return the addresses of the front end's files; they are refused in `language`."""
    extensions = "|".join(_EXTENSIONS)
    installed = [*jupyter_path("labextensions"), *(f"{path}/labextensions" for path in jupyter_path("voila"))]
    own = {"paths": collect_static_paths(["voila", "nbconvert"], _TEMPLATE), "language": language}
    return [
        (_NO_MATH, NoMath, {"language": language}),
        (r"/voila/api/shutdown/[0-9a-f-]+", Leaving, {"language": language}),
        (f"/font/{NAMES}", Program, {"paths": [FOLDER], "language": language}),
        (r"/voila/static/(.*)", Program, own),
        (rf"/voila/templates/{_TEMPLATE}/static/(.*)", Program, own),
        (rf"/voila/labextensions/((?:{extensions})/static/.*)", Program, {"paths": installed, "language": language}),
    ]
