"""Rules for the scene that is played in a room: the observer looks for what the module names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.findings import unknown
from himaya.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.content.load import LoadedModule


def rehearsal_problems(loaded: LoadedModule) -> Iterator[Problem]:
    """Yield what is wrong with rehearsal.yaml; a module may have none."""
    scene = loaded.module.rehearsal
    if scene is None:
        return
    known = [behaviour.id for behaviour in loaded.module.behaviours]
    document = next(one for name, one in loaded.documents.items() if name.endswith("rehearsal.yaml"))
    for position, name in enumerate(scene.look_for):
        if name not in known:
            text = unknown("the observer looks for the behaviour", name, known)
            yield Problem(document.file, document.line("look_for", position), text)
