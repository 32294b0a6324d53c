"""`himaya apps` with every app live, as a lab's is: each page keeps a kernel of its own. Options as for the command."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from himaya import sharing

if TYPE_CHECKING:
    from himaya.build.apps import App

_write = sharing._write


def _live(*arguments: object) -> tuple[dict[str, str], list[App]]:
    titles, apps = _write(*arguments)  # type: ignore[arg-type]
    return titles, [replace(app, live=True) for app in apps]


if __name__ == "__main__":
    sharing._write = _live
    sharing.apps()
