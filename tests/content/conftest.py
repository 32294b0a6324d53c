"""A sound module to break, by the small changes of `edits`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from himaya.content.check import check_module, module_hints
from tests.content.edits import EDITS
from tests.content.sound import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def sound_module(tmp_path: Path) -> Path:
    """Return a copy of the sound module that a test may break."""
    return Path(shutil.copytree(FIXTURES / "sound-module", tmp_path / "modules" / "sound-module"))


@pytest.fixture
def checked_with(sound_module: Path) -> Callable[..., list[str]]:
    """Return a function that makes the edits of these names, and returns what the check says."""

    def checked(*names: str) -> list[str]:
        for name in names:
            EDITS[name].make(sound_module)
        return [str(problem) for problem in check_module(sound_module)]

    return checked


@pytest.fixture
def hinted_with(sound_module: Path) -> Callable[..., list[str]]:
    """Return a function that makes the edits of these names, and returns the hints of the check."""

    def hinted(*names: str) -> list[str]:
        for name in names:
            EDITS[name].make(sound_module)
        return [str(hint) for hint in module_hints(sound_module)]

    return hinted
