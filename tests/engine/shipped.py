"""The modules that ship, loaded and compiled once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from himaya.content.forms import parts_to_build
from himaya.content.load import LoadedModule, load_module
from himaya.languages.facts import Digits
from himaya.publish.assignment import compile_module
from himaya.translation.translated import translated

MODULES = Path(__file__).parents[2] / "modules"
NAMES = sorted(path.parent.name for path in MODULES.glob("*/items.yaml"))
"""The modules with activities; one that holds tasks in code alone has none."""
ASKED_BEFORE = [
    name for name in NAMES if "mode: pretest" in (MODULES / name / "items.yaml").read_text(encoding="utf-8")
]
"""The modules that ask before they teach; one that is for practice only does not."""


@cache
def loaded(name: str) -> LoadedModule:
    """Return one shipped module."""
    return load_module(MODULES / name)


@cache
def in_language(name: str, language: str, digits: Digits = "arabic-indic") -> LoadedModule:
    """Return one shipped module in a language."""
    return translated(loaded(name), language, digits)


def in_edition(name: str) -> dict[str, Any]:
    """Return its activities with their keys, without the danger questions that wait for another version."""
    built = {activity for part in parts_to_build(loaded(name)) for activity in part.activities}
    return {activity: each for activity, each in compiled(name).items() if activity in built}


@cache
def compiled(name: str) -> dict[str, Any]:
    """Return its activities with their keys, by id."""
    return compile_module(loaded(name))


def graded(name: str) -> list[dict[str, Any]]:
    """Return its graded activities with their keys."""
    return [activity for activity in compiled(name).values() if activity["mode"] == "graded"]
