"""The widget of the lab "Can you find me?": each press is a decision, and what does not fit is said at its field."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.lab.find_me.microdata import COLUMNS
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module, write_assignment, write_practice_app
from himaya.publish.folder import open_folder
from himaya_widgets.labs import open_lab
from tests.engine.shipped import MODULES
from tests.shipped import a_lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya_widgets.labs.lab import LabView

MODULE, LAB = MODULES / a_lab("find-me").module, a_lab("find-me").id


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_assignment(load_module(MODULE), tmp_path_factory.mktemp("m"), "c")


@pytest.fixture
def folder(built: Path) -> Iterator[Path]:
    yield built
    for left in built.glob("responses.jsonl*"):
        left.unlink()


@pytest.fixture
def view(folder: Path) -> LabView:
    opened = open_lab(open_folder(folder), LAB)
    widget(opened, "start").click()
    return opened


def widget(view: LabView, key: str) -> Any:
    def find(here: Any) -> Any:
        if f"himaya-key-{key}" in getattr(here, "_dom_classes", ()):
            return here
        return next((found for child in getattr(here, "children", ()) if (found := find(child)) is not None), None)

    return find(view.root)


def check(view: LabView, key: str, label: str) -> None:
    box = next(box for box in widget(view, key).children if getattr(box, "description", "").startswith(label))
    box.value = not box.value


def error_texts(view: LabView) -> str:
    def told(here: Any) -> str:
        own = here.value if "himaya-error" in getattr(here, "_dom_classes", ()) else ""
        return own + "".join(told(child) for child in getattr(here, "children", ()))

    return told(view.root)


def column(name: str) -> str:
    return f"treat-{name.replace('_', '-')}"


def test_settings_reach_second_window_and_restart(view: LabView, folder: Path) -> None:
    second = open_lab(open_folder(folder), LAB)
    check(view, "keys", "Site")
    widget(view, column("hh_head_age")).value = "coarse"
    widget(view, "suppress").value = 3
    for other in (second, open_lab(open_folder(folder), LAB)):
        assert widget(other, column("hh_head_age")).value == "coarse"
        assert widget(other, "suppress").value == 3
        assert widget(other, "figures").value == widget(view, "figures").value


def test_empty_choice_restores_previous_person(view: LabView) -> None:
    widget(view, "person").value = "old-speaker"
    widget(view, "person").value = None
    assert widget(view, "person").value == "old-speaker"


def test_dropping_every_key_is_reported_at_keys(view: LabView) -> None:
    check(view, "keys", "Site")
    widget(view, column("site_code")).value = "drop"
    assert "All your keys are dropped" in error_texts(view)
    assert any(box.value for box in widget(view, "keys").children if hasattr(box, "indent"))


def test_dropping_everything_is_said_and_draws(view: LabView) -> None:
    check(view, "keys", "Site")
    for name in COLUMNS:
        widget(view, column(name)).value = "drop"
    assert "You have dropped every column" in error_texts(view)
    assert "cannot be counted" in widget(view, "figures").value


def test_blanking_very_much_is_said_at_its_field(view: LabView) -> None:
    for label in ("Number", "Day", "Site", "Age", "People"):
        check(view, "keys", label)
    widget(view, "suppress").value = 5
    assert "More than a fifth" in error_texts(view)


def test_finishing_early_names_what_is_missing(view: LabView) -> None:
    check(view, "keys", "Site")
    widget(view, "finish").click()
    assert "Look for at least one person." in error_texts(view)
    assert "Choose at least one key." not in error_texts(view)


def finish(view: LabView) -> str:
    check(view, "keys", "Site")
    widget(view, "person").value = "ordinary"
    check(view, "knows", "Site")
    widget(view, "ending").value = "publish"
    check(view, "reasons", "There are no names")
    assert "himaya-main" not in widget(view, "finish")._dom_classes
    check(view, "cells", "District Almond")
    assert "himaya-main" in widget(view, "finish")._dom_classes
    widget(view, "finish").click()
    return str(widget(view, "result").value)


def test_counted_finish_shows_figures_only(view: LabView) -> None:
    result = finish(view)
    assert "Records in groups smaller than 3: 0. Global risk: 0.12 percent. This is not above the limit" in result
    assert "Small counts that a reader can work out: 1." in result
    assert "The feedback counts every column that a neighbour may know." in result
    whole = dict(compile_module(load_module(MODULE)))[LAB]
    secret = [note["text"] for name in ("notes", "endings", "reasons") for note in whole["key"][name]]
    assert [one for one in (*secret, *whole["debrief"]) if one in result] == []
    assert widget(view, "once-more").layout.display == "none"


def test_mentor_finish_explains_and_restarts(tmp_path: Path) -> None:
    view = open_lab(open_folder(write_practice_app(load_module(MODULE), tmp_path)), LAB)
    widget(view, "start").click()
    result = finish(view)
    assert "Keys that a neighbour may know: 1 of 10." in result
    assert "Once public, a file cannot be called back." in result
    assert "Age, language and size of household were enough" in result
    assert "No name was in the file, and still you found people." in result
    widget(view, "once-more").click()
    assert not any(box.value for box in widget(view, "keys").children if hasattr(box, "indent"))


def test_picture_has_a_text_description(view: LabView) -> None:
    for label in ("Site", "Age"):
        check(view, "keys", label)
    drawn = widget(view, "figures").value
    assert 'role="img" aria-label="Bars for seven bands of risk.' in drawn
    assert drawn.count("<rect") == 7
