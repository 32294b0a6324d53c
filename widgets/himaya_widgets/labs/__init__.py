"""The labs' widgets: stock ipywidgets over a pure model. One file for each lab, which offers `View`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from himaya.activities.lab.model import module_name

if TYPE_CHECKING:
    from himaya.activities.lab.model import LabActivity
    from himaya.publish.folder import ModuleFolder
    from himaya_widgets.labs.lab import LabView


def open_lab(folder: ModuleFolder, activity_id: str) -> LabView:
    """Return the drawn lab `activity_id` of `folder`, as far as its journal has come; `root` is what to display."""
    lab = cast("LabActivity", folder.activity(activity_id))["lab"]
    view: type[LabView] = import_module(f"himaya_widgets.labs.{module_name(lab)}").View
    return view(folder, activity_id)
