"""A journal that does not exist yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from himaya.answers.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "responses.jsonl"


@pytest.fixture
def journal(path: Path) -> Journal:
    return Journal(path)
