from __future__ import annotations

from typing import TYPE_CHECKING

from himaya_autograde.submit import submit

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_handin_leaves_other_languages_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.mkdir()
    exchange = tmp_path / "exchange"
    (config / "nbgrader_config.py").write_text(f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n", "utf-8")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(config))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    folder = tmp_path / "trainee" / "a-module"
    released = exchange / "a-course" / "outbound" / "a-module"
    for place in (folder, released):
        place.mkdir(parents=True)
        (place / "a-module.ipynb").write_text("{}", encoding="utf-8")
    for name in ("activities.json", "activities.ar.json", "activities.ckb.json", "responses.jsonl"):
        (folder / name).write_text("{}", encoding="utf-8")
    inbound = exchange / "a-course" / "inbound"
    inbound.mkdir()
    inbound.chmod(0o733)
    exchange.chmod(0o777)
    assert "receipt" in submit("a-course", folder)
    handed_in = {path.name for path in next(inbound.iterdir()).iterdir()}
    assert {"a-module.ipynb", "activities.json", "responses.jsonl"} <= handed_in
    assert not {"activities.ar.json", "activities.ckb.json"} & handed_in
