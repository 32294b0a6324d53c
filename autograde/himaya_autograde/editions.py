"""Which edition of each module a class has, and the earlier ones, by whose keys hand-ins of then are still graded.

`editions/editions.json` in the course directory names them. An earlier one lies in `editions/<module>/<edition>/` with
its `source/` and `keys/` as they were. Only the trainer's side may hold this folder; nbgrader never copies it. A course
directory from before editions has none of this: its class has what lies in `source/`.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from himaya.answers.private import private_folder, write_whole
from himaya.errors import CourseError
from himaya.publish.module_edition import edition_of
from himaya_autograde import keys

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "editions"
NAMES = "editions.json"


def edition_in(source: Path) -> str | None:
    """Return the edition of a built module in its folder `source`, or None where there is none that can be read."""
    try:
        notebook = json.loads((source / f"{source.name}.ipynb").read_text(encoding="utf-8"))
        return edition_of(notebook, json.loads((source / "activities.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def earlier(course: Path, module: str) -> list[Path]:
    """Return the course-like folders of a module's earlier editions, the newest first.

    Raises:
        CourseError: If the list of editions cannot be read; the message says what to do.
    """
    names = _names(course).get(module, {}).get("earlier", [])
    return [course / FOLDER / module / name for name in names]


def _names(course: Path) -> dict[str, dict[str, list[str]]]:
    path = course / FOLDER / NAMES
    try:
        known: dict[str, dict[str, list[str]]] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read, so earlier hand-ins might be graded wrongly. Put back your last copy of it."
        raise CourseError(message) from error
    return known


def put(course: Path, fresh: Path, module: str, *, move_on: bool) -> str | None:
    """Put a module that was built in the course-like folder `fresh` into `course`.

    Args:
        course: The course directory.
        fresh: Where `source/<module>/` and `keys/<module>*.json` were built, on the same disk.
        module: Its id.
        move_on: Let the class go on to another edition than the one that was released.

    Returns:
        The edition that the class keeps, where it does not move on; None where the new one is in its place.
    """
    old, new = course / "source" / module, fresh / "source" / module
    if (course / "release" / module).is_dir():
        before = edition_in(old)
        if before is not None and before != edition_in(new):
            if not move_on:
                return before
            _set_aside(course, module, before)
    shutil.rmtree(old, ignore_errors=True)
    old.parent.mkdir(parents=True, exist_ok=True)
    new.rename(old)
    private_folder(course / keys.FOLDER)
    for path in keys.files(course, module):
        path.unlink()
    for path in keys.files(fresh, module):
        path.rename(course / keys.FOLDER / path.name)
    _name(course, module, edition_in(old))
    return None


def _set_aside(course: Path, module: str, edition: str) -> None:
    """Keep the edition that the class leaves."""
    private_folder(course / FOLDER)
    kept = course / FOLDER / module / edition
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(course / "source" / module, kept / "source" / module)
    private_folder(kept / keys.FOLDER)
    for path in keys.files(course, module):
        shutil.copy2(path, kept / keys.FOLDER / path.name)
    names = _names(course)
    known = names.setdefault(module, {}).get("earlier", [])
    names[module]["earlier"] = [edition, *(name for name in known if name != edition)]
    _write(course, names)


def _name(course: Path, module: str, edition: str | None) -> None:
    names = _names(course)
    about = names.setdefault(module, {})
    about["current"] = [edition] if edition else []
    about["earlier"] = [name for name in about.get("earlier", []) if name != edition]
    _write(course, names)


def _write(course: Path, names: dict[str, dict[str, list[str]]]) -> None:
    private_folder(course / FOLDER)
    write_whole(course / FOLDER / NAMES, f"{json.dumps(names, indent=1)}\n".encode())
