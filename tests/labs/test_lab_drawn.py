"""What every lab's widget shares: it writes before it says Saved, and stands where the journal is."""

from __future__ import annotations

import json
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.fold import replay
from himaya.answers.journal import Journal
from himaya.errors import JournalError
from himaya.languages.interface import sentence
from himaya.publish.assignment import activities_file
from himaya.publish.folder import ModuleFolder
from himaya_widgets.labs import open_lab
from tests.engine.shipped import in_language, loaded
from tests.shipped import a_lab

if TYPE_CHECKING:
    from pathlib import Path

    from himaya_widgets.labs.lab import LabView

MODULE, LAB, _ = a_lab("complaint")


def _folder(path: Path, *, keeps: bool = True) -> ModuleFolder:
    return ModuleFolder(path, activities_file(loaded(MODULE), "core-protection", practice=not keeps))


def _types(folder: ModuleFolder) -> list[str]:
    return [row["type"] for row in folder.journal.rows(LAB)]


def _press(view: LabView, key: str) -> None:
    _found(view.root, key).click()


def _found(widget: Any, key: str) -> Any:
    if f"himaya-key-{key}" in getattr(widget, "_dom_classes", ()):
        return widget
    return next(filter(None, (_found(child, key) for child in getattr(widget, "children", ()))), None)


def _status(view: LabView) -> tuple[str, str]:
    return view._frame.status, view._frame.said


def test_saved_label_means_on_disk(tmp_path: Path) -> None:
    """What was done is on the disk when the lab says saved."""
    folder = _folder(tmp_path)
    view = open_lab(folder, LAB)
    assert _status(view) == ("", "")
    _press(view, "start")
    _found(view.root, "intake-code").value = "PS-014"
    assert _types(folder) == ["begin", "decide"]
    assert _status(view) == ("saved", sentence("saved"))
    again = open_lab(_folder(tmp_path), LAB)
    assert _found(again.root, "intake-code").value == "PS-014"


def test_unwritable_lab_reports_and_keeps_typed_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = open_lab(_folder(tmp_path), LAB)
    _press(view, "start")

    def refuse(_self: Journal, _events: list[Any]) -> None:
        raise JournalError("disk-full")

    monkeypatch.setattr(Journal, "put", refuse)
    _found(view.root, "intake-code").value = "PS-015"
    status, said = _status(view)
    assert status == "not-saved"
    assert sentence("disk-full") in said
    assert _found(view.root, "intake-code").value == "PS-015"
    monkeypatch.undo()
    _found(view.root, "intake-code").value = "PS-016"
    assert _status(view) == ("saved", sentence("saved"))


