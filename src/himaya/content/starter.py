"""Writes a small sound module for an author to begin with."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from himaya.content.load import LANGUAGES_FOLDER
from himaya.errors import HimayaError

_STARTER = Path(__file__).parent / "starter"
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 60


class StarterError(HimayaError):
    """A new module cannot be written there."""


def write_starter(modules: Path, name: str) -> Path:
    """Write a module that passes `himaya check`, and return its folder.

    Args:
        modules: The folder of all modules.
        name: Its id, such as `return-and-reintegration`.

    Raises:
        StarterError: If the id is none, or the folder exists; nothing is written then.
    """
    if not _ID.fullmatch(name) or len(name) > _LONGEST:
        message = f"'{name[:_LONGEST]}' is not an id of a module; allowed: small letters, digits and single hyphens."
        raise StarterError(message)
    if name == LANGUAGES_FOLDER:
        message = f"'{name}' holds what translations keep to; choose another id."
        raise StarterError(message)
    target = modules / name
    if target.exists():
        message = f"{target} is there already; choose another id, or change that module."
        raise StarterError(message)
    shutil.copytree(_STARTER, target, ignore=shutil.ignore_patterns("__pycache__"))
    about = target / "module.yaml"
    about.write_text(about.read_text(encoding="utf-8").replace("MODULE-ID", name), encoding="utf-8")
    return target
