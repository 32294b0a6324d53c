"""What a trainee's home page lists, in which order."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from himaya_server.home.state import released_modules, trainee_modules

if TYPE_CHECKING:
    from pathlib import Path


def _released(exchange: Path, *names: str, modules: list[str] | None = None) -> Path:
    for name in names:
        folder = exchange / "a-course" / "outbound" / name
        folder.mkdir(parents=True)
        (folder / f"{name}.ipynb").write_text("{}", encoding="utf-8")
        content = {"module": {"title": name.upper()}, "modules": modules, "activities": {}}
        (folder / "activities.json").write_text(json.dumps(content), encoding="utf-8")
    return exchange


def test_modules_are_listed_in_course_order(tmp_path: Path) -> None:
    exchange = _released(tmp_path, "alpha", "beta", "other", "overview", modules=["beta", "alpha"])
    assert released_modules(exchange, "a-course") == ["overview", "beta", "alpha", "other"]
    assert trainee_modules(tmp_path / "desk", exchange, "a-course")[0].state == "read"


def test_modules_sort_by_name_without_overview(tmp_path: Path) -> None:
    assert released_modules(_released(tmp_path, "beta", "alpha"), "a-course") == ["alpha", "beta"]


def test_before_the_first_release_nothing_is_listed(tmp_path: Path) -> None:
    assert released_modules(tmp_path, "a-course") == []


def test_last_day_is_told_where_there_is_one(tmp_path: Path) -> None:
    exchange = _released(tmp_path, "alpha", "beta", "overview", modules=["alpha", "beta"])
    path = exchange / "a-course" / "outbound" / "overview" / "activities.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, "due": {"alpha": "2026-12-24", "beta": "soon"}}), encoding="utf-8")
    listed = {each.id: each.due for each in trainee_modules(tmp_path / "desk", exchange, "a-course")}
    assert listed == {"overview": None, "alpha": date(2026, 12, 24), "beta": None}
