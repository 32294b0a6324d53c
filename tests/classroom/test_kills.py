"""A killed service loses nothing that it acknowledged."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.classroom.kills import kill_while_answering
from tests.classroom.power import Disk
from tests.classroom.served import Served
from tests.courses import one_module_course

if TYPE_CHECKING:
    from pathlib import Path


KILLS = int(os.environ.get("HIMAYA_KILLS", "20"))


@pytest.mark.proof
@pytest.mark.parametrize("kills", [KILLS, pytest.param(100, marks=pytest.mark.extended)])
def test_killed_service_loses_nothing(server: str, kills: int, tmp_path: Path) -> None:
    served = Served(tmp_path / "class", one_module_course(tmp_path / "course"), server)
    served.run("enrol", "north", "--number", "1")
    served.cards(8600)
    try:
        kill_while_answering(served, kills, 8, seed=17, say=print)
    finally:
        served.kill()
    assert "Cards lead to http://127.0.0.1:8600." in served.log.read_text(encoding="utf-8")


@pytest.mark.proof
def test_power_cut_loses_nothing(server: str, tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    try:
        served = Served(disk.top / "class", one_module_course(tmp_path / "course"), server)
        disk.sync()  # pages are written anew by a command, cards and answers are not

        def cut() -> None:
            # Frozen first: once its log is given up, ext4 lets an fsync succeed that had begun, and nobody without
            # power acknowledges what it then believes to be written.
            served.freeze()
            disk.cut()
            served.kill()
            disk.back()

        try:
            kill_while_answering(served, 12, 4, seed=18, say=print, end=cut)
        finally:
            served.kill()
    finally:
        disk.remove()
