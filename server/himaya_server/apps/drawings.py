"""Pages of practice apps, each rendered once: nothing in one differs by visitor, so only the first needs a kernel."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from himaya_server.apps.lab_app import LabRenderer
from himaya_server.apps.rendering import AppRenderer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from himaya.publish.apps import App
    from himaya_server.apps.kernels import Kernels

_HEARTBEAT = 1.0  # seconds between two words to a page that waits: how many are served before it


class Drawing:
    """One page as it comes to be; whoever asks later reads it from its beginning.

    Args:
        renderer: What renders it.
        kernels: Where its kernel comes from.
        log: Told what went wrong.

    Attributes:
        renderer: As given.
        over: Whether nothing more will come.
        whole: Whether all of it came, and every cell gave what it should.
    """

    def __init__(self, renderer: AppRenderer, kernels: Kernels, log: Any) -> None:
        """Start to render."""
        self.renderer, self._kernels, self._log = renderer, kernels, log
        self.over = self.whole = False
        self._pieces: list[str] = []
        self._grown = asyncio.Event()
        self._task = asyncio.create_task(self._render())

    async def _render(self) -> None:
        try:
            await self.renderer.initialize()
            async for piece, _resources in self.renderer.pieces():
                self._add(piece)
            self.whole = not self.renderer.troubled
        except Exception as error:  # noqa: BLE001 - whatever it is, the visitor is told in words
            self._log.warning("An app was not opened: %s", error)
            self._add(self.renderer.failed())
        finally:
            self.over = True
            self._add("")
            kernel = self.renderer.kernel_id
            if kernel is not None and not (self.whole and self.renderer.keeps_kernel):
                await self._kernels.give_back(kernel, good=self.whole)

    def _add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._grown.set()
        self._grown = asyncio.Event()

    async def pieces(self, nonce: str) -> AsyncIterator[str]:
        """Yield the page from its beginning for one visitor, and while nothing comes, how many are served before.

        Args:
            nonce: What this visitor's page carries.
        """
        read = 0
        while True:
            new = "".join(self._pieces[read:])
            read = len(self._pieces)
            if new:
                yield new.replace(self.renderer.nonce, nonce)
            elif self.over:
                return
            else:
                try:
                    await asyncio.wait_for(self._grown.wait(), _HEARTBEAT)
                except TimeoutError:
                    own = self._kernels.held_back(self.renderer)
                    before = self._kernels.before(self.renderer)
                    told = self.renderer.held_back() if own else self.renderer.waiting(before)
                    yield told.replace(self.renderer.nonce, nonce)

    async def stop(self) -> None:
        """End the page of one visitor who left before it was sent, and its kernel."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        if self.renderer.kernel_id is not None:
            await self._kernels.free(self.renderer.kernel_id)


class Drawings:
    """All pages that were rendered so far.

    Args:
        kernels: Where kernels come from.
        others: Gives what the other languages of an app call themselves, by code.
        settings: What Voilà gives its renderers.

    Attributes:
        kernels: As given.
    """

    def __init__(
        self, kernels: Kernels, others: Callable[[str], dict[str, str]], settings: Mapping[str, object]
    ) -> None:
        """Render nothing yet: the first visitor of an app does not wait long for one page."""
        self.kernels, self._others, self._settings = kernels, others, settings
        self._made: dict[tuple[str, str, str], Drawing] = {}

    def of(self, app: App, door: str, visitor: str, address: str) -> Drawing:
        """Return the page of an app; of a lab a page, and a kernel, of this visitor's own."""
        if _renderer(app).keeps_kernel:
            return self._new(app, door, visitor, address)
        place = (door, app.language, app.name)
        made = self._made.get(place)
        if made is None or (made.over and not made.whole):
            made = self._made[place] = self._new(app, door, secrets.token_urlsafe(18), None)
        return made

    def _new(self, app: App, door: str, visitor: str, address: str | None) -> Drawing:
        others = self._others(app.language)
        made = _renderer(app)(app, door, (visitor, address), self.kernels, others, **self._settings)
        return Drawing(made, self.kernels, self._settings["log"])


def _renderer(app: App) -> type[AppRenderer]:
    return LabRenderer if app.needs_kernel else AppRenderer
