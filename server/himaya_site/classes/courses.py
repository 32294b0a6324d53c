"""The courses that a new class may take, and the folder of its own that it gets. It builds nothing."""

from __future__ import annotations

import re
import shutil
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from himaya.answers.private import sync_folder, sync_tree
from himaya.errors import ClassError
from himaya_site.classes.classes import ended, make_class
from himaya_site.classes.models import Class
from himaya_site.writing import writing

FOLDER = "courses"
"""In the folder of all classes: the courses of those that were made in the browser."""
_ID = 30  # letters of an id that is made of a title
_AUTHORED = ("course.yaml", "overview.md", "locale")
"""All that a course is written in: a folder that others work in holds their answers and keys, too."""
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


def free_id(title: str, *folders: Path) -> str:
    """Return an id for a class of this title that no class has or had, and nothing in some folders is called."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    stem = (words if re.match(r"[a-z][a-z0-9]", words) else f"class-{words}".strip("-"))[:_ID].strip("-")
    number, found = 1, stem
    while Class.objects.filter(id=found).exists() or ended(found) or any((each / found).exists() for each in folders):
        number += 1
        found = f"{stem}-{number}"
    return found


def make_own(folder: Path, source: Path, title: str, language: str, **more: Any) -> Class:
    """Make a class with a course folder of its own, and return it. Its pages are not written yet.

    Args:
        folder: Holds all classes.
        source: Folder of the course that it takes.
        title: What people call it.
        language: Of new people; the course opens in it.
        more: What else is known of it: `begins`, `ends`, `region`.

    Raises:
        ClassError: If it cannot be made. Then nothing is left of it.
    """
    # Its course has its id, and pages, exchange and gradebook are found by that: no other course may be called so.
    class_id = free_id(title, folder / FOLDER, folder / "pages", source.parent)
    course = lay_out(source, folder, class_id, language)
    try:
        with writing():
            make_class(class_id, title, str(course), more.pop("ends", None))
            Class.objects.filter(id=class_id).update(language=language, **more)
    except BaseException:
        shutil.rmtree(course, ignore_errors=True)
        raise
    return Class.objects.get(id=class_id)


def is_own(course: str, folder: Path) -> bool:
    """Return whether a course belongs to one class alone, so that a step of that class may build it."""
    return Path(course).parent == folder.resolve() / FOLDER


def languages_of(course: str) -> list[str]:
    """Return the languages of the course in a folder, the usual one first.

    Raises:
        ClassError: If it cannot be read.
    """
    try:
        return [str(each) for each in _read(Path(course) / "course.yaml")["languages"]]
    except (OSError, YAMLError, KeyError, TypeError) as error:
        message = f"the course in {course} cannot be read."
        raise ClassError(message) from error


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
    making.mkdir()
    for each in (source / name for name in _AUTHORED):
        if each.is_dir():
            shutil.copytree(each, making / each.name)
        elif each.is_file():
            shutil.copy(each, making)
    written = YAML()
    written.width = 120
    course = _read(making / "course.yaml", written)
    course["id"] = class_id
    course["languages"] = sorted(course["languages"], key=lambda each: each != language)
    with (making / "course.yaml").open("w", encoding="utf-8") as file:
        written.dump(course, file)
    (making / "nbgrader_config.py").write_text(_CONFIGURATION.format(course=class_id), encoding="utf-8")
    sync_tree(making)  # before the database says that it is there
    making.rename(target)
    sync_folder(target.parent)
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
