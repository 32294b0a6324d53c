"""The folder a notebook lies in: its activities, its journal, its receipts."""

from __future__ import annotations

import difflib
import getpass
import hashlib
import json
import os
import textwrap
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from himaya.activities.fold import replay
from himaya.activities.kinds import KINDS
from himaya.answers.class_journal import ClassJournal, link_of
from himaya.answers.journal import FILE_NAME, Journal
from himaya.errors import HimayaError, JournalError
from himaya.languages.facts import LANGUAGES, SOURCE
from himaya.languages.interface import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from himaya.activities.kind import Compiled

ACTIVITIES = "activities.json"
RECEIPTS = "receipts.jsonl"
SPOKEN = "language.txt"
"""Holds the language that the trainee read when handing in, and feedback comes in it."""


class FolderError(HimayaError):
    """Something about the module's folder that a person has to be told, as a whole sentence.

    Attributes:
        code: Names the sentence in the interface catalogue where no module says in which language to say it.
        language: That of the sentence.
    """

    def __init__(self, text: str, *, code: str | None = None, language: str = SOURCE) -> None:
        """Keep the sentence; in English where `code` can say it in every language."""
        super().__init__(text)
        self.code, self.language = code, language

    @classmethod
    def of(cls, code: str) -> Self:
        """Return the error that a sentence of the interface catalogue says in every language."""
        return cls(sentence(code), code=code)


@dataclass(frozen=True, eq=False)
class ModuleFolder:
    """One trainee's copy of one module.

    Attributes:
        path: Where the notebook lies.
        content: The parsed `activities.json`: `module`, `keeps`, `activities` by id.
    """

    path: Path
    content: dict[str, Any]

    @cached_property
    def journal(self) -> Journal:
        """The trainee's journal: beside the notebook, and in a class where a class started this kernel."""
        link, module = link_of(), self.content.get("module", {}).get("id")
        if link is not None and self.keeps and self.content.get("course") and module:
            return ClassJournal(self.path / FILE_NAME, module, link)
        return Journal(self.path / FILE_NAME)

    @property
    def keeps(self) -> bool:
        """Whether answers are kept beside the notebook; those of a practice app stay in the browser."""
        return bool(self.content.get("keeps", True))

    @property
    def language(self) -> str:
        """The language that the module opens in."""
        return str(self.content.get("language", SOURCE))

    @property
    def languages(self) -> list[str]:
        """Every language that the module can be read in here, the one it opens in first."""
        return [str(each) for each in self.content.get("languages", [self.language]) if each in LANGUAGES]

    def in_language(self, language: object) -> dict[str, Any] | None:
        """Return `activities` and `prose` in another language of this folder, or None if it has no such language."""
        if language not in self.languages or language == self.language:
            return None
        try:
            content = json.loads((self.path / f"activities.{language}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        return content if _is_module(content) else None

    @cached_property
    def owner(self) -> str:
        """A short name for whose answers these are, which a browser can hold without knowing it.

        Of the person and the folder; for a practice app of the module alone, so that the next start finds them again.
        """
        if not self.keeps:
            return str(self.content.get("module", {}).get("id", "practice"))
        return hashlib.sha256(f"{_person()}|{self.path.resolve()}".encode()).hexdigest()[:16]

    def seed(self, activity_id: str) -> int:
        """Return the number that fixes this trainee's order of options, the same on every device."""
        return seed_of(_person(), activity_id)

    def activity(self, activity_id: str) -> Compiled:
        """Return an activity as this folder may show it.

        Raises:
            FolderError: If there is none; the sentence names the nearest right id.
        """
        activities: dict[str, Compiled] = self.content["activities"]
        if activity_id in activities:
            return activities[activity_id]
        text = sentence("unknown-activity", self.language, id=activity_id)
        near = difflib.get_close_matches(str(activity_id), activities, n=1)
        text = f"{text} {sentence('did-you-mean', self.language, id=near[0])}" if near else text
        raise FolderError(text, language=self.language)


def seed_of(person: str, activity_id: str) -> int:
    """Return what a person's order of options is drawn from; `seedOf` in the player gives the same."""
    return zlib.crc32(f"{person}|{activity_id}".encode()) & 0x7FFF_FFFF


def _person() -> str:
    return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()


def open_folder(path: Path) -> ModuleFolder:
    """Return the module in `path`: a built one, or an author's source folder compiled on the spot.

    Raises:
        FolderError: If there is no module here or it cannot be read.
    """
    built = path / ACTIVITIES
    try:
        if not built.exists():
            if (path / "module.yaml").exists():
                return _author_folder(path)
            raise FolderError.of("no-module")
        content = json.loads(built.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise FolderError.of("module-unreadable") from error
    if not _is_module(content):
        raise FolderError.of("module-unreadable")
    return ModuleFolder(path, content)


def _is_module(content: object) -> bool:
    """Return whether a file that is JSON is also a module: each activity whole enough to be looked at."""
    activities = content.get("activities") if isinstance(content, dict) else None
    return isinstance(activities, dict) and all(
        isinstance(activity, dict)
        and activity.get("id") == name
        and activity.get("kind") in KINDS
        and "hash" in activity
        for name, activity in activities.items()
    )


def _author_folder(path: Path) -> ModuleFolder:
    from himaya.content.load import load_module
    from himaya.errors import ContentError
    from himaya.publish.assignment import activities_file  # only authors need the models and YAML

    try:
        return ModuleFolder(path, activities_file(load_module(path), practice=True))
    except ContentError as error:
        raise FolderError(str(error)) from error


def summary(folder: ModuleFolder, language: object = None) -> dict[str, Any]:
    """Return `total` activities, the `open` ones (id, title, mode and lesson), and `answered`; `counted` holds how many
    of those that count are answered, and of how many. Nobody has to answer a pretest.

    Args:
        folder: The module.
        language: In which the titles are wanted; the folder's own if it does not have that one.
    """
    try:
        rows = folder.journal.rows()
    except JournalError:
        rows = []
    unfinished = []
    activities: dict[str, Compiled] = folder.content["activities"]
    words_of = folder.in_language(language) or folder.content
    shown = words_of["activities"]
    lessons = _lesson_titles(words_of)
    asked = {name: each for name, each in activities.items() if each.get("mode") != "pretest"}
    for activity_id, activity in asked.items():
        if not replay(activity, rows)["finished"]:
            words = shown.get(activity_id, activity)
            title = words.get("title") or shortened(words["stem"])
            lesson = lessons.get(activity_id, "")
            unfinished.append({"id": activity_id, "title": title, "mode": activity.get("mode"), "lesson": lesson})
    total = len(asked)
    counting = sum(activity.get("mode") == "graded" for activity in asked.values())
    waiting = sum(each["mode"] == "graded" for each in unfinished)
    counted = [counting - waiting, counting]
    return {"total": total, "open": unfinished, "answered": total - len(unfinished), "counted": counted}


def _lesson_titles(content: Mapping[str, Any]) -> dict[str, str]:
    """Return in which lesson each activity stands, as far as the release says so: an earlier one does not."""
    lessons = content.get("lessons")
    whole = [each for each in lessons if isinstance(each, dict)] if isinstance(lessons, list) else []
    return {
        str(name): str(each.get("title", ""))
        for each in whole
        if isinstance(each.get("activities"), list)
        for name in each["activities"]
    }


def shortened(text: str, length: int = 70) -> str:
    """Return the first line of a text, cut after a word where it is longer than `length` characters."""
    first = text.strip().splitlines()[0]
    return textwrap.shorten(first, length, placeholder=" …")
