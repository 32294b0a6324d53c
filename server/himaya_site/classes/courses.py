"""The courses that a new class may take, and the folder of its own that it gets. It builds nothing."""

from __future__ import annotations

import re
import shutil
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from babel.messages.pofile import read_po
from ruamel.yaml import YAML

from himaya.errors import ClassError
from himaya_site.classes.classes import ended
from himaya_site.classes.models import Class

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "courses"
"""In the folder of all classes: the courses of those that were made in the browser."""
_ID = 30  # letters of an id that is made of a title
_LEFT_BEHIND = shutil.ignore_patterns("source", "release", "gradebook.db", "*.log")
_CONFIGURATION = '''"""Lets the plain `nbgrader` command line and formgrader work on this course directory."""

from pathlib import Path

from himaya_autograde.configuration import configure

c = get_config()  # noqa: F821 - traitlets puts it here
configure(c, "{course}")
c.Exchange.root = str(Path(__file__).resolve().parents[2] / "exchange")
'''


@dataclass(frozen=True)
class Offered:
    """A course that a class may take.

    Attributes:
        id: The name of its folder.
        title: In the language that was asked for, where it is translated.
        languages: It has these, the usual one first.
    """

    id: str
    title: str
    languages: list[str]


def offered(folder: Path, language: str) -> list[Offered]:
    """Return the courses of this machine."""
    found = []
    for file in sorted(folder.glob("*/course.yaml")):
        course = _read(file)
        title = _translated(file.parent / "locale" / f"{language}.po", str(course["title"]))
        found.append(Offered(file.parent.name, title, [str(each) for each in course["languages"]]))
    return found


def course_id(folder: Path) -> str:
    """Return the id of the course in a folder."""
    return str(_read(folder / "course.yaml")["id"])


def free_id(title: str) -> str:
    """Return an id for a class of this title that no class has or had."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    stem = (words if re.match(r"[a-z][a-z0-9]", words) else f"class-{words}".strip("-"))[:_ID].strip("-")
    number, found = 1, stem
    while Class.objects.filter(id=found).exists() or ended(found):
        number += 1
        found = f"{stem}-{number}"
    return found


def lay_out(source: Path, folder: Path, class_id: str, language: str) -> Path:
    """Give a class a course folder of its own, with its own gradebook, and return it. It appears once it is whole.

    Args:
        source: Folder of the course that it takes.
        folder: Holds all classes.
        class_id: Also the id of the course, so that its pages are the class's own.
        language: In which it opens.

    Raises:
        ClassError: If there is such a folder already.
    """
    target = folder.resolve() / FOLDER / class_id
    if target.exists():
        message = f"there is a course in {target} already."
        raise ClassError(message)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    making = target.with_name(f".making-{class_id}")
    shutil.rmtree(making, ignore_errors=True)
    shutil.copytree(source, making, ignore=_LEFT_BEHIND)
    written = YAML()
    written.width = 120
    course = _read(making / "course.yaml", written)
    course["id"] = class_id
    course["languages"] = sorted(course["languages"], key=lambda each: each != language)
    with (making / "course.yaml").open("w", encoding="utf-8") as file:
        written.dump(course, file)
    (making / "nbgrader_config.py").write_text(_CONFIGURATION.format(course=class_id), encoding="utf-8")
    making.rename(target)
    return target


def _read(file: Path, reader: YAML | None = None) -> Any:
    with file.open(encoding="utf-8") as stream:
        return (reader or YAML(typ="safe")).load(stream)


def _translated(file: Path, title: str) -> str:
    if not file.is_file():
        return title
    with file.open("rb") as stream:
        message = read_po(stream).get(title, "course.title")
    return str(message.string) if message is not None and message.string and not message.fuzzy else title
