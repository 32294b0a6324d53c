"""How the assignments of a course are called: one for each module; those of its paths and safety set beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FIRST, SECOND = 1, 2
_PATH = re.compile(r"(.+?)--.+")  # no id has two hyphens in a row
_NAME = re.compile(rf"(.+)-safety-([{FIRST}{SECOND}])")


def form_names(module: str) -> list[str]:
    """Return the ids of the two assignments of a module's safety set, the first form first."""
    return [f"{module}-safety-{number}" for number in (FIRST, SECOND)]


def path_names(module: str, paths: Sequence[str]) -> dict[str, str]:
    """Return the ids of the assignments of a module by path; the first path is the module's own assignment."""
    return {path: f"{module}--{path}" if number else module for number, path in enumerate(paths)}


def module_of(assignment: str) -> str:
    """Return of which module an assignment is a path; anything else is returned as it is."""
    found = _PATH.fullmatch(assignment)
    return found[1] if found else assignment


def form_of(assignment: str) -> tuple[str, int] | None:
    """Return of which module an assignment is a form, and which one, 1 or 2; None for a module itself."""
    found = _NAME.fullmatch(assignment)
    return (found[1], int(found[2])) if found else None


def is_second_form(assignment: str) -> bool:
    """Return whether this is the form that a trainer opens to whoever missed something in the first."""
    form = form_of(assignment)
    return form is not None and form[1] == SECOND


def with_forms(modules: Iterable[str]) -> list[str]:
    """Return every assignment that these modules may have: each module, followed by its forms."""
    return [name for module in modules for name in (module, *form_names(module))]
