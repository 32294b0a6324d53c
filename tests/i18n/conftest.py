"""What tests of translations share."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from himaya.translation.domains import module_domain
from tests.content.sound import FIXTURES
from tests.i18n.pseudo import write_pseudo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """Return the sound module with a complete pseudo-translation, in a repository without words to keep to."""
    folder = tmp_path / "modules" / "sound-module"
    shutil.copytree(FIXTURES / "sound-module", folder)
    write_pseudo(module_domain(folder), folder / "locale")
    return folder
