"""The keys of a course's modules: every activity whole, in `keys/<module>.json` beside `source/`.

The same in each other language of the course is `keys/<module>.<language>.json`: other words, the same keys.
Only the trainer's side may hold this folder. nbgrader never copies it: what lies in `source/` reaches trainees.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from himaya.answers.private import private_folder
from himaya.content.assignments import form_names, form_of, module_of
from himaya.errors import KeysError
from himaya.publish.assignment import compile_module
from himaya.publish.compile import compile_code
from himaya.publish.drafts import drafts_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from himaya.content.load import LoadedModule

FOLDER = "keys"


def write_keys(loaded: LoadedModule, course: Path, others: Sequence[LoadedModule] = ()) -> Path:
    """Write the keys of one module into the course directory `course` and return the file.

    Args:
        loaded: The module in the language it opens in.
        course: Where to.
        others: The same module in the other languages that trainees can read it in.
    """
    languages = [each.language for each in (loaded, *others)]
    for other in others:
        _write(_file(course, loaded.module.id, other.language), other, languages)
    path = _file(course, loaded.module.id)
    _write(path, loaded, languages)
    return path


def files(course: Path, module: str) -> list[Path]:
    """Return the key files of one module that lie in a course directory, in every language."""
    folder = course / FOLDER
    return [path for path in (folder / f"{module}.json", *sorted(folder.glob(f"{module}.*.json"))) if path.is_file()]


def _file(course: Path, module: str, language: str | None = None) -> Path:
    return course / FOLDER / (f"{module}.json" if language is None else f"{module}.{language}.json")


def _write(path: Path, loaded: LoadedModule, languages: Sequence[str]) -> None:
    module, drafts = loaded.module, drafts_of(loaded)
    whole = loaded.whole.module.title if loaded.whole and form_of(module.id) is None else module.title
    principles = {principle.id: principle.text for principle in module.principles}
    content = {
        "module": {
            "id": module.id,
            "title": module.title,
            **({"whole": whole} if whole != module.title else {}),
            "language": loaded.language,
            "languages": languages,
            "digits": loaded.digits,
            "draft": bool(drafts),
            "draft_notes": drafts.notes,
            "draft_activities": drafts.activities,
            "outcomes": {outcome.id: outcome.text for outcome in module.outcomes},
            "behaviours": {each.id: principles[each.principle] for each in module.behaviours},
            "safety": form_names(module_of(module.id)) if module.safety else [],
        },
        "activities": compile_module(loaded),
        "code": [compile_code(item, module, loaded.language) for item in loaded.code.values()],
    }
    private_folder(path.parent)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_keys(course: Path, module: str, language: str | None = None) -> dict[str, Any]:
    """Return `module`, `activities` (whole, by id, as in the prose) and `code`.

    `module` has its id, title (of a path also that of the whole module), language, languages, outcomes by id, of
    behaviours the principles in words, what of it was a draft when it was built, and the ids of its safety forms.

    Args:
        course: The course directory.
        module: Its id.
        language: One of the module's other languages; the one it opens in if not given.

    Raises:
        KeysError: If the module was never built here, or its file was damaged.
    """
    path = _file(course, module, language)
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{path} holds no keys of the module '{module}'. Run: himaya build {course}"
        raise KeysError(message) from error
    return content
