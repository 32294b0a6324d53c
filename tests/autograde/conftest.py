"""A course that is built and released, made once; tests take copies of it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from autograde.cohorts import ROOT, built_and_released
from himaya_autograde import sandbox
from himaya_autograde.course import CourseDirectory

if TYPE_CHECKING:
    from pathlib import Path

MODULE = "case-management"
needs_sandbox = pytest.mark.skipif(
    sandbox.missing() is not None, reason="no sandbox; as an administrator: apt-get install bubblewrap"
)


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the course `core-protection` and its `exchange`, one module released."""
    home = tmp_path_factory.mktemp("released")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_CONFIG_DIR", str(home / "config"))
        patch.setenv("JUPYTER_DATA_DIR", str(home / "data"))
        shutil.copytree(ROOT / "courses" / "core-protection", home / "core-protection")
        (home / "exchange").mkdir()
        built_and_released(home / "core-protection", ROOT / "modules", MODULE)
    return home


def copy_of(released: Path, home: Path) -> CourseDirectory:
    """Return a copy of the released course in `home`, with an exchange of its own; the gradebook comes along."""
    shutil.copytree(released, home, dirs_exist_ok=True)
    home.chmod(0o755)
    with (home / "core-protection" / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"\nc = get_config()\nc.Exchange.root = {os.fspath(home / 'exchange')!r}\n")
    return CourseDirectory(home / "core-protection")
