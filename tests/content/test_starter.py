"""What `himaya new module` writes: sound, buildable, and refused where something is in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from himaya.commands.main import main
from himaya.content.check import check_module
from himaya.content.load import load_module
from himaya.content.starter import StarterError, write_starter
from himaya.publish.assignment import compile_module

if TYPE_CHECKING:
    from pathlib import Path


def test_starter_passes_the_check_and_compiles(tmp_path: Path) -> None:
    folder = write_starter(tmp_path / "modules", "a-first-talk")
    assert check_module(folder) == []
    loaded = load_module(folder)
    assert loaded.module.id == "a-first-talk"
    assert {whole["mode"] for whole in compile_module(loaded).values()} == {"pretest", "practice", "graded"}
    twins = {item.twin for item in loaded.activities.values() if getattr(item, "twin", None)}
    assert len(twins) == 2


@pytest.mark.parametrize("name", ["Talk", "a--b", "a_b", "../x", "", "1", "x" * 61, "نور"])
def test_bad_id_is_refused_and_nothing_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(StarterError, match="allowed: small letters"):
        write_starter(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_module_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "module.yaml").write_text("id: mine\n", encoding="utf-8")
    run = CliRunner().invoke(main, ["new", "module", "mine", "--modules", str(tmp_path)])
    assert run.exit_code == 1
    assert "is there already" in run.output
    assert (tmp_path / "mine" / "module.yaml").read_text(encoding="utf-8") == "id: mine\n"


def test_command_says_what_comes_next(tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["new", "module", "a-talk", "--modules", str(tmp_path)])
    assert run.exit_code == 0
    assert f"himaya check {tmp_path / 'a-talk'}" in run.output
