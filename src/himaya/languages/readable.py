"""Names that somebody else gave, as they may be shown: nothing in them moves a cursor, a line or a direction."""

from __future__ import annotations

LINE = 4000
"""The most of one line of a report: a path alone may have as many letters."""


def readable(name: object, most: int = 200) -> str:
    """Return a name on one line, without control characters and marks of direction, and not endless.

    Args:
        name: A file name, a path, or a sentence that holds one.
        most: How many characters are shown.
    """
    # isprintable() is false for controls, line ends, marks of direction (Cf) and half characters of undecodable bytes.
    text = "".join(character if character.isprintable() else "\ufffd" for character in str(name)[: most + 1])
    return text if len(text) <= most else f"{text[: most - 1]}…"
