"""`himaya apps` with every app live, as a lab's is: each page keeps a kernel of its own. Options as for the command.

It has little patience with connections that ask for nothing, or for a body or a message that does not come.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from himaya.commands import apps as sharing
from himaya_server.apps import bounds, channel, server

if TYPE_CHECKING:
    from himaya.publish.apps import App

_write = sharing._write


def _live(*arguments: Any) -> tuple[dict[str, str], list[App]]:
    titles, apps = _write(*arguments)
    return titles, [replace(app, live=True) for app in apps]


if __name__ == "__main__":
    server._SILENCE = bounds.BODY_TIME = channel._FRAME_TIME = 2
    sharing._write = _live
    sharing.apps()
