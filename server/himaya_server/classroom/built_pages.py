"""The pages of a class as they were built: what the servers send. Writing them is the business of `pages`."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from himaya.activities.fold import replay
from himaya.languages.facts import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from himaya.languages.facts import Digits

ABOUT = "about.json"
_BUILD = re.compile(r"[0-9a-f]{12}")
_COMPRESSED = 100  # pages kept in memory, some 0.2 MB each


@dataclass(frozen=True)
class Pages:
    """What was written of one course.

    Attributes:
        course: Its id.
        build: Names this content: the same name, the same bytes.
        folder: Holds a folder for each language.
        languages: The one it opens in first.
        digits: How the course writes numbers, where it says so.
        modules: Their ids, in order.
        activities: Of each module, as trainees hold them; no keys.
    """

    course: str
    build: str
    folder: Path
    languages: list[str]
    digits: Digits | None
    modules: list[str]
    activities: dict[str, dict[str, Any]]

    def answered(self, module: str, rows: list[dict[str, Any]]) -> int:
        """Return how many activities of a module are answered; nobody has to answer a pretest."""
        asked = [each for each in self.activities[module].values() if each.get("mode") != "pretest"]
        return sum(bool(replay(each, rows)["finished"]) for each in asked)

    def address(self, language: str, page: str = "index") -> str:
        """Return where a page is; in the course's first language where it has not this one."""
        spoken = language if language in self.languages else self.languages[0]
        return f"/class/p/{self.course}/{self.build}/{spoken}/{page}.html"


def read_pages(target: Path, course: str) -> Pages:
    """Return the newest build of a course's pages that is whole.

    Raises:
        FileNotFoundError: If none was written.
    """
    found = [each for each in (target / course).glob(f"*/{ABOUT}") if _BUILD.fullmatch(each.parent.name)]
    for newest in sorted(found, key=lambda each: each.stat().st_mtime_ns, reverse=True):
        if (about := read_about(newest)) is not None:
            return Pages(course, newest.parent.name, newest.parent, **about)
    raise FileNotFoundError(target / course)


def read_about(file: Path) -> dict[str, Any] | None:
    """Return what a build says of itself; None where it is not there, or a power cut left a part of it."""
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return about if isinstance(about, dict) else None


@lru_cache(_COMPRESSED)
def compressed(page: Path) -> bytes:
    """Return a page as gzip; made once, since it is the same for everybody."""
    return gzip.compress(page.read_bytes(), 6, mtime=0)


def chosen_language(accepted: str, languages: Sequence[str]) -> str:
    """Return the first language of an `Accept-Language` header that there is, or the first that there is."""
    wanted = [re.split(r"[-;]", each.strip())[0].lower() for each in accepted.split(",")[:10]]
    return next((each for each in wanted if each in ALL and each in languages), languages[0])
