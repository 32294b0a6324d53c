"""nbgrader's configuration point: `c.GenerateFeedback.exporter_class`. Every way to feedback goes through here.

`<module>.html` is in the language that the trainee read when handing in. Where the module has several languages,
`<module>.<language>.html` lies beside it for each of them; nbgrader releases all, under names of their own.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter

from himaya.answers.journal import FILE_NAME, Journal
from himaya.course.course import load_course
from himaya.errors import JournalError
from himaya.languages.dates import written_day
from himaya.languages.interface import interface
from himaya.publish.folder import SPOKEN
from himaya_autograde import paper
from himaya_autograde.editions import earlier
from himaya_autograde.feedback.code import told_code
from himaya_autograde.feedback.page import feedback_page
from himaya_autograde.gradebook import Gradebook
from himaya_autograde.keys import read_keys
from himaya_autograde.markbook import Markbook
from himaya_autograde.paths import Paths

if TYPE_CHECKING:
    from himaya.course.course import Course

_LONGEST = 20  # bytes; a language has two or three letters


class FeedbackExporter(Exporter):
    """Writes our page where nbgrader would convert the autograded notebook, of which only code answers are read."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **_options: object
    ) -> tuple[str, dict[str, Any]]:
        """Return the page of the submission in whose autograded folder `filename` lies, and nbgrader's resources.

        Raises:
            KeysError: If the module was not built in this course.
            MarksError: If the submission was never graded.
        """
        known = dict(resources or {})
        of = known["nbgrader"]
        module, submitted = of["notebook"], Path(filename).parent
        marks = self._gradebook.marks(of["assignment"], of["student"])
        try:
            events = Journal(submitted / FILE_NAME).rows()
        except JournalError:
            events = None
        typed = paper.typed_in(self._root, of["assignment"], of["student"], events or ())
        pages = {}
        counts = self._paths.counts(of["student"], of["assignment"])
        folder = self._edition_of(Path(filename), module)
        for language in self._languages(folder, module):
            keys = self._keys_of(folder, module, language)
            keys = {**keys, "code": told_code(keys.get("code", []), Path(filename), marks)}
            digits = self._course.digits
            say = interface(language, digits)
            told = {
                name: say["from-paper"].format(
                    name=each.marker, day=written_day(datetime.fromisoformat(each.at).date(), language, digits)
                )
                for name, each in typed.items()
            }
            pages[language] = feedback_page(keys, events, marks, self._course, say, told, counts=counts)
        spoken = _spoken(submitted / SPOKEN)
        page = pages[spoken] if spoken in pages else next(iter(pages.values()))
        beside = {f"{module}.{name}.html": each.encode() for name, each in pages.items()} if len(pages) > 1 else {}
        return page, {**known, "output_extension": self.file_extension, "outputs": beside}

    @cached_property
    def _root(self) -> Path:
        return Path(self.parent.coursedir.root)

    @cached_property
    def _gradebook(self) -> Gradebook:
        return Gradebook(self.parent.coursedir.db_url)

    @cached_property
    def _course(self) -> Course:
        return load_course(self._root)

    @cached_property
    def _paths(self) -> Paths:
        handed_in = self._gradebook.handed_in() if self._course.paths else {}
        return Paths(self._course, Markbook(self._root).paths(), handed_in)

    def _edition_of(self, graded: Path, module: str) -> Path:
        """Return where the keys lie by which a notebook was graded: the course, or an earlier edition in it."""
        editions = earlier(self._root, module)
        if not editions:
            return self._root
        try:
            metadata = json.loads(graded.read_bytes())["metadata"]["himaya"]
        except (OSError, ValueError, KeyError, TypeError):
            return self._root
        name = metadata.get("edition")
        known = {_edition_named(folder, module): folder for folder in (*reversed(editions), self._root)}
        return known.get(name, self._root)

    def _languages(self, folder: Path, module: str) -> list[str]:
        """Return the languages of a module as it was built, the one it opens in first."""
        first = self._keys_of(folder, module)["module"]
        return [str(each) for each in first.get("languages", [first["language"]])]

    def _keys_of(self, folder: Path, module: str, language: str | None = None) -> dict[str, Any]:
        if self._known[0] != (folder, module):
            whole = read_keys(folder, module)
            self._known = ((folder, module), {None: whole, whole["module"]["language"]: whole})
        keys = self._known[1]
        if language not in keys:
            keys[language] = read_keys(folder, module, language)
        return keys[language]

    _known: tuple[tuple[Path, str] | None, dict[str | None, dict[str, Any]]] = (None, {})


def _edition_named(folder: Path, module: str) -> str | None:
    """Return the edition that a built module names itself, as hand-ins do; None in one from before editions."""
    try:
        content = json.loads((folder / "source" / module / "activities.json").read_text(encoding="utf-8"))
        return str(content["edition"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _spoken(file: Path) -> str:
    """Return what a trainee's `language.txt` says; nothing where there is none, or no plain file."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as opened:
            return opened.read(_LONGEST).decode("ascii", "replace").strip()
    except OSError:
        return ""
