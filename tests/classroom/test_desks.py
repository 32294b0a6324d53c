"""Who opens the desk of a class that was made in the browser, and what is said when it does not start."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from himaya_site.operate import desks
from himaya_site.operate.desks import Desk, DeskError
from himaya_site.people import staff
from tests.classroom.test_first_visit import amal, cora, sent
from tests.classroom.test_making import running
from tests.classroom.test_settings import CLASS, trainer
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.classroom.running import Running
    from tests.classroom.test_staff import Trainer

__all__ = ["amal", "cora", "running", "trainer"]  # fixtures

ADDRESS = "http://127.0.0.1:9/himaya/desk/mosul-autumn/marking?token=secret"


@pytest.fixture
def server() -> str:
    """Return the server that is tested."""
    return "site"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return which classes' desks were opened; nothing is started."""
    asked: list[str] = []

    def open_desk(class_id: str) -> str:
        asked.append(class_id)
        return ADDRESS

    monkeypatch.setattr(desks.desk, "open", open_desk)
    return asked


def test_coordinator_at_this_machine_is_led_there(trainer: Trainer, opened: list[str]) -> None:
    status, page = sent(trainer, CLASS, step="mark")
    assert (status, f'content="0; url={ADDRESS}"' in page, opened) == (200, True, ["mosul-autumn"])


def test_others_get_no_key_to_this_machine(trainer: Trainer, amal: Trainer, opened: list[str]) -> None:
    staff.give_role("amal", "mosul-autumn", "trainer")
    assert amal.page(CLASS)[0] == 200
    assert sent(amal, CLASS, step="mark")[0] == 404  # it would let her into all classes
    assert sent(trainer, "/class/staff/en/c/north", step="mark")[0] == 404  # others work in its course
    assert opened == []


def test_class_without_jupyter_does_without(
    trainer: Trainer, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "is_installed", lambda: False)
    assert sent(trainer, CLASS, step="mark")[0] == 404
    assert opened == []


def test_desk_that_does_not_start_is_told(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_class_id: str) -> str:
        raise DeskError

    monkeypatch.setattr(desks.desk, "open", fail)
    status, page = sent(trainer, CLASS, step="mark")
    assert (status, "did not start" in page, "http-equiv" in page) == (500, True, False)


def test_desk_of_no_class_is_no_desk(running: Running) -> None:
    assert not (running.shared.folder / "courses").exists()
    with pytest.raises(DeskError):
        Desk().open("mosul-autumn")


@pytest.mark.parametrize("deaf", [False, True])
def test_desk_ends_when_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deaf: bool) -> None:
    monkeypatch.setattr(desks, "_ENDS", 1)
    ready = tmp_path / "ready"
    says = f"import pathlib, time; pathlib.Path({str(ready)!r}).touch(); "
    code = says + ("time.sleep(600)" if deaf else "input()")
    desk = Desk()
    desk._child = child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    wait_until(ready.exists, "it runs")
    desk.stop()
    assert child.returncode is not None
