"""Sixty SIGKILLs during hand-in: whatever arrived is whole and has its receipt, and nothing else has one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from himaya_autograde.submit import submit
from tests.autograde.conftest import MODULE


@pytest.fixture
def home(released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An exchange with a released module, and a trainee's copy of it."""
    shutil.copytree(released / "exchange", tmp_path / "exchange")
    shutil.copytree(tmp_path / "exchange" / "core-protection" / "outbound" / MODULE, tmp_path / "trainee" / MODULE)
    config = tmp_path / "config"
    config.mkdir()
    root = os.fspath(tmp_path / "exchange")
    (config / "nbgrader_config.py").write_text(f"c = get_config()\nc.Exchange.root = {root!r}\n", "utf-8")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(config))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


@pytest.mark.parametrize("kills", [30, pytest.param(60, marks=pytest.mark.extended)])
def test_every_hand_in_that_arrived_has_a_receipt(home: Path, kills: int) -> None:
    script = Path(__file__).with_name("kill_handins.py")
    command = [sys.executable, str(script), str(home), str(kills)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    arrived = Counter(one["kind"] for one in found if one["new"])
    lost = Counter(one["kind"] for one in found if not one["new"])
    print(f"{len(found)} kills; arrived {dict(arrived)}, not arrived {dict(lost)}")
    assert len(found) == kills
    for one in found:
        assert one["without receipt"] == []
        assert one["without arrival"] == []
        assert one["whole"]
        assert one["code"]
        assert one["state"] == ("submitted" if one["new"] else "changed"), one
    assert arrived["kernel"] > 0, "no kernel was killed while its hand-in went on"
    assert lost["process"] + lost["both"] > 0, "no process was killed before its work had arrived"
    assert "receipt" in submit("core-protection", home / "trainee" / MODULE)
