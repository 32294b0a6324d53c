"""Why a view answers nothing but a number."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - it is no error of ours
    """A request is refused with a status."""

    def __init__(self, status: int) -> None:
        """Take the status."""
        super().__init__(str(status))
        self.status = status
