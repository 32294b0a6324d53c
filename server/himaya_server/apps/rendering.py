"""One page of one app: Voilà's renderer with our template, and a kernel that comes when it is this page's turn."""

from __future__ import annotations

import asyncio
import secrets
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import nbformat
from jinja2 import BytecodeCache
from markupsafe import escape
from traitlets.config import Config

from himaya.languages.facts import direction
from himaya.languages.interface import interface
from himaya.languages.isolates import marked_up, without_isolates
from himaya.publish.folder import open_folder
from himaya_server.font import font_rule
from himaya_server.rendering import Renderer
from himaya_server.steps import name_cells, steps_of
from himaya_widgets.player import built, page_words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from jinja2.bccache import Bucket

    from himaya.publish.apps import App
    from himaya_server.apps.kernels import Kernels

_SAID = ("forgotten", "not-forgotten")  # by the page's script, besides all that concerns opening
_ANSWER = 15  # seconds in which a kernel that was ready must say that it still is
TEMPLATES = str(files("himaya_server.apps").joinpath("templates"))


class _Compiled(BytecodeCache):
    """Templates that were compiled once: Voilà would compile all of them for every page, for 0.3 s of everybody's."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class AppRenderer(Renderer):
    """Renders one notebook.

    Args:
        app: The app.
        door: app or group; the app has a notebook for it.
        visitor: Who the kernel will be given to, and the address; for a page that many read, nobody knows this name.
        kernels: Where it comes from.
        others: What the other languages of this app call themselves, by code.
        settings: What Voilà gives its renderers.

    Attributes:
        nonce: Stands where the page's own scripts carry what each visitor's copy carries, so that no other runs.
        kernel_id: The kernel, once the page's turn has come.
        keeps_kernel: Whether the page keeps its kernel; else it holds all that it needs.
        troubled: Whether a cell did not give what it should.
    """

    keeps_kernel = False

    def __init__(
        self,
        app: App,
        door: str,
        visitor: tuple[str, str | None],
        kernels: Kernels,
        others: Mapping[str, str],
        **settings: object,
    ) -> None:
        """Keep what the page needs; nothing is read or started yet."""
        notebook = app.notebook_for(door)
        assert notebook is not None  # noqa: S101 - the caller looked
        self._door, self._others = door, others
        self._steps = steps_of(open_folder(notebook.parent)) if app.kind == "module" else None
        super().__init__(notebook_path=str(notebook), traitlet_config=Config(), **settings)
        self._app, self._notebook, self._visitor, self._kernels = app, notebook, visitor, kernels
        self.template_paths: list[str] = [TEMPLATES, *self.template_paths]
        self.nonce = secrets.token_urlsafe(16)
        self.kernel_id: str | None = None
        self.troubled = False

    async def initialize(self, **settings: object) -> None:
        """Read the notebook and make ready what renders it."""
        await super().initialize(**settings)
        self.exporter.environment.bytecode_cache = _COMPILED

    async def load_notebook(self, path: str) -> nbformat.NotebookNode:  # noqa: ARG002 - the one it was made for
        """Return the notebook as our build wrote it, with what each cell shows."""
        return name_cells(nbformat.read(self._notebook, as_version=4))

    def pieces(self) -> AsyncIterator[tuple[str, object]]:
        """Yield the page as it comes to be; the kernel is taken in the middle of it."""
        sentences = interface(self._app.language)
        plain = {key: without_isolates(text) for key, text in sentences.items()}
        context = {
            "app": self._app,
            "door": self._door,
            "others": self._others,
            "base": self.base_url,
            "built": built,
            "cell_generator": self._jinja_cell_generator,
            "data_of_steps": self._data_of_steps,
            "direction": direction(self._app.language),
            "failed": self.failed,
            "steps": self._steps,
            "font": font_rule("/font/"),
            "kernel_start": partial(self._jinja_kernel_start, kernel_id=None, kernel_future=None),
            "nonce": self.nonce,
            "plain": {key: escape(text) for key, text in plain.items()},
            "said": {key: text for key, text in plain.items() if key in _SAID or key.startswith("app-")},
            "say": {key: marked_up(str(escape(text))) for key, text in sentences.items()},
            "title": escape(without_isolates(self._app.title)),
            "widget": self._widget,
            "words": self._words,
        }
        pieces: AsyncIterator[tuple[str, object]] = self.exporter.generate_from_notebook_node(
            self.notebook, resources=self.resources, extra_context=context
        )
        return pieces

    def failed(self) -> str:
        """Return what tells the page that it will not be whole."""
        self.troubled = True
        return self._script("failed()")

    def waiting(self, before: int) -> str:
        """Return what tells the page how many are served before it."""
        return self._script(f"waiting({before})")

    def held_back(self) -> str:
        """Return what tells the page that its visitor has as many open as one may have."""
        return self.waiting(0)

    def _script(self, call: str) -> str:
        return f'<script nonce="{self.nonce}">himayaApp.{call}</script>'

    def _words(self) -> dict[str, object]:
        """Return the words of the module, which need no kernel."""
        folder = open_folder(self._notebook.parent)
        return page_words(folder.content, folder.languages)

    def _data_of_steps(self) -> dict[str, object]:
        """Return what the script that shows the steps of a module needs; of the sentences, those that it may say."""
        assert self._steps is not None  # noqa: S101 - the template looked
        script = built("app.js")
        said = {key: text for key, text in self._steps["strings"].items() if f'"{key}"' in script}
        return {**self._steps["data"], "strings": said}

    def _widget(self, name: str) -> dict[str, Any]:
        """Return the state of a widget that a cell has just made, by its id, without the model's own fields."""
        state: dict[str, Any] = self.executor.widget_state[name]
        return {key: value for key, value in state.items() if not key.startswith("_")}

    async def _jinja_kernel_start(self, nb: nbformat.NotebookNode, kernel_id: None, kernel_future: Any) -> str:  # noqa: ARG002 - Voilà's names; the kernel comes now, not before
        """Wait for a kernel, when the page's beginning is on its way already."""
        self.kernel_id = await self._kernels.take(self._visitor[0], self, self._visitor[1])
        kernel = self._kernels.manager.get_kernel(self.kernel_id)
        async with asyncio.timeout(_ANSWER):
            started = str(await super()._jinja_kernel_start(nb, self.kernel_id, kernel))
        folder = str(self._notebook.parent)
        self.executor.kc.execute(f"import os; os.chdir({folder!r})", silent=True, store_history=False)
        return started
