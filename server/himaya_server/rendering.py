"""Voilà's renderer for a page that ends with its kernel, and what such a page says then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nbclient.exceptions import DeadKernelError
from voila.notebook_renderer import NotebookRenderer

from himaya.languages.interface import interface
from himaya.languages.isolates import without_isolates

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from nbformat import NotebookNode


class Renderer(NotebookRenderer):
    """Renders a notebook while its kernel lives.

    Voilà takes the death of a kernel for the error of one cell, and asks the dead one for the next.
    """

    async def _jinja_cell_generator(self, nb: NotebookNode, kernel_id: str) -> AsyncIterator[NotebookNode]:
        """Yield the cells with what they show.

        Raises:
            DeadKernelError: If the kernel has died.
        """
        async for cell in super()._jinja_cell_generator(nb, kernel_id):
            if not await self.executor.km.is_alive():
                await self._cleanup_resources()
                raise DeadKernelError("the kernel died")
            yield cell


def not_started(language: str, nonce: str) -> str:
    """Return what tells a page of our Voilà template that no more comes, with a button to try again."""
    say = interface(language)
    said = json.dumps([without_isolates(say[key]) for key in ("app-not-started", "app-again")]).replace("<", "\\u003c")
    return f'<script nonce="{nonce}">himayaNotStarted(...{said})</script>'
