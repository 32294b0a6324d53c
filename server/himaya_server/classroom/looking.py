"""What a folder serves now: the pages of each course, and which course each class takes. It writes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from himaya.course.course import load_course
from himaya.errors import HimayaError
from himaya_server.classroom.built_pages import ABOUT, read_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from himaya_server.classroom.built_pages import Pages

    class _Class(Protocol):
        id: str
        course: str


Found: TypeAlias = "tuple[dict[str, Pages], dict[str, str]]"
"""The pages of each course, and the course of each class."""


class Looking:
    """Looks into a folder again and again; reads pages only where something has changed."""

    def __init__(self, folder: Path, classes: Callable[[], Iterable[_Class]]) -> None:
        """Take the folder, and what asks for its classes."""
        self._pages, self._classes = folder / "pages", classes
        self._seen: object = None

    def __call__(self) -> Found | None:
        """Return what there is, or None where it is what it was; a class without pages is not there yet."""
        rows = sorted((each.id, each.course) for each in self._classes())
        written = sorted((each, each.stat().st_mtime_ns) for each in self._pages.glob(f"*/*/{ABOUT}"))
        if (rows, written) == self._seen:
            return None
        by_folder: dict[str, Pages] = {}
        for course in {course for _, course in rows}:
            try:
                by_folder[course] = read_pages(self._pages, load_course(Path(course)).id)
            except (HimayaError, OSError):  # being written, or moved away: told where somebody opens the class
                continue
        self._seen = rows, written
        pages = {each.course: each for each in by_folder.values()}
        return pages, {class_id: by_folder[course].course for class_id, course in rows if course in by_folder}
