"""Release feedback to everybody it can reach; one submission without its secret stops nobody else's."""

from __future__ import annotations

import glob
from pathlib import Path

from nbgrader.exchange.default import ExchangeReleaseFeedback

from himaya.languages.readable import readable


class CarefulReleaseFeedback(ExchangeReleaseFeedback):
    """Passes over, by name, each submission whose page has no place to go; nbgrader alone stops at the first.

    Attributes:
        unreached: Why, by student, after a run.
    """

    src_path: str
    unreached: dict[str, str]

    def copy_files(self) -> None:
        """Copy every page that its trainee can fetch."""
        self.unreached = {}
        pattern = self.src_path  # of the folders of all students who are asked for
        for folder in sorted(glob.glob(pattern)):  # nbgrader's own pattern, absolute
            student = Path(folder).parent.name
            self.src_path = glob.escape(folder)
            try:
                super().copy_files()
            except (
                OSError,
                UnicodeDecodeError,
                AssertionError,
            ) as error:  # nbgrader asserts that a secret says something
                known = isinstance(error, FileNotFoundError | UnicodeDecodeError | AssertionError)
                why = "the submission has no readable secret or timestamp" if known else str(error)
                self.unreached[readable(student)] = why
                self.log.warning("Feedback not released: %s: %s", readable(student), why)
