"""Two hundred hostile clients at the shared apps while a class plays: nobody loses a step, and nothing grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.apps import serving
from tests.release.apps_load import trial

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.alone
def test_visitors_play_among_hostile_clients(tmp_path: Path) -> None:
    (tmp_path / "written").mkdir()
    with serving(tmp_path / "written", "--language", "en") as server:
        done = trial(server)
        assert server.process.poll() is None
        assert done.hostile["clients"] == 200
        assert min(done.hostile["tries"].values()) > 0
        assert [lost for one in done.visitors for lost in one.lost] == []
        assert done.highest - done.before < 100
        assert done.after - done.before < 50
        assert done.hostile["left"] == 0
