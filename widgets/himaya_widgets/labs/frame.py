"""The one widget of a lab that is not stock: language and direction, focus, labels, and whether it is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from himaya_widgets.widgets import _Drawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from himaya.publish.folder import ModuleFolder


class Frame(_Drawn):
    """Lies inside the lab's box and gives that box what stock ipywidgets cannot.

    Args:
        folder: Whose player the page runs on.
        activity_id: The lab.
        heard: Called with each message of the page: `look` when its window is looked at again, `speak` with a language.
    """

    activity = traitlets.Unicode().tag(sync=True)
    owner = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)
    direction = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    lost = traitlets.Unicode().tag(sync=True)
    part = traitlets.Unicode().tag(sync=True)
    finished = traitlets.Bool().tag(sync=True)

    def __init__(self, folder: ModuleFolder, activity_id: str, heard: Callable[[dict[str, Any]], None]) -> None:
        """Draw nothing but the line that says whether it is saved."""
        self._heard = heard
        super().__init__(folder, "lab", activity=activity_id, owner=folder.owner)

    def focus(self, key: str) -> None:
        """Put the focus on the control of that key, or on the first one in it, once it is drawn."""
        self.send({"focus": key})

    def _answer(self, message: dict[str, Any]) -> None:
        if message.get("type") == "alive":
            self.send({"alive": message.get("n")})
        else:
            self._heard(message)
