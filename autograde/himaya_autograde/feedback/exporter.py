"""nbgrader's configuration point: `c.GenerateFeedback.exporter_class`. Every way to feedback goes through here."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter

from himaya.content.load import load_course
from himaya.i18n.interface import interface
from himaya.journal import FILE_NAME, Journal, JournalError
from himaya_autograde.feedback.code import told_code
from himaya_autograde.feedback.page import feedback_page
from himaya_autograde.keys import read_keys
from himaya_autograde.marks import Gradebook

if TYPE_CHECKING:
    from himaya.content.models import Course


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
        keys = self._keys_of(of["notebook"])
        marks = self._gradebook.marks(of["assignment"], of["student"])
        try:
            events = Journal(Path(filename).with_name(FILE_NAME)).rows()
        except JournalError:
            events = None
        keys = {**keys, "code": told_code(keys.get("code", []), Path(filename), marks)}
        say = interface(keys["module"]["language"], self._course.digits)
        page = feedback_page(keys, events, marks, self._course, say)
        return page, {**known, "output_extension": self.file_extension}

    @cached_property
    def _root(self) -> Path:
        return Path(self.parent.coursedir.root)

    @cached_property
    def _gradebook(self) -> Gradebook:
        return Gradebook(self.parent.coursedir.db_url)

    @cached_property
    def _course(self) -> Course:
        return load_course(self._root)

    def _keys_of(self, module: str) -> dict[str, Any]:
        if self._last is None or self._last[0] != module:
            self._last = (module, read_keys(self._root, module))
        return self._last[1]

    _last: tuple[str, dict[str, Any]] | None = None