def test_two_windows_of_one_kernel_show_the_same(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    one, two = open_lab(folder, LAB), open_lab(folder, LAB)
    _press(one, "start")
    _found(one.root, "card-lock-notes").value = "two-hours"
    assert _found(two.root, "card-lock-notes").value == "two-hours"


@pytest.mark.parametrize(("module", "lab"), [(MODULE, LAB), a_lab("caseload")[:2]])
def test_assumptions_have_the_arabic_semicolon(tmp_path: Path, module: str, lab: str) -> None:
    content = activities_file(in_language(module, "ar"), "core-protection")
    told = open_lab(ModuleFolder(tmp_path, content), lab).assumptions()
    assert "؛ " in told
    assert "; " not in unescape(told)


def test_stale_window_keeps_its_event_and_says_so(tmp_path: Path) -> None:
    one, two = open_lab(_folder(tmp_path), LAB), open_lab(_folder(tmp_path), LAB)  # as two kernels would
    two.place = ("another", LAB)
    _press(one, "start")
    two.look()
    _found(one.root, "card-lock-notes").value = "two-hours"
    _found(two.root, "card-referral").value = "four-hours"
    state = replay(two.activity, Journal(tmp_path / "responses.jsonl").rows(LAB))
    assert (len(state["decisions"]), state["ignored"]) == (1, 1)
    assert _found(two.root, "card-lock-notes").value == "two-hours"
    assert sentence("lab-elsewhere") in two._message.value


def test_typing_in_stale_window_is_kept_on_top(tmp_path: Path) -> None:
    one, two = open_lab(_folder(tmp_path), LAB), open_lab(_folder(tmp_path), LAB)  # as two kernels would
    two.place = ("another", LAB)
    _press(one, "start")
    two.look()
    _found(one.root, "card-lock-notes").value = "two-hours"
    _found(two.root, "intake-code").value = "PS-014"
    decisions = replay(two.activity, Journal(tmp_path / "responses.jsonl").rows(LAB))["decisions"]
    assert [decision["concern"] for decision in decisions] == ["kits", "kits"]
    assert decisions[-1]["value"] == "PS-014"
    assert _found(two.root, "card-lock-notes").value == "two-hours"
    assert sentence("lab-elsewhere") in two._message.value


def test_new_page_opens_at_last_concern(tmp_path: Path) -> None:
    view = open_lab(_folder(tmp_path), LAB)
    _press(view, "start")
    second = _found(view.root, "concern").options[1][1]
    _found(view.root, "concern").value = second
    _found(view.root, "intake-code").value = "PS-015"
    again = open_lab(_folder(tmp_path), LAB)
    assert _found(again.root, "concern").value == second
    assert _found(again.root, "intake-code").value == "PS-015"


def test_next_part_button_is_primary(tmp_path: Path) -> None:
    """The finish button is not."""
    view = open_lab(_folder(tmp_path), LAB)
    _press(view, "start")
    onward, finish = _found(view.root, "next"), _found(view.root, "finish")
    assert onward.description == f"Next: {view.word('cards')}"
    assert ("himaya-main" in onward._dom_classes, "himaya-main" in finish._dom_classes) == (True, False)
    _press(view, "next")
    other = view.data["concerns"][1]["title"]
    assert onward.description == f"Next: {other}"  # which is still open
    _press(view, "finish")  # too early: back to the first field that is open
    assert _found(view.root, "part").value == "form"


def test_restart_empties_lab_and_keeps_finish(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    view = open_lab(folder, LAB)
    _press(view, "start")
    _found(view.root, "card-lock-notes").value = "two-hours"
    _press(view, "again")
    assert _found(view.root, "card-lock-notes").value is None
    assert _types(folder) == ["begin", "decide", "restart"]


def test_early_finish_names_open_parts(tmp_path: Path) -> None:
    """It records nothing."""
    folder = _folder(tmp_path)
    view = open_lab(folder, LAB)
    _press(view, "start")
    _press(view, "finish")
    assert _types(folder) == ["begin"]
    assert sentence("lab-unfinished") in view._message.value


def test_alternative_can_be_opened_and_left(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    view = open_lab(folder, LAB)
    _press(view, "skip-first")
    _found(view.root, "instead").value = "<b>Limits first</b>"
    _press(view, "unskip")
    assert _types(folder) == ["begin", "skip", "answer", "unskip"]
    assert replay(view.activity, folder.journal.rows(LAB))["finished"]


def test_practice_app_says_it_saves_nothing(tmp_path: Path) -> None:
    view = open_lab(_folder(tmp_path, keeps=False), LAB)
    _press(view, "start")
    _found(view.root, "card-lock-notes").value = "two-hours"
    assert _status(view) == ("not-kept", sentence("lab-not-kept"))
    assert list(tmp_path.iterdir()) == []


def test_hostile_journal_is_drawn_without_markup(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    values: list[Any] = [
        {"concern": "kits", "field": "summary", "value": evil}, {"concern": evil, "card": evil, "at": evil},
        {"concern": "kits", "field": "offered", "value": [evil]}, {evil: evil},
        {"concern": "kits", "card": [], "at": {}},
    ]  # fmt: skip
    rows = [{"id": "begin-000", "activity": LAB, "type": "begin", "turn": 0, "content": "x"}]
    rows += [
        {"id": f"hostile-{at}", "activity": LAB, "type": "decide", "turn": at, "value": value}
        for at, value in enumerate(values)
    ]
    (tmp_path / "responses.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    view = open_lab(_folder(tmp_path), LAB)
    assert _found(view.root, "summary").value == evil

    def markup(widget: Any) -> str:
        own = widget.value if type(widget).__name__ == "HTML" else ""
        return own + "".join(map(markup, getattr(widget, "children", ())))

    assert "<script" not in markup(view.root)
