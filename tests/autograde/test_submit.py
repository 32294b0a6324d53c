"""A hand-in arrives whole and with its receipt, or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from himaya.publish.folder import RECEIPTS, ModuleFolder
from himaya.publish.receipts import receipts
from himaya_autograde.submit import WholeSubmit, submit

COURSE = "a-course"
MODULE = "a-module"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trainee's copy of a released module, and an exchange to hand it in."""
    config, exchange = tmp_path / "config", tmp_path / "exchange"
    config.mkdir()
    (config / "nbgrader_config.py").write_text(f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n", "utf-8")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(config))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    folder = tmp_path / "trainee" / MODULE
    for place in (folder, exchange / COURSE / "outbound" / MODULE):
        place.mkdir(parents=True)
        (place / f"{MODULE}.ipynb").write_text("{}", encoding="utf-8")
    (folder / "activities.json").write_text('{"activities": {}}', encoding="utf-8")
    (folder / "responses.jsonl").write_text("{}", encoding="utf-8")
    inbound = exchange / COURSE / "inbound"
    inbound.mkdir()
    inbound.chmod(0o733)
    exchange.chmod(0o777)
    return folder


def _inbound(folder: Path) -> list[Path]:
    return sorted((folder.parents[1] / "exchange" / COURSE / "inbound").iterdir())


def _receipts(folder: Path) -> list[str]:
    return [receipt["arrival"] for receipt in receipts(ModuleFolder(folder, {"activities": {}}))]


def test_hand_in_has_its_receipt_from_the_process(folder: Path) -> None:
    first, second = (submit(COURSE, folder)["receipt"] for _ in range(2))
    assert [str(path) for path in _inbound(folder)] == sorted([first["arrival"], second["arrival"]])
    assert _receipts(folder) == [second["arrival"], first["arrival"]]
    names = {path.name for path in _inbound(folder)[0].iterdir()}
    assert {"timestamp.txt", "submission_secret.txt", "responses.jsonl", f"{MODULE}.ipynb"} <= names
    cached = [path.name for path in (folder.parents[1] / "data" / "nbgrader_cache" / COURSE).iterdir()]
    assert sorted(cached) == [path.name.rsplit("+", 1)[0] for path in _inbound(folder)]


def test_process_writes_the_receipt_though_nobody_listens(folder: Path) -> None:
    command = [sys.executable, "-m", "himaya_autograde.submit", "submit", COURSE, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(60) == 0
    assert _receipts(folder) == [str(path) for path in _inbound(folder)]


@pytest.mark.parametrize("moment", ["copy", "receipt", "arrival"])
def test_failure_leaves_neither_hand_in_nor_receipt(moment: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    place: dict[str, Any] = {
        "copy": (WholeSubmit, "do_copy"),
        "receipt": ("himaya_autograde.submit.promise",),
        "arrival": (Path, "rename"),
    }
    exchange: Any = monkeypatch.setattr
    exchange(*place[moment], fail)
    with pytest.raises(OSError, match="No space"):
        submit(COURSE, folder)
    assert _inbound(folder) == []
    assert _receipts(folder) == []


def test_folder_that_takes_no_receipt_is_handed_in(folder: Path) -> None:
    (folder / RECEIPTS).mkdir()
    assert submit(COURSE, folder)["receipt"]["arrival"] == str(_inbound(folder)[0])
