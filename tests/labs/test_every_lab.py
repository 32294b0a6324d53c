"""Every lab has all its parts: a model, a format, a widget."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from himaya.activities.lab.format import Lab, written
from himaya.activities.lab.model import NAMES, Model, model, module_name
from himaya_widgets.labs.lab import LabView

FUNCTIONS = [name for name in vars(Model) if not name.startswith("_")]
FILLED_IN = ("build", "draw", "result")


@pytest.mark.parametrize("lab", NAMES)
def test_lab_has_a_whole_model(lab: str) -> None:
    assert len(FUNCTIONS) >= 6
    assert [name for name in FUNCTIONS if not callable(getattr(model(lab), name, None))] == []


@pytest.mark.parametrize("lab", NAMES)
def test_lab_has_a_format_of_its_own(lab: str) -> None:
    form = written(lab)
    assert issubclass(form, Lab)
    assert form.model_fields["lab"].annotation.__args__ == (lab,)


@pytest.mark.parametrize("lab", NAMES)
def test_lab_has_a_widget(lab: str) -> None:
    view = import_module(f"himaya_widgets.labs.{module_name(lab)}").View
    assert issubclass(view, LabView)
    assert [name for name in FILLED_IN if getattr(view, name) is getattr(LabView, name)] == []


def test_every_folder_of_a_lab_is_a_lab() -> None:
    formats = {path.parent.name for path in _folder().glob("*/format.py")}
    assert formats == {module_name(lab) for lab in NAMES}


def _folder() -> Path:
    return Path(import_module("himaya.activities.lab").__path__[0])
