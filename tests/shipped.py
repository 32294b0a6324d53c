"""What ships, asked for by its properties, so that a test holds while its authors rename and rewrite it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from himaya.course.course import load_course
from tests.engine.shipped import MODULES, NAMES, compiled, loaded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from himaya.content.load import LoadedModule


class Shipped(NamedTuple):
    """A compiled activity with its key, and the module it is in."""

    module: str
    id: str
    activity: dict[str, Any]

    @property
    def file(self) -> Path:
        """Where a simulation is written."""
        return MODULES / self.module / f"{self.activity['kind']}s" / f"{self.id}.yaml"


def modules(course: str = "") -> list[str]:
    """Return the modules with activities, those of `course` in its order."""
    named = load_course(MODULES.parent / "courses" / course).modules if course else NAMES
    return [name for name in named if name in NAMES]


def a_module(course: str = "", with_: Callable[[LoadedModule], object] = bool, but: str = "") -> str:
    """Return the first module, of `course` where it is given, that has a property; another one than `but`."""
    for name in modules(course):
        if name != but and with_(loaded(name)):
            return name
    raise LookupError(f"No module of {course or 'any course'} has what this test needs.")


def a_code_module() -> str:
    """Return a module with tasks in code."""
    for path in sorted(MODULES.glob("*/code.yaml")):
        return path.parent.name
    raise LookupError("No module has tasks in code.")


def activities_of(kind: str, module: str = "") -> list[Shipped]:
    """Return the activities of a kind, those of `module` where it is given."""
    return [
        Shipped(name, one, activity)
        for name in ([module] if module else NAMES)
        for one, activity in compiled(name).items()
        if activity["kind"] == kind
    ]


def an_activity(
    kind: str, module: str = "", mode: str = "", with_: Callable[[dict[str, Any]], object] = bool
) -> Shipped:
    """Return the first activity of a kind that has a mode, where it is given, and a property."""
    for found in activities_of(kind, module):
        if mode in ("", found.activity["mode"]) and with_(found.activity):
            return found
    raise LookupError(f"No {mode} {kind} of {module or 'any module'} has what this test needs.")


def a_scenario(module: str = "", mode: str = "", with_: Callable[[dict[str, Any]], object] = bool) -> Shipped:
    """Return the first scenario that has a mode, where it is given, and a property."""
    return an_activity("scenario", module, mode, with_)


def an_interview(module: str = "", mode: str = "", with_: Callable[[dict[str, Any]], object] = bool) -> Shipped:
    """Return the first interview that has a mode, where it is given, and a property."""
    return an_activity("interview", module, mode, with_)


def a_lab(lab: str) -> Shipped:
    """Return the first lab of a sort: caseload, complaint, find-me or referral."""
    return an_activity("lab", with_=lambda activity: activity["lab"] == lab)
