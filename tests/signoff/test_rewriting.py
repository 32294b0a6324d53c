"""Every text that a dossier shows can be corrected from it: a program finds each where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from himaya.content.load import load_module
from himaya.signoff.reading import parts_to_read
from himaya.signoff.rewriting import put_texts
from tests.courses import ROOT, one_module_repository

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.translation.units import Unit


def _shown(module: Path) -> list[Unit]:
    parts = parts_to_read(load_module(module), "en")
    return list(dict.fromkeys(unit for part in parts for entry in part.entries for unit in entry.units))


@pytest.mark.proof
@pytest.mark.parametrize("name", sorted(path.parent.name for path in ROOT.glob("modules/*/module.yaml")))
def test_every_text_of_a_dossier_can_be_corrected(name: str, tmp_path: Path) -> None:
    module = one_module_repository(tmp_path, ROOT / "modules" / name) / name
    shown = _shown(module)
    prose = [unit for unit in shown if unit.file == "module.md"]
    others = {unit.kind: unit for unit in shown if unit.file != "module.md"}  # a file is read again for each
    new = {unit: f"{unit.text} indeed" for unit in (*prose, *others.values())}
    put_texts(module, tmp_path, new)
    assert {unit.text for unit in _shown(module)} == {new.get(unit, unit.text) for unit in shown}
