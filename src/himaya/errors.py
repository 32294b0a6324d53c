"""What a trainer is told when a step cannot be taken."""

from __future__ import annotations


class CourseError(Exception):
    """A step could not be taken; the message says what to do."""
