"""Handing in: what is noted beside the notebook, and the receipt in every language of the module."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from himaya.errors import WorkerError
from himaya.languages.interface import interface
from himaya.publish.assignment import write_assignment
from himaya.publish.folder import RECEIPTS, SPOKEN, ModuleFolder, open_folder, shortened
from himaya.publish.receipts import TIME, confirm, last_receipt, promise
from himaya.translation.translated import load_in
from himaya_widgets.handin import hand_in, said
from tests.engine.shipped import MODULES
from tests.shipped import a_module

if TYPE_CHECKING:
    from pathlib import Path

_STAMP = "2026-11-24 20:24:00.0 UTC"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleFolder:
    """A module in two languages, with an exchange that takes everything and sees what lies there then."""

    content = {"course": "c", "language": "ar", "languages": ["ar", "en"], "module": {"id": "m"}, "activities": {}}
    folder = ModuleFolder(tmp_path, content)

    monkeypatch.setattr("himaya_widgets.handin.ask", lambda *_, **__: {"receipt": _arrived(folder)})
    return folder


def _arrived(folder: ModuleFolder) -> dict[str, Any]:
    """Do what the submitting process does, and return the receipt."""
    arrival = folder.path.parent / f"{folder.path.name}-arrival"
    receipt = promise(folder, folder.path, arrival, _STAMP)
    arrival.mkdir(exist_ok=True)
    confirm(folder, receipt)
    return receipt


@pytest.mark.parametrize(("language", "noted"), [("en", "en"), ("ar", "ar"), ("fr", "ar"), (None, "ar"), ({}, "ar")])
def test_handing_in_notes_the_language_that_is_read(folder: ModuleFolder, language: object, noted: str) -> None:
    assert hand_in(folder, language)["type"] == "receipt"
    assert (folder.path / SPOKEN).read_text() == f"{noted}\n"


def test_the_last_language_counts(folder: ModuleFolder) -> None:
    hand_in(folder, "ar")
    hand_in(folder, "en")
    assert (folder.path / SPOKEN).read_text() == "en\n"


def test_symlink_for_language_note_is_not_followed(folder: ModuleFolder, tmp_path: Path) -> None:
    """It does not stop the hand-in."""
    kept = tmp_path.parent / "kept"
    kept.write_text("mine")
    (folder.path / SPOKEN).symlink_to(kept)
    assert hand_in(folder, "en")["type"] == "receipt"
    assert kept.read_text() == "mine"


def test_receipt_time_is_shown_in_every_language(folder: ModuleFolder) -> None:
    """The file keeps it plain."""
    receipt = hand_in(folder, "ar")
    assert set(receipt["said"]) == {"ar", "en"}
    kept = json.loads((folder.path / RECEIPTS).read_text().splitlines()[0])
    assert "said" not in kept
    assert said(folder, last_receipt(folder) or {})["said"] == receipt["said"]


@pytest.mark.parametrize(
    ("ahead", "shown"),
    [
        (180, "24 November 2026, 23:24"),
        (240, "25 November 2026, 00:24"),
        (-60, "24 November 2026, 19:24"),
        (0, "24 November 2026, 20:24"),
        (None, "24 November 2026, 20:24 UTC"),
        (10**30, "24 November 2026, 20:24 UTC"),
        ("180", "24 November 2026, 20:24 UTC"),
        (True, "24 November 2026, 20:24 UTC"),
    ],
)
def test_receipt_time_is_that_of_the_reader(folder: ModuleFolder, ahead: object, shown: str) -> None:
    assert (
        said(folder, {"time": datetime(2026, 11, 24, 20, 24, tzinfo=UTC).strftime(TIME)}, ahead)["said"]["en"] == shown
    )


def test_edited_receipt_is_shown_as_it_is(folder: ModuleFolder) -> None:
    assert said(folder, {"time": "yesterday", "answers": 1, "code": "x"}) == {
        "time": "yesterday",
        "answers": 1,
        "code": "x",
    }


def test_process_exit_after_arrival_is_success(folder: ModuleFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*_: Any, **_options: Any) -> None:
        raise WorkerError("The system ended it.")

    def killed(*_: Any, **_options: Any) -> None:
        _arrived(folder)
        ended()

    monkeypatch.setattr("himaya_widgets.handin.ask", killed)
    assert hand_in(folder, "en")["type"] == "receipt"
    monkeypatch.setattr("himaya_widgets.handin.ask", ended)
    refused = hand_in(folder, "en")
    assert refused["type"] == "refused"
    assert "The system ended it." in refused["sentence"]


def test_refusal_is_said_in_the_language_read(folder: ModuleFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **_options: Any) -> None:
        raise WorkerError("not-released")

    monkeypatch.setattr("himaya_widgets.handin.ask", refuse)
    assert hand_in(folder, "ar") == {"type": "refused", "sentence": str(interface("ar")["not-released"])}


def test_long_question_name_ends_at_a_word() -> None:
    assert shortened("What do you do first?") == "What do you do first?"
    assert shortened("What do you do first?", 16) == "What do you do …"
    assert shortened("ما الذي يأتي أولاً؟\nثم ماذا", 12) == "ما الذي …"


def test_receipt_counts_in_the_digits_of_each_language(tmp_path: Path) -> None:
    english, arabic = (load_in(MODULES / a_module("core-protection"), each) for each in ("en", "ar"))
    folder = open_folder(write_assignment(english, tmp_path, "core-protection", others=[arabic]))
    told = said(folder, {"time": datetime(2026, 11, 24, 20, 24, tzinfo=UTC).strftime(TIME)})["said"]
    assert re.search("[٠-٩]", told["en"]) is None
    assert re.search("[0-9]", told["ar"]) is None
