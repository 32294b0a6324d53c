"""The keys of a course's modules: every activity whole, in `keys/<module>.json` beside `source/`.

Only the trainer's side may hold this folder. nbgrader never copies it: what lies in `source/` reaches trainees.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from himaya.build.assignment import compile_module
from himaya.build.compile import compile_code

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.content.load import LoadedModule

FOLDER = "keys"


class KeysError(Exception):
    """The keys of a module cannot be read; the message says what to do."""


def write_keys(loaded: LoadedModule, course: Path) -> Path:
    """Write the keys of one module into the course directory `course` and return the file."""
    activities = compile_module(loaded)
    module = loaded.module
    content = {
        "module": {
            "id": module.id,
            "title": module.title,
            "language": loaded.language,
            "draft": loaded.draft,
            "outcomes": {outcome.id: outcome.text for outcome in module.outcomes},
        },
        "activities": activities,
        "code": [compile_code(item, module, loaded.language) for item in loaded.code.values()],
    }
    path = course / FOLDER / f"{module.id}.json"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def read_keys(course: Path, module: str) -> dict[str, Any]:
    """Return `module` (id, title, language, outcomes by id), `activities` (whole, by id, as in the prose) and `code`.

    Raises:
        KeysError: If the module was never built here, or its file was damaged.
    """
    path = course / FOLDER / f"{module}.json"
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{path} holds no keys of the module '{module}'. Run: himaya build {course}"
        raise KeysError(message) from error
    return content
