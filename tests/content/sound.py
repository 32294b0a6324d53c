"""The sound module, loaded: tests break a copy of it, or change one part of what it loads as."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from himaya.content.load import load_module

if TYPE_CHECKING:
    from himaya.content.load import LoadedModule

FIXTURES = Path(__file__).parent / "fixtures"


@cache
def loaded_sound_module() -> LoadedModule:
    """Return the sound module; read once, since nothing changes it."""
    return load_module(FIXTURES / "sound-module")
